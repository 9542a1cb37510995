"""For long answers: a validator that is known before a byte is made; whoever has them already is spared them."""

from datetime import datetime

from flask import Response, request


def not_modified(mark: str, modified: datetime) -> Response | None:
    """The 304 for one who has what `mark` stands for; None where it has to be sent."""
    response = validated(Response(), mark, modified)
    response.make_conditional(request)
    return response if response.status_code == 304 else None


def validated(response: Response, mark: str, modified: datetime) -> Response:
    """
    Says of a long answer what it is. The tag is weak: what changes while it is written may be in it already, so the
    mark has to be taken before.
    """
    response.set_etag(mark, weak=True)
    response.last_modified = modified
    response.headers["Cache-Control"] = "no-cache"
    return response
