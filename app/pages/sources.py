"""
Sources, and the reports of their harvests.

Nothing here shows what a record says: one that was refused, or that is not open, may hold what nobody outside is to
read. So a reason is its rule, never its value; a record's place is a number; an address is its host.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.harvesting.model import Counts, Refused, Run, SourceEntry
from app.harvesting.service import PAGE_SIZE
from app.i18n import Language
from app.pages.portal import portal
from app.web import language
from app.web.language import gettext as _
from app.web.pages import page
from app.web.paging import Pager, last_page, number
from app.web.permissions import public
from shapes import profile as profiles

blueprint = Blueprint("sources", __name__)

_ID = re.compile(r"[a-z0-9-]{1,80}")
_RULE = re.compile(r"[a-z][a-z0-9-]{0,60}")
_PLACE = re.compile(r"(?:.* )?(row|record|dataset) (\d{1,9})", re.DOTALL)
"""Such as `row 17`: a word of ours and a number. What stands before it is the name of a sheet, and not shown."""
_RUNS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """`words` explain a rule in the reader's language; "" where only its name is known."""

    rule: str
    words: str
    count: int
    article: str = ""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    number: int
    place: str
    reasons: tuple[Reason, ...]


@blueprint.get("/source")
@public
def all_sources() -> Response:
    harvesting = portal().harvesting
    counts = harvesting.counts()
    sources = [
        (source, counts.get(source.id, Counts()), _place_of(source), next(iter(harvesting.runs(source.id, 1)), None))
        for source in harvesting.sources()
    ]
    return page("sources.html", sources=sources)


@blueprint.get("/source/<id_>")
@public
def show(id_: str) -> Response:
    source = _source(id_)
    harvesting = portal().harvesting
    runs = harvesting.runs(id_, _RUNS_SHOWN)
    return page(
        "source.html",
        source=source,
        place=_place_of(source),
        counts=harvesting.counts().get(id_, Counts()),
        runs=runs,
        latest=_told(runs[0]) if runs else (),
    )


@blueprint.get("/source/<id_>/run/<int:run_id>")
@public
def show_run(id_: str, run_id: int) -> Response:
    source = _source(id_)
    run = portal().harvesting.run(run_id) if run_id < 2**62 else None
    if run is None or run.source_id != id_:
        raise NotFound
    return page("run.html", source=source, run=run, reasons=_told(run))


@blueprint.get("/source/<id_>/quarantine")
@public
def quarantine(id_: str) -> Response:
    return _refused(id_, held=False)


@blueprint.get("/source/<id_>/held")
@public
def held(id_: str) -> Response:
    return _refused(id_, held=True)


def _refused(id_: str, *, held: bool) -> Response:
    source = _source(id_)
    shown = number(request.args.get("page"), most=100_000)
    read = portal().harvesting.held if held else portal().harvesting.quarantine
    total, records = read(id_, shown)
    path = request.script_root + request.path
    return page(
        "refused.html",
        source=source,
        held=held,
        total=total,
        lines=[_line((shown - 1) * PAGE_SIZE + place, record) for place, record in enumerate(records, 1)],
        pager=Pager(shown, last_page(total, PAGE_SIZE), lambda page: f"{path}?page={page}"),
    )


def _source(id_: str) -> SourceEntry:
    source = portal().harvesting.source(id_) if _ID.fullmatch(id_) else None
    if source is None:
        raise NotFound
    return source


def _place_of(source: SourceEntry) -> str:
    """Where a source lies, without what may open it (names, passwords, parameters) or tells of our folders."""
    parts = urlsplit(source.location)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.hostname}"
    return PurePath(source.location).name


def _told(run: Run) -> list[Reason]:
    """Why records were refused or remarked on, most frequent first, one line a rule."""
    sums: dict[str, int] = {}
    for reason, count in run.report.reasons.items():
        rule = reason.partition(":")[0].strip()
        if not _RULE.fullmatch(rule):
            rule = "other"
        sums[rule] = sums.get(rule, 0) + count
    reasons = [_reason(rule, count) for rule, count in sums.items()]
    return sorted(reasons, key=lambda reason: (-reason.count, reason.rule))


