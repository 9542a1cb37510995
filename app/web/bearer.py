"""
The one place where it is checked whose access token a request carries, and that it is good for the route (RFC 6750).

A token comes in the Authorization header alone. Cookies open nothing here, so that no foreign page can do anything in
somebody's name.
"""

from collections.abc import Callable, Set
from pathlib import Path
from typing import Protocol, cast

from flask import Flask, Response, current_app, g, request

from app.web import doors
from app.web.budget import Budget
from app.web.flood import Flood, asker
from app.web.language import gettext as _
from app.web.permissions import TOKEN_PATH, Access, access, max_body_bytes, scope
from app.web.private import SAFE
from app.web.problems import Problem, respond

CHANGES_A_MINUTE = 60
"""Of one account, whatever its tokens, in all web processes together."""
_REALM = 'Bearer realm="suishu"'
_EXTENSION = "suishu.bearer"

_flood = Flood(most=60, window_s=900)
"""Tokens that are none, from one address."""


class Who(Protocol):
    @property
    def id(self) -> str: ...


class Grant(Protocol):
    """What a token lets a program do, and for whom."""

    @property
    def account(self) -> Who: ...

    @property
    def scopes(self) -> Set[str]: ...


class _State:
    def __init__(self, granted: Callable[[str], Grant | None], changes: Budget) -> None:
        self.granted = granted
        self.changes = changes


def install(app: Flask, granted: Callable[[str], Grant | None], *, home: Path, key: str) -> None:
    """`granted` says what a token is good for; None for one that is not, or no longer, a token."""
    changes = Budget(home / "locks" / "changes.budget", key.encode(), CHANGES_A_MINUTE)
    app.extensions[_EXTENSION] = _State(granted, changes)
    doors.put(app, TOKEN_PATH, _check)


def grant() -> object:
    """Of this request, in a view that is for tokens."""
    return cast(object, g.grant)


def _check() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if access(view) is not Access.TOKEN:
        return None
    state = cast(_State, current_app.extensions[_EXTENSION])
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return _refused(
            _problem(401, _("这个接口需要访问令牌"), _("请在 Authorization 请求头中写 Bearer 和访问令牌。"))
        )
    found = state.granted(token.strip())
    if found is None:
        return _unknown()
    if scope(view) not in found.scopes:
        detail = _("这个访问令牌没有 %(scope)s 权限。") % {"scope": scope(view)}
        problem = _problem(403, _("访问令牌的权限不够"), detail)
        return _refused(problem, f'error="insufficient_scope", scope="{scope(view)}"')
    if request.method not in SAFE:
        if wait_s := state.changes.wait_s(found.account.id):
            return respond(_problem(429, _("更改过于频繁"), _("请稍后再试。"), wait_s))
        state.changes.charge(found.account.id, 1.0)
    if (most := max_body_bytes(view)) is not None:
        request.max_content_length = most
    g.grant = found
    return None


def _unknown() -> Response:
    if not _flood.allows(asker()):
        wait_s = int(_flood.window_s)
        return respond(_problem(429, _("无效的访问令牌过多"), _("请稍后再试。"), wait_s))
    problem = _problem(401, _("访问令牌无效"), _("访问令牌可能已经到期或作废，请在“我的账号”中新建。"))
    return _refused(problem, 'error="invalid_token"')


def _refused(problem: Problem, why: str = "") -> Response:
    response = respond(problem)
    response.headers["WWW-Authenticate"] = f"{_REALM}, {why}" if why else _REALM
    return response


def _problem(status: int, title: str, detail: str, wait_s: int | None = None) -> Problem:
    return Problem(status, title, detail, retry_after_s=wait_s)
