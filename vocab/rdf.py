"""
RDF documents in and out, in every syntax. The only module of this package that knows the parser.

In: `to_ntriples` gives canonical N-Triples of whatever can be read. pyoxigraph reads first; what it refuses goes to
rdflib. IRIs that RDF does not allow are mended or their statement is dropped, with a note; nothing is ever fetched.
Out: `serialize` for one graph, `write` for a whole catalogue in constant memory.
"""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, BinaryIO, NoReturn

import pyoxigraph as ox

from vocab import arranging, contexts, envelope, fallback, jsonld
from vocab.document import BlockReader, ParsedDocument, prepared, utf8_lines, whole_or_stream
from vocab.errors import RdfError
from vocab.iris import mended
from vocab.mending import Mender, Term
from vocab.namespaces import PREFIXES
from vocab.notes import Kind, Note, Notes
from vocab.syntax import Format, guess

__all__ = [
    "Format",
    "Kind",
    "Note",
    "ParsedDocument",
    "RdfError",
    "guess",
    "quads",
    "serialize",
    "to_ntriples",
    "write",
]

NO_BASE = "http://relative.invalid/"
"""What relative IRIs are resolved against where nobody says where a document came from (RFC 2606: never resolves)."""

_BATCH = 4096
_SYNTAX = {
    Format.TURTLE: ox.RdfFormat.TURTLE,
    Format.RDF_XML: ox.RdfFormat.RDF_XML,
    Format.JSON_LD: ox.RdfFormat.JSON_LD,
    Format.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    Format.N_QUADS: ox.RdfFormat.N_QUADS,
    Format.TRIG: ox.RdfFormat.TRIG,
}
_WITH_GRAPHS = (Format.N_QUADS, Format.TRIG, Format.JSON_LD)
_TRIPLE = attrgetter("triple")
_LINES = (Format.N_TRIPLES, Format.N_QUADS)
_DIRECTION = re.compile(rb'"@[a-z0-9-]+--(?:ltr|rtl) \.\n')
_UNDECLARED = re.compile(r"The prefix ([A-Za-z][\w.-]*): has not been declared")


def to_ntriples(
    data: bytes | BinaryIO | Path, format: Format, base_iri: str = "", *, charset: str = ""
) -> ParsedDocument:
    """
    The statements of a document as canonical N-Triples, named graphs merged.

    N-Triples and N-Quads are read line by line and a broken line is dropped with a note. Other syntaxes are read
    whole up to `document.IN_MEMORY` bytes, so that rdflib can try what pyoxigraph refuses; beyond that they are
    streamed and a syntax error ends them. `charset` is what a server said; the document's own word goes before it.
    Reading raises RdfError, for a file that is not there OSError.
    """
    notes = Notes()
    base = mended(base_iri) or NO_BASE
    if format in _LINES:
        chunks = _line_by_line(prepared(utf8_lines(data, charset), format), format, base, notes)
    else:
        chunks = _document(data, format, base, charset, notes)
    return ParsedDocument(_with_base_note(chunks, base, notes), format, notes)


def quads(ntriples: bytes) -> Iterator[ox.Quad]:
    """The statements of our own N-Triples as terms. Raises SyntaxError for what is none."""
    return ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)


def _with_base_note(chunks: Iterator[bytes], base: str, notes: Notes) -> Iterator[bytes]:
    mark = b"<" + NO_BASE.encode()
    for chunk in chunks:
        if base is NO_BASE and mark in chunk and not notes.count(Kind.BASE):
            notes.add(
                Kind.BASE,
                f"文档含相对地址而来源地址未知，已按 {NO_BASE} 补全",
                f"the document has relative addresses and nobody said where it came from: they stand under {NO_BASE}",
            )
        yield chunk


def _line_by_line(blocks: Iterator[bytes], format: Format, base: str, notes: Notes) -> Iterator[bytes]:
    read = 0
    for block in blocks:
        try:
            parsed: Iterator[Any] = ox.parse(block, format=_SYNTAX[format])
            text = _serialized(map(_TRIPLE, parsed) if format is Format.N_QUADS else parsed)
            if _beyond_rdf_1_1(text):
                raise SyntaxError
        except SyntaxError:
            text = _mended_lines(block, format, base, notes, read)
        read += block.count(b"\n")
        if text:
            yield text


def _mended_lines(block: bytes, format: Format, base: str, notes: Notes, read: int) -> bytes:
    """A block in which something is wrong, statement by statement. `read` lines came before it."""
    parsed = ox.parse(block.decode("utf-8", "replace").encode(), format=_SYNTAX[format], lenient=True)
    mender = Mender(base, notes, _is_iri)
    lines: list[bytes] = []
    while True:
        try:
            line = _mended(next(parsed), mender)
        except StopIteration:
            return _checked(lines)
        except SyntaxError as error:
            number = read + (_place(error)[0] or 1)
            notes.add(
                Kind.DROPPED,
                f"第 {number} 行不是有效的语句，已略去：{_message(error)}",
                f"line {number} is no valid statement and was dropped: {_message(error)}",
                number,
            )
        else:
            lines += (line,) if line else ()


