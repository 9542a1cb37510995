"""
Reads the canonical N-Triples of one entry into a small graph of strings, in microseconds. Pure.

Terms stay as N-Triples writes them: `<iri>`, `_:label`, `"text"@tag`, `"text"^^<datatype>`; predicates lose their
angle brackets. Only for records that passed the harvest: documents from outside are read by `vocab.rdf`.
"""

import re
from typing import NamedTuple

Statement = tuple[str, str]
"""Predicate's IRI, object."""
Graph = dict[str, list[Statement]]
"""Subject -> its statements, in the order of the lines."""

_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([tbnrf"\'\\]))')
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


class Literal(NamedTuple):
    text: str
    language: str = ""
    datatype: str = ""


def read(ntriples: bytes) -> Graph:
    """The statements of canonical N-Triples: one a line, single spaces."""
    graph: Graph = {}
    subject = ""
    said: list[Statement] = []
    for line in ntriples.decode("utf-8", "replace").split("\n"):
        terms = line.split(" ", 2)
        if len(terms) != 3:
            continue
        if terms[0] != subject:  # lines are sorted: a subject's statements stand together
            subject = terms[0]
            said = graph.setdefault(subject, [])
        said.append((terms[1][1:-1], terms[2][:-2]))
    return graph


def literal(term: str) -> Literal | None:
    """The literal that `term` is, or None where it is an IRI or a blank node."""
    if term[:1] != '"':
        return None
    end = term.rfind('"')  # neither a tag nor a datatype's IRI can hold a quote
    text, rest = term[1:end], term[end + 1 :]
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    if not rest:
        return Literal(text)
    return Literal(text, rest[1:]) if rest[0] == "@" else Literal(text, "", rest[3:-1])


def iri(term: str) -> str:
    """The IRI that `term` is, or ""."""
    return term[1:-1] if term.startswith("<") else ""


def quoted(text: str, language: str = "", datatype: str = "") -> str:
    """A literal as N-Triples writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"' + (f"@{language}" if language else f"^^<{datatype}>" if datatype else "")


def _unescape(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    if letter:
        return _ESCAPED[letter]
    number = int(short or long, 16)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "\ufffd"
