"""
Records in quarantine as the operator may see them: whole, with the reasons in words, to be tried again one by one or
all at once after the mapping was mended. The public page of the same records shows none of it.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.errors import SuishuError
from app.harvesting import apart
from app.harvesting.mapping.previewing import facts, read_entry
from app.harvesting.model import Refused, SourceEntry
from app.harvesting.retry import Retried
from app.harvesting.service import PAGE_SIZE
from app.pages.operator.words import field_names, place
from app.pages.portal import portal
from app.pages.sources import known
from app.web import language, operator
from app.web.language import gettext as _
from app.web.pages import page, pager, see_other
from app.web.paging import number
from app.web.permissions import OPERATOR_PATH
from app.web.permissions import operator as operators

blueprint = Blueprint("operator_quarantine", __name__)

PATH = f"{OPERATOR_PATH}/source/<id_>/quarantine"

_MAX_EXCERPT = 2_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A refused record: what could be read of it by field, else its text as it came."""

    record: Refused
    title: str
    facts: list[tuple[str, list[str]]]
    excerpt: str


@blueprint.get(PATH)
@operators
def show(id_: str) -> Response:
    return _page(known(id_))


@blueprint.post(PATH)
@operators
def retry(id_: str) -> Response:
    """One record, or with `all` every one of the source."""
    source = known(id_)
    ids = () if "all" in request.form else tuple(request.form.getlist("record"))[:PAGE_SIZE]
    if not ids and "all" not in request.form:
        return _page(source, 400, _("请选择要重试的记录。"))
    try:
        outcome = apart.retry(portal().settings, id_, ids, by=operator.current().actor)
    except SuishuError as error:
        return _page(source, 503, language.said(error))
    said = f"run={outcome.run_id}&kept={outcome.kept}&refused={outcome.refused}&absent={outcome.absent}"
    return see_other(f"{OPERATOR_PATH}/source/{id_}/quarantine?{said}")


def _page(source: SourceEntry, status: int = 200, error: str = "") -> Response:
    shown = number(request.args.get("page"), most=100_000)
    total, records = portal().harvesting.quarantine(source.id, shown, full=True)
    return page(
        "operator/quarantine.html",
        status=status,
        error=error,
        source=source,
        total=total,
        records=[_shown(record) for record in records],
        names=field_names(),
        place=place,
        is_mapped=source.is_mapped,
        outcome=_outcome(),
        pager=pager(shown, total, PAGE_SIZE),
    )


def _outcome() -> Retried | None:
    """What the last try came to, as its redirect says."""
    if "run" not in request.args:
        return None
    run, kept, refused, absent = (
        number(request.args.get(name), default=0, least=0) for name in ("run", "kept", "refused", "absent")
    )
    found = portal().harvesting.run(run)
    zh, en = (found.report.failure_zh, found.report.failure_en) if found else ("", "")
    return Retried(run, kept + refused + absent, kept, refused, absent, zh, en)


def _shown(record: Refused) -> Shown:
    entry = read_entry(record.ntriples, record.id, record.source_id) if record.ntriples.startswith(b"<") else None
    said = facts(entry) if entry else []
    title = next((texts[0] for name, texts in said if name == "title"), "")
    excerpt = "" if said else record.ntriples[:_MAX_EXCERPT].decode("utf-8", "replace")
    return Shown(record, title, said, excerpt)
