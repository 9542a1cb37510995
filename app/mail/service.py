"""Letters wait in the database in the transaction that has a reason for them; one process hands them over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from app.clock import Clock
from app.db import Database, in_pieces
from app.mail.tables import letter

_AT_ONCE = 50
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(hours=1)
_IN_HAND = timedelta(minutes=2)
"""Longer than a mail server may keep a letter waiting: so long nobody else takes it up."""


@dataclass(frozen=True, slots=True)
class Letter:
    """
    Plain text to one person. `language` is a tag of BCP 47; it is of no use after `expires_at`. `headers` are those
    that only some letters have.
    """

    recipient: str
    subject: str
    body: str
    language: str
    expires_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


class Undeliverable(Exception):
    """Trying again will not help: the address does not exist."""


class Carrier(Protocol):
    """Hands letters over."""

    def carry(self, letter: Letter) -> None:
        """Raises `Undeliverable`, or anything else for what may pass."""
        ...


def post(connection: Connection, letters: list[Letter], at: datetime) -> None:
    """Has letters sent once the caller's transaction is there."""
    if letters:
        rows = [
            {
                "recipient": each.recipient,
                "subject": each.subject,
                "body": each.body,
                "language": each.language,
                "expires_at": each.expires_at,
                "headers": dict(each.headers),
                "due_at": at,
                "attempts": 0,
            }
            for each in letters
        ]
        connection.execute(insert(letter), rows)


def take_back(connection: Connection, recipient: str) -> None:
    """What still waits for somebody goes to nobody."""
    connection.execute(delete(letter).where(letter.c.recipient == recipient))


def is_waiting(connection: Connection, recipients: Sequence[str], header: str) -> set[str]:
    """Those to whom a letter with this header was not handed over yet."""
    query = select(letter.c.recipient, letter.c.headers)
    found: set[str] = set()
    for piece in in_pieces(recipients):
        rows = connection.execute(query.where(letter.c.recipient.in_(piece)))
        found |= {row.recipient for row in rows if header in (row.headers or {})}
    return found


class PostOffice:
    """
    For the one process that hands letters over; one that dies in between may send a letter twice, never lose one. Where
    two do it at once, each letter is taken up by one of them.
    """

    def __init__(self, database: Database, clock: Clock, carrier: Carrier) -> None:
        self._database = database
        self._clock = clock
        self._carrier = carrier

    def deliver(self) -> int:
        """Hands over what is due; returns how many. What fails waits, twice as long each time, until it expires."""
        now = self._clock()
        due = select(letter).where(letter.c.due_at <= now).order_by(letter.c.due_at).limit(_AT_ONCE)
        with self._database.read() as connection:
            rows = connection.execute(due).all()
        done = 0
        for row in rows:
            if row.expires_at <= now:
                self._forget(row.id)
                continue
            if not self._take_up(row):
                continue
            try:
                headers = row.headers or {}
                self._carrier.carry(Letter(row.recipient, row.subject, row.body, row.language, row.expires_at, headers))
            except Undeliverable:
                structlog.get_logger().warning("a letter can't be delivered and is dropped", letter=row.id)
                self._forget(row.id)
            except Exception as error:  # whatever is wrong with one letter, the others go
                # Not the error's words: a server repeats addresses in them.
                structlog.get_logger().error("a letter was not taken", letter=row.id, why=type(error).__name__)
                self._postpone(row.id, row.attempts, now)
            else:
                self._forget(row.id)
                done += 1
        return done

    def _take_up(self, row: Row[Any]) -> bool:
        """False where another process has done so since it was read."""
        still = (letter.c.id == row.id) & (letter.c.due_at == row.due_at)
        with self._database.write() as connection:
            return bool(
                connection.execute(update(letter).where(still).values(due_at=self._clock() + _IN_HAND)).rowcount
            )

    def _forget(self, id_: int) -> None:
        with self._database.write() as connection:
            connection.execute(delete(letter).where(letter.c.id == id_))

    def _postpone(self, id_: int, attempts: int, now: datetime) -> None:
        pause = min(_FIRST_PAUSE * 2 ** min(attempts, 20), _LONGEST_PAUSE)
        with self._database.write() as connection:
            connection.execute(
                update(letter).where(letter.c.id == id_).values(attempts=attempts + 1, due_at=now + pause)
            )
