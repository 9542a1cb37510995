"""The operator's sources: how each is harvested, what needs a look, and what a person does about it."""

from collections.abc import Callable
from dataclasses import fields

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound as NoSuchPage

from app.errors import Busy, Invalid, NotFound
from app.harvesting.model import SourceLimits
from app.pages.operator.words import limit_names
from app.pages.portal import portal
from app.web import language, operator
from app.web.language import gettext as _
from app.web.pages import page, see_other
from app.web.permissions import OPERATOR_PATH
from app.web.permissions import operator as operators

blueprint = Blueprint("operator_sources", __name__)

PATH = f"{OPERATOR_PATH}/source"
_RUNS_SHOWN = 10
_WHOLE = frozenset({"pages", "records", "megabytes", "grace_days"})


@blueprint.get(PATH)
@operators
def all_sources() -> Response:
    return page("operator/sources.html", states=portal().operation.states())


@blueprint.get(f"{PATH}/<id_>")
@operators
def show(id_: str) -> Response:
    return _show(id_)


@blueprint.post(f"{PATH}/<id_>/run")
@operators
def run_now(id_: str) -> Response:
    return _done(id_, lambda: portal().operation.want(id_, by=operator.current().actor))


@blueprint.post(f"{PATH}/<id_>/cancel")
@operators
def cancel(id_: str) -> Response:
    return _done(id_, lambda: portal().operation.cancel(id_, by=operator.current().actor))


@blueprint.post(f"{PATH}/<id_>/pause")
@operators
def pause(id_: str) -> Response:
    return _done(id_, lambda: portal().operation.pause(id_, by=operator.current().actor))


@blueprint.post(f"{PATH}/<id_>/go-on")
@operators
def go_on(id_: str) -> Response:
    return _done(id_, lambda: portal().operation.go_on(id_, by=operator.current().actor))


@blueprint.post(f"{PATH}/<id_>/schedule")
@operators
def schedule(id_: str) -> Response:
    words = request.form.get("schedule", "")
    return _done(id_, lambda: portal().operation.plan(id_, words, by=operator.current().actor))


@blueprint.post(f"{PATH}/<id_>/limits")
@operators
def limits(id_: str) -> Response:
    return _done(id_, lambda: portal().operation.limit(id_, _limits(), by=operator.current().actor))


def _limits() -> SourceLimits:
    """What the form says; an empty field is the settings' limit. Raises `Invalid` naming what is no number."""
    names, said = limit_names(), {}
    for each in fields(SourceLimits):
        text = request.form.get(each.name, "").strip()[:40]
        if not text:
            continue
        try:
            said[each.name] = int(text) if each.name in _WHOLE else float(text)
        except ValueError:
            name = names[each.name]
            raise Invalid(
                f"“{name}”应填写数字，不能是“{text}”。", f"“{name}” must be a number, not “{text}”."
            ) from None
    return SourceLimits(**said)  # type: ignore[arg-type]


def _written(limit: float | None) -> str:
    """As the form takes it back."""
    return "" if limit is None else str(limit).removesuffix(".0")


def _done(id_: str, act: Callable[[], object]) -> Response:
    try:
        act()
    except (Invalid, Busy) as error:
        return _show(id_, language.said(error), 409 if isinstance(error, Busy) else 400)
    return see_other(f"{PATH}/{id_}?done=1")


def _show(id_: str, error: str = "", status: int = 200) -> Response:
    try:
        state = portal().operation.state(id_)
    except NotFound:
        raise NoSuchPage from None
    settings = portal().settings
    given = request.form if error else {}
    return page(
        "operator/source.html",
        status=status,
        state=state,
        error=error,
        done="done" in request.args,
        runs=portal().harvesting.runs(id_, _RUNS_SHOWN),
        schedule=given.get("schedule", state.plan.schedule),
        limits=[
            (name, words, given.get(name, _written(getattr(state.plan.limits, name))))
            for name, words in limit_names().items()
        ],
        defaults={
            "pages": settings.harvest_page_limit,
            "records": settings.harvest_record_limit,
            "megabytes": settings.harvest_run_size_limit_mb,
            "run_s": settings.harvest_run_limit_s,
            "pause_s": settings.harvest_request_pause_s,
            "grace_days": settings.missing_grace_days,
            "missing_percent": settings.missing_limit_percent,
        },
        examples=(_("每天 03:00"), _("每周一 08:30"), _("每6小时"), "0 3 * * *"),
    )
