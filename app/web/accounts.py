"""
Who is signed in, in the routes under `/account`; the cookie goes nowhere else.

The cookie holds a random word; whose it is is asked anew with each request, so that a session that was ended is at an
end everywhere. Forms carry a word made from it, and must come from a page of ours.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol, cast
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import Forbidden

from app.errors import Forbidden as NotAllowed
from app.web import doors, forms
from app.web.flood import asker
from app.web.pages import root, see_other
from app.web.permissions import ACCOUNT_PATH, Access, access, may_come_from_anywhere, needed
from app.web.private import SAFE
from app.web.same_site import is_from_here

COOKIE = "suishu_account"
FIELD = "form_token"
_EXTENSION = "suishu.accounts"


class Opened(Protocol):
    """A session as the browser gets it."""

    @property
    def secret(self) -> str: ...

    @property
    def expires_at(self) -> datetime: ...


class Known(Protocol):
    """Somebody with an account, as far as these routes ask."""

    @property
    def id(self) -> str: ...

    @property
    def rights(self) -> Collection[str]: ...


Who = Callable[[str], Known | None]
"""Secret of a session -> the account; None where it has ended."""


def install(app: Flask, who: Who) -> None:
    app.extensions[_EXTENSION] = who
    doors.put(app, ACCOUNT_PATH, _check, _keep_links_secret)
    app.jinja_env.globals["form_token"] = form_token


def secret() -> str:
    """What the browser holds, "" where it holds nothing."""
    return request.cookies.get(COOKIE, "")


def account() -> Known | None:
    """Whose request this is; None for nobody's. One question to the database a request, and none without a cookie."""
    if "account" not in g:
        who = cast(Who, current_app.extensions[_EXTENSION])
        g.account = who(secret()) if secret() else None
    return cast("Known | None", g.account)


def remember(response: Response, session: Opened) -> Response:
    """The browser holds this session from now on."""
    return hold(response, COOKIE, session.secret, session.expires_at)


def forget(response: Response) -> Response:
    return drop(response, COOKIE)


def hold(response: Response, name: str, value: str, expires_at: datetime) -> Response:
    """A cookie for these pages alone, which no script reads and no other site's form brings along."""
    response.set_cookie(
        name, value, expires=expires_at, path=_path(), secure=_is_https(), httponly=True, samesite="Lax"
    )
    return response


def drop(response: Response, name: str) -> Response:
    response.delete_cookie(name, path=_path(), secure=_is_https(), httponly=True, samesite="Lax")
    return response


def place(to: str) -> str:
    """
    Where somebody wanted to go, as what follows `/account`; "" for any other place, since what stands in an address is
    anybody's word.
    """
    fits = to.startswith((f"{ACCOUNT_PATH}/", f"{ACCOUNT_PATH}?")) and "\\" not in to and to.isprintable()
    return to[len(ACCOUNT_PATH) :] if fits else ""


def form_token() -> str:
    """For a hidden field; it is the session's own, so no other page can know it."""
    return hmac.new(current_app.secret_key.encode(), secret().encode(), hashlib.sha256).hexdigest()  # type: ignore[union-attr]


def _check() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    changes = request.method not in SAFE
    if changes:
        if not is_from_here() and not may_come_from_anywhere(view):
            raise Forbidden
        forms.count(forms.HEAVY if forms.is_heavy(view) else forms.OF_ADDRESS, asker())
    if access(view) is not Access.ACCOUNT:
        return None
    if (who := account()) is None:
        here = ACCOUNT_PATH if changes else request.full_path.rstrip("?")
        return see_other(f"{ACCOUNT_PATH}/sign-in?to={quote(here, safe='')}")
    if changes:
        if not hmac.compare_digest(request.form.get(FIELD, "").encode(), form_token().encode()):
            raise Forbidden
        forms.count(forms.OF_ACCOUNT, who.id)
    if (rights := needed(view)) and not any(right in who.rights for right in rights):
        raise NotAllowed("您的账号没有使用这个页面的权限。", "Your account has no right to use this page.")
    return None


def _keep_links_secret(response: Response) -> None:
    response.headers["Referrer-Policy"] = "same-origin"  # links in letters are secrets


def _path() -> str:
    return f"{root()}{ACCOUNT_PATH}"


def _is_https() -> bool:
    return urlsplit(cast(str, current_app.jinja_env.globals["base_url"])).scheme == "https"
