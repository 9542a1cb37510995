"""
The two projections of the record, the public graph and the search index, as the keeper drives them.

Each reads what the record says now and nothing else, so that repeating a step changes nothing. Each can tell whether
it has to be made anew: when it was made for another base address or form, or follows a record that is not this one.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol, TypeAlias

import structlog

from app import outbox
from app.catalogue.model import PublicEntry
from app.processes.standing import standing_graphs
from app.search.documents import document
from app.triplestore.protocol import Mark, TripleStore
from app.wiring import Portal, is_embedded
from indexer.backend import SearchWriter
from indexer.document import Document
from indexer.errors import IndexOutdated, SearchUnavailable

FORM = "1"
"""Of what is projected; a new number has every home's graph and index made anew at the next start."""
_PAGE = 500


class Progress(Protocol):
    def __call__(self, done: int, total: int | None = None, words: str = "") -> None: ...


class Projection(Protocol):
    """Held by one thread of one process."""

    name: str

    def cursor(self) -> int:
        """The number of the last announcement that was followed."""
        ...

    def is_foreign(self, latest: int) -> bool:
        """True when it has to be made anew."""
        ...

    def follow(self, ids: Sequence[str], seq: int) -> None:
        """Projects these datasets as they are now; `seq` is the last announcement that named one of them."""
        ...

    def rebuild(self, progress: Progress) -> None:
        """Makes it anew from the record alone. Readers see the old state until the new one is whole."""
        ...

    def publish(self) -> None:
        """Lets readers see what was followed."""
        ...

    def close(self) -> None: ...


class GraphProjection:
    name = "graph"

    def __init__(self, portal: Portal, *, anew: bool = False) -> None:
        self._portal = portal
        self._base_url = portal.settings.base_url
        self._edition = graph_edition(portal)
        self._store: TripleStore = portal.triple_store(anew=anew)
        if self._store.mark().edition == self._edition:
            self._store.apply(dict(standing_graphs(portal)), [], self.cursor())  # new words in the code lists

    def cursor(self) -> int:
        return self._store.mark().cursor

    def is_foreign(self, latest: int) -> bool:
        mark = self._store.mark()
        return mark.edition != self._edition or mark.cursor > latest

    def follow(self, ids: Sequence[str], seq: int) -> None:
        states = self._portal.catalogue.public_states(ids)
        upserts = {dataset_uri(self._base_url, id_): graph for id_, graph in states.items() if graph is not None}
        deletes = [dataset_uri(self._base_url, id_) for id_, graph in states.items() if graph is None]
        upserts |= dict(standing_graphs(self._portal, vocabularies=False))
        try:
            self._store.apply(upserts, deletes, seq)
        except (SyntaxError, ValueError):
            self._apply_one_by_one(upserts, deletes, seq)

    def _apply_one_by_one(self, upserts: dict[str, bytes], deletes: list[str], seq: int) -> None:
        """One graph that the store can't read must not keep the others from being seen."""
        cursor = self.cursor()
        for name, graph in upserts.items():
            try:
                self._store.apply({name: graph}, [], cursor)
            except (SyntaxError, ValueError) as error:
                structlog.get_logger().error("the store refuses a graph; it is left out", graph=name, error=str(error))
                self._store.apply({}, [name], cursor)
        self._store.apply({}, deletes, seq)

    def rebuild(self, progress: Progress) -> None:
        with self._portal.database.read() as connection:
            seq = outbox.latest(connection)  # before the first read: what changes meanwhile is followed again
        total = self._portal.catalogue.totals().datasets

        def graphs() -> Iterator[tuple[str, bytes]]:
            yield from standing_graphs(self._portal)
            for count, (id_, graph) in enumerate(self._portal.catalogue.public_graphs()):
                if count % _PAGE == 0:
                    progress(count, total)
                yield dataset_uri(self._base_url, id_), graph

        self._store.rebuild(graphs(), Mark(seq, self._edition))
        progress(total, total)

    def publish(self) -> None:
        self._store.publish()

    def close(self) -> None:
        self._store.close()


