"""
The places whose answers are for one person: what is checked before whatever lies there, and that no cache keeps what
comes out. One look at the path for all of them: each hook that runs for every request is paid by every page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, request

from app.web.private import is_below

_EXTENSION = "suishu.doors"


@dataclass(frozen=True, slots=True)
class _Door:
    check: Callable[[], Response | None]
    on_leaving: Callable[[Response], None]


def install(app: Flask) -> None:
    app.extensions[_EXTENSION] = {}
    app.before_request(_enter)
    app.after_request(_leave)


def put(
    app: Flask,
    place: str,
    check: Callable[[], Response | None],
    on_leaving: Callable[[Response], None] = lambda _response: None,
) -> None:
    """Before each request at a path or below it `check` is called, which may answer in place of the view."""
    app.extensions[_EXTENSION][place] = _Door(check, on_leaving)


def is_private(path: str) -> bool:
    """Whether a path is such a place, or lies under one."""
    return _door(path) is not None


def _door(path: str) -> _Door | None:
    for place, door in current_app.extensions[_EXTENSION].items():
        if is_below(place, path):
            found: _Door = door
            return found
    return None


def _enter() -> Response | None:
    door = _door(request.path)
    return None if door is None else door.check()


def _leave(response: Response) -> Response:
    """No cache keeps an answer, and no search engine lists it."""
    if (door := _door(request.path)) is not None:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        for name in ("ETag", "Last-Modified"):
            response.headers.pop(name, None)
        door.on_leaving(response)
    return response
