"""Writes audit rows inside the transaction of the change that they tell of, and reads them back."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.audit import heads, origin
from app.audit.chain import BEGINNING, Head, Row, chained, plain
from app.audit.events import Action, Event
from app.audit.tables import audit_event
from app.columns import storable_json
from app.db import at_the_end, one_at_a_time


class _Waiting:
    """
    Rows of one transaction until its end. Only there do they get their place in the chain: whoever has it keeps every
    other writer waiting.
    """

    def __init__(self) -> None:
        self.events: list[tuple[datetime, Event]] = []
        self._head: Head | None = None

    def before_commit(self, connection: Connection) -> None:
        if not self.events:
            return
        one_at_a_time(connection, "audit")
        last = head(connection) or Head(0, BEGINNING)
        came_from = origin.current()
        rows = chained(
            (
                Row(last.id + place, at, event.actor, event.action, event.subject, _details(event), came_from)
                for place, (at, event) in enumerate(self.events, 1)
            ),
            last.hash,
        )
        written = [_values(row) for row in rows]
        connection.execute(insert(audit_event), written)
        self._head = Head(last.id + len(written), str(written[-1]["hash"]))

    def after_commit(self, home: Path) -> None:
        if self._head:
            heads.note(home, self._head)


def append(connection: Connection, events: Iterable[Event], at: datetime) -> None:
    """They stand in the log when the transaction ends, in this order and after all that ended before."""
    waiting = at_the_end(connection, "audit", _Waiting)
    waiting.events += ((at, event) for event in events)


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


def _details(event: Event) -> dict[str, object]:
    details: dict[str, object] = plain(json.loads(storable_json(event.details)))
    return details


def _values(row: Row) -> dict[str, object]:
    return {
        "id": row.id,
        "at": row.at,
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "details": row.details,
        "origin": row.origin,
        "hash": row.hash,
    }
