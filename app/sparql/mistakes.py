"""
What is wrong with a query that no parser takes, as far as its text and the parser's complaint show it. Pure.

The engine names what it would have accepted and a place; the place lies behind the whole of a keyword it tried, however
little of it is there, so it is taken back by that much.
"""

import re
from dataclasses import dataclass

from app.sparql.guard import TOKEN
from vocab.namespaces import DCT, PREFIXES

WELL_KNOWN = {**PREFIXES, "dcterms": str(DCT)}
"""Prefix -> namespace, as they are usually written."""

_COMPLAINT = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_KEYWORD = re.compile(r"(?:^|one of |, )([A-Z]{2,})(?=,|$)")
_FORM = re.compile(r"\b(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_SHOWN_CHARACTERS = 30


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column count from 1, in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A prefix that is used and not declared; `namespace` is what it usually stands for, "" where nobody knows."""

    prefix: str
    place: Place
    namespace: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """`kind` is empty, ends, iri, unbound or unclear; `text` is what stands at the place."""

    kind: str
    place: Place
    text: str = ""


def undeclared(query: str, complaint: str) -> tuple[Undeclared, ...]:
    """Each prefix that lacks its declaration, at its first use; none where the query goes wrong before."""
    declared: set[str] = set()
    used: dict[str, int] = {}
    word = ""
    for match in TOKEN.finditer(query):
        kind, piece = match.lastgroup, match[0]
        if kind in ("space", "comment"):
            continue
        prefix = piece.partition(":")[0]
        if kind == "name" and word == "PREFIX":
            declared.add(prefix)
        elif kind == "name" and prefix not in declared:
            used.setdefault(prefix, match.start())
        word = piece.upper() if kind == "word" else ""
    if not used or min(used.values()) > _offset(query, complaint):
        return ()
    return tuple(Undeclared(prefix, _place(query, at), WELL_KNOWN.get(prefix, "")) for prefix, at in used.items())


def mistake(query: str, complaint: str) -> Mistake:
    """The first mistake in the grammar; `complaint` is the parser's."""
    if not query.strip():
        return Mistake("empty", Place(1, 1))
    if not _FORM.search(query):
        return Mistake("unclear", Place(1, 1), _shortened(query))
    expected = found[3] if (found := _COMPLAINT.match(complaint)) else ""
    offset = _offset(query, complaint)
    if "variable that is unbound" in expected:
        return Mistake("unbound", _place(query, min(offset, len(query))))
    start = query.rfind("<", 0, offset)
    if "IRI parsing failed" in expected and start >= 0 and query[:offset].rstrip().endswith(">"):
        return Mistake("iri", _place(query, start), _shortened(query[start:offset].strip()))
    offset = max(0, offset - max(map(len, _KEYWORD.findall(expected)), default=0))
    while offset < len(query) and query[offset].isspace():
        offset += 1
    if offset >= len(query):
        return Mistake("ends", _place(query, len(query.rstrip())))
    return Mistake("unclear", _place(query, offset), _shortened(query[offset:]))


def _offset(query: str, complaint: str) -> int:
    """Where in the text the parser stopped, or behind it (see above); its end where it does not say."""
    found = _COMPLAINT.match(complaint)
    if found is None:
        return len(query)
    lines = query.split("\n")
    before = sum(len(line) + 1 for line in lines[: int(found[1]) - 1])
    return before + int(found[2]) - 1


def _place(query: str, offset: int) -> Place:
    return Place(query.count("\n", 0, offset) + 1, offset - query.rfind("\n", 0, offset))


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS].rstrip() + "…"
