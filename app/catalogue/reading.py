"""Reads values off an entry's graph, whatever form a source gave them. Pure."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from app.catalogue.model import Text
from app.catalogue.statements import Graph, iri, literal
from app.catalogue.terms import DCT, FOAF, LABEL, SCHEMA, SKOS, VALUE, VCARD
from vocab import codelists
from vocab.rdf import NO_BASE

_NAMES = (LABEL, SKOS + "prefLabel", FOAF + "name", DCT + "title", VCARD + "fn", SCHEMA + "name", VALUE)
_MAX_CODE_CHARACTERS = 300
"""No code is longer; what is must not fill the cache."""


class Node:
    """One subject and what is said of it, by predicate. `base` begins the addresses that we gave."""

    __slots__ = ("base", "graph", "term", "values")

    def __init__(self, graph: Graph, term: str, base: str) -> None:
        self.graph = graph
        self.term = term
        self.base = base
        values: dict[str, list[str]] = {}
        for predicate, object_ in graph.get(term, ()):
            if predicate in values:
                values[predicate].append(object_)
            else:
                values[predicate] = [object_]
        self.values = values

    def terms(self, *predicates: str) -> Sequence[str]:
        """Objects as N-Triples writes them."""
        if len(predicates) == 1:
            return self.values.get(predicates[0], ())
        return [value for predicate in predicates for value in self.values.get(predicate, ())]

    def nodes(self, *predicates: str) -> list["Node"]:
        return [self.at(value) for value in self.terms(*predicates)]

    def at(self, term: str) -> "Node":
        """Another node of the same record."""
        return Node(self.graph, term, self.base)

    def is_ours(self, term: str) -> bool:
        """True for a node that has no address but the one we gave it."""
        return term.startswith((f"<{self.base}", "_:"))

    def text(self, *predicates: str) -> Text:
        """Language -> text; the first in each language stands."""
        found: Text = {}
        for value in self.terms(*predicates):
            said = literal(value)
            if said and (words := said.text.strip()):
                found.setdefault(said.language, words)
        return found

    def words(self, *predicates: str) -> tuple[str, ...]:
        """Every value in words: a literal's text, a node's name, else an IRI as it is."""
        terms = self.terms(*predicates)
        return unique(word for value in terms for word in self.spoken(value)) if terms else ()

    def word(self, *predicates: str) -> str:
        """The first value that says anything, in words."""
        for value in self.terms(*predicates):
            if spoken := self.spoken(value):
                return spoken[0]
        return ""

    def iris(self, *predicates: str) -> tuple[str, ...]:
        """Addresses, also where a source wrote one as text; a relative one leads nowhere and is left out."""
        terms = self.terms(*predicates)
        if not terms:
            return ()
        said = (iri(value) or getattr(literal(value), "text", "").strip() for value in terms)
        return unique(address for address in said if address and not address.startswith(NO_BASE))

    def spoken(self, value: str) -> Sequence[str]:
        """One value in words; several where a node has several names."""
        said = literal(value)
        if said:
            words = said.text.strip()
            return (words,) if words else ()
        if value in self.graph:
            names = [name.text.strip() for p, o in self.graph[value] if p in _NAMES and (name := literal(o))]
            if any(names):
                return [name for name in names if name]
        return () if self.is_ours(value) else (iri(value).removeprefix(NO_BASE),)


def unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def notation(scheme: str, term: str) -> str:
    """The notation that an IRI or a word has in a scheme of `vocab`, or ""."""
    return _notation(scheme, term) if len(term) <= _MAX_CODE_CHARACTERS else ""


@lru_cache(maxsize=20_000)
def _notation(scheme: str, term: str) -> str:
    codes = codelists.scheme(scheme)
    said = literal(term)
    concept = codes.find(said.text) if said else codes.by_iri(iri(term))
    return concept.notation if concept else ""


def is_notation(scheme: str, word: str) -> bool:
    return bool(word) and codelists.scheme(scheme).get(word) is not None


def last_part(address: str) -> str:
    """The last part of an IRI, as a word to show where nothing better is known."""
    return address.rstrip("/#").rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def whole_number(text: str) -> int | None:
    """A count as sources write it ("1,024", "1024.0"), or None."""
    digits = text.replace(",", "").strip().removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None
