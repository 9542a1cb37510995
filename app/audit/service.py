"""Writes audit rows inside the transaction of the change that they tell of, and reads them back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.audit.events import Action, Event
from app.audit.tables import audit_event


def append(connection: Connection, events: Iterable[Event], at: datetime) -> None:
    rows = [
        {"at": at, "actor": event.actor, "action": event.action, "subject": event.subject, "details": event.details}
        for event in events
    ]
    if rows:
        connection.execute(insert(audit_event), rows)


def of_subject(connection: Connection, subject: str, limit: int = 100) -> list[tuple[datetime, Event]]:
    """What was done to `subject`, newest first."""
    query = select(audit_event).where(audit_event.c.subject == subject).order_by(audit_event.c.id.desc()).limit(limit)
    return [
        (row.at, Event(row.actor, Action(row.action), row.subject, dict(row.details)))
        for row in connection.execute(query)
    ]
