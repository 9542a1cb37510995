"""
Ending letters by a link in one of them, without a sign-in. Mail programs look at addresses before people do, so a look
ends nothing; a mail program's own button sends the form by itself (RFC 8058) and may come from anywhere.
"""

from flask import Blueprint, Response, request

from app.errors import NotFound
from app.pages.portal import portal
from app.web import language
from app.web.labels import plain
from app.web.pages import page
from app.web.permissions import ACCOUNT_PATH, from_anywhere, public

blueprint = Blueprint("account_unsubscribe", __name__)

_PATH = f"{ACCOUNT_PATH}/unsubscribe/<secret>"


@blueprint.get(_PATH)
@public
def ask(secret: str) -> Response:
    try:
        followed = portal().follow.ends(secret)
    except NotFound as error:
        return page("account/unsubscribe.html", status=404, error=language.said(error), secret="", one=False, name="")
    name = plain(portal().follow.names([followed])[followed.mark]) if followed else ""
    return page("account/unsubscribe.html", secret=secret, one=followed is not None, name=name)


@blueprint.post(_PATH)
@public
@from_anywhere
def end(secret: str) -> Response:
    """Answers at once: a mail program follows no redirect."""
    portal().follow.end(secret, everything="everything" in request.form)
    return page("account/unsubscribe.html", done=True, secret="", one=False, name="")
