"""Steps of an entry's public history in words: which field got which value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.catalogue import prose
from app.catalogue.model import PublicVersion
from app.catalogue.reading import last_part
from app.catalogue.statements import iri, literal
from app.catalogue.terms import DCAT, DCT, SUI, TYPE
from app.web import language
from app.web.labels import licence_name
from app.web.language import gettext as _
from vocab import codelists
from vocab.rdf import NO_BASE

MAX_STEPS = 20
MAX_CHANGES = 60

_MAX_VALUE_CHARACTERS = 600
_EU_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
_SCHEMES = {
    DCAT + "theme": ("theme", "industry", "theme-gbt21063"),
    DCT + "accessRights": ("open-attribute",),
    DCT + "accrualPeriodicity": ("frequency",),
    DCT + "format": ("format",),
    DCT + "spatial": ("district",),
    SUI + "level": ("level",),
}
"""Where the codes of a property are explained."""
_UNTOLD = frozenset({TYPE, DCAT + "mediaType"})
"""Said for machines: people read the field's name, or the format that stands beside."""


@dataclass(frozen=True, slots=True)
class Change:
    kind: Literal["added", "removed"]
    property: str
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """
    `added` and `removed` count what people are told of; `changes` are at most MAX_CHANGES of these, and `more` says
    how many are left out.
    """

    number: int
    at: datetime
    first: bool
    added: int
    removed: int
    changes: tuple[Change, ...]
    more: int


def steps(versions: Sequence[PublicVersion], uri: str) -> list[Step]:
    """The newest MAX_STEPS versions, newest first as given."""
    return [step(version, uri, first=version is versions[-1]) for version in versions[:MAX_STEPS]]


def step(version: PublicVersion, uri: str, *, first: bool = False) -> Step:
    """One version in words; the first is told without what it says."""
    removed = () if first else _changes("removed", version.removed, uri)
    added = () if first else _changes("added", version.added, uri)
    changes = sorted((*removed, *added), key=lambda each: (each.property, each.kind == "added"))
    return Step(
        number=version.version,
        at=version.recorded_at,
        first=first,
        added=len(added),
        removed=len(removed),
        changes=tuple(changes[:MAX_CHANGES]),
        more=max(0, len(changes) - MAX_CHANGES),
    )


def _changes(kind: Literal["added", "removed"], lines: Sequence[str], uri: str) -> tuple[Change, ...]:
    """What people are told of some statements, each thing once."""
    statements = [terms for line in lines if len(terms := line.removesuffix(" .").split(" ", 2)) == 3]
    twins = _twins(statements)
    found = [
        _change(kind, subject.strip("<>"), predicate.strip("<>"), value, uri)
        for subject, predicate, value in statements
        if predicate.strip("<>") not in _UNTOLD and value not in twins and not value.startswith(f"<{uri}#")
    ]
    return tuple(dict.fromkeys(found))


def _twins(statements: Sequence[Sequence[str]]) -> set[str]:
    """EU data themes that only stand beside the domain they were derived from."""
    themes = codelists.scheme("theme")
    concepts = [themes.by_iri(iri(value)) for _s, _p, value in statements if not value.startswith(f"<{_EU_THEME}")]
    return {f"<{match}>" for concept in concepts if concept for match in concept.matches}


def _change(kind: Literal["added", "removed"], subject: str, predicate: str, value: str, uri: str) -> Change:
    name = _property(predicate)
    if subject != uri:
        name = _("%(part)s · %(property)s") % {"part": _part(subject), "property": name}
    text = _value(predicate, value)
    return Change(kind, name, text if len(text) <= _MAX_VALUE_CHARACTERS else text[:_MAX_VALUE_CHARACTERS] + "…")


def _value(predicate: str, term: str) -> str:
    """A text as it is; a code by its label; an address without what only machines need."""
    if said := literal(term):
        if predicate == SUI + "withheld":
            return {"description": _("数据摘要"), "dataItems": _("数据项")}.get(said.text, said.text)
        return prose.readable(said.text) or said.text
    address = (iri(term) or term).removeprefix(NO_BASE)
    if predicate == DCT + "license":
        return licence_name(address)
    if address.startswith(_EU_THEME):  # wider than any domain of ours
        return last_part(address)
    for scheme in _SCHEMES.get(predicate, ()):
        if concept := codelists.scheme(scheme).by_iri(address):
            return concept.label(language.current().tag)
    return re.sub(r"^(?:tel|mailto):", "", address)


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
