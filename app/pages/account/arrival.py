"""What a browser gets once somebody has shown who they are: a session, or the question for the second factor."""

from urllib.parse import quote

from flask import Response

from app.accounts.model import Half, Session
from app.pages.portal import portal
from app.web import accounts
from app.web.pages import see_other
from app.web.permissions import ACCOUNT_PATH

HALF = "suishu_half"
"""The cookie of half a session."""


def let_in(entered: Session | Half, place: str) -> Response:
    """Leads on to what follows `/account`. A session that the browser had before ends: it may be another's."""
    if accounts.secret():
        portal().accounts.sign_out(accounts.secret())
    if isinstance(entered, Session):
        return accounts.drop(accounts.remember(see_other(f"{ACCOUNT_PATH}{place}"), entered), HALF)
    return ask_second(entered, place)


def ask_second(half: Half, place: str) -> Response:
    to = f"?to={quote(ACCOUNT_PATH + place, safe='')}" if place else ""
    return accounts.hold(see_other(f"{ACCOUNT_PATH}/second-factor{to}"), HALF, half.secret, half.expires_at)
