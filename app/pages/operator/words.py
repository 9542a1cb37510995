"""What the operator's pages call the fields of the profile and the reasons of a guess."""

from app.pages.positions import in_words
from app.web.language import gettext as _


def field_names() -> dict[str, str]:
    """Field of a mapping -> its name in the reader's language, in the order of the profile."""
    return {
        "title": _("数据集名称"),
        "title_en": _("英文名称"),
        "title_hant": _("繁体名称"),
        "description": _("数据摘要"),
        "description_en": _("英文摘要"),
        "identifier": _("数据集代码"),
        "publisher": _("开放主体"),
        "uscc": _("统一社会信用代码"),
        "publisher_kind": _("开放主体类型"),
        "contact": _("联系人或联系部门"),
        "phone": _("联系电话"),
        "email": _("电子邮箱"),
        "contact_url": _("咨询网址"),
        "theme": _("领域"),
        "industry": _("行业"),
        "keyword": _("关键词"),
        "open_attribute": _("开放属性"),
        "condition": _("开放条件"),
        "ground": _("开放属性依据（情形）"),
        "basis": _("依据文件"),
        "legislation": _("依据网址"),
        "data_items": _("数据项"),
        "format": _("数据格式"),
        "frequency": _("更新频率"),
        "issued": _("发布日期"),
        "modified": _("更新日期"),
        "district": _("行政区划"),
        "temporal": _("数据时间范围"),
        "temporal_start": _("数据开始时间"),
        "temporal_end": _("数据结束时间"),
        "level": _("数据分级"),
        "licence": _("许可"),
        "rows": _("数据量（行）"),
        "landing_page": _("详情页网址"),
        "download": _("下载地址"),
        "api": _("接口地址"),
        "byte_size": _("文件大小"),
        "withheld": _("不公开的内容"),
    }


def reason(why: str, like: str) -> str:
    """Why a field was guessed."""
    if why == "name":
        return _("列名是这个字段的常用名称")
    if why == "likeness":
        return _("列名与“%(name)s”相近") % {"name": like}
    if why == "words":
        return _("列中内容像是这个字段")
    if why == "both":
        return _("列名与“%(name)s”相近，内容也符合") % {"name": like}
    return _("没有认出")


def state(name: str) -> str:
    """What would become of a record."""
    if name == "published":
        return _("可以发布")
    if name == "held":
        return _("暂缓发布")
    return _("隔离")


def place(position: str) -> str:
    """Where a record stands in its source, with the name of the sheet where it has one."""
    return in_words(position, sheet=True) or position


def limit_names() -> dict[str, str]:
    """Limit of a source -> its name in the reader's language."""
    return {
        "pages": _("每次最多请求的文档数"),
        "records": _("每次最多读取的记录数"),
        "megabytes": _("每次最多读取的数据量（MB）"),
        "run_s": _("每次采集的时限（秒）"),
        "pause_s": _("两次请求的最小间隔（秒）"),
        "grace_days": _("缺失多少天后撤回"),
        "missing_percent": _("缺失超过多少百分比时等待人工确认"),
    }
