"""
How often a password or a code was wrong, by account, by address and by both, so that nobody can guess for long (NIST SP
800-63B 5.2.2). `subject` is an account's mail address for its password, another word for its second factor.

A browser in which the owner signed in before, and a session, are counted by themselves (`place`), and what strangers
failed elsewhere is not held against them: else many addresses could lock an owner out.

Counted in the database, for all processes and machines together, by keyed hashes.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.engine import Connection

from app.accounts.tables import sign_in_failure
from app.errors import TooMany

WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT = 10
"""From one address."""
MOST_ANYWHERE = 50
"""Of one account: more than a stranger at one address has, who else could lock its owner out for good."""
MOST_OF_CODE = 5
"""Of six digits three are right at any time."""
MOST_OF_ADDRESS = 40
"""Higher: an office or a village shares one address."""


class Failures:
    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key

    def refuse(
        self,
        connection: Connection,
        subject: str,
        place: str,
        now: datetime,
        most: int = MOST_ANYWHERE,
        *,
        alone: bool = False,
    ) -> None:
        """
        Raises `TooMany` where there were too many. `place` is an address, which may be "", or, `alone`, what stands for
        one; `most` is from all addresses together.
        """
        limits = (most, MOST_OF_ACCOUNT, MOST_OF_ADDRESS)
        marks = list(zip(self._marks(subject, place), limits, strict=False))[1 if alone else 0 :]
        if any(self._count(connection, mark, now) >= limit for mark, limit in marks):
            raise TooMany(
                "失败次数过多，请过 15 分钟再试；忘了密码可以重设。",
                "That failed too often; try again in 15 minutes. A forgotten password can be set anew.",
                retry_after_s=int(WINDOW.total_seconds()),
            )

    def add(self, connection: Connection, subject: str, place: str, now: datetime) -> int:
        """Counts one, and forgets what no longer counts; how many there are of `subject` now."""
        connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at < now - WINDOW))
        marks = self._marks(subject, place)
        connection.execute(insert(sign_in_failure), [{"mark": each, "at": now} for each in marks])
        return self._count(connection, marks[0], now)

    def forget(self, connection: Connection, subject: str, place: str, *, anywhere: bool = False) -> None:
        """
        What `subject` failed at `place`: what others failed at theirs is not forgiven them. `anywhere`: theirs too,
        where there is nothing left that they guessed at.
        """
        of_subject, at_place = self._marks(subject, place)[:2]
        mark, at = sign_in_failure.c.mark, sign_in_failure.c.at
        these = mark == of_subject
        if not anywhere:
            these &= at.in_(select(at).where(mark == at_place))  # they were counted together
        connection.execute(delete(sign_in_failure).where(or_(these, mark == at_place)))

    def _marks(self, subject: str, place: str) -> list[str]:
        """Of the subject, of it at this address, and of the address where there is one."""
        both = [self._mark("account", subject), self._mark("both", f"{subject}\n{place}")]
        return [*both, self._mark("address", place)] if place else both

    def _count(self, connection: Connection, mark: str, now: datetime) -> int:
        recent = (sign_in_failure.c.mark == mark) & (sign_in_failure.c.at > now - WINDOW)
        return connection.scalar(select(func.count()).select_from(sign_in_failure).where(recent)) or 0

    def _mark(self, kind: str, value: str) -> str:
        return hmac.new(self._key().encode(), f"{kind} {value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
