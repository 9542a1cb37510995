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

_LINE = re.compile(r"^(<[^>\n]*>|_:[^ \n]+) <([^>\n]*)> (.*) \.$", re.MULTILINE)
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?$', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([tbnrf"\'\\]))')
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


class Literal(NamedTuple):
    text: str
    language: str = ""
    datatype: str = ""


def read(ntriples: bytes) -> Graph:
    graph: Graph = {}
    for subject, predicate, object_ in _LINE.findall(ntriples.decode("utf-8", "replace")):
        known = graph.get(subject)
        if known is None:
            graph[subject] = [(predicate, object_)]
        else:
            known.append((predicate, object_))
    return graph


def literal(term: str) -> Literal | None:
    """The literal that `term` is, or None where it is an IRI or a blank node."""
    if not term.startswith('"'):
        return None
    match = _LITERAL.match(term)
    if match is None:
        return None
    text, language, datatype = match.groups()
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    return Literal(text, language or "", datatype or "")


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
