"""Harvests that were made or are under way, with their reports."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row

from app.clock import Clock
from app.db import Database
from app.harvesting.model import Run, SourceEntry
from app.harvesting.tables import run
from harvest.record import RunReport

_FIELDS = {each.name for each in fields(RunReport)}


class Runs:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def of_source(self, source_id: str, limit: int) -> list[Run]:
        """Newest first."""
        query = select(run).where(run.c.source_id == source_id).order_by(run.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(query)]

    def of_id(self, run_id: int) -> Run | None:
        with self._database.read() as connection:
            row = connection.execute(select(run).where(run.c.id == run_id)).first()
        return _run(row) if row else None

    def begin(self, entry: SourceEntry, at: datetime) -> int:
        """Opens a run. The source's lock is held, so that a run without an end is one whose process died."""
        with self._database.write() as connection:
            for row in connection.execute(
                select(run.c.id, run.c.report).where(run.c.source_id == entry.id, run.c.finished_at.is_(None))
            ).all():
                died = {
                    "failure_zh": "运行被中止（进程已结束）。",
                    "failure_en": "The run was cut off: its process ended.",
                }
                connection.execute(
                    update(run).where(run.c.id == row.id).values(finished_at=at, report={**row.report, **died})
                )
            report = asdict(RunReport(source=entry.title))
            result = connection.execute(insert(run).values(source_id=entry.id, started_at=at, report=report))
            return int((result.inserted_primary_key or (0,))[0])

    def finish(self, run_id: int, report: RunReport) -> datetime:
        """Ends a run; one that was never opened (0) leaves nothing."""
        at = self._clock()
        if run_id:
            with self._database.write() as connection:
                connection.execute(update(run).where(run.c.id == run_id).values(finished_at=at, report=asdict(report)))
        return at


def _run(row: Row[Any]) -> Run:
    report = RunReport(**{name: value for name, value in row.report.items() if name in _FIELDS})
    return Run(row.id, row.source_id, row.started_at, row.finished_at, report)
