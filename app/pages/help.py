"""How to search, on one page: what may be typed, and the few signs that narrow a search."""

from flask import Blueprint, Response

from app.web.language import gettext as _
from app.web.links import address
from app.web.pages import page, root
from app.web.permissions import public

blueprint = Blueprint("help", __name__)


@blueprint.get("/help/search")
@public
def search() -> Response:
    return page("help_search.html", signs=_signs(), names=_names())


def _signs() -> list[tuple[str, str, str]]:
    """What is typed, the search it makes, and what that finds."""
    typed = (
        ("公积金 贷款", _("同时与两个词有关的数据集排在前面，与其中一个有关的也会列出。")),
        ("“公积金贷款”", _("加引号的词语必须完整出现。中文引号、英文引号和「」都可以。")),
        ("公积金 -贷款", _("减号后面的词不能出现。减号前留一个空格；也可以排除带引号的词语。")),
        ("公积金 开放主体:住房公积金管理中心", _("只在这个开放主体的数据集里找。")),
        ("停车场 格式:csv", _("只找提供这种格式的数据集。")),
        ("字段:统一社会信用代码", _("只找数据项里有这个名称的数据集。")),
        ("企业 -格式:pdf", _("冒号前也可以加减号，表示排除。")),
        ('publisher:"Education Bureau"', _("名称里有空格时加引号。")),
    )
    return [(text, root() + address("/dataset", [("q", text)]), words) for text, words in typed]


def _names() -> list[tuple[str, list[str]]]:
    return [
        (_("开放主体"), ["开放主体:", "发布者:", "发布机构:", "publisher:"]),
        (_("数据格式"), ["格式:", "数据格式:", "format:"]),
        (_("数据项"), ["字段:", "数据项:", "field:", "item:"]),
    ]
