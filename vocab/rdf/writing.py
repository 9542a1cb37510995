"""Documents out: one graph for people to read, or a whole catalogue as a stream."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any, BinaryIO, cast

import pyoxigraph as ox

from vocab import arranging, jsonld, rdfxml
from vocab.errors import RdfError
from vocab.iris import language_tag
from vocab.namespaces import PREFIXES
from vocab.rdf.parser import LINES, SYNTAX, as_triple, quads, refuse
from vocab.syntax import Format

_TURTLES = (Format.TURTLE, Format.TRIG)
_PARSED_AT_ONCE = 50


def serialize(ntriples: bytes | Iterable[bytes], format: Format, prefixes: Mapping[str, str] | None = None) -> bytes:
    """
    One graph as a readable document: grouped by subject, datasets first, with those of our prefixes that it uses.

    Named graphs are not made: TriG is Turtle and N-Quads are N-Triples here. RDF/XML leaves out what it cannot say
    and tells so in a comment (see `vocab.rdfxml`). Raises RdfError for what is not N-Triples.
    """
    text = ntriples if isinstance(ntriples, bytes) else b"".join(ntriples)
    if format is Format.JSON_LD:
        with _n_triples_only():
            return jsonld.document(text)
    if format in LINES:
        return b"".join(_lines((text,), {}))
    out = io.BytesIO()
    write((text,), format, out, prefixes or arranging.used_prefixes(text))
    return arranging.with_sorted_prefixes(out.getvalue()) if format in _TURTLES else out.getvalue()


def write(
    ntriples: Iterable[bytes], format: Format, stream: BinaryIO | IO[bytes], prefixes: Mapping[str, str] | None = None
) -> None:
    """
    A whole catalogue to a binary stream, in memory that does not grow with it.

    Each chunk is whole lines and is grouped for itself, so that it is best one record. Raises RdfError for what is
    not N-Triples; the stream then ends in the middle.
    """
    with _n_triples_only():
        if format in _TURTLES:
            grouped = _joined(map(arranging.grouped, ntriples))
            statements = chain.from_iterable(map(as_triple, quads(text)) for text in grouped)
            lines = cast(BinaryIO, _WithTags(stream))
            ox.serialize(statements, lines, SYNTAX[format], prefixes=dict(prefixes or PREFIXES))
            lines.flush()
            return
        pieces = _json_ld if format is Format.JSON_LD else _rdf_xml if format is Format.RDF_XML else _lines
        for piece in pieces(ntriples, prefixes or PREFIXES):
            stream.write(piece)


def _joined(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same text in fewer chunks: a parser is made for each."""
    while some := list(islice(chunks, _PARSED_AT_ONCE)):
        yield b"".join(some)


class _WithTags(io.RawIOBase):
    """Passes Turtle on with language tags as BCP 47 writes them: the engine writes zh-hans, the record zh-Hans."""

    def __init__(self, stream: BinaryIO | IO[bytes]) -> None:
        self._stream = stream
        self._rest: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        text = bytes(data)
        end = text.rfind(b"\n") + 1  # a literal's line breaks are escaped, so that no tag stands on two lines
        if end:
            self._pass_on(b"".join([*self._rest, text[:end]]))
            self._rest = []
        self._rest.append(text[end:])
        return len(text)

    def flush(self) -> None:
        self._pass_on(b"".join(self._rest))
        self._rest = []

    def _pass_on(self, text: bytes) -> None:
        if text:
            self._stream.write(_TAG.sub(lambda match: _canonical_tag(match[1]), text))


# A quote inside a literal is escaped, so this is always the closing one; after a backslash nobody can tell.
_TAG = re.compile(rb'"(?<!\\")@([a-z]+(?:-[a-z0-9]+)+)')


@lru_cache(maxsize=1000)
def _canonical_tag(tag: bytes) -> bytes:
    return b'"@' + (language_tag(tag.decode()) or tag.decode()).encode()


def _lines(chunks: Iterable[bytes], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    for chunk in chunks:
        if chunk:
            yield chunk if chunk.endswith(b"\n") else chunk + b"\n"


def _rdf_xml(chunks: Iterable[bytes], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    yield rdfxml.head(prefixes).encode()
    elements = rdfxml.Elements(prefixes)
    for chunk in chunks:
        yield elements.of(arranging.grouped(chunk).splitlines()).encode()
    yield rdfxml.tail(elements.left_out).encode()


def _json_ld(chunks: Iterable[bytes], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    separator = f'{{"@context": {jsonld.context_text()},\n"@graph": [\n'.encode()
    for chunk in chunks:
        for node in jsonld.nodes(chunk):
            yield separator + json.dumps(node, ensure_ascii=False).encode()
            separator = b",\n"
    yield (b"" if separator == b",\n" else separator) + b"\n]}\n"


@contextmanager
def _n_triples_only() -> Iterator[None]:
    try:
        yield
    except SyntaxError as error:
        refuse(error, Format.N_TRIPLES)
    except RdfError:
        raise
    except ValueError as error:
        raise RdfError(f"不是有效的 N-Triples：{error}", f"not valid N-Triples: {error}") from None
