"""
The public graph on a SPARQL 1.1 server.

A server has no snapshots, so what is applied is public at once; each batch is one update request, or several where it
is large, each of which leaves the named graphs and the merged graph in agreement. Where a server's
default graph is one of its own (Fuseki, Oxigraph), the merged graph is that one; where it is the union of all graphs
(Virtuoso), the merged graph is a named one, and the public endpoint asks for it. The store finds out which by its own
mark. The mark lies in a private graph that the public endpoint leaves out of every query, under a subject that nobody
can guess, for DESCRIBE knows no graphs.

A rebuild goes from the old state to the new one by differences: there is no moment without data. A first load reads no
old state, and goes as N-Quads where the server takes them.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias, cast

import pyoxigraph as ox

from app.triplestore.protocol import Mark, StoreUnavailable, mark_of
from app.triplestore.server import LONG_S, MERGED, NOT_HIDDEN, PRIVATE, SHORT_S, WHOLE_S, Rejected, Server
from app.triplestore.statements import as_data, as_graphs, as_line, parse

_CURSOR, _EDITION, _MERGED = (f"{PRIVATE}#{name}" for name in ("cursor", "edition", "merged"))
_SUBJECTS_AT_ONCE = 500
_GRAPHS_AT_ONCE = 200
"""Of a rebuild: some 8,000 statements, less than any server's limit on rows that is worth having."""
_STATEMENTS_AT_ONCE = 2_500
"""Of an update request: Virtuoso compiles it as one program, more slowly from here on, and refuses one of 17,000."""
_QUADS_BYTES = 8_000_000


