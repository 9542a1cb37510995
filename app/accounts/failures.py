"""
How often signing in failed, by account and by address, so that nobody can guess for long (NIST SP 800-63B 5.2.2).

Counted in the database, for all processes and machines together, by keyed hashes.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from app.accounts.tables import sign_in_failure

WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT = 10
MOST_OF_ADDRESS = 40
"""Higher: an office or a village shares one address."""


class Failures:
    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key

    def are_too_many(self, connection: Connection, email: str, address: str, now: datetime) -> bool:
        limits = ((self._mark("account", email), MOST_OF_ACCOUNT), (self._mark("address", address), MOST_OF_ADDRESS))
        return any(self._count(connection, mark, now) >= most for mark, most in limits)

    def add(self, connection: Connection, email: str, address: str, now: datetime) -> None:
        """Counts one, and forgets what no longer counts."""
        connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at < now - WINDOW))
        marks = (self._mark("account", email), self._mark("address", address))
        connection.execute(insert(sign_in_failure), [{"mark": mark, "at": now} for mark in marks])

    def forget(self, connection: Connection, email: str) -> None:
        connection.execute(delete(sign_in_failure).where(sign_in_failure.c.mark == self._mark("account", email)))

    def _count(self, connection: Connection, mark: str, now: datetime) -> int:
        recent = (sign_in_failure.c.mark == mark) & (sign_in_failure.c.at > now - WINDOW)
        return connection.scalar(select(func.count()).select_from(sign_in_failure).where(recent)) or 0

    def _mark(self, kind: str, value: str) -> str:
        return hmac.new(self._key().encode(), f"{kind} {value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
