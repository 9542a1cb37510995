"""What the paths with sessions have in common: their answers are for one person, and kept out of every cache."""

from flask import Flask, Response, request

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 9.2.1)."""


def is_below(place: str, path: str) -> bool:
    """Whether a path is that place, or lies under it."""
    return path == place or path.startswith(place + "/")


def keep_out_of_caches(app: Flask, place: str) -> None:
    """Of every answer below a path: no cache keeps it, and no search engine lists it."""

    def keep_out(response: Response) -> Response:
        if is_below(place, request.path):
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            for name in ("ETag", "Last-Modified"):
                response.headers.pop(name, None)
        return response

    app.after_request(keep_out)
