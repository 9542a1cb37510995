"""
Answers from a SPARQL server, for a worker. Nothing reaches the server that our own engine can't read: it runs every
query on an empty store first, which tells what kind of answer it has and refuses what is no SPARQL 1.1
(Virtuoso's pragmas, which fetch from the web, and the like).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import IO

import pyoxigraph as ox

from app.sparql import guard
from app.sparql.wire import Question, Refused
from app.sparql.worker import Result
from app.triplestore.protocol import StoreUnavailable
from app.triplestore.remote import merged_name
from app.triplestore.server import HIDDEN, NOT_HIDDEN, Rejected, Server

_SOLUTIONS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/plain;q=0.5"
_TIMED_OUT = ("timed out", "timeout", "S1T00")


class RemoteEngine:
    """One worker's. It asks the server once how its default graph is made, and keeps the answer."""

    def __init__(self, server: Server, time_limit_s: float) -> None:
        self._server = server
        self._time_limit_s = time_limit_s
        self._merged: str | None = None
        self._answering: AbstractContextManager[object] | None = None

    def query(self, question: Question) -> Result:
        """Raises `Refused`; also while the result is read."""
        self._finish()
        form, query = _form(question.query, question.base)
        try:
            if self._merged is None:
                self._merged = merged_name(self._server)
            dataset = self._dataset(question)
            text = guard.leave_out(query, NOT_HIDDEN)
            accept = _TRIPLES if form is ox.QueryTriples else _SOLUTIONS
            answering = self._server.asking(text, accept, self._time_limit_s, dataset)
            body = answering.__enter__()
            self._answering = answering
            if form is ox.QueryTriples:
                return _triples(body)
            return ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
        except StoreUnavailable as error:
            raise Refused("unreachable", str(error)) from error
        except Rejected as error:
            ended = error.status == 503 or any(words in error.words for words in _TIMED_OUT)
            raise Refused("ended" if ended else "engine", "" if ended else error.words) from error
        except (SyntaxError, ValueError) as error:
            raise Refused("engine", str(error)) from error

    def _dataset(self, question: Question) -> dict[str, list[str]]:
        asked = [*(question.default_graphs or []), *(question.named_graphs or [])]
        named = guard.from_graphs(question.query)
        for graph in asked or named:
            if graph in HIDDEN or not self._is_there(graph):
                raise Refused("unknown-graph", graph)
        if asked:
            default, graphs = question.default_graphs or [], question.named_graphs or []
            return {"default-graph-uri": default, "named-graph-uri": graphs}
        if named or not self._merged:
            return {}
        return {"default-graph-uri": [self._merged]}

    def _is_there(self, graph: str) -> bool:
        try:
            name = ox.NamedNode(graph)
        except ValueError:
            return False
        return self._server.ask(f"ASK {{ GRAPH {name} {{ ?s ?p ?o }} }}")

    def _finish(self) -> None:
        """Lets go of the answer before, read or not: the server sees that nobody waits for the rest."""
        if self._answering is not None:
            answering, self._answering = self._answering, None
            answering.__exit__(None, None, None)

    def state(self) -> str:
        """A server may change between two questions, and does not say so."""
        return ""

    def done(self) -> None:
        self._finish()


def _form(query: str, base: str | None) -> tuple[type, str]:
    """The class of its result, and the query with its base stated where it needs one. Raises `Refused`."""
    if words := guard.server_function(query):
        raise Refused("engine", f"{words}: a function inside the server")
    try:
        try:
            return type(ox.Store().query(query)), query
        except SyntaxError:
            if not base:
                raise
            return type(ox.Store().query(query, base_iri=base)), f"BASE <{base}> {query}"
    except SyntaxError as error:
        raise Refused("syntax", str(error)) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise Refused("engine", str(error)) from error


def _triples(body: IO[bytes]) -> Iterator[ox.Triple]:
    for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES):
        yield quad.triple
