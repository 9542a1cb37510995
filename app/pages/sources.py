"""
Sources, and the reports of their harvests.

Nothing here shows what a record says: one that was refused, or that is not open, may hold what nobody outside is to
read. So a reason is its rule, never its value; a record's place is a number; an address is its host.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.harvesting.model import Counts, Refused, SourceEntry
from app.harvesting.reasons import in_words
from app.harvesting.service import PAGE_SIZE
from app.pages import positions
from app.pages.portal import portal
from app.web import language
from app.web.language import gettext as _
from app.web.pages import page, pager
from app.web.paging import number
from app.web.permissions import public
from harvest.record import RunReport

blueprint = Blueprint("sources", __name__)

_ID = re.compile(r"[a-z0-9-]{1,80}")
_RULE = re.compile(r"[a-z][a-z0-9-]{0,60}")
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
    counts = portal().harvesting.counts()
    sources = [
        (state, counts.get(state.source.id, Counts()), place_of(state.source)) for state in portal().operation.states()
    ]
    return page("sources.html", sources=sources)


@blueprint.get("/source/<id_>")
@public
def show(id_: str) -> Response:
    source = known(id_)
    harvesting = portal().harvesting
    runs = harvesting.runs(id_, _RUNS_SHOWN)
    return page(
        "source.html",
        source=source,
        state=portal().operation.state(id_),
        place=place_of(source),
        counts=harvesting.counts().get(id_, Counts()),
        runs=runs,
        latest=told(runs[0].report) if runs else (),
    )


@blueprint.get("/source/<id_>/quarantine")
@public
def quarantine(id_: str) -> Response:
    return _refused(id_, held=False)


@blueprint.get("/source/<id_>/held")
@public
def held(id_: str) -> Response:
    return _refused(id_, held=True)


def _refused(id_: str, *, held: bool) -> Response:
    source = known(id_)
    shown = number(request.args.get("page"), most=100_000)
    read = portal().harvesting.held if held else portal().harvesting.quarantine
    total, records = read(id_, shown)
    return page(
        "refused.html",
        source=source,
        held=held,
        total=total,
        lines=[_line((shown - 1) * PAGE_SIZE + place, record) for place, record in enumerate(records, 1)],
        pager=pager(shown, total, PAGE_SIZE),
    )


def known(id_: str) -> SourceEntry:
    source = portal().harvesting.source(id_) if _ID.fullmatch(id_) else None
    if source is None:
        raise NotFound
    return source


def place_of(source: SourceEntry) -> str:
    """Where a source lies, without what may open it (names, passwords, parameters) or tells of our folders."""
    parts = urlsplit(source.location)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.hostname}"
    return PurePath(source.location).name


def told(report: RunReport) -> list[Reason]:
    """Why records were refused or remarked on, most frequent first, one line a rule."""
    sums: dict[str, int] = {}
    for reason, count in report.reasons.items():
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
        place, positions.in_words(record.position), tuple(_reason(rule, count) for rule, count in counted.items())
    )


def _reason(rule: str, count: int) -> Reason:
    if rule == "other":
        return Reason(rule, _("其他说明。"), count, "")
    said = rule_words(rule)
    return Reason(rule, "" if said == rule else said, count, in_words(rule).article)


def rule_words(rule: str) -> str:
    """What a rule asks for, in the reader's language; its own name where nobody has words for it."""
    words = in_words(rule)
    return words.en if language.current().tag == "en" else words.zh
