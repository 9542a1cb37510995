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

_HEADERS = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
]
_DAY_S = 24 * 3600


def install(app: Flask, *, hsts_max_age_days: int = 0) -> None:
    """
    Each once, errors included; what a view says itself stands in place of ours. Of two policies for referrers browsers
    would heed the last.
    """
    inner = app.wsgi_app
    ours = list(_HEADERS)
    if hsts_max_age_days:
        ours.append(("Strict-Transport-Security", f"max-age={hsts_max_age_days * _DAY_S}"))

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            own = {name for name, _value in headers}
            return start_response(status, headers + [each for each in ours if each[0] not in own], *more)

        return inner(environ, start)

    app.wsgi_app = outer  # type: ignore[method-assign]
