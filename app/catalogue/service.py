"""The catalogue as everybody reads it, and the one door through which it is written."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.engine import Connection, Row

from app import outbox
from app.catalogue import namesakes, recorder, terms, totals
from app.catalogue.decision import Arrival
from app.catalogue.model import (
    DatasetView,
    PublicEntry,
    PublicVersion,
    Publisher,
    State,
    Text,
    Tombstone,
    Totals,
)
from app.catalogue.tables import dataset, dataset_version, publisher, source
from app.catalogue.view import view
from app.clock import Clock
from app.db import Database, in_pieces

_CHUNK = 500

Beside = Callable[[Sequence[str]], Mapping[str, bytes]]
"""Ids -> N-Triples that the portal says of these entries beside their records."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_PUBLIC = and_(dataset.c.state == State.PUBLISHED, dataset_version.c.public_ntriples.is_not(None))
_CURRENT = dataset.join(
    dataset_version,
    and_(dataset_version.c.dataset_id == dataset.c.id, dataset_version.c.version == dataset.c.version),
)


class CatalogueService:
    """
    Reads give public RDF and nothing else; what is held or withdrawn is never in them. `beside` adds what the portal
    itself says of an entry now; it stands in no version.
    """

    def __init__(self, database: Database, clock: Clock, base_url: str, beside: Beside = lambda ids: {}) -> None:
        self._beside = beside
        self._database = database
        self._clock = clock
        self._base_url = base_url
        self._totals: tuple[int, Totals] | None = None

    # One entry

    def entry(self, id_: str, *, alone: bool = False) -> PublicEntry | Tombstone | None:
        """`alone`: the record without what the portal says beside it, which takes as long as people said much."""
        with self._database.read() as connection:
            row = connection.execute(_entries().where(dataset.c.id == id_)).first()
        if row is not None:
            return self._entry(row, {} if alone else self._beside([id_]))
        with self._database.read() as connection:
            gone = connection.execute(
                select(dataset.c.withdrawn_at, dataset.c.public_title).where(
                    dataset.c.id == id_, dataset.c.state == State.WITHDRAWN
                )
            ).first()
        if gone is None:
            return None
        return Tombstone(id_, f"{self._base_url}/dataset/{id_}", gone.withdrawn_at, gone.public_title or "")

    def history(self, id_: str) -> list[PublicVersion]:
        """
        What the public may still see of each version, newest first, as N-Triples lines.

        The first that is left adds all its lines. What the portal notes about its own record is not history.
        """
        versions = dataset_version.c
        query = (
            select(versions.version, versions.recorded_at, versions.public_ntriples)
            .join(dataset, dataset.c.id == versions.dataset_id)
            .where(versions.dataset_id == id_, _PUBLIC)
            .order_by(versions.version)
        )
        steps: list[PublicVersion] = []
        before: set[str] = set()
        own = f"<{self._base_url}/dataset/{id_}#record> "
        with self._database.read() as connection:
            for row in connection.execute(query):
                lines = terms.with_base(row.public_ntriples, self._base_url).decode().splitlines()
                after = {line for line in lines if not line.startswith(own)}
                added, removed = sorted(after - before), sorted(before - after)
                steps.append(PublicVersion(row.version, row.recorded_at, tuple(added), tuple(removed)))
                before = after
        return steps[::-1]

    def step(self, id_: str, version: int) -> PublicVersion | None:
        """One version of `history`, against the one before that the public may still see; None where it may not."""
        versions = dataset_version.c
        query = (
            select(versions.version, versions.recorded_at, versions.public_ntriples)
            .join(dataset, dataset.c.id == versions.dataset_id)
            .where(versions.dataset_id == id_, versions.version <= version, _PUBLIC)
            .order_by(versions.version.desc())
            .limit(2)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        if not rows or rows[0].version != version:
            return None
        own = f"<{self._base_url}/dataset/{id_}#record> "
        said = [
            {
                line
                for line in terms.with_base(row.public_ntriples, self._base_url).decode().splitlines()
                if not line.startswith(own)
            }
            for row in rows
        ]
        after, before = said[0], said[1] if len(said) > 1 else set()
        return PublicVersion(version, rows[0].recorded_at, tuple(sorted(after - before)), tuple(sorted(before - after)))

    # Many entries

    def entries(self, after_id: str = "", limit: int = 100, publisher: str | None = None) -> list[PublicEntry]:
        """Published entries in the order of their ids, after one of them."""
        query = _entries().where(dataset.c.id > after_id).order_by(dataset.c.id).limit(limit)
        if publisher is not None:
            query = query.where(dataset.c.publisher_id == publisher)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        beside = self._beside([row.id for row in rows])
        return [self._entry(row, beside) for row in rows]

    def page(self, number: int, size: int) -> list[PublicEntry]:
        """One page of published entries in the order of their ids; `number` counts from 1."""
        published = select(dataset.c.id).where(dataset.c.state == State.PUBLISHED).order_by(dataset.c.id)
        with self._database.read() as connection:
            ids = connection.scalars(published.limit(size).offset((number - 1) * size)).all()
        return self.some(ids)

    def some(self, ids: Sequence[str]) -> list[PublicEntry]:
        """Those of `ids` that are published, in the order asked for."""
        with self._database.read() as connection:
            found = {row.id: row for row in connection.execute(_entries().where(dataset.c.id.in_(list(ids))))}
        beside = self._beside(list(found))
        return [self._entry(found[id_], beside) for id_ in ids if id_ in found]

    def totals(self) -> Totals:
        """Sums over what is published; worked out again only when something changed."""
        with self._database.read() as connection:
            at = outbox.latest(connection)
            if self._totals is None or self._totals[0] != at:
                self._totals = (at, totals.read(connection))
        return self._totals[1]

    def last_changed(self) -> datetime:
        """When the public catalogue last changed; 1970 when nothing was ever published."""
        with self._database.read() as connection:
            return outbox.last_change(connection) or _NEVER

    def publishers(self) -> list[tuple[Publisher, int]]:
        """Publishers with the number of their published entries, most first."""
        with self._database.read() as connection:
            return [(_publisher(row), row.entries) for row in connection.execute(_publishers())]

    def publisher(self, id_: str) -> tuple[Publisher, int] | None:
        with self._database.read() as connection:
            row = connection.execute(_publishers().where(publisher.c.id == id_)).first()
        return (_publisher(row), row.entries) if row else None

    def publisher_names(self, ids: Sequence[str]) -> dict[str, Text]:
        """Names of those publishers that have published entries."""
        with self._database.read() as connection:
            rows = connection.execute(_publishers().where(publisher.c.id.in_(list(ids))))
            return {row.id: dict(row.names) for row in rows}

    def namesakes(self) -> dict[str, str]:
        """For each publisher that shares its name with another: where it is from, to put behind the name."""
        with self._database.read() as connection:
            return namesakes.read(connection)

    # For projections, dumps and checks

    def public_states(self, ids: Sequence[str]) -> dict[str, bytes | None]:
        """Public N-Triples of each id, our address in place; None: it must be in no projection."""
        found: dict[str, bytes | None] = dict.fromkeys(ids)
        with self._database.read() as connection:
            for piece in in_pieces(ids, _CHUNK):
                query = _graphs().where(dataset.c.id.in_(piece))
                found |= {row.id: terms.with_base(row.ntriples, self._base_url) for row in connection.execute(query)}
        for id_, statements in self._beside(ids).items():
            if (public := found[id_]) is not None:
                found[id_] = public + statements
        return found

    def public_graphs(self, after: str = "") -> Iterator[tuple[str, bytes]]:
        """Every published entry's (id, public N-Triples) by id, streamed: each step is a short read of its own."""
        while True:
            query = _graphs().where(dataset.c.id > after).order_by(dataset.c.id).limit(_CHUNK)
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            beside = self._beside([row.id for row in rows])
            for row in rows:
                yield row.id, terms.with_base(row.ntriples, self._base_url) + beside.get(row.id, b"")
            if len(rows) < _CHUNK:
                return
            after = rows[-1].id

    def all_public_ids(self) -> Iterator[str]:
        """Every id that projections must hold, in order."""
        after = ""
        while True:
            query = select(dataset.c.id).where(dataset.c.state == State.PUBLISHED, dataset.c.id > after)
            with self._database.read() as connection:
                ids = connection.scalars(query.order_by(dataset.c.id).limit(_CHUNK * 20)).all()
            yield from ids
            if len(ids) < _CHUNK * 20:
                return
            after = ids[-1]

    def state_of(self, ids: Sequence[str]) -> dict[str, State]:
        with self._database.read() as connection:
            query = select(dataset.c.id, dataset.c.state).where(dataset.c.id.in_(list(ids)))
            return {row.id: State(row.state) for row in connection.execute(query)}

    # Writing

    def kept(self, ids: Sequence[str]) -> dict[str, Arrival]:
        """The full records of these ids, as they would arrive again. Not for the public."""
        columns = (
            dataset.c.id, dataset.c.source_id, dataset.c.source_key, dataset.c.source_iri, dataset.c.content_hash,
            dataset.c.state, dataset.c.profile, dataset.c.problems, dataset_version.c.ntriples,
        )  # fmt: skip
        query = select(*columns).select_from(_CURRENT).where(dataset.c.id.in_(list(ids)))
        with self._database.read() as connection:
            found = connection.execute(query).mappings().all()
        return {
            row["id"]: Arrival(**{**row, "state": State(row["state"]), "problems": tuple(row["problems"])})
            for row in found
        }

    def record(
        self, arrivals: Sequence[Arrival], *, actor: str, also: Callable[[Connection, datetime], None] | None = None
    ) -> None:
        """
        Keeps at most `recorder.MAX_ROWS` records in one transaction; `also` writes what belongs to it.

        A record that changes nothing writes nothing.
        """
        while True:
            at = self._clock()
            prepared = recorder.prepare(self._database, arrivals, at)
            if not prepared.decisions and also is None:
                return
            try:
                with self._database.write() as connection:
                    recorder.apply(connection, prepared, actor, at)
                    if also is not None:
                        also(connection, at)
                return
            except recorder.Stale:
                continue

    def withdraw(
        self,
        ids: Sequence[str],
        *,
        actor: str,
        why: str,
        pause_s: float = 0.005,
        also: Callable[[Connection, Sequence[str]], None] | None = None,
    ) -> None:
        """Ends entries; `why` is a word for the audit log. `also` writes what belongs to some, with them."""
        for some in in_pieces(ids, recorder.MAX_ROWS):
            with self._database.write() as connection:
                recorder.withdraw(connection, some, actor, self._clock(), why)
                if also is not None:
                    also(connection, some)
            time.sleep(pause_s)

    def _entry(self, row: Row[Any], beside: Mapping[str, bytes]) -> PublicEntry:
        ntriples = terms.with_base(row.public_ntriples, self._base_url) + beside.get(row.id, b"")
        seen: DatasetView = view(ntriples, row.id, self._base_url, source_id=row.source_id)
        return PublicEntry(
            view=seen,
            ntriples=ntriples,
            version=row.version,
            source_id=row.source_id,
            source_title=row.source_title,
            recorded_at=row.recorded_at,
            content_hash=row.content_hash,
            profile=row.profile,
        )


def _entries() -> Select[Any]:
    return (
        select(
            dataset.c.id,
            dataset.c.version,
            dataset.c.source_id,
            dataset.c.recorded_at,
            dataset.c.content_hash,
            dataset.c.profile,
            dataset_version.c.public_ntriples,
            source.c.title.label("source_title"),
        )
        .select_from(_CURRENT.join(source, source.c.id == dataset.c.source_id))
        .where(_PUBLIC)
    )


def _graphs() -> Select[Any]:
    return (
        select(dataset.c.id, dataset_version.c.public_ntriples.label("ntriples")).select_from(_CURRENT).where(_PUBLIC)
    )


def _publishers() -> Select[Any]:
    entries = func.count().label("entries")
    return (
        select(publisher, entries)
        .join(dataset, dataset.c.publisher_id == publisher.c.id)
        .where(dataset.c.state == State.PUBLISHED)
        .group_by(publisher.c.id)
        .order_by(entries.desc(), publisher.c.id)
    )


def _publisher(row: Row[Any]) -> Publisher:
    return Publisher(row.id, dict(row.names), row.iri, row.uscc)
