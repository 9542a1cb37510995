"""
Use cases of duplicates: what of the public catalogue may be twice in it, and a person's word that it is not.

What entries share is written when they are kept (`sameness`), so that a page is a range of an index, however large
the catalogue is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, insert, select
from sqlalchemy.engine import Connection

from app.audit import service as audit
from app.audit.events import Action, Event
from app.catalogue.model import PublicEntry
from app.catalogue.sameness import KINDS
from app.catalogue.service import CatalogueService
from app.catalogue.tables import dataset_term, duplicate_apart
from app.clock import Clock
from app.db import Database, in_pieces, one_at_a_time
from app.errors import Invalid, NotFound

PAGE_SIZE = 20
SHOWN = 6
"""Entries of a group that are shown beside each other; a group may have thousands."""
_MAX_MARKED = 5_000

_term, _apart = dataset_term.c, duplicate_apart.c


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that share one value. `count`: all of them; `entries`: the first `SHOWN`."""

    kind: str
    value: str
    count: int
    entries: tuple[PublicEntry, ...]


class DuplicateService:
    def __init__(self, database: Database, clock: Clock, catalogue: CatalogueService) -> None:
        self._database = database
        self._clock = clock
        self._catalogue = catalogue

    def counts(self) -> dict[str, int]:
        """How many groups of each kind nobody has looked at yet."""
        groups = _groups().subquery()
        query = select(groups.c.kind, func.count()).group_by(groups.c.kind)
        with self._database.read() as connection:
            found = {row[0]: int(row[1]) for row in connection.execute(query)}
        return {kind: found.get(kind, 0) for kind in KINDS}

    def page(self, kind: str, after: str = "") -> tuple[list[Group], str]:
        """Groups of a kind whose values come after one, and the value to go on after, "" at the end."""
        query = _groups(_term.kind == kind, _term.value > after).order_by(_term.value).limit(PAGE_SIZE + 1)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            members = {row.value: self._members(connection, kind, row.value, SHOWN) for row in rows[:PAGE_SIZE]}
        entries = {
            each.view.id: each for each in self._catalogue.some([id_ for ids in members.values() for id_ in ids])
        }
        groups = [
            Group(kind, row.value, row.n, tuple(entries[id_] for id_ in members[row.value] if id_ in entries))
            for row in rows[:PAGE_SIZE]
        ]
        return groups, rows[PAGE_SIZE - 1].value if len(rows) > PAGE_SIZE else ""

    def keep_apart(self, kind: str, value: str, *, by: str) -> int:
        """
        A person's word that the entries of a group are different datasets, whatever else they share; how many there
        are. The group comes back when another entry joins it. Raises `NotFound` for one that is not there.
        """
        if kind not in KINDS:
            raise Invalid("没有这类重复。", "There is no such kind of duplicates.")
        now = self._clock()
        with self._database.write() as connection:
            one_at_a_time(connection, "duplicates")
            ids = self._members(connection, kind, value, _MAX_MARKED)
            if len(ids) < 2:
                raise NotFound("这一组已经不再重复。", "This group is there no more.")
            shared = self._shared(connection, ids)
            known = set()
            for piece in in_pieces(ids):
                query = select(_apart.kind, _apart.value, _apart.dataset_id).where(_apart.dataset_id.in_(piece))
                known |= {tuple(row) for row in connection.execute(query)}
            rows = [
                {"kind": row[0], "value": row[1], "dataset_id": row[2], "at": now} for row in sorted(shared - known)
            ]
            if rows:
                connection.execute(insert(duplicate_apart), rows)
            details: dict[str, object] = {"kind": kind, "entries": ids[:50], "count": len(ids)}
            audit.append(connection, [Event(by, Action.DUPLICATES_APART, f"duplicates/{value}", details)], now)
        return len(ids)

    @staticmethod
    def _members(connection: Connection, kind: str, value: str, most: int) -> list[str]:
        query = select(_term.dataset_id).where(_term.kind == kind, _term.value == value)
        return list(connection.scalars(query.order_by(_term.dataset_id).limit(most)))

    @staticmethod
    def _shared(connection: Connection, ids: Sequence[str]) -> set[tuple[str, str, str]]:
        """All that at least two of these entries share: (kind, value, id)."""
        said: dict[tuple[str, str], list[str]] = {}
        for piece in in_pieces(ids):
            query = select(_term.kind, _term.value, _term.dataset_id).where(
                _term.dataset_id.in_(piece), _term.kind.in_(KINDS)
            )
            for row in connection.execute(query):
                said.setdefault((row.kind, row.value), []).append(row.dataset_id)
        return {(kind, value, id_) for (kind, value), found in said.items() if len(found) > 1 for id_ in found}


def _groups(*where: ColumnElement[bool]) -> Select[tuple[str, str, int]]:
    """Values that several entries share, of which at least one was not said to be different."""
    same = and_(_apart.kind == _term.kind, _apart.value == _term.value, _apart.dataset_id == _term.dataset_id)
    n = func.count().label("n")
    return (
        select(_term.kind, _term.value, n)
        .select_from(dataset_term.outerjoin(duplicate_apart, same))
        .where(*(where or (_term.kind.in_(KINDS),)))
        .group_by(_term.kind, _term.value)
        .having(n > 1, func.count(_apart.dataset_id) < n)
    )
