"""Steps of an entry's public history in words: which field got which value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.catalogue.model import PublicVersion
from app.catalogue.statements import literal
from app.web.language import gettext as _

MAX_STEPS = 20
MAX_CHANGES = 60

_MAX_VALUE_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Change:
    kind: Literal["added", "removed"]
    property: str
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """`changes` are at most MAX_CHANGES; `more` says how many are left out."""

    number: int
    at: datetime
    first: bool
    added: int
    removed: int
    changes: tuple[Change, ...]
    more: int


def steps(versions: Sequence[PublicVersion], uri: str) -> list[Step]:
    """The newest MAX_STEPS versions, newest first as given."""
    return [_step(version, uri, first=version is versions[-1]) for version in versions[:MAX_STEPS]]


def _step(version: PublicVersion, uri: str, *, first: bool) -> Step:
    removed = [_change("removed", line, uri) for line in version.removed]
    added = [_change("added", line, uri) for line in version.added]
    changes = sorted(
        (each for each in (*removed, *added) if each), key=lambda each: (each.property, each.kind == "added")
    )
    return Step(
        number=version.version,
        at=version.recorded_at,
        first=first,
        added=len(version.added),
        removed=len(version.removed),
        changes=() if first else tuple(changes[:MAX_CHANGES]),
        more=max(0, len(changes) - MAX_CHANGES),
    )


def _change(kind: Literal["added", "removed"], line: str, uri: str) -> Change | None:
    terms = line.split(" ", 2)
    if len(terms) != 3:
        return None
    subject, predicate, value = terms[0].strip("<>"), terms[1].strip("<>"), terms[2].removesuffix(" .")
    name = _property(predicate)
    if subject != uri:
        name = _("%(part)s · %(property)s") % {"part": _part(subject), "property": name}
    return Change(kind, name, _value(value))


def _value(term: str) -> str:
    said = literal(term)
    text = said.text if said else term.strip("<>")
    return text if len(text) <= _MAX_VALUE_CHARACTERS else text[:_MAX_VALUE_CHARACTERS] + "…"


def _part(subject: str) -> str:
    """What kind of node a statement is about, by the fragment that the catalogue gave it."""
    kind = subject.rpartition("#")[2].partition("-")[0].lower()
    return {
        "distribution": _("分发"),
        "contact": _("联系方式"),
        "contactpoint": _("联系方式"),
        "column": _("数据项"),
        "schema": _("数据项"),
        "tableschema": _("数据项"),
        "publisher": _("开放主体"),
        "temporal": _("时间范围"),
    }.get(kind, _("相关信息"))


def _property(predicate: str) -> str:
    """The field's name, else the last part of the property's IRI."""
    tail = re.split(r"[#/]", predicate)[-1]
    return {
        "title": _("名称"),
        "description": _("摘要或说明"),
        "identifier": _("代码"),
        "publisher": _("开放主体"),
        "contactPoint": _("联系方式"),
        "theme": _("领域"),
        "keyword": _("关键词"),
        "accessRights": _("开放属性"),
        "rights": _("开放条件"),
        "format": _("数据格式"),
        "mediaType": _("媒体类型"),
        "accrualPeriodicity": _("更新频率"),
        "issued": _("发布日期"),
        "modified": _("更新日期"),
        "spatial": _("行政区划"),
        "temporal": _("时间范围"),
        "license": _("许可"),
        "distribution": _("分发"),
        "downloadURL": _("下载地址"),
        "accessURL": _("访问地址"),
        "landingPage": _("来源页面"),
        "byteSize": _("文件大小"),
        "rows": _("数据量"),
        "level": _("数据分级"),
        "column": _("数据项"),
        "tableSchema": _("数据项"),
        "datatype": _("数据类型"),
        "name": _("名称"),
        "fn": _("名称"),
        "hasTelephone": _("电话"),
        "hasEmail": _("电子邮箱"),
        "type": _("类型"),
        "wasDerivedFrom": _("原地址"),
        "withheld": _("不公开的字段"),
    }.get(tail, tail)
