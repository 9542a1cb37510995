"""
Types that a query need not ask for. Pure.

`?d a dcat:Dataset ; dct:publisher ?p` is how everybody asks, and where only datasets have a publisher the first half
says nothing: each match of the second is one of both. The engine looks up the type of every match all the same, which
takes most of the time of a count over the catalogue. Whether only they have is known, statement by statement, from the
figures of the very snapshot that is asked. Where a few others have one too, as the catalogue has a publisher, they are
named and left out.

Only what stands in one list of properties, or in two statements side by side, is touched, and no text that could be
read in two ways.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.sparql.guard import tokens

Implies = Callable[[str, str], Sequence[str] | None]
"""What has this property and is not of this class, by their IRIs; None where that is not known, or too much."""

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\\]*>")
_MAY_TYPE = re.compile(r"(?<![A-Za-z])[Aa](?![A-Za-z])|22-rdf-syntax-ns#")
_BEFORE = ("{", ".", "}")
_TERMS = ("variable", "iri", "name", "string")
_LEFT_ALONE = frozenset(["CONSTRUCT", "DESCRIBE", "GRAPH", "FROM", "SERVICE"])


Change = tuple[int, int, str]
"""Start and end of a text, and what stands there instead."""


@dataclass(frozen=True, slots=True)
class Piece:
    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


def without_implied_types(query: str, implies: Implies) -> str:
    """The same query without them; the query itself where there are none, or it can't be told for certain."""
    if not _MAY_TYPE.search(query):  # taking one apart takes as long as a look-up
        return query
    return rewritten(query, lambda pieces: [type_.change() for type_ in _Types(pieces, implies).found()])


@lru_cache(maxsize=4)
def pieces_of(query: str) -> tuple[Piece, ...]:
    """Without gaps. A full stop at the end of a name is one of its own. One query is read for many reasons."""
    return tuple(_pieces(query))


def _pieces(query: str) -> Iterator[Piece]:
    at = 0
    for kind, text in tokens(query):
        if kind not in ("space", "comment"):
            name = text.rstrip(".") if kind == "name" else text
            yield Piece(kind, name, at)
            if name != text:
                yield Piece("other", ".", at + len(name))
        at += len(text)


def is_plain(query: str, pieces: Sequence[Piece]) -> bool:
    if "\\" in query or any(piece.word in _LEFT_ALONE for piece in pieces):
        return False
    # A quote that ends nowhere, or a comparison that looks like an IRI: the engine reads it otherwise.
    return all(
        _ABSOLUTE.fullmatch(piece.text) if piece.kind == "iri" else piece.text not in ("'", '"') for piece in pieces
    )


def rewritten(query: str, changes: Callable[[Sequence[Piece]], Iterable[Change]]) -> str:
    """With those changes; the query itself where it is not plain, or they can't be told (ValueError)."""
    pieces = pieces_of(query)
    if not is_plain(query, pieces):
        return query
    try:
        found = sorted(changes(pieces), reverse=True)
    except ValueError:
        return query
    for start, end, text in found:
        query = query[:start] + text + query[end:]
    return query


class Reader:
    """Reads among the pieces of a query, by their numbers."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self._prefixes: dict[str, str] = {}

    def declares(self, at: int) -> bool:
        """Whether a prefix is declared there, which then is known. Raises ValueError when it was another before."""
        if self.pieces[at].word != "PREFIX" or self.kind(at + 1) != "name" or self.kind(at + 2) != "iri":
            return False
        prefix, iri = self.text(at + 1).rstrip(":"), self.text(at + 2)[1:-1]
        if self._prefixes.setdefault(prefix, iri) != iri:
            raise ValueError(prefix)
        return True

    def begins(self, at: int) -> bool:
        """Whether a statement about a variable begins there."""
        return self.kind(at) == "variable" and self.text(at - 1) in _BEFORE

    def resolved(self, at: int) -> str:
        """The IRI that stands there, "" where there is none or its prefix is not declared."""
        kind, text = self.kind(at), self.text(at)
        if kind == "iri":
            return text[1:-1]
        prefix, _, local = text.partition(":")
        return (
            self._prefixes[prefix] + local if kind == "name" and prefix in self._prefixes and "%" not in local else ""
        )

    def after_type(self, at: int) -> int:
        """Where, after `?v a C`, the next property of ?v stands; 0 when none follows at once."""
        if not (self.text(at + 1) == "a" or self.resolved(at + 1) == TYPE) or not self.resolved(at + 2):
            return 0
        if self.text(at + 3) == ";":
            return at + 4
        if self.text(at + 3) == "." and self.text(at + 4) == self.text(at):
            return at + 5
        return 0

    def first_group(self) -> int:
        """Where the group of a SELECT opens, whose prefixes are known then; 0 where none does. Raises as `declares`."""
        selects, depth = False, 0
        for at in range(len(self.pieces)):
            if self.text(at) == "{":
                return at if selects and depth == 0 else 0
            if not self.declares(at):
                selects |= self.pieces[at].word == "SELECT"
                depth += (self.text(at) == "(") - (self.text(at) == ")")
        return 0

    def is_same(self, at: int, other: int) -> bool:
        """Whether one variable stands at both."""
        return self.kind(at) == self.kind(other) == "variable" and self.text(at)[1:] == self.text(other)[1:]

    def is_term(self, at: int) -> bool:
        """Whether a term stands there that is one piece."""
        return self.kind(at) in _TERMS

    def kind(self, at: int) -> str:
        return self.pieces[at].kind if 0 <= at < len(self.pieces) else ""

    def text(self, at: int) -> str:
        return self.pieces[at].text if 0 <= at < len(self.pieces) else ""


@dataclass(frozen=True, slots=True)
class _Type:
    """`?v a C ;`, which can go: from the start of `subject` to that of the next property. `others` are not of C."""

    start: int
    end: int
    subject: str
    others: Sequence[str]

    def change(self) -> Change:
        others = "".join(f"FILTER (!sameTerm({self.subject}, <{iri}>)) . " for iri in self.others)
        return self.start, self.end, f"{others}{self.subject} "


class _Types(Reader):
    def __init__(self, pieces: Sequence[Piece], implies: Implies) -> None:
        super().__init__(pieces)
        self._implies = implies

    def found(self) -> list[_Type]:
        """In their order. Raises ValueError as `declares` does."""
        found = []
        for at in range(len(self.pieces)):
            if not self.declares(at) and self.begins(at) and (rest := self.after_type(at)):
                known = [others for name in self._properties(rest) if (others := self._others(name, at)) is not None]
                if known:
                    end = self.pieces[rest].start
                    found.append(_Type(self.pieces[at].start, end, self.text(at), min(known, key=len)))
        return found

    def _others(self, name: str, at: int) -> Sequence[str] | None:
        return self._implies(name, self.resolved(at + 2))

    def _properties(self, at: int) -> Iterator[str]:
        """What the subject of the list that goes on here has in any case, as far as it is simple."""
        while name := self.resolved(at):
            at = self._after_path(at + 1)
            if not at or not self.is_term(at):
                return
            yield name
            if self.text(at + 1) != ";":
                return
            at += 2

    def _after_path(self, at: int) -> int:
        """Where the object stands, after the first step of a path of steps; 0 where it is no such path."""
        while self.text(at) == "/":
            at += 2 if self.text(at + 1) == "^" else 1
            if not self.resolved(at):
                return 0
            at += 1
        return at
