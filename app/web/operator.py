"""
The one place where it is checked who may use the operator's routes, and that a form which changes something is ours.

The session is a random word in a signed cookie that goes to `/operator` alone; whether it holds is asked of whoever
keeps the sessions, so that one that was revoked ends at once. Forms carry a token bound to that cookie
(https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, cast
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.exceptions import Forbidden, Unauthorized
from wtforms import ValidationError

from app.web import doors
from app.web.permissions import OPERATOR_PATH, Access, access, max_body_bytes
from app.web.private import SAFE, is_below
from app.web.same_site import is_from_here

_SECRET = "operator"  # noqa: S105 (the name of a field)
_EXTENSION = "suishu.operator"
FIELD = "csrf_token"
_MAX_FIELDS_BYTES = 2 * 1024 * 1024
"""Of a form without its files, which are held in memory."""


class Who(Protocol):
    """Who acts in a session."""

    @property
    def actor(self) -> str: ...

    @property
    def until(self) -> datetime: ...


class _Sessions(SecureCookieSessionInterface):
    """
    Flask's own session, for the operator's paths alone: accounts keep theirs in the record, nothing else needs one, and
    opening it costs a twentieth of a page.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if is_below(OPERATOR_PATH, request.path) else None


Sessions = Callable[[str], Who | None]
"""Secret of a session -> who acts in it; None where it has ended."""


def install(app: Flask, sessions: Sessions, *, base_url: str) -> None:
    """Checks each request of the operator's routes before its view, and keeps their answers out of every cache."""
    parts = urlsplit(base_url)
    app.extensions[_EXTENSION] = sessions
    app.session_interface = _Sessions()
    app.config.update(
        SESSION_COOKIE_NAME="suishu_operator",
        SESSION_COOKIE_PATH=f"{parts.path}{OPERATOR_PATH}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=parts.scheme == "https",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    doors.put(app, OPERATOR_PATH, _check)
    app.jinja_env.globals["csrf_token"] = generate_csrf


def current() -> Who:
    """Who acts, in a view that is the operator's."""
    return cast(Who, g.operator)


def remember(secret: str) -> None:
    """The browser has this session from now on, and nothing of one before."""
    session.clear()
    session[_SECRET] = secret


def forget() -> str:
    """Takes the session from the browser; its secret, for ending it."""
    secret = str(session.get(_SECRET, ""))
    session.clear()
    return secret


def _check() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if access(view) is not Access.OPERATOR:
        return
    sessions = cast(Sessions, current_app.extensions[_EXTENSION])
    found = sessions(str(session.get(_SECRET, "")))
    if found is None:
        raise Unauthorized
    g.operator = found
    if (most := max_body_bytes(view)) is not None:
        request.max_content_length = most
        request.max_form_memory_size = min(most, _MAX_FIELDS_BYTES)
    if request.method not in SAFE:
        refuse_foreign_forms()


def refuse_foreign_forms() -> None:
    """Raises Forbidden where what was sent is no form of this session."""
    if not is_from_here():
        raise Forbidden
    try:
        validate_csrf(request.form.get(FIELD, ""))
    except ValidationError:
        raise Forbidden from None
