"""
How often forms may be sent under `/account`: by one address and one account, and what causes a letter or a slow hash
more seldom. One mechanism, `Budget`, counts for all web processes of a machine and keeps no address.

It is against floods; who guesses passwords or codes is counted in the record (`app/accounts/failures.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask, current_app

from app.errors import TooMany
from app.web.budget import Budget

View = TypeVar("View", bound=Callable[..., Any])

_EXTENSION = "suishu.forms"
_HEAVY = "suishu_heavy_form"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `most` in `window_s` of one asker."""

    name: str
    most: int
    window_s: float


OF_ADDRESS = Rate("address", 300, 600)
"""An office or a village shares one."""
OF_ACCOUNT = Rate("account", 120, 600)
HEAVY = Rate("heavy", 20, 3600)
"""Of one address: what has a letter written or a password hashed for somebody who is not known yet."""
LETTERS = Rate("letters", 20, 3600)
"""To one mail address, whether it has an account or not."""
LETTERS_OF_ONE = Rate("letters-of-one", 5, 3600)
"""Of these by one address: a stranger uses up no letters that their owner may need."""


def install(app: Flask, folder: Path, key: bytes) -> None:
    app.extensions[_EXTENSION] = {
        rate: Budget(folder / f"forms-{rate.name}.budget", key, rate.most, rate.window_s)
        for rate in (OF_ADDRESS, OF_ACCOUNT, HEAVY, LETTERS, LETTERS_OF_ONE)
    }


def heavy(view: View) -> View:
    """A form that may be sent more seldom."""
    setattr(view, _HEAVY, True)
    return view


def is_heavy(view: Callable[..., Any] | None) -> bool:
    return bool(getattr(view, _HEAVY, False))


def count(rate: Rate, asker: str) -> None:
    """Counts one. Raises `TooMany`, which says when there may be another."""
    budgets = cast(dict[Rate, Budget], current_app.extensions[_EXTENSION])
    if wait_s := budgets[rate].take(asker):
        minutes = -(-wait_s // 60)
        raise TooMany(
            f"提交过于频繁，请过 {minutes} 分钟再试。",
            f"This was sent too often; try again in {minutes} minute{'' if minutes == 1 else 's'}.",
            retry_after_s=wait_s,
        )
