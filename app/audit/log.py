"""The audit log as people read it: pages of it, its newest row, an export, and whether it is as it was written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import orjson
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from app.audit import chain, heads, service
from app.audit.chain import BEGINNING, Examination, Head, Row, Verdict
from app.audit.tables import audit_event
from app.db import Database
from app.errors import Unavailable

PAGE_SIZE = 50
FIRST_YEAR, LAST_YEAR = 1970, 2999
"""Of times that can be asked for; near the ends of the calendar zones can't be reckoned with."""
_BATCH = 2_000
_MAX_LINE_BYTES = 16 * 1024 * 1024
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError, OperationalError)
"""What reading a cell raises that somebody filled with anything; SQLite takes it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows; "" and None for all. `until` is no longer among them."""

    action: str = ""
    subject: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = audit_event.c
        names = ("action", "subject", "actor")
        said = [getattr(columns, name) == value for name in names if (value := getattr(self, name))]
        if self.since:
            said.append(columns.at >= self.since)
        if self.until:
            said.append(columns.at < self.until)
        return said


class AuditLog:
    """`home` has the heads that this machine noted."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._home = home

    def page(self, wanted: Wanted, before: int | None = None) -> tuple[list[Row], int | None]:
        """The newest rows, or the newest with a smaller number than `before`; and what to ask the next page by."""
        query = select(audit_event).where(*wanted.conditions()).order_by(audit_event.c.id.desc()).limit(PAGE_SIZE + 1)
        if before is not None:
            query = query.where(audit_event.c.id < before)
        with self._database.read() as connection:
            found = [Row(*row) for row in connection.execute(query)]
        return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None

    def head(self) -> Head | None:
        with self._database.read() as connection:
            return service.head(connection)

    def verify(self, also: Iterable[Head] = ()) -> Verdict:
        """Reads all of it, against the heads noted in the home and `also` those that somebody noted elsewhere."""
        noted = [*heads.noted(self._home), *also]  # read before the rows: what comes meanwhile is no fault
        with self._database.read() as connection:
            return examine(connection, noted)

    def export(self, stream: IO[bytes], since: datetime | None = None, until: datetime | None = None) -> None:
        """
        JSON Lines, each with the hash of the row before it, and a last one that tells that it is whole. It is one
        stretch of the chain, from the first row of that time to the last, with all that stand between.
        """
        bounds = select(func.min(audit_event.c.id), func.max(audit_event.c.id))
        count = 0
        with self._database.read() as connection:
            first, last = connection.execute(bounds.where(*Wanted(since=since, until=until).conditions())).one()
            before = service.head(connection, before=first or 0) or Head(0, BEGINNING)
            for row in _rows(connection, first, last) if first is not None else ():
                if not isinstance(row, Row):
                    raise Unavailable(
                        f"第 {row} 条无法读取，请用 suishu audit verify 核验。",
                        f"Row {row} can't be read; check by `suishu audit verify`.",
                    )
                stream.write(_line(_exported(row, before.hash)) + b"\n")
                before, count = Head(row.id, row.hash), count + 1
        stream.write(_line(_end(count, before if count else Head(0, BEGINNING))) + b"\n")


def examine(connection: Connection, noted: Iterable[Head]) -> Verdict:
    """All rows that this transaction sees, against heads noted elsewhere."""
    examination = Examination(noted)
    for found in _rows(connection):
        if isinstance(found, Row):
            examination.see(found)
        else:
            examination.unreadable(found)
    return examination.end()


def verify_file(lines: IO[bytes], also: Iterable[Head] = ()) -> Verdict:
    """An export against itself and against heads noted elsewhere; needs no database. Any byte that differs shows."""
    examination = Examination(also)
    last, rows, is_whole, number = Head(0, BEGINNING), 0, False, 0
    while line := lines.readline(_MAX_LINE_BYTES):
        number += 1
        row = None if is_whole else _read(line)
        if row is not None and rows == 0:
            examination.follow(row[1])
        elif line.rstrip(b"\r\n") == _line(_end(rows, last)) and not is_whole:
            is_whole = True
            continue
        if row is None or (rows and row[1] != last.hash):
            examination.spoilt(f"文件第 {number} 行被改动。", f"Line {number} of the file was changed.")
        if row is not None:
            examination.see(row[0])
            rows, last = rows + 1, Head(row[0].id, row[0].hash)
    if not is_whole:
        examination.spoilt(
            "文件不完整：没有与内容相符的结尾行。",
            "The file is not whole: it has no last line that fits what stands before it.",
        )
    return examination.end()


def _read(line: bytes) -> tuple[Row, str] | None:
    """A row of an export and the hash that it names before it; None for anything else."""
    try:
        said = orjson.loads(line)
        previous = said.pop("previous")
        row = Row(**{**said, "at": datetime.fromisoformat(said["at"])})
        as_written = _line(_exported(row, previous)) == line.rstrip(b"\r\n")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return (row, previous) if as_written else None


def _exported(row: Row, previous: str) -> dict[str, object]:
    return {**chain.content(row, previous), "hash": row.hash}


def _end(rows: int, last: Head) -> dict[str, object]:
    return {"end": {"rows": rows, "id": last.id, "hash": last.hash}}


def _line(said: dict[str, object]) -> bytes:
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def _rows(connection: Connection, first: int = -(2**62), last: int = 2**62) -> Iterator[Row | int]:
    """All rows in order, a piece at a time; of one that can't be read its number."""
    column = audit_event.c.id
    query = select(audit_event).order_by(column)
    while True:
        here = (column >= first) & (column <= last)
        ids = connection.scalars(select(column).where(here).order_by(column).limit(_BATCH)).all()
        if not ids:
            return
        piece = query.where(column.between(ids[0], ids[-1]))
        try:
            yield from [Row(*row) for row in connection.execute(piece)]
        except _UNREADABLE:
            for id_ in ids:
                try:
                    yield Row(*connection.execute(query.where(column == id_)).one())
                except _UNREADABLE:
                    yield id_
        first = ids[-1] + 1