class RemoteReader:
    """What is public now. Raises `StoreUnavailable` while nothing is, or the server does not answer."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._merged = merged_name(server)

    def mark(self) -> Mark:
        return read_mark(self._server) or Mark()

    def state(self) -> str:
        return ""

    def names(self) -> Iterator[str]:
        query = f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g {NOT_HIDDEN}) }}"
        return (cast(ox.NamedNode, row[0]).value for row in self._server.select(query))

    def graph(self, name: str) -> frozenset[bytes]:
        if name == PRIVATE:
            return frozenset()
        return self._lines(self._server.graph(name or self._merged), name)

    def fingerprint(self, name: str) -> int:
        graph = name or self._merged
        pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
        rows = self._server.select(f"SELECT ?s ?p ?o {{ {pattern} }}")
        return sum(mark_of(f"{_known_form(row)} .".encode()) for row in rows)

    def stored_form(self, ntriples: bytes) -> frozenset[bytes]:
        return self._lines(ntriples, PRIVATE)

    def _lines(self, ntriples: bytes, name: str) -> frozenset[bytes]:
        return frozenset(f"{statement} .".encode() for statement in _parse(ntriples, name))

    def table(self, query: str) -> Iterator[tuple[str, ...]]:
        dataset = {"default-graph-uri": [self._merged]} if self._merged else None
        for row in self._server.select(query, LONG_S, dataset):
            yield tuple(getattr(term, "value", "") for term in row)

    def merge_faults(self) -> tuple[int, int]:
        return self._count(self._missing()), self._count(self._stray())

    def _count(self, pattern: str) -> int:
        # Counted after they are made distinct: two graphs may lack the same statement.
        rows = self._server.select(f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ {pattern} }} }}")
        (row,) = list(rows)
        return int(cast(ox.Literal, row[0]).value)

    def _missing(self) -> str:
        return f"GRAPH ?g {{ ?s ?p ?o }} FILTER (?g {NOT_HIDDEN}) FILTER NOT EXISTS {{ {self._in_merged('?s ?p ?o')} }}"

    def _stray(self) -> str:
        return f"{self._in_merged('?s ?p ?o')} {_STATED_NOWHERE}"

    def _in_merged(self, statements: str) -> str:
        return f"GRAPH <{self._merged}> {{ {statements} }}" if self._merged else statements

    def close(self) -> None:
        """Holds nothing open."""


class RemoteStore(RemoteReader):
    """The one writer; that it is the only one is seen to by whoever makes it (the keeper's lease)."""

    def __init__(self, server: Server) -> None:
        if read_mark(server) is None:
            _found(server)
        super().__init__(server)

    def apply(self, upserts: Mapping[str, bytes], deletes: Iterable[str], cursor: int) -> int:
        return self._apply(upserts, deletes, Mark(cursor, self.mark().edition))

    def _apply(self, upserts: Mapping[str, bytes], deletes: Iterable[str], mark: Mark | None) -> int:
        new = {name: _parse(ntriples, name) for name, ntriples in upserts.items()} | {name: {} for name in deletes}
        old = self._stated(list(new))
        added = {name: [line for key, line in new[name].items() if key not in old[name]] for name in new}
        removed = {name: {key: line for key, line in old[name].items() if key not in new[name]} for name in new}
        come = [(name, line) for name, lines in added.items() for line in lines]
        gone = [(name, key, line) for name, lines in removed.items() for key, line in lines.items()]
        orphans = self._orphans(old, new, removed) if gone else {}
        self._send([*self._removals(gone, orphans), *self._additions(come)], mark)
        return len(come) + len(gone)

    def _removals(self, gone: list[tuple[str, str, str]], orphans: Mapping[str, str]) -> Iterator["_Piece"]:
        last = {key: at for at, (_, key, _) in enumerate(gone)}
        numbered = list(enumerate(gone))
        for start in range(0, len(gone), _STATEMENTS_AT_ONCE):
            piece = numbered[start : start + _STATEMENTS_AT_ONCE]
            # One graph at a time: of one statement in several graphs Virtuoso takes only some away.
            groups = [
                as_graphs({name: lines}) for name, lines in _by_name((each[0], each[2]) for _, each in piece).items()
            ]
            dying = [orphans[key] for at, (_, key, _) in piece if key in orphans and last[key] == at]
            if dying:
                groups.append(self._in_merged(as_data(dying)))
            yield len(piece) + len(dying), [f"DELETE DATA {{ {group} }}" for group in groups]

    def _additions(self, come: list[tuple[str, str]]) -> Iterator["_Piece"]:
        half = _STATEMENTS_AT_ONCE // 2  # each statement stands in two graphs
        for start in range(0, len(come), half):
            piece = come[start : start + half]
            merged = sorted({line for _, line in piece})
            step = f"INSERT DATA {{ {as_graphs(_by_name(piece))} {self._in_merged(as_data(merged))} }}"
            yield len(piece) + len(merged), [step]

    def _send(self, pieces: Iterable["_Piece"], mark: Mark | None) -> None:
        """In one request if they fit into one. The mark is in the last: what was not finished is done again."""
        steps: list[str] = []
        size = 0
        for more, piece in pieces:
            if steps and size + more > _STATEMENTS_AT_ONCE:
                self._update(steps)
                steps, size = [], 0
            steps += piece
            size += more
        if mark is not None:
            steps += _mark_steps(mark, self._merged)
        if steps:
            self._update(steps)

    def _orphans(
        self,
        old: Mapping[str, dict[str, str]],
        new: Mapping[str, dict[str, str]],
        removed: Mapping[str, dict[str, str]],
    ) -> dict[str, str]:
        """
        What no graph will state any more, by its known form. Found out here and not by the server's NOT EXISTS, for
        Virtuoso compares literals with language tags wrongly there; nobody else writes meanwhile.
        """
        candidates = {key: line for lines in removed.values() for key, line in lines.items()}
        for name, lines in old.items():
            for key in lines.keys() & new[name].keys():
                candidates.pop(key, None)
        subjects = sorted({line.partition(" ")[0] for line in candidates.values()})
        batch = "".join(f", <{name}>" for name in old)
        for start in range(0, len(subjects), _SUBJECTS_AT_ONCE):
            values = " ".join(subjects[start : start + _SUBJECTS_AT_ONCE])
            others = f"{NOT_HIDDEN[:-1]}{batch})"
            query = (
                f"SELECT DISTINCT ?s ?p ?o {{ VALUES ?s {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} FILTER (?g {others}) }}"
            )
            for statement in self._server.select(query):
                candidates.pop(_known_form(statement), None)
        return candidates

    def _update(self, steps: list[str], timeout_s: float = LONG_S) -> None:
        try:
            self._server.update(" ;\n".join(steps), timeout_s)
        except Rejected as error:
            if error.status != 400:
                raise StoreUnavailable(str(error)) from error
            raise  # a ValueError: it can't read one of these statements

    def _stated(self, names: list[str]) -> dict[str, dict[str, str]]:
        """What these graphs state: as every store would write it -> as this one does."""
        found: dict[str, dict[str, str]] = {name: {} for name in names}
        for start in range(0, len(names), _GRAPHS_AT_ONCE):
            values = " ".join(f"<{name}>" for name in names[start : start + _GRAPHS_AT_ONCE])
            query = f"SELECT ?g ?s ?p ?o {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }}"
            for graph, *statement in self._server.select(query):
                found[cast(ox.NamedNode, graph).value][_known_form(statement)] = as_line(statement)
        return found

    def rebuild(self, graphs: Iterable[tuple[str, bytes]], mark: Mark) -> None:
        strays = set(self.names())
        if not strays:
            self._load(graphs)
            self._update(_mark_steps(mark, self._merged))
            return
        graphs = iter(graphs)
        while batch := dict(islice(graphs, _GRAPHS_AT_ONCE)):
            strays -= batch.keys()
            self._apply(batch, [], None)
        left = sorted(strays)
        for start in range(0, len(left), _GRAPHS_AT_ONCE):
            self._apply({}, left[start : start + _GRAPHS_AT_ONCE], None)
        merged = self._in_merged("?s ?p ?o")
        self._update([f"INSERT {{ {merged} }} WHERE {{ {self._missing()} }}"], WHOLE_S)
        self._update([f"DELETE {{ {merged} }} WHERE {{ {self._stray()} }}"], WHOLE_S)
        self._update(_mark_steps(mark, self._merged))

    def _load(self, graphs: Iterable[tuple[str, bytes]]) -> None:
        """
        Everything into a server that holds nothing. The Graph Store Protocol knows no quads, but what has a default
        graph of its own (Jena, Oxigraph, RDF4J, GraphDB) takes them at that address, twice as fast as an update.
        """
        takes_quads = bool(self._server.address.graphs) and not self._merged
        for batch in _batches(graphs):
            if takes_quads:
                try:
                    self._server.add_quads("".join(f"{line} .\n{line} <{name}> .\n" for name, line in batch).encode())
                    continue
                except Rejected:
                    takes_quads = False
            self._send(self._additions(batch), None)

    def publish(self) -> None:
        """What was applied is public already."""


_Piece: TypeAlias = tuple[int, list[str]]
"""How many statements, and the operations on them."""


_STATED_NOWHERE = f"FILTER NOT EXISTS {{ GRAPH ?other {{ ?s ?p ?o }} FILTER (?other {NOT_HIDDEN}) }}"


def read_mark(server: Server) -> Mark | None:
    """How far the server's public graph has followed the record; None when it never began."""
    said = dict(_private(server))
    if _MERGED not in said:
        return None
    return Mark(int(said.get(_CURSOR, "0")), said.get(_EDITION, ""))


def merged_name(server: Server) -> str:
    """The graph that is asked for as the default graph, "" when it is the server's own."""
    said = dict(_private(server))
    if _MERGED not in said:
        raise StoreUnavailable(f"no graph is published at {server.address.query}")
    return said[_MERGED]


def _private(server: Server) -> Iterator[tuple[str, str]]:
    try:
        for key, value in server.select(f"SELECT ?key ?value {{ GRAPH <{PRIVATE}> {{ ?m ?key ?value }} }}", SHORT_S):
            yield cast(ox.NamedNode, key).value, cast(ox.Literal, value).value
    except Rejected as error:
        raise StoreUnavailable(f"{server.address.query}: {error}") from error


def _found(server: Server) -> None:
    """Begins: writes the first mark, and looks whether the default graph shows it."""
    try:
        server.update(f'INSERT DATA {{ GRAPH <{PRIVATE}> {{ <{PRIVATE}> <{PRIVATE}#probe> "" }} }}')
        is_union = server.ask(f"ASK {{ <{PRIVATE}> <{PRIVATE}#probe> ?any }}")
        server.update(" ;\n".join(_mark_steps(Mark(), MERGED if is_union else "")))
    except Rejected as error:
        raise StoreUnavailable(f"{server.address.update}: {error}") from error


def _mark_steps(mark: Mark, merged: str) -> list[str]:
    subject = f"<{PRIVATE}#{secrets.token_hex(16)}>"
    said = {_CURSOR: str(mark.cursor), _EDITION: mark.edition, _MERGED: merged}
    lines = " . ".join(f"{subject} <{key}> {ox.Literal(value)}" for key, value in said.items())
    return [
        f"DELETE {{ GRAPH <{PRIVATE}> {{ ?m ?key ?value }} }} WHERE {{ GRAPH <{PRIVATE}> {{ ?m ?key ?value }} }}",
        f"INSERT DATA {{ GRAPH <{PRIVATE}> {{ {lines} }} }}",
    ]


def _batches(graphs: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, str]]]:
    """(graph, statement) for all of them, in pieces that a server takes in one request as N-Quads."""
    batch: list[tuple[str, str]] = []
    size = 0
    for name, ntriples in graphs:
        batch += [(name, line) for line in _parse(ntriples, name).values()]
        size += 2 * len(ntriples)
        if size >= _QUADS_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, line in pairs:
        found.setdefault(name, []).append(line)
    return found


def _parse(ntriples: bytes, name: str) -> dict[str, str]:
    """The statements: as every store would write them -> as they stand here."""
    return {_known_form(statement): as_line(statement) for statement in parse(ntriples, name)}


def _known_form(statement: Iterable[Any]) -> str:
    return " ".join(str(_known(term)) if isinstance(term, ox.Literal) else str(term) for term in statement)


@lru_cache(maxsize=50_000)
def _known(literal: ox.Literal) -> ox.Literal:
    """Servers write "05"^^xsd:integer as 5, or don't: both are taken for the same, as the embedded store does."""
    if literal.language or literal.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
        return literal
    store, node = ox.Store(), ox.NamedNode(PRIVATE)
    store.add(ox.Quad(node, node, literal))
    return cast(ox.Literal, next(iter(store)).object)
