"""Notes, in the transaction that does it, what the public came to see or ceased to see."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.catalogue.tables import public_change

END = 0
"""Stands in place of a version's number where an entry ceased to be public."""


def latest(connection: Connection, before: datetime | None = None) -> int:
    """The number of the last change, or of the last before that time; 0 where there is none."""
    last = select(public_change.c.seq).order_by(public_change.c.seq.desc()).limit(1)
    return connection.scalar(last if before is None else last.where(public_change.c.at < before)) or 0


def add(connection: Connection, changes: Iterable[tuple[str, int]], at: datetime) -> None:
    """
    Changes as (dataset's id, version or END). The caller holds the catalogue's lock, so that numbers are in the order
    of the commits; a clock that was set back must not make times go back.
    """
    rows = [{"dataset_id": id_, "version": version} for id_, version in changes]
    if not rows:
        return
    last = connection.scalar(select(public_change.c.at).order_by(public_change.c.seq.desc()).limit(1))
    at = at if last is None else max(at, last)
    connection.execute(insert(public_change), [{**row, "at": at} for row in rows])
