"""
Oxigraph in the home. The only module that writes a store.

Every statement stands twice: in the named graph of its dataset and once in the default graph, because answering from
the union of the graphs repeats solutions where two graphs state the same. The mark lies in a private graph, so that
it changes in the same transaction as the statements; that graph is taken out of every snapshot.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, cast

import pyoxigraph as ox

from app.triplestore.bulk import chunks, load
from app.triplestore.places import Places, point, write_mark
from app.triplestore.protocol import Mark, StoreUnavailable, mark_of
from app.triplestore.statements import Statement, as_data, as_graphs, as_line, parse

_PRIVATE = ox.NamedNode("urn:suishu:private")
_CURSOR = ox.NamedNode("urn:suishu:private#cursor")
_EDITION = ox.NamedNode("urn:suishu:private#edition")
_DEFAULT = ox.DefaultGraph()

_MISSING = f"""SELECT (COUNT(*) AS ?n) {{
    GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != {_PRIVATE}) FILTER NOT EXISTS {{ ?s ?p ?o }}
}}"""
_STRAY = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }"

_BULK_BYTES = 500_000
"""From so much N-Triples of new graphs on a bulk load is faster: a quarter of the work, but ten files each time."""
_BULKS_TO_OPTIMIZE = 8
"""So many bulk loads leave files enough to slow queries down two to four times, until they are merged."""


class _Reading:
    """What a store and a snapshot can both be asked."""

    _store: ox.Store

    def state(self) -> str:
        return ""

    def names(self) -> Iterator[str]:
        return (graph.value for graph in self._store.named_graphs() if graph != _PRIVATE)

    def graph(self, name: str) -> frozenset[bytes]:
        lines = self._store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=_graph(name)) or b""
        return frozenset(lines.splitlines())

    def fingerprint(self, name: str) -> int:
        total = _Sum()
        self._store.dump(cast(IO[bytes], total), ox.RdfFormat.N_TRIPLES, from_graph=_graph(name))
        return total.value

    def stored_form(self, ntriples: bytes) -> frozenset[bytes]:
        return frozenset(_data(_as_stored(parse(ntriples, "urn:suishu:private"))).encode().splitlines())

    def table(self, query: str) -> Iterator[tuple[str, ...]]:
        for row in cast(ox.QuerySolutions, self._store.query(query)):
            yield tuple(getattr(term, "value", "") for term in row)

    def merge_faults(self) -> tuple[int, int]:
        return self._count(_MISSING), self._count(_STRAY)

    def _count(self, query: str) -> int:
        (solution,) = cast(ox.QuerySolutions, self._store.query(query))
        return int(cast(ox.Literal, solution[0]).value)


class _Sum(io.RawIOBase):
    """Takes lines in pieces and adds up what they are marked by."""

    def __init__(self) -> None:
        self.value = 0
        self._rest = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(cast(bytes, data))
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self.value += sum(map(mark_of, lines))
        return len(piece)


class EmbeddedSnapshot(_Reading):
    """The state that is published now. Raises `StoreUnavailable` before the first is."""

    def __init__(self, places: Places) -> None:
        taken = places.take_snapshot()
        if taken is None:
            raise StoreUnavailable(f"no snapshot of the graph is published in {places.root}")
        self._taken = taken
        try:
            self._store = ox.Store.read_only(str(taken.data))
        except (OSError, RuntimeError) as error:
            taken.close()
            raise StoreUnavailable(str(error)) from error

    def mark(self) -> Mark:
        return self._taken.mark

    def state(self) -> str:
        return self._taken.name

    def close(self) -> None:
        del self._store
        self._taken.close()


class EmbeddedStore(_Reading):
    """
    The one writer. Raises `StoreUnavailable` when another process has it open.

    Lock files of the engine stay where they are: they are locked, not made, by who holds them.
    """

    def __init__(self, places: Places, *, anew: bool = False) -> None:
        """`anew` leaves a store that can't be opened behind and begins an empty one; what is published stays."""
        self._places = places
        self._bulks = self._merged = 0
        if anew or not places.store.exists():
            empty = places.new_store()
            empty.mkdir()
            point(places.store, empty)
        self._open()
        places.drop_old_stores()
        places.drop_old_snapshots()

    def _open(self) -> None:
        try:
            self._store = ox.Store(self._places.store.resolve())
        except (OSError, RuntimeError) as error:  # RuntimeError: damaged files
            raise StoreUnavailable(str(error)) from error

    def mark(self) -> Mark:
        cursors = [int(_text(quad)) for quad in self._private(_CURSOR)]
        editions = [_text(quad) for quad in self._private(_EDITION)]
        # Two cursors: a kill fell between writing the new one and removing the old one, so the new one is true.
        return Mark(max(cursors, default=0), editions[0] if editions else "")

    def apply(self, upserts: Mapping[str, bytes], deletes: Iterable[str], cursor: int) -> int:
        added: dict[str, set[Statement]] = {}
        removed: dict[str, set[Statement]] = {}
        gone = set(deletes)
        loaded = self._load_new({name: graph for name, graph in upserts.items() if name not in gone})
        for name, ntriples in upserts.items():
            if name not in loaded:
                added[name], removed[name] = _difference(_statements(self._store, ox.NamedNode(name)), ntriples, name)
        for name in gone:
            added.pop(name, None)
            removed[name] = _statements(self._store, ox.NamedNode(name))
        if any(added.values()) or any(removed.values()) or cursor != self.mark().cursor:
            self._write(added, removed, cursor)
        return sum(loaded.values()) + sum(map(len, added.values())) + sum(map(len, removed.values()))

    def _load_new(self, upserts: Mapping[str, bytes]) -> dict[str, int]:
        """
        Loads graphs that the store does not have in bulk, if they are large; returns each with its statements.

        A load is whole or not there, but the mark follows in a transaction of its own: what a kill between the two
        leaves is nothing that the next visit would add, and nobody sees it before a snapshot is published.
        """
        known = self._store.contains_named_graph
        new = {name: graph for name, graph in upserts.items() if not known(ox.NamedNode(name))}
        if sum(map(len, new.values())) < _BULK_BYTES:
            return {}
        self._bulks += load(self._store, chunks(new.items()))
        return {name: graph.count(b"\n") for name, graph in new.items()}

    def _write(self, added: dict[str, set[Statement]], removed: dict[str, set[Statement]], cursor: int) -> None:
        come = {statement for statements in added.values() for statement in statements}
        old_marks = list(self._private(_CURSOR))
        new_mark = ox.Quad(_PRIVATE, _CURSOR, ox.Literal(str(cursor)), _PRIVATE)
        if not any(removed.values()):
            # One transaction, and four times as fast as an update in words.
            self._store.extend(
                [
                    *(ox.Quad(*statement) for statement in come),
                    *(ox.Quad(*statement, ox.NamedNode(name)) for name, group in added.items() for statement in group),
                    new_mark,
                ]
            )
            for quad in old_marks:
                if quad != new_mark:
                    self._store.remove(quad)
            return
        marks = "".join(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in old_marks)
        orphans = self._stated_nowhere_else(removed) - come
        emptied = [name for name in removed if not added.get(name) and len(removed[name]) == self._size(name)]
        steps = [
            f"DELETE DATA {{ {_data(orphans)} {_graphs(removed)} GRAPH {_PRIVATE} {{ {marks} }} }}",
            *(f"DROP SILENT GRAPH <{name}>" for name in emptied),  # else its name would still be listed
            f'INSERT DATA {{ {_data(come)} {_graphs(added)} GRAPH {_PRIVATE} {{ {_PRIVATE} {_CURSOR} "{cursor}" }} }}',
        ]
        self._store.update(" ;\n".join(steps))

    def _size(self, name: str) -> int:
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, ox.NamedNode(name)))

    def _stated_nowhere_else(self, removed: dict[str, set[Statement]]) -> set[Statement]:
        losing: dict[Statement, set[str]] = {}
        for name, statements in removed.items():
            for statement in statements:
                losing.setdefault(statement, set()).add(name)
        return {
            statement
            for statement, names in losing.items()
            if all(
                isinstance(quad.graph_name, ox.DefaultGraph) or quad.graph_name.value in names
                for quad in self._store.quads_for_pattern(*statement, None)
            )
        }

    def rebuild(self, graphs: Iterable[tuple[str, bytes]], mark: Mark) -> None:
        # A load that is killed leaves a folder that no link points to; the next start sweeps it away.
        folder = self._places.new_store()
        store = ox.Store(folder)
        self._merged, self._bulks = load(store, chunks(graphs)), 0
        store.extend(
            [
                ox.Quad(_PRIVATE, _CURSOR, ox.Literal(str(mark.cursor)), _PRIVATE),
                ox.Quad(_PRIVATE, _EDITION, ox.Literal(mark.edition), _PRIVATE),
            ]
        )
        store.flush()
        point(self._places.store, folder)
        self._store = store
        self._publish()
        self._optimize()
        self._places.drop_old_stores()

    def publish(self) -> None:
        self._publish()
        if self._bulks >= max(_BULKS_TO_OPTIMIZE, self._merged):  # doubling: all that is there is merged each time
            self._merged += self._bulks
            self._bulks = 0
            self._optimize()

    def _optimize(self) -> None:
        self._store.optimize()  # most queries are two to four times faster after it; nobody has to wait for it
        self._publish()

    def _publish(self) -> None:
        snapshot = self._places.new_snapshot()
        snapshot.mkdir()
        mark = self.mark()
        self._store.backup(snapshot / "data")
        copy = ox.Store(snapshot / "data")
        copy.remove_graph(_PRIVATE)
        copy.flush()
        del copy  # closes it
        write_mark(snapshot, mark)
        point(self._places.current, snapshot)
        self._places.drop_old_snapshots()

    def close(self) -> None:
        self._store.flush()
        del self._store

    def _private(self, predicate: ox.NamedNode) -> Iterator[ox.Quad]:
        return self._store.quads_for_pattern(_PRIVATE, predicate, None, _PRIVATE)


