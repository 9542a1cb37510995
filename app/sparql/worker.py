"""
One SPARQL worker: a process with one thread that answers one question after another, from the
published snapshot or by asking a server.

It trusts no query. Before the first one it gives up what it does not need (see `app.sparql.confine`); what it can't
limit itself, time, is limited from outside by `app.sparql.pool`, which ends it.
"""

import select
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias, cast

import pyoxigraph as ox

from app.sparql import answers, guard
from app.sparql.body import Body
from app.sparql.implied import without_implied_types
from app.sparql.kept import KeptAnswers
from app.sparql.ordering import rarest_first
from app.sparql.tallied import with_tallies
from app.sparql.topmost import topmost
from app.sparql.wire import BEGUN, MAX_BODY_BYTES, Head, Question, Refused, receive_question, send
from app.triplestore import figures
from app.triplestore.places import Places, Snapshot

_READ_TIMEOUT_S = 2.0

KINDS: answers.Kinds = {
    ox.NamedNode: answers.IRI,
    ox.BlankNode: answers.BLANK,
    ox.Literal: answers.LITERAL,
    ox.Triple: answers.TRIPLE,
}
_GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "rdf-xml": ox.RdfFormat.RDF_XML,
    "json-ld": ox.RdfFormat.JSON_LD,
}


@dataclass(frozen=True, slots=True)
class Solutions:
    """Few, and all there; what the engine gives comes one by one."""

    variables: Sequence[ox.Variable]
    rows: Sequence[ox.QuerySolution]

    def __iter__(self) -> Iterator[ox.QuerySolution]:
        return iter(self.rows)


Result: TypeAlias = ox.QuerySolutions | Solutions | ox.QueryBoolean | ox.QueryTriples | Iterator[ox.Triple]


class Engine(Protocol):
    """What a worker asks; raises `Refused`."""

    def query(self, question: Question) -> Result: ...

    def state(self) -> str:
        """A name of what the last question was answered from, "" where it is not known to stand still."""
        ...

    def done(self) -> None:
        """The result was read, or is not wanted any more."""
        ...


class Worker:
    """`prefixes` are for what is written, not for what is asked."""

    def __init__(
        self, engine: Engine, scratch: Path, kept: KeptAnswers, row_limit: int, prefixes: Mapping[str, str]
    ) -> None:
        self._engine = engine
        self._scratch = scratch
        self._kept = kept
        self._row_limit = row_limit
        self._prefixes = dict(prefixes)

    def serve_one(self, connection: socket.socket, began: float) -> None:
        """Answers the one question of a connection; its time counts from `began`. Nothing that an asker does raises."""
        connection.settimeout(_READ_TIMEOUT_S)
        with connection:
            try:
                question = receive_question(connection)
                if question is None or _is_gone(connection):
                    return
                connection.sendall(BEGUN.pack(began))
                with Body(self._scratch) as body:
                    head = self._answer(question, body)
                    self._kept.keep(question, head, body, self._engine.state())
                    send(connection, head, None if head.refusal else body)
            except (OSError, ValueError, TypeError):
                return  # gone, or not one of ours

    def _answer(self, question: Question, body: Body) -> Head:
        began = time.monotonic()
        try:
            head = self._evaluate(question, cast(BinaryIO, body))
        except Refused as refused:
            return refused.head
        return replace(head, bytes=body.size, seconds=time.monotonic() - began)

    def _evaluate(self, question: Question, body: BinaryIO) -> Head:
        if word := guard.update_operation(question.query):
            raise Refused("update", word)
        if guard.calls_service(question.query):
            raise Refused("service")
        try:
            return self._write(self._engine.query(question), question, body)
        except (SyntaxError, RuntimeError, ValueError, OSError) as error:  # while the result is read
            raise Refused("engine", str(error)) from error
        finally:
            self._engine.done()

    def _write(self, result: Result, question: Question, body: BinaryIO) -> Head:
        rows = min(question.rows, self._row_limit)
        if not isinstance(result, ox.QuerySolutions | Solutions | ox.QueryBoolean):
            if not question.graph:
                raise Refused("graph-not-acceptable")
            triples = answers.Limited(result, body, rows, MAX_BODY_BYTES)
            format_ = _GRAPHS[question.graph]
            prefixes = self._prefixes if format_ in (ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML) else None
            ox.serialize(triples, body, format_, prefixes=prefixes)
            if triples.cut and format_ in (ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES):
                body.write(f"# truncated: {triples.cut}\n".encode())
            return Head(form="graph", format=question.graph, rows=triples.passed, cut=triples.cut)
        if not question.solutions:
            raise Refused("solutions-not-acceptable")
        if isinstance(result, ox.QueryBoolean):
            answers.write_boolean(question.solutions, bool(result), body)
            return Head(form="boolean", format=question.solutions, rows=1)
        solutions = answers.Limited(result, body, rows, MAX_BODY_BYTES)
        variables = [variable.value for variable in result.variables]
        ordered = guard.in_order(question.query, variables)
        rows_in_order = solutions if ordered == variables else answers.Rearranged(solutions, variables, ordered)
        answers.write_solutions(question.solutions, ordered, rows_in_order, body, KINDS)
        return Head(form="solutions", format=question.solutions, rows=solutions.passed, cut=solutions.cut)


