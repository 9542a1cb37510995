"""What a person should look at: sources that fail or shrink. One row from the first time to the end of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Row

from app.db import Database
from app.harvesting.model import Alert, AlertKind
from app.harvesting.tables import alert


class Alerts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, source_id: str = "") -> list[Alert]:
        """Those that have not ended, of one source or of all, the oldest first."""
        query = select(alert).where(alert.c.ended_at.is_(None)).order_by(alert.c.id)
        if source_id:
            query = query.where(alert.c.source_id == source_id)
        with self._database.read() as connection:
            return [_alert(row) for row in connection.execute(query)]


def rise(connection: Connection, source_id: str, kind: AlertKind, run_id: int, at: datetime, zh: str, en: str) -> None:
    """The same again is counted, and told in the words of the last time."""
    mine = (alert.c.source_id == source_id) & (alert.c.kind == kind) & alert.c.ended_at.is_(None)
    again = {"times": alert.c.times + 1, "last_at": at, "run_id": run_id, "words_zh": zh, "words_en": en}
    if not connection.execute(update(alert).where(mine).values(**again)).rowcount:
        row = {"source_id": source_id, "kind": kind, "run_id": run_id, "at": at, "last_at": at, "times": 1}
        connection.execute(insert(alert).values(**row, words_zh=zh, words_en=en))
    structlog.get_logger().warning("harvest: a source needs attention", source=source_id, kind=kind.value, run=run_id)


def end(connection: Connection, source_id: str, kinds: Collection[AlertKind], at: datetime) -> None:
    mine = (alert.c.source_id == source_id) & alert.c.kind.in_(list(kinds)) & alert.c.ended_at.is_(None)
    connection.execute(update(alert).where(mine).values(ended_at=at))


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        row.id, row.source_id, AlertKind(row.kind), row.run_id, row.at, row.last_at, row.times, row.words_zh,
        row.words_en,
    )  # fmt: skip
