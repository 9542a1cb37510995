"""
Compact JSON-LD of a graph: nested nodes under our own short names (`vocab.terms`), readable without an RDF library.

The document says exactly what the graph says: parsing it gives the same statements. Plain texts stand under the
prefixed name (`dct:title`), because the short one is a map of languages.
"""

import json
import re
from functools import cache
from typing import Any

from vocab import ntriples
from vocab.iris import language_tag
from vocab.namespaces import DCAT, PREFIXES, RDF, SKOS, XSD
from vocab.terms import TERMS, Holds, context

_MAX_DEPTH = 16
"""How deep nodes are nested; beyond it they stand beside each other."""
_XSD_STRING, _XSD_DATE, _XSD_BOOLEAN, _XSD_INTEGER = map(str, (XSD.string, XSD.date, XSD.boolean, XSD.integer))
_MAIN = frozenset(
    str(name) for name in (DCAT.Catalog, DCAT.Dataset, DCAT.DatasetSeries, DCAT.DataService, SKOS.Concept)
)
_TYPE, _FIRST, _REST = (f"<{name}>".encode() for name in (RDF.type, RDF.first, RDF.rest))
_NIL = f"<{RDF.nil}>".encode()
_SCHEME_ONLY = re.compile(rb"<([A-Za-z][A-Za-z0-9+.-]*):(?!//)")
_NAMES = frozenset(name.encode() for name in (*PREFIXES, *TERMS))
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")

Node = dict[bytes, list[bytes]]
"""Predicate -> objects, as they stand in N-Triples."""


@cache
def _context() -> dict[str, Any]:
    return context()


@cache
def context_text() -> str:
    """The whole context as JSON, for a stream of which nobody knows yet what it will use."""
    return json.dumps(_context(), ensure_ascii=False)


def document(lines: bytes) -> bytes:
    """A JSON-LD document of canonical N-Triples: one object, or a `@graph` where it has several roots."""
    tree = _Tree(lines)
    roots = tree.roots()
    names = {name: definition for name, definition in _context().items() if name in tree.names}
    body = roots[0] if len(roots) == 1 and not tree.plain else {"@graph": roots}
    return json.dumps({"@context": names, **body}, ensure_ascii=False, indent=1).encode() + b"\n"


def nodes(lines: bytes) -> list[dict[str, Any]]:
    """The roots of a graph, with what they refer to inside them, for a document that has the whole context."""
    return _Tree(lines).roots()


