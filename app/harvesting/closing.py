"""
What a record that says it is not open does to other entries of its source.

A record that can't be kept closes its own entry all the same. One that comes under another key than before closes the
entry it takes the place of, and of several records under one key the strictest holds: a doubt closes.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.engine import Connection, Row

from app.catalogue import parts, terms
from app.catalogue.decision import Arrival
from app.catalogue.model import State
from app.catalogue.openness import Openness, openness
from app.catalogue.reading import Node
from app.catalogue.service import CatalogueService
from app.catalogue.statements import read
from app.catalogue.tables import dataset
from app.catalogue.terms import DCT
from app.db import Database, in_pieces
from app.harvesting.checks import stored
from app.harvesting.tables import quarantine
from harvest.record import Problem, Quarantined

RULE = "closed-by-another"
PROBLEM = Problem(
    RULE,
    "violation",
    "dct:accessRights",
    "",
    "来源中同一数据集（标识、地址或名称与开放主体相同）的另一条记录不再无条件开放，此条目暂缓发布。",
    "Another record of this source for the same dataset (identifier, address, or title and publisher) is not open, so "
    "this entry is held.",
)
Groups = dict[str, dict[str, Openness]]
"""Key that records share -> (id -> openness) of each of them."""
ROWS = 200
"""As many as one transaction may change."""
_SHARED_KEY = "%#" + 12 * "_"
"""`harvest.run` keeps records of one key apart by a piece of their hash."""


class Closing:
    def __init__(self, source_id: str, catalogue: CatalogueService, database: Database) -> None:
        self._catalogue = catalogue
        self._database = database
        self._mine = dataset.c.source_id == source_id
        self._present = self._mine & (dataset.c.state != State.WITHDRAWN) & dataset.c.missing_since.is_(None)
        self._refused = quarantine.c.source_id == source_id
        self._shared: Groups | None = None
        self._back: set[str] = set()
        """Entries that this run held already for a record of the same key."""

    def by_refused(self, refused: Sequence[Quarantined]) -> list[Arrival]:
        """
        Published entries whose new record can't be kept, but says that less of them is open: held, until it can.

        Any other entry stays as its last good record says.
        """
        said = {record.id: openness(record.ntriples, record.id) for record in refused}
        kept = self._catalogue.kept([id_ for id_, opened in said.items() if opened.closes(Openness())])
        problems = {record.id: stored(record.problems) for record in refused}
        return [
            replace(arrival, state=State.HELD, problems=problems[id_])
            for id_, arrival in kept.items()
            if arrival.state is State.PUBLISHED and said[id_].closes(openness(arrival.ntriples, id_))
        ]

    def by_successors(self, missing: Collection[str]) -> list[Arrival]:
        """Published entries whose records are gone, where the source has the same dataset and says less is open."""
        gone = sorted(missing)
        left: dict[str, list[tuple[Arrival, Openness]]] = {}
        for chunk in in_pieces(gone, ROWS):
            for arrival in self._catalogue.kept(chunk).values():
                if arrival.state is State.PUBLISHED:
                    opened = openness(arrival.ntriples, arrival.id)
                    for mark in _marks(arrival.ntriples, arrival.id, arrival.source_id, arrival.source_iri):
                        left.setdefault(mark, []).append((arrival, opened))
        found: dict[str, Arrival] = {}
        for marks, opened in self._closed(missing) if left else ():
            for mark in marks & left.keys():
                for arrival, before in left[mark]:
                    if opened.closes(before):
                        found[arrival.id] = held(arrival)
        return list(found.values())

    def by_namesakes(
        self, arrivals: Sequence[Arrival], refused: Sequence[Quarantined]
    ) -> tuple[list[Arrival], list[Arrival]]:
        """
        The arrivals, held where another record of the same key says that less is open, and the entries published
        before that one of the arrivals closes so.
        """
        coming = [(each.id, each.source_key, each.content_hash, each.ntriples) for each in arrivals]
        coming += [(each.id, each.key, each.content_hash, each.ntriples) for each in refused]
        apart = {_base(key, content) for _, key, content, _ in coming if _base(key, content) != key}
        if not apart and self._shared is None and not self._are_held(arrivals):
            return list(arrivals), []
        groups = self._sharing_with(apart)
        for id_, key, content, ntriples in coming:
            if _base(key, content) in groups:
                groups[_base(key, content)][id_] = openness(ntriples, id_)
        touched = {base: groups[base] for _, key, content, _ in coming if (base := _base(key, content)) in groups}
        back = _outranked(touched)
        before = sorted(back - self._back - {each.id for each in arrivals})
        self._back |= back
        kept = [each for chunk in in_pieces(before, ROWS) for each in self._catalogue.kept(chunk).values()]
        return (
            [held(each) if each.id in back else each for each in arrivals],
            [held(each) for each in kept if each.state is State.PUBLISHED],
        )

    def _sharing_with(self, apart: Collection[str]) -> Groups:
        """Read once a run, and added to: one key may be shared by every record of a source."""
        if self._shared is None:
            self._shared = self._groups(apart)
        elif new := set(apart) - self._shared.keys():
            self._shared |= {base: group for base, group in self._groups(new).items() if base in new}
        for base in apart:
            self._shared.setdefault(base, {})
        return self._shared

    def still_held(self, kept: Iterable[Arrival]) -> set[str]:
        """Those that a record of the same key keeps from the public even now."""
        marked = [each for each in kept if any(problem["rule"] == RULE for problem in each.problems)]
        return _outranked(self._groups()) if marked else set()

    def _are_held(self, arrivals: Sequence[Arrival]) -> bool:
        query = select(dataset.c.problems).where(
            dataset.c.id.in_([each.id for each in arrivals]), dataset.c.state == State.HELD
        )
        with self._database.read() as connection:
            return any(problem["rule"] == RULE for row in connection.execute(query) for problem in row.problems)

    def _groups(self, apart: Collection[str] = ()) -> Groups:
        """Key -> (id -> openness) of all records that share it; `apart` are keys that are shared from now on."""
        kept = select(
            dataset.c.id, dataset.c.source_key, dataset.c.content_hash, dataset.c.open_attribute, dataset.c.withheld
        ).where(self._present)
        refused = select(
            quarantine.c.id, quarantine.c.source_key, quarantine.c.content_hash, quarantine.c.ntriples
        ).where(self._refused)
        groups: Groups = {}
        with self._database.read() as connection:
            for row in self._sharing(connection, kept, dataset.c.source_key, apart):
                said = Openness(row.open_attribute, frozenset(row.withheld.split()))
                groups.setdefault(_base(row.source_key, row.content_hash), {})[row.id] = said
            for row in self._sharing(connection, refused, quarantine.c.source_key, apart):
                said = openness(row.ntriples, row.id)
                groups.setdefault(_base(row.source_key, row.content_hash), {})[row.id] = said
        return groups

    def _sharing(
        self, connection: Connection, query: Select[Any], key: ColumnElement[str], apart: Collection[str]
    ) -> Iterator[Row[Any]]:
        """Rows of records that were kept apart from another of their key, and of those others."""
        bases = set(apart)
        for mine, column in ((self._present, dataset.c), (self._refused, quarantine.c)):
            shared = select(column.source_key, column.content_hash).where(mine, column.source_key.like(_SHARED_KEY))
            bases |= {_base(row.source_key, row.content_hash) for row in connection.execute(shared)}
        yield from connection.execute(query.where(key.like(_SHARED_KEY)))
        for chunk in in_pieces(sorted(bases), ROWS):
            yield from connection.execute(query.where(key.in_(chunk), key.not_like(_SHARED_KEY)))

    def _closed(self, missing: Collection[str]) -> Iterator[tuple[frozenset[str], Openness]]:
        """The records that the source has now and that are not open in all, by what each may be known again."""
        closed = or_(dataset.c.open_attribute.in_(("YTJ", "BKF")), dataset.c.withheld != "")
        with self._database.read() as connection:
            found = connection.scalars(select(dataset.c.id).where(self._present, closed)).all()
            refused = connection.execute(select(quarantine).where(self._refused)).all()
        ids = [id_ for id_ in found if id_ not in missing]
        for chunk in in_pieces(ids, ROWS):
            for each in self._catalogue.kept(chunk).values():
                marks = _marks(each.ntriples, each.id, each.source_id, each.source_iri)
                yield marks, openness(each.ntriples, each.id)
        for row in (row for row in refused if row.id not in missing):
            opened = openness(row.ntriples, row.id)
            if opened.closes(Openness()):
                yield _marks(row.ntriples, row.id, row.source_id, row.source_key), opened


def held(arrival: Arrival) -> Arrival:
    return replace(arrival, state=State.HELD, problems=stored((PROBLEM,)))


def _base(key: str, content_hash: str) -> str:
    return key.removesuffix(f"#{content_hash[:12]}")


def _outranked(groups: Groups) -> set[str]:
    found: set[str] = set()
    for group in groups.values():
        attribute = ""
        for opened in group.values():
            if Openness(opened.attribute).closes(Openness(attribute)):
                attribute = opened.attribute
        strictest = Openness(attribute, frozenset().union(*(opened.withheld for opened in group.values())))
        found |= {id_ for id_, opened in group.items() if strictest.closes(opened)}
    return found


def _marks(ntriples: bytes, id_: str, source_id: str, iri: str) -> frozenset[str]:
    """By what a dataset may be known again under another key."""
    node = Node(read(ntriples), terms.dataset(id_), terms.BASE)
    found = parts.publisher(node, source_id)
    names = set(found.names.values()) if found else {""}
    marks = {f"name {title}\n{name}" for title in node.text(DCT + "title").values() for name in names}
    marks |= {f"id {word}" for word in node.words(DCT + "identifier")}
    if re.match(r"https?://", iri):
        marks.add("iri " + iri.partition("://")[2].rstrip("/"))
    return frozenset(marks)
