"""The audit log for the operator and the authority: what was done, by whom and to what, and all of it as a file."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, request

from app.accounts.model import Right
from app.audit.events import Action
from app.audit.log import FIRST_YEAR, LAST_YEAR, Wanted
from app.pages.account.acts import told
from app.pages.portal import portal
from app.web.answers import stream
from app.web.language import gettext as _
from app.web.links import address
from app.web.pages import HERE, page, root
from app.web.paging import number
from app.web.permissions import ACCOUNT_PATH, needs, signed_in
from app.web.streaming import Pulled

blueprint = Blueprint("account_audit", __name__)

PATH = f"{ACCOUNT_PATH}/audit"
_MAX_CHARACTERS = 100
_DAY = timedelta(days=1)
_MOST = 2**53


@blueprint.get(PATH)
@signed_in
@needs(Right.READ_AUDIT)
def listing() -> Response:
    said = {name: _said(name) for name in ("action", "subject", "actor", "since", "until")}
    since, until = _day(said["since"]), _day(said["until"])
    wrong = [name for name, day in (("since", since), ("until", until)) if said[name] and day is None]
    wanted = Wanted(said["action"], said["subject"], said["actor"], since, _after(until))
    before = number(request.args["before"], default=_MOST, most=_MOST) if "before" in request.args else None
    rows, after = portal().audit.page(wanted, before)
    kept = [(name, value) for name, value in said.items() if value]
    times = [(name, value) for name, value in kept if name in ("since", "until")]
    return page(
        "account/audit.html",
        status=400 if wrong else 200,
        error=_("日期请写作 2026-11-27。") if wrong else "",
        rows=[] if wrong else rows,
        said=said,
        filtered=any(said.values()),
        told=told,
        actions=sorted(Action),
        later="before" in request.args,
        first=root() + address(PATH, kept),
        after=root() + address(PATH, [*kept, ("before", str(after))]) if after and not wrong else "",
        export=root() + address(f"{PATH}/export.jsonl", times),
    )


@blueprint.get(f"{PATH}/export.jsonl")
@signed_in
@needs(Right.READ_AUDIT)
def export() -> Response:
    """One stretch of the chain, whatever else the list was filtered by: rows that are left out would break it."""
    log, since, until = portal().audit, _day(_said("since")), _after(_day(_said("until")))
    response = stream(
        Pulled(lambda out: log.export(out, since, until)), "application/x-ndjson", filename="suishu-audit.jsonl"
    )
    del response.headers["Access-Control-Allow-Origin"]
    return response


def _said(name: str) -> str:
    return request.args.get(name, "").strip()[:_MAX_CHARACTERS].replace("\0", "")


def _day(said: str) -> datetime | None:
    """The beginning of a day in the city; None for what is none, or none that anything was done on."""
    try:
        day = datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=HERE)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _after(day: datetime | None) -> datetime | None:
    """The end of a day."""
    return day + _DAY if day else None