def _statements(store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> set[Statement]:
    # Nothing but names and literals was ever put in.
    found = store.quads_for_pattern(None, None, None, graph)
    return {(quad.subject, quad.predicate, quad.object) for quad in found}  # type: ignore[misc]


def _graph(name: str) -> ox.NamedNode | ox.DefaultGraph:
    return ox.NamedNode(name) if name else _DEFAULT


def _text(quad: ox.Quad) -> str:
    return quad.object.value if isinstance(quad.object, ox.Literal) else ""


def _difference(old: set[Statement], ntriples: bytes, name: str) -> tuple[set[Statement], set[Statement]]:
    """What is to be added and removed."""
    new = set(parse(ntriples, name))
    if old and new - old and old - new:
        new = _as_stored(new)  # "05"^^xsd:integer is stored as 5: without this it would change at every visit
    return new - old, old - new


def _as_stored(statements: Iterable[Statement]) -> set[Statement]:
    scratch = ox.Store()
    scratch.extend(ox.Quad(*statement) for statement in statements)
    return _statements(scratch, _DEFAULT)


def _data(statements: Iterable[Statement]) -> str:
    return as_data(map(as_line, statements))


def _graphs(by_name: Mapping[str, Iterable[Statement]]) -> str:
    return as_graphs({name: map(as_line, statements) for name, statements in by_name.items()})
