"""Giving a dataset stars, changing them, taking them back."""

import re

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.accounts.model import Right
from app.catalogue.model import DatasetView, PublicEntry
from app.errors import Invalid
from app.pages.account.mine import me
from app.pages.portal import portal
from app.ratings.model import STARS
from app.web import language
from app.web.pages import page, see_other
from app.web.permissions import ACCOUNT_PATH, needs, signed_in

blueprint = Blueprint("account_rating", __name__)

_ID = re.compile(r"[a-z2-7]{16}")
_PATH = f"{ACCOUNT_PATH}/rating/<id_>"


@blueprint.get(_PATH)
@signed_in
def ask(id_: str) -> Response:
    return _form(id_)


@blueprint.post(_PATH)
@signed_in
@needs(Right.RATE)
def rate(id_: str) -> Response:
    if "take-back" in request.form:
        portal().ratings.take_back(id_, by=me())
    else:
        said = request.form.get("stars", "")
        try:
            portal().ratings.rate(id_, int(said) if said in map(str, STARS) else 0, by=me())
        except Invalid as error:
            return _form(id_, 400, language.said(error))
    return see_other(f"/dataset/{id_}#rating")


def _form(id_: str, status: int = 200, error: str = "") -> Response:
    entry = public_entry(id_)
    return page(
        "account/rating.html",
        status=status,
        error=error,
        view=entry.view,
        stars=STARS,
        mine=portal().ratings.of(entry.view.id, me()),
        may=Right.RATE in me().rights and not speaks_for(entry.view),
    )


def speaks_for(view: DatasetView) -> bool:
    """Whether this account is of the office whose data it is."""
    return me().speaks_for(view.publisher.id if view.publisher else None)


def public_entry(id_: str) -> PublicEntry:
    """Raises `NotFound`."""
    found = portal().catalogue.entry(id_, alone=True) if _ID.fullmatch(id_) else None
    if not isinstance(found, PublicEntry):
        raise NotFound
    return found