def _document(data: bytes | BinaryIO | Path, format: Format, base: str, charset: str, notes: Notes) -> Iterator[bytes]:
    source = whole_or_stream(data, notes, charset)
    if isinstance(source, bytes):
        yield from _whole(b"".join(prepared(iter((source,)), format)), format, base, notes)
        return
    reader = io.BufferedReader(BlockReader(prepared(source, format)), 256 * 1024)
    # JSON-LD is read in constant memory only where the context and each @graph stand in the order of its streaming
    # profile (https://www.w3.org/TR/json-ld11-streaming/); what does not is refused here.
    syntax = ox.RdfFormat.STREAMING_JSON_LD if format is Format.JSON_LD else _SYNTAX[format]
    try:
        yield from _leniently(reader, syntax, base, notes)
    except SyntaxError as error:
        _refuse(error, format)


def _whole(data: bytes, format: Format, base: str, notes: Notes) -> list[bytes]:
    """Reads strictly, then leniently, then with rdflib; each only when the one before refused."""
    if format is not Format.JSON_LD:  # which drops what it does not like without a word, as its specification says
        try:
            return _strictly(data, format, base)
        except SyntaxError:
            pass
    attempt = Notes()
    try:
        chunks = list(_leniently(data, _SYNTAX[format], base, attempt))
    except SyntaxError as error:
        return _after_refusal(data, format, base, notes, error)
    notes.extend(attempt)
    return chunks


def _after_refusal(data: bytes, format: Format, base: str, notes: Notes, error: SyntaxError) -> list[bytes]:
    """What can still be done: a well-known prefix or context that is missing is put in, else rdflib reads."""
    prefix = _UNDECLARED.search(str(error))
    if prefix and prefix[1] in PREFIXES and f"@prefix {prefix[1]}:".encode() not in data:
        notes.add(
            Kind.PREFIX,
            f"前缀 {prefix[1]}: 未声明，已按常用含义 {PREFIXES[prefix[1]]} 读取",
            f"the prefix {prefix[1]}: is not declared; it was read in its usual sense {PREFIXES[prefix[1]]}",
        )
        declaration = f"@prefix {prefix[1]}: <{PREFIXES[prefix[1]]}> . "
        return _whole(declaration.encode() + data, format, base, notes)
    if format is Format.RDF_XML and (inner := envelope.unwrapped(data)):
        return _whole(inner, format, base, notes)
    if format is Format.JSON_LD:
        known = notes.count(Kind.CONTEXT)
        data = contexts.inlined(data, notes)
        if notes.count(Kind.CONTEXT) > known:
            return _whole(data, format, base, notes)
    try:
        chunks = _second_reader(data, format, base, notes)
    except RdfError:
        _refuse(error, format)
    message = _message(error)
    notes.add(Kind.PARSER, f"严格解析失败，已用 rdflib 读取：{message}", f"read by rdflib, because of: {message}")
    return chunks


def _strictly(data: bytes, format: Format, base: str) -> list[bytes]:
    parsed: Iterator[Any] = _parse(data, _SYNTAX[format], base)
    if format in _WITH_GRAPHS:
        parsed = map(_TRIPLE, parsed)
    chunks = []
    while text := _serialized(islice(parsed, _BATCH)):
        if _beyond_rdf_1_1(text):
            raise SyntaxError("terms of RDF 1.2")
        chunks.append(text)
    return chunks


def _leniently(data: bytes | IO[bytes], syntax: ox.RdfFormat, base: str, notes: Notes) -> Iterator[bytes]:
    """Lets the parser pass anything for an IRI, then looks at each block, and at each statement of a bad block."""
    parsed = _parse(data, syntax, base, lenient=True)
    mender = Mender(base, notes, _is_iri)
    failure: SyntaxError | None = None
    while failure is None:
        batch: list[ox.Quad] = []
        try:
            batch.extend(islice(parsed, _BATCH))
        except SyntaxError as error:
            failure = error
        if not batch and failure is None:
            return
        text = _sound(_serialized([quad.triple for quad in batch]), len(batch))
        if text is None:
            text = _checked(line for quad in batch if (line := _mended(quad, mender)))
        if text:
            yield text
    raise failure


def _second_reader(data: bytes, format: Format, base: str, notes: Notes) -> list[bytes]:
    mender = Mender(base, notes, _is_iri)
    lines = (line for terms in fallback.triples(data, format, base) if (line := mender.line(*terms)))
    chunks = []
    while batch := list(islice(lines, _BATCH)):
        chunks.append(_checked(batch))
    return chunks


def _sound(text: bytes, statements: int) -> bytes | None:
    """
    The lines in canonical form if they read back as so many statements, else None: a line feed inside an IRI could
    make two statements of one.
    """
    if _beyond_rdf_1_1(text):
        return None
    try:
        canonical = _serialized(quads(text))
    except SyntaxError:
        return None
    return canonical if canonical.count(b"\n") == statements else None


