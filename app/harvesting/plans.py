"""How each source is harvested by itself, as the database keeps it."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.engine import Connection, Row

from app.db import Database, one_at_a_time
from app.harvesting.model import Plan, SourceLimits
from app.harvesting.tables import run, source_plan

_LIMITS = {each.name for each in fields(SourceLimits)}


class Plans:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Plan]:
        with self._database.read() as connection:
            return {row.source_id: _plan(row) for row in connection.execute(select(source_plan))}

    def of(self, source_id: str) -> Plan:
        """A source that nobody planned anything for has an empty one."""
        with self._database.read() as connection:
            row = connection.execute(select(source_plan).where(source_plan.c.source_id == source_id)).first()
        return _plan(row) if row else Plan(source_id)

    def due(self, now: datetime) -> list[Plan]:
        """What should begin now and does not run yet: asked for by a person first, then what waits longest."""
        runs = select(run.c.source_id).where(run.c.finished_at.is_(None))
        query = select(source_plan).where(_is_due(now), source_plan.c.source_id.not_in(runs))
        with self._database.read() as connection:
            found = [_plan(row) for row in connection.execute(query)]
        return sorted(found, key=lambda plan: (not plan.wanted_by, plan.next_at or now, plan.source_id))


def write(connection: Connection, source_id: str, **said: object) -> None:
    """Writes these fields of a plan alone: the others may have changed since somebody read them."""
    one_at_a_time(connection, "plans")
    if isinstance(limits := said.get("limits"), SourceLimits):
        said["limits"] = {name: value for name, value in asdict(limits).items() if value is not None}
    if not connection.execute(update(source_plan).where(source_plan.c.source_id == source_id).values(said)).rowcount:
        connection.execute(insert(source_plan).values({**asdict(Plan(source_id)), "limits": {}, **said}))


def claim(connection: Connection, plan: Plan, now: datetime, next_at: datetime | None) -> bool:
    """False where another machine was faster."""
    same = and_(source_plan.c.source_id == plan.source_id, source_plan.c.wanted_by == plan.wanted_by, _is_due(now))
    taken = update(source_plan).where(same).values(next_at=next_at, wanted_by="")
    return bool(connection.execute(taken).rowcount)


def _is_due(now: datetime) -> ColumnElement[bool]:
    on_time = and_(source_plan.c.is_paused.is_(False), source_plan.c.next_at <= now)
    return or_(source_plan.c.wanted_by != "", on_time)


def limits_from(values: Iterable[tuple[str, Any]]) -> SourceLimits:
    return SourceLimits(**{name: value for name, value in values if name in _LIMITS})


def _plan(row: Row[Any]) -> Plan:
    return Plan(row.source_id, row.schedule, row.next_at, row.is_paused, row.wanted_by, limits_from(row.limits.items()))
