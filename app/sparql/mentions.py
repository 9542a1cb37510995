"""
The classes and predicates that a query asks for, told apart by their place among the tokens. A hint for people who
mistyped a name, and nothing that decides: what can't be told for certain is left out.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from app.sparql.guard import tokens, without_strings

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_MAX_CHARACTERS = 20_000
_MAX_DEPTH = 50
_SUBJECT, _PREDICATE, _OBJECT, _AFTER = range(4)
_PLACES = {".": _SUBJECT, ";": _PREDICATE, ",": _OBJECT}
_OPENED = {"]": "[", ")": "("}
_TERMS = ("iri", "name", "variable", "blank", "string", "number")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def mentioned(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(classes, predicates) by their IRIs, each once. Of a CONSTRUCT only what it looks for."""
    return _mentioned(without_strings(query[:_MAX_CHARACTERS]))


@lru_cache(maxsize=64)
def _mentioned(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    reader = _Reader(query)
    reader.read()
    return tuple(reader.classes), tuple(reader.predicates)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that is none of the `known` of its kind."""

    name: str
    known: Collection[str]

    @property
    def meant(self) -> str:
        """The known one that was probably meant, "" when none is near. Takes milliseconds."""
        return nearest(self.name, self.known)


def nearest(iri: str, known: Collection[str]) -> str:
    """The known IRI that was probably meant, "" when none is near."""
    local = re.split(r"[/#]", iri)[-1].lower()
    by_local: dict[str, str] = {}
    for each in known:
        by_local.setdefault(re.split(r"[/#]", each)[-1].lower(), each)
    found = get_close_matches(local, by_local, 1, 0.75) if local else []
    return by_local[found[0]] if found else ""


@dataclass(slots=True)
class _Place:
    """Where in a statement the next term stands. `outer` keeps the places of brackets that are open."""

    place: int = _SUBJECT
    is_type: bool = False
    """Whether the predicate is rdf:type."""
    outer: list[tuple[str, int, bool]] = field(default_factory=list)

    @property
    def in_list(self) -> bool:
        return bool(self.outer) and self.outer[-1][0] == "("

    def moved_by(self, piece: str) -> bool:
        """Follows a sign; False for whatever is none."""
        if piece in _PLACES:
            self.place = _PLACES[piece]
        elif piece == "[" or (piece == "(" and self.place in (_SUBJECT, _OBJECT)):
            self.outer.append((piece, self.place, self.is_type))
            self.place = _PREDICATE if piece == "[" else _OBJECT
            self.is_type = False
        elif piece in _OPENED and self.outer and self.outer[-1][0] == _OPENED[piece]:
            _, place, self.is_type = self.outer.pop()
            self.place = _PREDICATE if place == _SUBJECT else _AFTER
        elif piece in ("/", "|") and self.place == _OBJECT:
            self.place = _PREDICATE
        else:
            return False
        return True


class _Reader:
    """Reads the groups of a query statement by statement."""

    def __init__(self, query: str) -> None:
        self.classes: dict[str, None] = {}
        self.predicates: dict[str, None] = {}
        self._prefixes: dict[str, str] = {}
        self._pieces = list(_with_numbers(query))
        self._at = 0
        self._depth = 0

    def read(self) -> None:
        """The prologue and what stands outside of groups; each group by itself."""
        template = False
        while self._at < len(self._pieces):
            kind, piece = self._next()
            word = piece.upper() if kind == "word" else ""
            if word == "PREFIX":
                self._prefix()
            elif word == "CONSTRUCT":
                template = True
            elif word == "VALUES":
                self._skip_values()
            elif piece == "{":
                if template:
                    self._skip("{", "}")
                else:
                    self._group()
            template = template and word in ("CONSTRUCT", "FROM", "NAMED")

    def _next(self) -> tuple[str, str]:
        self._at += 1
        return self._pieces[self._at - 1]

    def _prefix(self) -> None:
        if self._at + 1 < len(self._pieces) and self._pieces[self._at + 1][0] == "iri":
            name, address = self._next()[1], self._next()[1]
            self._prefixes[name.rstrip(":")] = address[1:-1]

    def _skip(self, opening: str, closing: str) -> None:
        """To the end of the bracket that was just opened."""
        depth = 1
        while depth and self._at < len(self._pieces):
            piece = self._next()[1]
            depth += (piece == opening) - (piece == closing)

    def _skip_values(self) -> None:
        while self._at < len(self._pieces):
            if self._next()[1] == "{":
                return self._skip("{", "}")

    def _expression(self) -> None:
        """To the end of a bracketed expression; groups in it (EXISTS) are read."""
        depth = 0
        while self._at < len(self._pieces):
            kind, piece = self._next()
            depth += (piece == "(") - (piece == ")")
            if piece == "{":
                self._group()
                if depth <= 0:
                    return
            elif depth <= 0 and (piece == ")" or kind in ("iri", "variable")) and self._peek() != "(":
                return

    def _peek(self) -> str:
        return self._pieces[self._at][1] if self._at < len(self._pieces) else ""

    def _group(self) -> None:
        """To its closing brace; what is nested without end is not read."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._at = len(self._pieces)
        self._statements()
        self._depth -= 1

    def _statements(self) -> None:
        at = _Place()
        while self._at < len(self._pieces):
            kind, piece = self._next()
            word = piece.upper() if kind == "word" else ""
            if piece == "}":
                return
            if word in ("ORDER", "GROUP", "LIMIT", "OFFSET"):
                return self._rest_of_group()
            if self._clause(word or piece):
                at = _Place()
            elif not at.moved_by(piece):
                self._term(at, kind, piece, word)

    def _clause(self, word: str) -> bool:
        """Passes over what is no statement, and reads the groups in it."""
        if word == "{":
            self._group()
        elif word == "VALUES":
            self._skip_values()
        elif word in ("FILTER", "BIND", "HAVING"):
            self._expression()
        elif word in ("GRAPH", "SERVICE", "FROM"):
            while self._peek() not in ("{", "", "}"):
                self._next()
        elif word == "SELECT":
            self._select()
        else:
            return False
        return True

    def _term(self, at: "_Place", kind: str, piece: str, word: str) -> None:
        named = kind in ("iri", "name")
        if at.place == _PREDICATE and (named or kind == "variable" or word == "A"):
            at.is_type = word == "A" or (named and self._resolved(kind, piece) == _TYPE)
            if named and not at.is_type:
                self._add(self.predicates, kind, piece)
            at.place = _OBJECT
        elif at.place in (_SUBJECT, _OBJECT) and (kind in _TERMS or word in ("TRUE", "FALSE")):
            if at.place == _OBJECT and at.is_type and named:
                self._add(self.classes, kind, piece)
            at.place = _PREDICATE if at.place == _SUBJECT else _OBJECT if at.in_list else _AFTER

    def _select(self) -> None:
        while self._peek() not in ("{", "}", "") and self._peek().upper() != "WHERE":
            self._next()

    def _rest_of_group(self) -> None:
        while self._at < len(self._pieces):
            piece = self._next()[1]
            if piece == "{":
                self._group()
            elif piece == "}":
                return

    def _add(self, found: dict[str, None], kind: str, piece: str) -> None:
        if iri := self._resolved(kind, piece):
            found[iri] = None

    def _resolved(self, kind: str, piece: str) -> str:
        """The whole IRI, "" where it is relative or its prefix is not declared."""
        if kind == "iri":
            return piece[1:-1] if _ABSOLUTE.match(piece[1:-1]) and "\\" not in piece else ""
        prefix, _, local = piece.partition(":")
        return self._prefixes[prefix] + local.replace("\\", "") if prefix in self._prefixes else ""


def _with_numbers(query: str) -> Iterator[tuple[str, str]]:
    """The tokens without gaps; digits that stand together, and names that end in a full stop, are put right."""
    digits = ""
    for kind, piece in tokens(query):
        if kind == "other" and (piece.isdigit() or (digits and piece == ".")):
            digits += piece
            continue
        if digits:
            yield "number", digits.rstrip(".")
            if digits.endswith("."):
                yield "other", "."
            digits = ""
        if kind in ("space", "comment", "tag"):
            continue
        if kind == "name" and piece.endswith("."):
            yield kind, piece.rstrip(".")
            yield "other", "."
        else:
            yield kind, piece
    if digits:
        yield "number", digits
