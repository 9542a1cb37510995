"""
Every route says who may use it. One that says nothing is refused at start, so that nothing opens by being forgotten.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

_ATTRIBUTE = "suishu_access"


class Access(StrEnum):
    """Who may use a route."""

    PUBLIC = "public"


def public(view: View) -> View:
    """Anyone may use this route, without an account."""
    setattr(view, _ATTRIBUTE, Access.PUBLIC)
    return view


def access(view: Callable[..., Any]) -> Access | None:
    return getattr(view, _ATTRIBUTE, None)


def undeclared(app: Flask) -> list[str]:
    """The endpoints that say nothing of who may use them."""
    return sorted(name for name, view in app.view_functions.items() if access(view) is None)


def require_declarations(app: Flask) -> None:
    """Raises RuntimeError naming the endpoints that declare nothing."""
    if names := undeclared(app):
        raise RuntimeError(f"routes without a declared permission: {', '.join(names)}; see app/web/permissions.py")
