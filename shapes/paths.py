"""Property paths of shapes: as people read them, and as a report writes them (https://www.w3.org/TR/shacl/#property-paths)."""

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import RDF, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH
from rdflib.term import Node

_FIRST, _REST, _NIL = (f"<{term}>" for term in (RDF.first, RDF.rest, RDF.nil))


@dataclass(frozen=True, slots=True)
class Path:
    """`kind` is "predicate", "sequence", "alternative" or "inverse"; a predicate has an `iri`, the others `parts`."""

    kind: str
    iri: str = ""
    parts: tuple["Path", ...] = ()

    def predicates(self) -> Iterator[str]:
        if self.kind == "predicate":
            yield self.iri
        for part in self.parts:
            yield from part.predicates()

    def text(self, prefixes: dict[str, str]) -> str:
        """The path in the syntax of SPARQL, as `dct:publisher/foaf:name`; `prefixes` maps namespaces to prefixes."""
        if self.kind == "predicate":
            return _short(self.iri, prefixes)
        if self.kind == "inverse":
            return f"^{self.parts[0].text(prefixes)}"
        if self.kind == "sequence":
            inner = [p.text(prefixes) for p in self.parts]
            return "/".join(f"({t})" if p.kind == "alternative" else t for p, t in zip(self.parts, inner, strict=True))
        return "|".join(part.text(prefixes) for part in self.parts)

    def ntriples(self, label: str) -> tuple[str, list[str]]:
        """The node that stands for the path, and the statements that describe it; blank nodes begin with `label`."""
        if self.kind == "predicate":
            return f"<{self.iri}>", []
        if self.kind == "sequence":
            return self._list(label)
        node = f"_:{label}"
        if self.kind == "inverse":
            target, lines = self.parts[0].ntriples(f"{label}i")
            return node, [f"{node} <{SH.inversePath}> {target} .", *lines]
        target, lines = self._list(f"{label}a")
        return node, [f"{node} <{SH.alternativePath}> {target} .", *lines]

    def _list(self, label: str) -> tuple[str, list[str]]:
        lines = []
        for number, part in enumerate(self.parts):
            target, inner = part.ntriples(f"{label}x{number}")
            rest = f"_:{label}n{number + 1}" if number + 1 < len(self.parts) else _NIL
            lines += [f"_:{label}n{number} {_FIRST} {target} .", f"_:{label}n{number} {_REST} {rest} .", *inner]
        return f"_:{label}n0", lines


def read(graph: Graph, node: Node) -> Path:
    """The path that `node` stands for. Raises ValueError for kinds that our profiles don't use (`*`, `+`, `?`)."""
    if isinstance(node, URIRef):
        return Path("predicate", str(node))
    if isinstance(node, BNode):
        if (node, RDF.first, None) in graph:
            return Path("sequence", parts=_members(graph, node))
        alternatives = graph.value(node, SH.alternativePath)
        if alternatives is not None:
            return Path("alternative", parts=_members(graph, alternatives))
        inverse = graph.value(node, SH.inversePath)
        if inverse is not None:
            return Path("inverse", parts=(read(graph, inverse),))
    raise ValueError(f"unknown kind of property path: {node!r}")


def _members(graph: Graph, node: Node) -> tuple[Path, ...]:
    return tuple(read(graph, member) for member in Collection(graph, node))


def _short(iri: str, prefixes: dict[str, str]) -> str:
    end = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = prefixes.get(iri[:end])
    return f"{prefix}:{iri[end:]}" if prefix else f"<{iri}>"
