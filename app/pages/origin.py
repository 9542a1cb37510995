"""Says for the audit log where each request comes from; who is known leaves a mark, everybody else the word "web"."""

from flask import Flask, current_app, request

from app.audit import origin
from app.pages.portal import portal
from app.web.doors import is_private
from app.web.flood import asker


def install(app: Flask) -> None:
    """Before whatever writes: each request says it anew, since the next one of a thread is somebody else's."""
    app.before_request(_say)


def _say() -> None:
    if is_private(request.path):
        origin.come_from(origin.marked(asker(), str(current_app.secret_key), portal().clock()))
    else:
        origin.come_from(origin.WEB)
