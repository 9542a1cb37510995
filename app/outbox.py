"""
What changed, in order, for whoever projects it. A row says only "this dataset changed"; a projection reads the state
that the record has now, so that repeating a row, or skipping to its latest, changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import BigInteger, Column, Integer, String, Table, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from app.columns import Moment
from app.db import at_the_end, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("dataset_id", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,  # numbers are never used twice: cursors rely on it
)

projection = Table(
    "projection",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)


class _Waiting:
    """
    Announcements of one transaction until its end: numbers are drawn before the commit, and without order among the
    writers a reader could see 5 while 4 is still to come.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def before_commit(self, connection: Connection) -> None:
        connection.execute(insert(outbox), self.rows)

    def after_commit(self, home: Path) -> None: ...


def add(connection: Connection, ids: Iterable[str], at: datetime) -> None:
    """Announces that these datasets changed, at the end of the transaction of `Database.write` that changes them."""
    if rows := [{"dataset_id": id_, "at": at} for id_ in ids]:
        at_the_end(connection, "outbox", _Waiting).rows += rows


def latest(connection: Connection) -> int:
    """The number of the last announcement, 0 before the first."""
    return connection.scalar(select(func.max(outbox.c.seq))) or 0


def last_change(connection: Connection) -> datetime | None:
    return connection.scalar(select(outbox.c.at).order_by(outbox.c.seq.desc()).limit(1))


def changed_after(connection: Connection, seq: int) -> datetime | None:
    """When the first announcement after number `seq` was made, None where there is none."""
    return connection.scalar(select(outbox.c.at).where(outbox.c.seq > seq).order_by(outbox.c.seq).limit(1))


def changes(connection: Connection, after: int, limit: int) -> list[tuple[int, str]]:
    """At most `limit` announcements after number `after`, oldest first, as (number, dataset's id)."""
    query = select(outbox.c.seq, outbox.c.dataset_id).where(outbox.c.seq > after).order_by(outbox.c.seq).limit(limit)
    return [(row.seq, row.dataset_id) for row in connection.execute(query)]


def trim(connection: Connection, up_to: int) -> None:
    """Forgets announcements that every projection has followed; the last one stays, it dates the catalogue."""
    connection.execute(delete(outbox).where(outbox.c.seq <= min(up_to, latest(connection) - 1)))


def cursor(connection: Connection, name: str) -> int:
    """How far the projection `name` has followed, 0 when it has not begun."""
    return connection.scalar(select(projection.c.seq).where(projection.c.name == name)) or 0


def is_followed(connection: Connection, name: str) -> bool:
    """Whether the projection `name` has begun."""
    return connection.scalar(select(projection.c.name).where(projection.c.name == name)) is not None


def forget_cursors(connection: Connection, prefix: str) -> None:
    """As if the projections whose names begin so had never begun."""
    connection.execute(delete(projection).where(projection.c.name.startswith(prefix, autoescape=True)))


def set_cursor(connection: Connection, name: str, seq: int) -> None:
    changed = connection.execute(update(projection).where(projection.c.name == name).values(seq=seq))
    if not changed.rowcount:
        connection.execute(insert(projection).values(name=name, seq=seq))
