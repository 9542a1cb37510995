"""Documents in: strictly, then leniently with mending, then by rdflib; see `to_ntriples`."""

import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyoxigraph as ox

from vocab import contexts, envelope, fallback
from vocab.document import BlockReader, ParsedDocument, prepared, utf8_lines, whole_or_stream
from vocab.errors import RdfError
from vocab.iris import mended
from vocab.mending import Mender, Term
from vocab.namespaces import PREFIXES
from vocab.notes import Kind, Notes
from vocab.rdf.parser import LINES, SYNTAX, as_triple, is_iri, message, parse, place, quads, refuse, serialized
from vocab.syntax import Format

NO_BASE = "http://relative.invalid/"
"""What relative IRIs are resolved against where nobody says where a document came from (RFC 2606: never resolves)."""

_BATCH = 4096
_JSON_LD = (ox.RdfFormat.JSON_LD, ox.RdfFormat.STREAMING_JSON_LD)
_WITH_GRAPHS = (Format.N_QUADS, Format.TRIG, Format.JSON_LD)
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
    if format in LINES:
        chunks = _line_by_line(prepared(utf8_lines(data, charset), format), format, base, notes)
    else:
        chunks = _document(data, format, base, charset, notes)
    return ParsedDocument(_with_base_note(chunks, base, notes), format, notes)


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
            parsed: Iterator[Any] = ox.parse(block, format=SYNTAX[format])
            text = serialized(map(as_triple, parsed) if format is Format.N_QUADS else parsed)
            if _beyond_rdf_1_1(text):
                raise SyntaxError
        except SyntaxError:
            text = _mended_lines(block, format, base, notes, read)
        read += block.count(b"\n")
        if text:
            yield text


def _mended_lines(block: bytes, format: Format, base: str, notes: Notes, read: int) -> bytes:
    """A block in which something is wrong, statement by statement. `read` lines came before it."""
    parsed = ox.parse(block.decode("utf-8", "replace").encode(), format=SYNTAX[format], lenient=True)
    mender = Mender(base, notes, is_iri)
    lines: list[bytes] = []
    while True:
        try:
            line = _mended(next(parsed), mender)
        except StopIteration:
            return _checked(lines)
        except SyntaxError as error:
            number = read + (place(error)[0] or 1)
            notes.add(
                Kind.DROPPED,
                f"第 {number} 行不是有效的语句，已略去：{message(error)}",
                f"line {number} is no valid statement and was dropped: {message(error)}",
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
    syntax = ox.RdfFormat.STREAMING_JSON_LD if format is Format.JSON_LD else SYNTAX[format]
    try:
        yield from _leniently(reader, syntax, base, notes)
    except SyntaxError as error:
        refuse(error, format)


def _whole(data: bytes, format: Format, base: str, notes: Notes) -> list[bytes]:
    """Reads strictly, then leniently, then with rdflib; each only when the one before refused."""
    if format is not Format.JSON_LD:  # which drops what it does not like without a word, as its specification says
        try:
            return _strictly(data, format, base)
        except SyntaxError:
            pass
    attempt = Notes()
    try:
        chunks = list(_leniently(data, SYNTAX[format], base, attempt))
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
        refuse(error, format)
    why = message(error)
    notes.add(Kind.PARSER, f"严格解析失败，已用 rdflib 读取：{why}", f"read by rdflib, because of: {why}")
    return chunks


def _strictly(data: bytes, format: Format, base: str) -> list[bytes]:
    parsed: Iterator[Any] = parse(data, SYNTAX[format], base)
    if format in _WITH_GRAPHS:
        parsed = map(as_triple, parsed)
    chunks = []
    while text := serialized(islice(parsed, _BATCH)):
        if _beyond_rdf_1_1(text):
            raise SyntaxError("terms of RDF 1.2")
        chunks.append(text)
    return chunks


def _leniently(data: bytes | IO[bytes], syntax: ox.RdfFormat, base: str, notes: Notes) -> Iterator[bytes]:
    """Lets the parser pass anything for an IRI, then looks at each block, and at each statement of a bad block."""
    parsed = parse(data, syntax, base, lenient=True)
    mender = Mender(base, notes, is_iri, terms=syntax in _JSON_LD)
    failure: SyntaxError | None = None
    while failure is None:
        batch: list[ox.Quad] = []
        try:
            batch.extend(islice(parsed, _BATCH))
        except SyntaxError as error:
            failure = error
        if not batch and failure is None:
            return
        text = _sound(serialized([quad.triple for quad in batch]), len(batch))
        if text is None:
            text = _checked(line for quad in batch if (line := _mended(quad, mender)))
        if text:
            yield text
    raise failure


def _second_reader(data: bytes, format: Format, base: str, notes: Notes) -> list[bytes]:
    mender = Mender(base, notes, is_iri)
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
        canonical = serialized(quads(text))
    except SyntaxError:
        return None
    return canonical if canonical.count(b"\n") == statements else None


def _beyond_rdf_1_1(text: bytes) -> bool:
    """Whether a line has a triple term or a text with a direction; nothing behind us reads those."""
    return b" <<( " in text or (b"--" in text and _DIRECTION.search(text) is not None)


def _checked(lines: Iterable[bytes]) -> bytes:
    """Mended lines in canonical form. That the parser reads them is what mending is for."""
    return serialized(quads(b"".join(lines)))


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
