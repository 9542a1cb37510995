"""
Where an act comes from, said once at the front door for all that follows there, so that no use case has to pass it on.

Of somebody with an account, or with the operator's pages open, a mark of the network stands beside the word: a keyed
hash that changes with the month. It tells whether two acts came from one place, and whoever holds the key and already
has an address can ask whether it was that one; nobody can read an address off it. Of everybody else only "web" is
kept. See docs/audit.md for why.
"""

import hashlib
import hmac
from contextvars import ContextVar
from datetime import datetime

COMMAND_LINE = "command-line"
HARVEST = "harvest"
WEB = "web"
_MARK_CHARACTERS = 16

_origin: ContextVar[str] = ContextVar("suishu_origin", default="")


def come_from(origin: str) -> None:
    """What this thread, or this process, does from now on is done from there."""
    _origin.set(origin)


def current() -> str:
    """ "" where nobody said."""
    return _origin.get()


def marked(network: str, key: str, at: datetime) -> str:
    """An act on the web of somebody who is known, from this network."""
    said = f"suishu audit origin {at:%Y-%m} {network}".encode("utf-8", "replace")
    return f"{WEB}:{hmac.new(key.encode(), said, hashlib.sha256).hexdigest()[:_MARK_CHARACTERS]}"
