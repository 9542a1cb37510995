"""Statements as N-Triples and SPARQL write them, alike for every store."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import pyoxigraph as ox

Statement: TypeAlias = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]


def parse(ntriples: bytes, name: str) -> Iterator[Statement]:
    """The statements of the graph `name`, in the order of the document."""
    for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
        yield _named(quad.subject, name), quad.predicate, _named(quad.object, name)


def _named(term: Any, name: str) -> Any:
    """Blank nodes of two documents may have one label and would become one node; they get a name of their graph's."""
    return ox.NamedNode(f"{name}#b-{term.value}") if isinstance(term, ox.BlankNode) else term


def as_line(statement: Iterable[Any]) -> str:
    return " ".join(map(str, statement))


def as_data(lines: Iterable[str]) -> str:
    return "".join(f"{each} .\n" for each in lines)


def as_graphs(by_name: Mapping[str, Iterable[str]]) -> str:
    """Name -> lines, as updates have them."""
    return "".join(f"GRAPH <{name}> {{ {as_data(lines)} }}\n" for name, lines in by_name.items())
