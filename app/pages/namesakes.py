"""Publishers of the same name told apart, wherever one is named. Asked once a minute: every list names some."""

import time

from flask import current_app
from markupsafe import Markup

from app.pages.portal import portal

_KNOWN = "suishu.namesakes"
_SECONDS = 60.0


def origin(id_: str) -> str:
    """Where the publisher is from, if another has its name; else ""."""
    now = time.monotonic()
    known: dict[str, str]
    known, until = current_app.extensions.get(_KNOWN, ({}, 0.0))
    if now > until:
        known = portal().catalogue.namesakes()
        current_app.extensions[_KNOWN] = known, now + _SECONDS
    return known.get(id_, "")


def named(id_: str, name: str) -> str:
    """The name as a list or a choice shows it, with its origin where that is needed: plain text."""
    found = origin(id_)
    return f"{name} · {found}" if found else name


def behind(id_: str) -> Markup:
    """What stands behind the name on a page, less loud than the name itself."""
    found = origin(id_)
    return Markup(' <span class="soft small">· {}</span>').format(found) if found else Markup("")