class SearchProjection:
    """Its cursor lies in SQL and is set after the index has committed; between the two a kill repeats a step."""

    name = "search"

    def __init__(self, portal: Portal, *, anew: bool = False) -> None:
        self._portal = portal
        self._cursor_name = search_cursor_name(portal)
        self._uncommitted: int | None = None
        self._writer: SearchWriter | None = None  # None: there is nothing that could be written to
        if portal.has_index() and not anew:
            with suppress(IndexOutdated):
                self._writer = portal.search_writer()

    def cursor(self) -> int:
        if self._uncommitted is not None:
            return self._uncommitted
        with self._portal.database.read() as connection:
            return outbox.cursor(connection, self._cursor_name)

    def is_foreign(self, latest: int) -> bool:
        with self._portal.database.read() as connection:
            known = outbox.is_followed(connection, self._cursor_name)
        return self._writer is None or not known or self.cursor() > latest

    def follow(self, ids: Sequence[str], seq: int) -> None:
        entries = self._portal.catalogue.some(ids)
        found = {entry.view.id for entry in entries}
        self._open_writer().apply(self._documents(entries), [id_ for id_ in ids if id_ not in found])
        self._uncommitted = seq

    def rebuild(self, progress: Progress) -> None:
        catalogue = self._portal.catalogue
        self.close()
        with self._portal.database.read() as connection:
            seq = outbox.latest(connection)
        total = catalogue.totals().datasets
        done, after = 0, ""
        with self._portal.search_rebuild() as writer:
            while entries := catalogue.entries(after_id=after, limit=_PAGE):
                writer.apply(self._documents(entries), [])
                done, after = done + len(entries), entries[-1].view.id
                progress(done, total)
        with self._portal.database.write() as connection:
            # A cursor of another edition would be believed if that edition came back.
            outbox.forget_cursors(connection, self.name)
            outbox.set_cursor(connection, self._cursor_name, seq)
        self._writer = self._portal.search_writer()
        progress(total, total)

    def publish(self) -> None:
        if self._uncommitted is None:
            return
        self._open_writer().commit()
        with self._portal.database.write() as connection:
            outbox.set_cursor(connection, self._cursor_name, self._uncommitted)
        self._uncommitted = None

    def close(self) -> None:
        """What was not published is followed again."""
        writer, self._writer, self._uncommitted = self._writer, None, None
        if writer is not None:
            writer.close()

    def _documents(self, entries: Sequence[PublicEntry]) -> list[Document]:
        rated = self._portal.ratings.summaries([entry.view.id for entry in entries])
        return [
            document(
                entry.view,
                source_id=entry.source_id,
                source_title=entry.source_title,
                rating=found.hundredths if (found := rated.get(entry.view.id)) else 0,
                ratings=found.count if found else 0,
            )
            for entry in entries
        ]

    def _open_writer(self) -> SearchWriter:
        if self._writer is None:
            raise SearchUnavailable("the index has to be made anew before it can be written to")
        return self._writer


Kind: TypeAlias = type[GraphProjection] | type[SearchProjection]
KINDS: tuple[Kind, ...] = (GraphProjection, SearchProjection)


def dataset_uri(base_url: str, id_: str) -> str:
    return f"{base_url}/dataset/{id_}"


def graph_edition(portal: Portal) -> str:
    return f"{FORM} {portal.settings.base_url}"


def search_cursor_name(portal: Portal) -> str:
    """Documents carry addresses, so each base address has a cursor of its own; and so has each search engine."""
    engine = "" if is_embedded(portal.settings.search_url) else f" {portal.settings.search_url}"
    edition = hashlib.sha256(f"{FORM} {portal.settings.base_url}{engine}".encode()).hexdigest()[:16]
    return f"{SearchProjection.name} {edition}"


def distinct(changes: Iterable[tuple[int, str]]) -> list[str]:
    """The datasets of some announcements, each once."""
    return list(dict.fromkeys(id_ for _, id_ in changes))
