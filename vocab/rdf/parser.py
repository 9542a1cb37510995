"""pyoxigraph behind the few calls that reading and writing need, and its errors in our words."""

import re
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import IO, NoReturn

import pyoxigraph as ox

from vocab.errors import RdfError
from vocab.syntax import Format

SYNTAX = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.RDF_XML: ox.RdfFormat.RDF_XML,
    Format.JSON_LD: ox.RdfFormat.JSON_LD,
    Format.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    Format.N_QUADS: ox.RdfFormat.N_QUADS,
    Format.TRIG: ox.RdfFormat.TRIG,
}
LINES = (Format.N_TRIPLES, Format.N_QUADS)
"""The syntaxes with one statement a line."""
as_triple = attrgetter("triple")
"""A quad without its graph."""


def quads(ntriples: bytes) -> Iterator[ox.Quad]:
    """The statements of our own N-Triples as terms. Raises SyntaxError for what is none."""
    return ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)


def is_iri(value: str) -> bool:
    """Whether the parser takes it for an absolute IRI."""
    try:
        ox.NamedNode(value)
    except ValueError:
        return False
    return True


def parse(data: bytes | IO[bytes], syntax: ox.RdfFormat, base: str, *, lenient: bool = False) -> Iterator[ox.Quad]:
    """Statements as they come; `lenient` lets anything pass for an IRI. Raises SyntaxError."""
    return ox.parse(data, format=syntax, base_iri=base, lenient=lenient)


def serialized(statements: Iterable[ox.Triple] | Iterable[ox.Quad]) -> bytes:
    """Canonical N-Triples. Raises SyntaxError where the statements come from a parser that meets an error."""
    return ox.serialize(statements, format=ox.RdfFormat.N_TRIPLES) or b""


def place(error: SyntaxError) -> tuple[int | None, int | None]:
    """Line and column, from 1."""
    return error.lineno, error.offset


def message(error: SyntaxError) -> str:
    """What the parser says, without the place, which we give in our own way."""
    return re.sub(r"^Parser error at line \d+ (?:between columns \d+ and \d+|column \d+): ", "", error.msg or "")[:300]


def refuse(error: SyntaxError, format: Format) -> NoReturn:
    """Raises what the parser says of a document as RdfError."""
    line, column = place(error)
    name = SYNTAX[format].name
    raise RdfError(
        f"不是有效的 {name}：{message(error)}", f"not valid {name}: {message(error)}", line=line, column=column
    ) from None