def _beyond_rdf_1_1(text: bytes) -> bool:
    """Whether a line has a triple term or a text with a direction; nothing behind us reads those."""
    return b" <<( " in text or (b"--" in text and _DIRECTION.search(text) is not None)


def _checked(lines: Iterable[bytes]) -> bytes:
    """Mended lines in canonical form. That the parser reads them is what mending is for."""
    return _serialized(quads(b"".join(lines)))


def _mended(quad: ox.Quad, mender: Mender) -> bytes | None:
    return mender.line(_described(quad.subject), _described(quad.predicate), _described(quad.object))


def _described(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return ("iri", term.value, "", "")
    if isinstance(term, ox.BlankNode):
        return ("blank", term.value, "", "")
    if isinstance(term, ox.Literal):
        language = term.language or ""
        return ("literal", term.value, f"{language}--" if term.direction else language, term.datatype.value)
    return ("triple", str(term), "", "")


def _is_iri(value: str) -> bool:
    try:
        ox.NamedNode(value)
    except ValueError:
        return False
    return True


def _parse(data: bytes | IO[bytes], syntax: ox.RdfFormat, base: str, *, lenient: bool = False) -> Iterator[ox.Quad]:
    return ox.parse(data, format=syntax, base_iri=base, lenient=lenient)


def _serialized(statements: Iterable[ox.Triple] | Iterable[ox.Quad]) -> bytes:
    return ox.serialize(statements, format=ox.RdfFormat.N_TRIPLES) or b""


def _place(error: SyntaxError) -> tuple[int | None, int | None]:
    return error.lineno, error.offset


def _message(error: SyntaxError) -> str:
    """What the parser says, without the place, which we give in our own way."""
    return re.sub(r"^Parser error at line \d+ (?:between columns \d+ and \d+|column \d+): ", "", error.msg or "")[:300]


def _refuse(error: SyntaxError, format: Format) -> NoReturn:
    line, column = _place(error)
    name = format.name.replace("_", "-").title()
    raise RdfError(
        f"不是有效的 {name}：{_message(error)}", f"not valid {name}: {_message(error)}", line=line, column=column
    ) from None


def serialize(ntriples: bytes | Iterable[bytes], format: Format, prefixes: Mapping[str, str] | None = None) -> bytes:
    """
    One graph as a readable document: grouped by subject, datasets first, with those of our prefixes that it uses.

    Named graphs are not made: TriG is Turtle and N-Quads are N-Triples here. RDF/XML leaves out what it cannot say
    and tells so in a comment (see `arranging.for_xml`). Raises RdfError for what is not N-Triples.
    """
    text = ntriples if isinstance(ntriples, bytes) else b"".join(ntriples)
    if format in _LINES:
        return b"".join(_ended((text,)))
    if format is Format.JSON_LD:
        return jsonld.document(text)
    out = io.BytesIO()
    _write_terms((arranging.grouped(text),), format, out, prefixes or arranging.used_prefixes(text))
    return arranging.with_sorted_prefixes(out.getvalue())


def write(
    ntriples: Iterable[bytes], format: Format, stream: BinaryIO | IO[bytes], prefixes: Mapping[str, str] | None = None
) -> None:
    """
    A whole catalogue to a binary stream, in memory that does not grow with it.

    Each chunk is whole lines and is grouped for itself, so that it is best one record. Raises RdfError for what is
    not N-Triples; the stream then ends in the middle.
    """
    if format in _LINES:
        for chunk in _ended(ntriples):
            stream.write(chunk)
    elif format is Format.JSON_LD:
        _write_json_ld(ntriples, stream)
    else:
        _write_terms((arranging.grouped(chunk) for chunk in ntriples), format, stream, prefixes or PREFIXES)


def _ended(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        if chunk:
            yield chunk if chunk.endswith(b"\n") else chunk + b"\n"


def _write_terms(chunks: Iterable[bytes], format: Format, stream: IO[bytes], prefixes: Mapping[str, str]) -> None:
    left_out = 0

    def statements() -> Iterator[ox.Triple]:
        nonlocal left_out
        for chunk in chunks:
            if format is Format.RDF_XML:
                chunk, missing = arranging.for_xml(chunk)
                left_out += missing
            yield from map(_TRIPLE, quads(chunk))

    try:
        ox.serialize(statements(), stream, _SYNTAX[format], prefixes=dict(prefixes))
    except SyntaxError as error:
        _refuse(error, Format.N_TRIPLES)
    if left_out:
        stream.write(
            f"\n<!-- {left_out} statements have a property that RDF/XML cannot write; "
            f"other syntaxes have them. {left_out} 条语句的属性无法用 RDF/XML 表达，请用其他格式。 -->\n".encode()
        )


def _write_json_ld(chunks: Iterable[bytes], stream: IO[bytes]) -> None:
    stream.write(f'{{"@context": {jsonld.context_text()},\n"@graph": ['.encode())
    separator = b"\n"
    for chunk in chunks:
        for node in jsonld.nodes(chunk):
            stream.write(separator + json.dumps(node, ensure_ascii=False).encode())
            separator = b",\n"
    stream.write(b"\n]}\n")
