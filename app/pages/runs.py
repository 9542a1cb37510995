"""
One harvest: how far it is, what came of it, and which entries it changed in what. Titles and statements are those that
the public may read anyway; of what was refused or is held there are only numbers.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.harvesting.history import PAGE_SIZE
from app.harvesting.model import ChangeKind, Run, RunChange
from app.pages import history
from app.pages.portal import portal
from app.pages.sources import known, told
from app.web.pages import page, pager
from app.web.paging import number
from app.web.permissions import public

blueprint = Blueprint("runs", __name__)

_REFRESH_S = 5


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """An entry that a run changed; `step` says in what, where the public may read it."""

    change: RunChange
    step: history.Step | None = None


@blueprint.get("/source/<id_>/run/<int:run_id>")
@public
def show_run(id_: str, run_id: int) -> Response:
    source, run = known(id_), _run(id_, run_id)
    running = run.finished_at is None
    return page(
        "run.html",
        source=source,
        run=run,
        reasons=told(run.report),
        counts=portal().operation.run_counts(run_id),
        refresh_s=_REFRESH_S if running and "still" not in request.args else 0,
    )


@blueprint.get("/source/<id_>/run/<int:run_id>/changes")
@public
def show_changes(id_: str, run_id: int) -> Response:
    source, run = known(id_), _run(id_, run_id)
    counts = portal().operation.run_counts(run_id)
    asked = request.args.get("what", "")
    what = ChangeKind(asked) if asked in set(ChangeKind) else next(iter(sorted(counts)), ChangeKind.CHANGED)
    shown = number(request.args.get("page"), most=100_000)
    listed = portal().operation.run_changes(run_id, what, shown)
    return page(
        "run_changes.html",
        source=source,
        run=run,
        what=what,
        counts=counts,
        lines=[_line(change) for change in listed],
        pager=pager(shown, counts.get(what, 0), PAGE_SIZE, what=what.value),
    )


def _line(change: RunChange) -> ChangeLine:
    if change.what is not ChangeKind.CHANGED or not change.is_public:
        return ChangeLine(change)
    version = portal().catalogue.step(change.dataset_id, change.version)
    if version is None:
        return ChangeLine(change)
    uri = f"{portal().settings.base_url}/dataset/{change.dataset_id}"
    return ChangeLine(change, history.step(version, uri))


def _run(id_: str, run_id: int) -> Run:
    run = portal().harvesting.run(run_id) if run_id < 2**62 else None
    if run is None or run.source_id != id_:
        raise NotFound
    return run
