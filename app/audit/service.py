"""Writes audit rows inside the transaction of the change that they tell of, and reads them back."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.audit import heads, origin
from app.audit.chain import BEGINNING, Head, Row, hashed, plain
from app.audit.events import Action, Event
from app.audit.tables import audit_event
from app.db import at_the_end


class _Waiting:
    """
    Rows of one transaction until its end. Only there do they get their place in the chain: whoever has it keeps every
    other writer waiting.
    """

    def __init__(self) -> None:
        self.events: list[tuple[datetime, Event]] = []
        self._head: Head | None = None

    def before_commit(self, connection: Connection) -> None:
        last = head(connection) or Head(0, BEGINNING)
        id_, previous, came_from = last.id, last.hash, origin.current()
        written: list[dict[str, object]] = []
        for at, event in self.events:
            id_ += 1
            row = Row(id_, at, event.actor, event.action, event.subject, plain(event.details), came_from)
            previous = hashed(row, previous)
            written.append(
                {
                    "id": id_,
                    "at": at,
                    "actor": row.actor,
                    "action": row.action,
                    "subject": row.subject,
                    "details": row.details,
                    "origin": came_from,
                    "hash": previous,
                }
            )
        connection.execute(insert(audit_event), written)
        self._head = Head(id_, previous)

    def after_commit(self, home: Path) -> None:
        if self._head:
            heads.note(home, self._head)


def append(connection: Connection, events: Iterable[Event], at: datetime) -> None:
    """They stand in the log when the transaction ends, in this order and after all that ended before."""
    if told := [(at, event) for event in events]:
        at_the_end(connection, "audit", _Waiting).events += told


def head(connection: Connection, before: int | None = None) -> Head | None:
    """The newest row, or the newest with a smaller number than `before`; None where there is none."""
    query = select(audit_event.c.id, audit_event.c.hash).order_by(audit_event.c.id.desc()).limit(1)
    if before is not None:
        query = query.where(audit_event.c.id < before)
    row = connection.execute(query).first()
    return Head(row.id, row.hash) if row else None


def of_subject(connection: Connection, subject: str, limit: int = 100) -> list[tuple[datetime, Event]]:
    """What was done to `subject`, newest first."""
    query = select(audit_event).where(audit_event.c.subject == subject).order_by(audit_event.c.id.desc()).limit(limit)
    return [
        (row.at, Event(row.actor, Action(row.action), row.subject, dict(row.details)))
        for row in connection.execute(query)
    ]
