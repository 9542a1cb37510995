"""
Getting in and out. The address that the command line gives opens a page that asks; only its button uses the link up,
so that whoever looks at addresses before a person does (mail and chat programs do) leaves it whole.
"""

from flask import Blueprint, Response, request
from werkzeug.exceptions import Forbidden

from app.errors import Invalid
from app.pages.portal import portal
from app.web import language, operator
from app.web.flood import Flood, asker
from app.web.language import gettext as _
from app.web.pages import page, see_other
from app.web.permissions import OPERATOR_PATH, public
from app.web.permissions import operator as operators
from app.web.same_site import is_from_here

blueprint = Blueprint("operator_entry", __name__)

ENTER = f"{OPERATOR_PATH}/enter"
_MAX_TOKEN = 200

_flood = Flood(most=20, window_s=600)


@blueprint.get(ENTER)
@public
def ask() -> Response:
    """Whatever the token is: whether it holds is told to whoever uses it up."""
    return _page(request.args.get("token", ""))


@blueprint.post(ENTER)
@public
def enter() -> Response:
    if not is_from_here():
        raise Forbidden
    if not _flood.allows(asker()):
        return _page("", 429, _("尝试次数过多，请过十分钟再试。"))
    try:
        secret, _who = portal().access.enter(request.form.get("token", ""))
    except Invalid as error:
        return _page("", 403, language.said(error))
    operator.remember(secret)
    return see_other(OPERATOR_PATH)


@blueprint.post(f"{OPERATOR_PATH}/leave")
@operators
def leave() -> Response:
    portal().access.leave(operator.forget())
    return see_other(f"{ENTER}?left=1")


def _page(token: str, status: int = 200, error: str = "") -> Response:
    response = page(
        "operator/enter.html", status=status, token=token[:_MAX_TOKEN], error=error, left="left" in request.args
    )
    # The address has the token in it. "no-referrer" would take the Origin from the form, by which it is known as ours.
    response.headers["Referrer-Policy"] = "same-origin"
    if status == 429:
        response.headers["Retry-After"] = str(int(_flood.window_s))
    return response
