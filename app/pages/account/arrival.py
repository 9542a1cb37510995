"""What a browser gets once somebody has shown who they are: a session, or the question for the second factor."""

from urllib.parse import quote

from flask import Response, request

from app.accounts.browsers import LASTS
from app.accounts.model import Half, Session
from app.pages.portal import portal
from app.web import accounts
from app.web.pages import see_other
from app.web.permissions import ACCOUNT_PATH

HALF = "suishu_half"
"""The cookie of half a session."""
_KNOWN = "suishu_known"
"""The cookie by which a browser is known again; it outlives the session."""


def let_in(entered: Session | Half, place: str) -> Response:
    """Leads on to what follows `/account`. A session that the browser had before ends: it may be another's."""
    if accounts.secret():
        portal().accounts.sign_out(accounts.secret())
    if isinstance(entered, Session):
        response = accounts.drop(accounts.remember(see_other(f"{ACCOUNT_PATH}{place}"), entered), HALF)
    else:
        response = ask_second(entered, place)
    return know_again(response, entered.browser) if entered.browser else response


def know_again(response: Response, browser: str) -> Response:
    return accounts.hold(response, _KNOWN, browser, portal().clock() + LASTS)


def known() -> str:
    """By what this browser is known, "" by nothing."""
    return request.cookies.get(_KNOWN, "")


def ask_second(half: Half, place: str) -> Response:
    to = f"?to={quote(ACCOUNT_PATH + place, safe='')}" if place else ""
    return accounts.hold(see_other(f"{ACCOUNT_PATH}/second-factor{to}"), HALF, half.secret, half.expires_at)
