"""Harvests that were made or are under way, with their reports."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection, Row

from app.clock import Clock
from app.db import Database
from app.harvesting import alerts
from app.harvesting.model import AlertKind, Outcome, Run, SourceEntry
from app.harvesting.tables import run, run_change
from harvest.record import RunReport

RESUMED_WITHIN = timedelta(hours=24)
"""A run that was cut off longer ago is over: its source is another by now."""
_FIELDS = {each.name for each in fields(RunReport)}
_CUT_OFF = ("运行被中止（进程已结束）。", "The run was cut off: its process ended.")


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that begins, or goes on where an earlier attempt's process ended: then `so_far` has that one's sums."""

    id: int
    started_at: datetime
    so_far: RunReport | None = None


class Runs:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def of_source(self, source_id: str, limit: int) -> list[Run]:
        """Newest first."""
        query = select(run).where(run.c.source_id == source_id).order_by(run.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(query)]

    def latest(self) -> dict[str, Run]:
        """The newest run of each source."""
        newest = select(func.max(run.c.id)).group_by(run.c.source_id)
        with self._database.read() as connection:
            rows = connection.execute(select(run).where(run.c.id.in_(newest)))
            return {row.source_id: _run(row) for row in rows}

    def unfinished(self) -> list[Run]:
        """Oldest first."""
        query = select(run).where(run.c.finished_at.is_(None)).order_by(run.c.id)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(query)]

    def of_id(self, run_id: int) -> Run | None:
        with self._database.read() as connection:
            row = connection.execute(select(run).where(run.c.id == run_id)).first()
        return _run(row) if row else None

    def begin(self, entry: SourceEntry, at: datetime, started_by: str) -> Begun:
        """
        Opens a run, or one that has no end again. The source's lock is held, so that a run without an end is one that
        waits for a process, or whose process died.
        """
        with self._database.write() as connection:
            begun = None
            rows = select(run).where(run.c.source_id == entry.id, run.c.finished_at.is_(None)).order_by(run.c.id.desc())
            for row in connection.execute(rows).all():
                if begun is None and at - row.started_at < RESUMED_WITHIN and not row.cancel_by:
                    begun = _again(connection, row, at)
                else:
                    _cut_off(connection, row, at)
            if begun is None:
                begun = Begun(add(connection, entry.id, entry.title, at, started_by), at)
                connection.execute(update(run).where(run.c.id == begun.id).values(beat_at=at))
        return begun

    def beat(self, run_id: int, report: RunReport) -> str:
        """Says that a run goes on, and how far it has come. Returns who asked for its end, "" for nobody."""
        sums = {name: value for name, value in vars(report).items() if name not in ("reasons", "samples")}
        with self._database.write() as connection:
            values = {"beat_at": self._clock(), "report": asdict(RunReport(**sums))}
            connection.execute(update(run).where(run.c.id == run_id, run.c.finished_at.is_(None)).values(**values))
            return connection.scalar(select(run.c.cancel_by).where(run.c.id == run_id)) or ""

    def finish(self, run_id: int, report: RunReport, outcome: Outcome) -> datetime:
        """Ends a run, and tells of what went wrong; one that was never opened (0) leaves nothing."""
        at = self._clock()
        if run_id:
            with self._database.write() as connection:
                ended = {"finished_at": at, "report": asdict(report), "outcome": outcome}
                connection.execute(update(run).where(run.c.id == run_id).values(**ended))
                source_id = connection.scalar(select(run.c.source_id).where(run.c.id == run_id)) or ""
                _tell(connection, source_id, run_id, report, outcome, at)
        return at

    def kept(self, run_id: int) -> int:
        """How many changes a run has made so far: whether an attempt that ended had come any further."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).where(run_change.c.run_id == run_id)) or 0


def add(connection: Connection, source_id: str, title: str, at: datetime, started_by: str) -> int:
    """A run that waits for its process."""
    row = {"source_id": source_id, "started_at": at, "report": asdict(RunReport(source=title))}
    result = connection.execute(insert(run).values(**row, started_by=started_by, attempts=1))
    return int((result.inserted_primary_key or (0,))[0])


def _again(connection: Connection, row: Row[Any], at: datetime) -> Begun:
    first = row.beat_at is None
    attempts = row.attempts if first else row.attempts + 1
    connection.execute(update(run).where(run.c.id == row.id).values(attempts=attempts, beat_at=at))
    return Begun(row.id, row.started_at, None if first else _report(row))


def _cut_off(connection: Connection, row: Row[Any], at: datetime) -> None:
    outcome = Outcome.CANCELLED if row.cancel_by else Outcome.STOPPED
    words = dict(zip(("failure_zh", "failure_en"), _CUT_OFF, strict=True))
    values = {"finished_at": at, "outcome": outcome, "report": {**row.report, **words}}
    connection.execute(update(run).where(run.c.id == row.id).values(**values))


def _tell(
    connection: Connection, source_id: str, run_id: int, report: RunReport, outcome: Outcome, at: datetime
) -> None:
    if outcome is Outcome.DONE:
        alerts.end(connection, source_id, [AlertKind.FAILED, AlertKind.STOPPED], at)
    elif outcome is not Outcome.CANCELLED:
        kind = AlertKind.FAILED if outcome is Outcome.FAILED else AlertKind.STOPPED
        alerts.rise(connection, source_id, kind, run_id, at, report.failure_zh, report.failure_en)


def _report(row: Row[Any]) -> RunReport:
    return RunReport(**{name: value for name, value in row.report.items() if name in _FIELDS})


def _run(row: Row[Any]) -> Run:
    report = _report(row)
    outcome = Outcome(row.outcome) if row.outcome else None
    if outcome is None and row.finished_at is not None:  # of a time when it was not kept
        outcome = Outcome.DONE if report.complete and report.seen else Outcome.FAILED
    return Run(
        row.id, row.source_id, row.started_at, row.finished_at, report, row.started_by, row.attempts, row.beat_at,
        row.cancel_by, outcome,
    )  # fmt: skip
