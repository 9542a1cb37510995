"""Published entries by their codes, keywords and times: ids in a stable order, counts, and what others have."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true
from sqlalchemy.engine import Connection

from app import outbox
from app.catalogue.choice import EVERYTHING, Among, Choice, Either, Every, Has, Within, Without
from app.catalogue.model import State
from app.catalogue.tables import dataset, dataset_term
from app.db import Database

Kind = Literal["publisher", "open_attribute", "theme", "format", "tag"]
_PUBLISHED = dataset.c.state == State.PUBLISHED
_COLUMNS = {"id": dataset.c.id, "publisher": dataset.c.publisher_id, "open_attribute": dataset.c.open_attribute}
_REMEMBERED = 64


class Order(StrEnum):
    """Ids themselves break a tie, so that pages never overlap."""

    ID = "id"
    ID_DOWN = "-id"
    RECORDED = "recorded"
    RECORDED_DOWN = "-recorded"


class BrowsingService:
    """Gives ids, values and counts, never entries: those are read a page at a time, by `CatalogueService.some`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[tuple[object, ...], Any] = OrderedDict()
        self._known_at = -1

    def ids(self, choice: Choice = EVERYTHING, order: Order = Order.ID, start: int = 0, limit: int = 100) -> list[str]:
        """Ids of a page that begins after `start` others."""
        query = select(dataset.c.id).where(_PUBLISHED, _clause(choice)).order_by(*_order(order))
        with self._database.read() as connection:
            return list(connection.scalars(query.limit(limit).offset(start)))

    def ids_after(self, after: str, choice: Choice = EVERYTHING, limit: int = 100) -> list[str]:
        """Ids in their order, after one of them: what comes and goes between two pages moves nothing."""
        query = select(dataset.c.id).where(_PUBLISHED, dataset.c.id > after, _clause(choice))
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(dataset.c.id).limit(limit)))

    def count(self, choice: Choice = EVERYTHING) -> int:
        query = select(func.count()).select_from(dataset).where(_PUBLISHED, _clause(choice))
        with self._database.read() as connection:
            return int(self._remembered(connection, ("count", choice), lambda: connection.scalar(query) or 0))

    def dated(self, start: int, limit: int) -> list[tuple[str, datetime]]:
        """Ids in their order after `start` others, each with the time that it was last recorded."""
        query = select(dataset.c.id, dataset.c.recorded_at).where(_PUBLISHED).order_by(dataset.c.id)
        with self._database.read() as connection:
            return [(row.id, row.recorded_at) for row in connection.execute(query.limit(limit).offset(start))]

    def mark(self) -> int:
        """Grows with every change of the public catalogue: as long as it is the same, so is all that is public."""
        with self._database.read() as connection:
            return outbox.latest(connection)

    def values(self, kind: Kind, choice: Choice = EVERYTHING, limit: int = 50) -> list[tuple[str, int]]:
        """The values that most of the chosen entries have, with their numbers."""
        entries = func.count().label("entries")
        if kind in _COLUMNS:
            value: ColumnElement[Any] = _COLUMNS[kind]
            query = select(value.label("value"), entries).where(_PUBLISHED, _clause(choice), value.is_not(None))
            query = query.where(value != "")
        else:
            value = dataset_term.c.value
            query = select(value.label("value"), entries)
            if choice == EVERYTHING:  # terms are of published entries alone
                query = query.where(dataset_term.c.kind == kind)
            else:
                # By way of the entries: SQLite would go through every term of the kind, a second for some thousand.
                query = query.join(dataset, dataset.c.id == dataset_term.c.dataset_id).where(
                    func.coalesce(dataset_term.c.kind, "") == kind, _PUBLISHED, _clause(choice)
                )
        query = query.group_by(value).order_by(entries.desc(), value).limit(limit)
        with self._database.read() as connection:
            found = self._remembered(
                connection,
                ("values", kind, choice, limit),
                lambda: [(row.value, int(row.entries)) for row in connection.execute(query)],
            )
        return list(found)

    def tags(self, part: str = "", start: int = 0, limit: int = 1_000) -> list[str]:
        """Keywords in their order, those that hold `part`."""
        query = select(dataset_term.c.value).where(dataset_term.c.kind == "tag").distinct()
        if part:
            query = query.where(dataset_term.c.value.contains(part, autoescape=True))
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(dataset_term.c.value).limit(limit).offset(start)))

    def _remembered(self, connection: Connection, key: tuple[object, ...], work_out: Any) -> Any:
        """Counts are the same for everybody until the catalogue changes."""
        at = outbox.latest(connection)
        if at != self._known_at:
            self._known, self._known_at = OrderedDict(), at
        known = self._known  # another thread may begin a new one meanwhile
        if (found := known.get(key)) is None:
            found = known[key] = work_out()
            if len(known) > _REMEMBERED:
                known.popitem(last=False)
        return found


def _order(order: Order) -> Sequence[ColumnElement[Any]]:
    return {
        Order.ID: (dataset.c.id,),
        Order.ID_DOWN: (dataset.c.id.desc(),),
        Order.RECORDED: (dataset.c.recorded_at, dataset.c.id),
        Order.RECORDED_DOWN: (dataset.c.recorded_at.desc(), dataset.c.id.desc()),
    }[order]


def _clause(choice: Choice) -> ColumnElement[bool]:
    if isinstance(choice, Every):
        return and_(true(), *map(_clause, choice.parts))
    if isinstance(choice, Either):
        return or_(false(), *map(_clause, choice.parts))
    if isinstance(choice, Without):
        return not_(func.coalesce(_clause(choice.part), false()))  # what nobody says is not it either
    if isinstance(choice, Among):
        return dataset.c.id.in_(choice.ids)
    if isinstance(choice, Within):
        ends = [dataset.c.recorded_at >= choice.since] if choice.since else []
        return and_(true(), *ends, *([dataset.c.recorded_at <= choice.until] if choice.until else []))
    return _has(choice)


def _has(choice: Has) -> ColumnElement[bool]:
    if "\0" in choice.value:  # no database takes it, and nothing has it
        return false()
    if choice.field in _COLUMNS:
        return _COLUMNS[choice.field] == choice.value
    found = select(dataset_term.c.dataset_id).where(dataset_term.c.kind == choice.field)
    return dataset.c.id.in_(found.where(dataset_term.c.value == choice.value) if choice.value else found)