class _Tree:
    """
    Nests the nodes of one graph. `names` are those of the context that it used. `plain` is true where an IRI begins
    like a prefixed name (`org:abc`): then all is written in full, under an empty context.
    """

    def __init__(self, lines: bytes) -> None:
        self.names: set[str] = set()
        self._graph: dict[bytes, Node] = {}
        self._uses: dict[bytes, int] = {}
        for line in set(lines.splitlines()):
            if line:
                subject, predicate, object_ = ntriples.split(line)
                self._graph.setdefault(subject, {}).setdefault(predicate, []).append(object_)
                if object_[:1] != b'"':
                    self._uses[object_] = self._uses.get(object_, 0) + 1
        self.plain = not _NAMES.isdisjoint(_SCHEME_ONLY.findall(lines))
        self._written: set[bytes] = set()
        self._main = {name for name, node in self._graph.items() if self._is_main(node)}

    def roots(self) -> list[dict[str, Any]]:
        free = [name for name in self._graph if name not in self._uses and name not in self._main]
        found = []
        for names in (sorted(self._main), sorted(free), sorted(self._graph)):
            for name in names:
                if name not in self._written:
                    root = self._node(name, 0)
                    found.append({"@context": None, **root} if self.plain else root)
        return found

    @staticmethod
    def _is_main(node: Node) -> bool:
        return any(ntriples.iri_value(type_) in _MAIN for type_ in node.get(_TYPE, ()))

    def _node(self, name: bytes, depth: int) -> dict[str, Any]:
        self._written.add(name)
        out: dict[str, Any] = {"@id": _id(name)}
        for predicate in sorted(self._graph[name], key=_rank):
            for object_ in sorted(self._graph[name][predicate]):
                self._add(out, predicate, object_, depth)
        return out

    def _add(self, out: dict[str, Any], predicate: bytes, object_: bytes, depth: int) -> None:
        if predicate == _TYPE and object_[:1] == b"<":
            _append(out, "@type", self._name(_text(object_)))
            return
        iri = _text(predicate)
        term, holds = (None, Holds.PLAIN) if self.plain else _short(iri)
        literal = ntriples.literal_value(object_)
        if term and holds is Holds.TEXT and literal and literal.language:
            self.names.add(term)
            _append(out.setdefault(term, {}), language_tag(literal.language) or literal.language, literal.text)
            return
        if holds is Holds.TEXT:  # the short name is a map of languages
            term, holds = None, Holds.PLAIN
        if term:
            self.names.add(term)
        value = self._item(object_, holds, depth)
        bare = holds is Holds.NODE and isinstance(value, dict) and value.keys() == {"@id"}
        _append(out, term or self._name(iri), value["@id"] if bare else value)

    def _item(self, object_: bytes, holds: Holds, depth: int) -> Any:
        literal = ntriples.literal_value(object_)
        return self._reference(object_, holds, depth) if literal is None else self._value(literal, holds)

    def _value(self, literal: ntriples.Literal, holds: Holds) -> Any:
        text, language, datatype = literal
        if language:
            return {"@value": text, "@language": language_tag(language) or language}
        coerced = holds in (Holds.NODE, Holds.DATE)
        if datatype == _XSD_STRING:
            return {"@value": text} if coerced else text
        if holds is Holds.DATE and datatype == _XSD_DATE:
            return text
        if not coerced and datatype == _XSD_BOOLEAN and text in ("true", "false"):
            return text == "true"
        if not coerced and datatype == _XSD_INTEGER and _INTEGER.fullmatch(text) and text != "-0":
            return int(text)
        return {"@value": text, "@type": self._name(datatype)}

    def _reference(self, object_: bytes, holds: Holds, depth: int) -> dict[str, Any]:
        items = self._list(object_)
        if items is not None:
            return {"@list": [self._item(item, holds, depth) for item in items]}
        known = object_ in self._graph and object_ not in self._written and object_ not in self._main
        return self._node(object_, depth + 1) if known and depth < _MAX_DEPTH else {"@id": _id(object_)}

    def _list(self, start: bytes) -> list[bytes] | None:
        """The items of a well-formed list of blank nodes that nothing else refers to; None for anything else."""
        items: list[bytes] = []
        cells: list[bytes] = []
        cell = start
        while cell != _NIL:
            node = self._graph.get(cell)
            if cell[:2] != b"_:" or node is None or self._uses.get(cell) != 1 or cell in self._written:
                return None
            if node.keys() != {_FIRST, _REST} or len(node[_FIRST]) != 1 or len(node[_REST]) != 1 or cell in cells:
                return None
            cells.append(cell)
            items.append(node[_FIRST][0])
            cell = node[_REST][0]
        self._written.update(cells)
        return items

    def _name(self, iri: str) -> str:
        if self.plain:
            return iri
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = _namespaces().get(iri[:cut])
        if prefix is None or iri.startswith("//", cut):
            return iri
        self.names.add(prefix)
        return f"{prefix}:{iri[cut:]}"


@cache
def _terms() -> dict[str, tuple[str, Holds]]:
    return {iri: (term, holds) for term, (iri, holds) in TERMS.items()}


def _short(iri: str) -> tuple[str | None, Holds]:
    return _terms().get(iri, (None, Holds.PLAIN))


@cache
def _order() -> dict[bytes, int]:
    return {f"<{iri}>".encode(): rank for rank, (iri, _) in enumerate(TERMS.values(), 1)} | {_TYPE: 0}


def _rank(predicate: bytes) -> tuple[int, bytes]:
    return _order().get(predicate, 1_000), predicate


@cache
def _namespaces() -> dict[str, str]:
    return {iri: prefix for prefix, iri in PREFIXES.items()}


def _id(name: bytes) -> str:
    return name.decode() if name[:2] == b"_:" else _text(name)


def _text(term: bytes) -> str:
    return ntriples.iri_value(term) or ""


def _append(out: dict[str, Any], key: str, value: Any) -> None:
    """One value stands alone, several in an array."""
    if key not in out:
        out[key] = value
    elif isinstance(out[key], list):
        out[key].append(value)
    else:
        out[key] = [out[key], value]
