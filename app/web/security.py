"""Headers that every answer carries. Nothing inline and nothing from elsewhere runs or is drawn on our pages."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self' data:",
        "style-src 'self'",
        "script-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_POLICY = "Content-Security-Policy"
_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
]
_HEADERS_AND_POLICY = [(_POLICY, CONTENT_SECURITY_POLICY), *_HEADERS]


def install(app: Flask) -> None:
    """A view may set its own Content-Security-Policy; every other header is the same everywhere, errors included."""
    inner = app.wsgi_app

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            own = any(name == _POLICY for name, _value in headers)
            return start_response(status, headers + (_HEADERS if own else _HEADERS_AND_POLICY), *more)

        return inner(environ, start)

    app.wsgi_app = outer  # type: ignore[method-assign]
