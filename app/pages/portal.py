"""The portal behind the pages of this application."""

from typing import cast

from flask import current_app

from app.wiring import Portal


def portal() -> Portal:
    return cast(Portal, current_app.extensions["suishu"])