def _line(place: int, record: Refused) -> RefusedLine:
    counted: dict[str, int] = {}
    for problem in record.problems:
        if problem.severity == "violation":
            counted[problem.rule] = counted.get(problem.rule, 0) + 1
    return RefusedLine(
        place, _position(record.position), tuple(_reason(rule, count) for rule, count in counted.items())
    )


def _position(position: str) -> str:
    """Where a record stands in its source, in words; "" where that is not said by a number."""
    found = _PLACE.fullmatch(position)
    if found is None:
        return ""
    words = _("第 %(number)s 行") if found[1] == "row" else _("第 %(number)s 条")
    return words % {"number": found[2]}


def _reason(rule: str, count: int) -> Reason:
    words, article = _rule_words(rule, language.current())
    return Reason(rule, words or _notes().get(rule, ""), count, article)


@lru_cache(maxsize=512)
def _rule_words(rule: str, reader: Language) -> tuple[str, str]:
    """A rule's message as its profile states it; messages of rules name no value."""
    for name in ("intake", "guangzhou"):
        for each in profiles.load(name).rules.values():
            if each.name == rule:
                return each.message.get(reader.tag) or each.message.get("zh-Hans", ""), each.article
    return "", ""


def _notes() -> dict[str, str]:
    """Remarks of the harvest that are no rule of a profile."""
    return {
        "duplicate": _("与同一来源中的另一条记录完全相同，只保留一条。"),
        "quarantined-before": _("上次已隔离，内容没有变化。"),
        "unreadable": _("记录无法读取。"),
        "record-too-complex": _("记录结构过于复杂，无法在限定的工作量内处理。"),
        "key-shared": _("标识与另一条内容不同的记录相同，已分别保留。"),
        "check-failed": _("校验没有完成。"),
        "held": _("没有通过广州目录规范，已保存，暂缓发布。"),
        "withdrawn": _("在来源中缺失超过宽限期，已撤回。"),
        "missing-kept": _("来源中一次缺失过多，等待人工确认后再撤回。"),
        "unknown-frequency": _("更新频率不在代码表中，保留来源用语。"),
        "unknown-format": _("数据格式不在代码表中，保留来源用语。"),
        "unknown-theme": _("领域不在代码表中，保留来源用语。"),
        "unknown-open-attribute": _("开放属性不在代码表中，保留来源用语。"),
        "unknown-district": _("行政区划不在代码表中，保留来源用语。"),
        "unknown-industry": _("行业不在代码表中，保留来源用语。"),
        "unknown-level": _("数据分级不在代码表中。"),
        "unknown-ground": _("依据不在代码表中。"),
        "unusable-address": _("地址无法使用，未采用。"),
        "unreadable-date": _("日期无法识别，未采用。"),
        "encoding-guessed": _("文件的字符编码与规定或说明不符，已按内容读取。"),
        "iri-mended": _("地址中有不允许的字符，已更正。"),
        "statement-dropped": _("个别陈述有误，未采用。"),
        "term-undefined": _("JSON-LD 上下文中没有定义的名称，未采用。"),
        "language-tag-dropped": _("语言标签有误，已去除。"),
        "literal-simplified": _("文本的数据类型或方向标注有误，只保留文字。"),
        "prefix-added": _("使用了没有声明的常用前缀，已补上。"),
        "relative-iri-without-base": _("文件含相对地址，又不知道文件来自哪里，这些地址不设链接。"),
        "context-bundled": _("没有联网读取 JSON-LD 上下文，使用了内置的副本。"),
        "read-by-rdflib": _("文件不合规范，已改用更宽容的解析程序读取。"),
        "other": _("其他说明。"),
    }
