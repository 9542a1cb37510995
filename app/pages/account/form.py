"""A page with a form, and what was wrong with what was sent."""

from typing import Any

from flask import Response

from app.errors import SuishuError, TooMany
from app.web import language
from app.web.pages import page
from app.web.problems import status_of


def form(name: str, error: SuishuError | None = None, /, **context: Any) -> Response:
    """`error` gives the page its status, in the reader's words."""
    said, status = (language.said(error), status_of(error)) if error else ("", 200)
    response = page(f"account/{name}.html", status=status, error=said, **context)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response
