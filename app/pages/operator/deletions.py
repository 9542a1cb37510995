"""Deletions that wait for a person: what is missing, and the two answers."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound as NoSuchPage

from app.errors import Busy, Invalid, NotFound
from app.pages.portal import portal
from app.web import language, operator
from app.web.pages import page, see_other
from app.web.permissions import OPERATOR_PATH
from app.web.permissions import operator as operators

blueprint = Blueprint("operator_deletions", __name__)

PATH = f"{OPERATOR_PATH}/deletion"
_ENTRIES_SHOWN = 100
_DECIDED_SHOWN = 20


@blueprint.get(PATH)
@operators
def all_deletions() -> Response:
    operation = portal().operation
    decided = operation.deletions(decided=True)[:_DECIDED_SHOWN]
    return page("operator/deletions.html", waiting=operation.deletions(), decided=decided)


@blueprint.get(f"{PATH}/<int:id_>")
@operators
def show(id_: int) -> Response:
    return _show(id_)


@blueprint.post(f"{PATH}/<int:id_>/confirm")
@operators
def confirm(id_: int) -> Response:
    return _decided(id_, confirmed=True)


@blueprint.post(f"{PATH}/<int:id_>/reject")
@operators
def reject(id_: int) -> Response:
    return _decided(id_, confirmed=False)


def _decided(id_: int, *, confirmed: bool) -> Response:
    by = operator.current().actor
    try:
        if confirmed:
            portal().operation.confirm(id_, by=by)
        else:
            portal().operation.reject(id_, by=by)
    except NotFound:
        raise NoSuchPage from None
    except (Invalid, Busy) as error:
        return _show(id_, language.said(error), 409)
    return see_other(f"{PATH}/{id_}")


def _show(id_: int, error: str = "", status: int = 200) -> Response:
    operation = portal().operation
    try:
        held = operation.deletion(id_)
    except NotFound:
        raise NoSuchPage from None
    after = request.args.get("after", "")[:40]
    entries = operation.deletion_entries(id_, after, _ENTRIES_SHOWN)
    return page(
        "operator/deletion.html",
        status=status,
        error=error,
        held=held,
        source=portal().harvesting.source(held.source_id),
        entries=entries,
        following=entries[-1][0] if len(entries) == _ENTRIES_SHOWN else "",
    )
