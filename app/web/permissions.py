"""
Every route says who may use it. One that says nothing is refused at start, so that nothing opens by being forgotten.

What is for the operator alone lies under `/operator`, what is for people with an account under `/account`, so that the
cookie of a session goes nowhere else and pages for everybody stay the same for everybody. What programs do for somebody
lies under `/api/1/me`, where no cookie opens anything. Each has one check, in `app/web/operator.py`,
`app/web/accounts.py` and `app/web/bearer.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

from app.web.private import is_below

View = TypeVar("View", bound=Callable[..., Any])

_ATTRIBUTE = "suishu_access"
_NEEDS = "suishu_needs"
_BODY = "suishu_max_body_bytes"
_SCOPE = "suishu_scope"
_FROM_ANYWHERE = "suishu_from_anywhere"
OPERATOR_PATH = "/operator"
ACCOUNT_PATH = "/account"
TOKEN_PATH = "/api/1/me"  # noqa: S105 (where tokens open something)


class Access(StrEnum):
    """Who may use a route."""

    PUBLIC = "public"
    OPERATOR = "operator"
    ACCOUNT = "account"
    TOKEN = "token"  # noqa: S105 (a kind of access)


_PLACES = {Access.OPERATOR: OPERATOR_PATH, Access.ACCOUNT: ACCOUNT_PATH, Access.TOKEN: TOKEN_PATH}


def public(view: View) -> View:
    """Anyone may use this route, without an account."""
    setattr(view, _ATTRIBUTE, Access.PUBLIC)
    return view


def operator(view: View) -> View:
    """Only whoever the command line let in may use this route; a POST must come from a form of ours."""
    setattr(view, _ATTRIBUTE, Access.OPERATOR)
    return view


def signed_in(view: View) -> View:
    """Only somebody with an account may use this route; it is led to the sign-in page and back."""
    setattr(view, _ATTRIBUTE, Access.ACCOUNT)
    return view


def by_token(scope: str) -> Callable[[View], View]:
    """Only a program with an access token of this scope may use this route."""

    def marked(view: View) -> View:
        setattr(view, _ATTRIBUTE, Access.TOKEN)
        setattr(view, _SCOPE, scope)
        return view

    return marked


def needs(*rights: StrEnum) -> Callable[[View], View]:
    """Beside `signed_in`: only an account with one of these rights; for others it is forbidden before the view."""

    def marked(view: View) -> View:
        setattr(view, _NEEDS, rights)
        return view

    return marked


def takes(max_body_bytes: int) -> Callable[[View], View]:
    """How much may be sent to this route; read only after it is known that the sender may use it."""

    def marked(view: View) -> View:
        setattr(view, _BODY, max_body_bytes)
        return view

    return marked


def from_anywhere(view: View) -> View:
    """Who sends something to this route need not come from a page of ours: its address is a secret of its own."""
    setattr(view, _FROM_ANYWHERE, True)
    return view


def may_come_from_anywhere(view: Callable[..., Any] | None) -> bool:
    return bool(getattr(view, _FROM_ANYWHERE, False))


def access(view: Callable[..., Any] | None) -> Access | None:
    return getattr(view, _ATTRIBUTE, None)


def needed(view: Callable[..., Any] | None) -> tuple[StrEnum, ...]:
    """Of these rights one; () where none is asked for."""
    return getattr(view, _NEEDS, ())


def max_body_bytes(view: Callable[..., Any] | None) -> int | None:
    return getattr(view, _BODY, None)


def scope(view: Callable[..., Any] | None) -> str:
    """Of a route for access tokens."""
    return str(getattr(view, _SCOPE))


@dataclass(frozen=True, slots=True)
class Route:
    """One address and what it takes to use it."""

    rule: str
    methods: tuple[str, ...]
    access: Access
    needs: tuple[str, ...]
    """Rights of which one is enough, or the scope that an access token must have."""


def declared(app: Flask) -> list[Route]:
    """Every route as it was declared, by its address."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        if (said := access(view)) is not None:  # as of every route that is served
            needs = (scope(view),) if said is Access.TOKEN else needed(view)
            found.append(Route(rule.rule, methods, said, needs))
    return sorted(found, key=lambda route: (route.rule, route.methods))


def undeclared(app: Flask) -> list[str]:
    """The endpoints that say nothing of who may use them, or ask for rights of nobody in particular."""
    return sorted(
        name
        for name, view in app.view_functions.items()
        if access(view) is None or (needed(view) and access(view) is not Access.ACCOUNT)
    )


def misplaced(app: Flask) -> list[str]:
    """Routes that lie elsewhere than under the path which their session's cookie goes to."""
    found = []
    for rule in app.url_map.iter_rules():
        said = access(app.view_functions[rule.endpoint])
        place = _PLACES.get(said) if said else None
        if place and not is_below(place, rule.rule):
            found.append(rule.rule)
    return sorted(found)


def require_declarations(app: Flask) -> None:
    """Raises RuntimeError naming the endpoints that declare nothing, or are the operator's in a place that is not."""
    if names := undeclared(app):
        raise RuntimeError(f"routes without a declared permission: {', '.join(names)}; see app/web/permissions.py")
    if rules := misplaced(app):
        raise RuntimeError(f"routes outside the path of their session: {', '.join(rules)}")
