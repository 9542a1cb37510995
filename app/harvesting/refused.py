"""Records that are not published, with the reasons: in quarantine, or held. Only reads."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from app.catalogue.model import State
from app.catalogue.tables import dataset
from app.db import Database
from app.harvesting.model import Refused
from app.harvesting.tables import quarantine
from harvest.record import Problem

PAGE_SIZE = 50


class RefusedRecords:
    """`full` is for the source's own people only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_quarantine(self, source_id: str, page: int, full: bool) -> tuple[int, list[Refused]]:
        """(how many, one page of) records that failed `intake`."""
        mine = quarantine.c.source_id == source_id
        query = select(quarantine).where(mine).order_by(quarantine.c.id)
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).where(mine)) or 0
            rows = connection.execute(query.limit(PAGE_SIZE).offset((max(page, 1) - 1) * PAGE_SIZE)).all()
        return total, [_refused(row, full) for row in rows]

    def of_id(self, id_: str, full: bool) -> Refused | None:
        with self._database.read() as connection:
            row = connection.execute(select(quarantine).where(quarantine.c.id == id_)).first()
        return _refused(row, full) if row else None

    def held(self, source_id: str, page: int, full: bool) -> tuple[int, list[Refused]]:
        """(how many, one page of) records that were kept but may not be published."""
        mine = (dataset.c.source_id == source_id) & (dataset.c.state == State.HELD)
        columns = (dataset.c.id, dataset.c.source_id, dataset.c.source_key, dataset.c.problems)
        query = select(*columns, dataset.c.recorded_at.label("at"))
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).where(mine)) or 0
            page_rows = query.where(mine).order_by(dataset.c.id).limit(PAGE_SIZE).offset((max(page, 1) - 1) * PAGE_SIZE)
            rows = connection.execute(page_rows).all()
        return total, [_refused(row, full) for row in rows]


def _refused(row: Any, full: bool) -> Refused:
    problems = tuple(Problem(**problem) for problem in row.problems)
    if full:
        return Refused(
            row.id, row.source_id, getattr(row, "position", ""), problems, row.at, row.source_key,
            getattr(row, "ntriples", b""),
        )  # fmt: skip
    shown = tuple(replace(problem, value="") for problem in problems)
    return Refused(row.id, row.source_id, getattr(row, "position", ""), shown, row.at)
