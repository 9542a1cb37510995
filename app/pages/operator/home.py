"""The operator's first page: what needs a person, in one list, what can't wait first."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.harvesting.model import AlertKind, Counts
from app.pages.portal import portal
from app.web import language, operator
from app.web.language import gettext as _
from app.web.pages import grouped, page
from app.web.permissions import OPERATOR_PATH
from app.web.permissions import operator as operators

blueprint = Blueprint("operator_home", __name__)

_REQUESTS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a person. `link` is under the root; `urgent` where something is broken or held."""

    title: str
    detail: str
    link: str
    urgent: bool = False


@blueprint.get(OPERATOR_PATH)
@operators
def home() -> Response:
    requests = portal().data_requests
    return page(
        "operator/home.html",
        who=operator.current(),
        tasks=[*_deletions(), *_alerts(), *_quarantines(), *_duplicates(), *_names()],
        requests=requests.newest(_REQUESTS_SHOWN),
        requests_total=requests.count(),
    )


def _alerts() -> list[Task]:
    """Shrunken sources stand as their held deletions."""
    titles = _titles()
    tag = language.current().tag
    return [
        Task(
            titles.get(alert.source_id, alert.source_id),
            alert.words_en if tag == "en" else alert.words_zh,
            f"/operator/source/{alert.source_id}",
            urgent=True,
        )
        for alert in portal().operation.alerts()
        if alert.kind is not AlertKind.SHRUNK
    ]


def _deletions() -> list[Task]:
    titles = _titles()
    return [
        Task(
            titles.get(held.source_id, held.source_id),
            _("%(missing)s / %(total)s 条记录从来源中消失，等待确认是否撤回。")
            % {"missing": grouped(held.missing), "total": grouped(held.total)},
            f"/operator/deletion/{held.id}",
            urgent=True,
        )
        for held in portal().operation.deletions()
    ]


def _quarantines() -> list[Task]:
    titles = _titles()
    counts: dict[str, Counts] = portal().harvesting.counts()
    return [
        Task(
            titles.get(id_, id_),
            _("%(count)s 条记录被隔离，可以查看原因、修改映射或重试。") % {"count": grouped(found.quarantined)},
            f"/operator/source/{id_}/quarantine",
        )
        for id_, found in sorted(counts.items(), key=lambda each: -each[1].quarantined)
        if found.quarantined
    ]


def _duplicates() -> list[Task]:
    total = sum(portal().duplicates.counts().values())
    if not total:
        return []
    words = _("%(count)s 组条目可能重复。") % {"count": grouped(total)}
    return [Task(_("重复的数据集"), words, "/operator/duplicates")]


def _names() -> list[Task]:
    waiting = portal().real_name_desk.count()
    if not waiting:
        return []
    words = _("%(count)s 份申请等待核验，由平台管理机构的账号处理。") % {"count": grouped(waiting)}
    return [Task(_("实名认证"), words, "/account/verify")]


def _titles() -> dict[str, str]:
    return {source.id: source.title for source in portal().harvesting.sources()}