class SnapshotEngine:
    """Answers from the snapshot that is published; the link is read at each question."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._places = Places.in_home(home)
        self._taken: Snapshot | None = None
        self._store: ox.Store | None = None

    def query(self, question: Question) -> Result:
        store = self._published()
        asked = (question.default_graphs or []) + (question.named_graphs or [])
        for graph in asked or guard.from_graphs(question.query):
            if not _is_there(store, graph):
                raise Refused("unknown-graph", graph)
        # What the protocol says replaces what the query says; https://www.w3.org/TR/sparql11-protocol/#dataset
        graphs = {}
        if asked:
            graphs["default_graph"] = [ox.NamedNode(graph) for graph in question.default_graphs or []]
            graphs["named_graphs"] = [ox.NamedNode(graph) for graph in question.named_graphs or []]
        if not asked:
            with suppress(SyntaxError):  # the query itself tells where
                return self._quicker(store, question)
        try:
            return store.query(question.query, base_iri=question.base, **graphs)  # type: ignore[arg-type]
        except SyntaxError as error:
            raise Refused("syntax", str(error)) from error

    def _quicker(self, store: ox.Store, question: Question) -> Result:
        """What answers the query, asked in the way that is quicker on this snapshot. Raises SyntaxError."""
        query = question.query
        known = figures.kept(self._home)
        if known is None or known.state != self.state():
            return store.query(query, base_iri=question.base)  # not measured yet
        if top := topmost(query, known.tally):
            found = cast(ox.QuerySolutions, store.query(top.query, base_iri=question.base))
            if len(rows := list(found)) == top.rows:
                return Solutions(found.variables, rows)
        query = with_tallies(query, known.tally)
        if query == question.query:
            counts = known.properties
            query = rarest_first(without_implied_types(query, known.others), lambda name: counts.get(name, 0))
        return store.query(query, base_iri=question.base)

    def state(self) -> str:
        return "" if self._taken is None else self._taken.name

    def done(self) -> None:
        """A result of ours holds nothing that others wait for."""

    def _published(self) -> ox.Store:
        """The snapshot that is published now; the link is read at each question."""
        if self._taken is not None and self._store is not None and self._places.published_name() == self._taken.name:
            return self._store
        taken = self._places.take_snapshot()
        if taken is None:
            raise Refused("nothing-published")
        try:
            store = ox.Store.read_only(str(taken.data))
        except (OSError, RuntimeError) as error:
            taken.close()
            raise Refused("nothing-published", str(error)) from error
        self._store = store
        if self._taken is not None:
            self._taken.close()
        self._taken = taken
        return store


def _is_there(store: ox.Store, graph: str) -> bool:
    try:
        return store.contains_named_graph(ox.NamedNode(graph))
    except ValueError:
        return False


def _is_gone(connection: socket.socket) -> bool:
    """Whether the asker hung up while it waited for its turn."""
    readable, _, _ = select.select([connection], [], [], 0)
    return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
