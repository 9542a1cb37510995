"""The time, handed in so that tests can choose it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns now, with a zone."""


def system_clock() -> datetime:
    return datetime.now(UTC)
