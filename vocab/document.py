"""A document on its way in: its bytes, wherever they lie, and what comes out of reading them."""

import codecs
import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from vocab import charset, nesting, xml_entities
from vocab.errors import RdfError
from vocab.namespaces import RDF
from vocab.notes import Kind, Notes
from vocab.syntax import Format

IN_MEMORY = 32 * 1024 * 1024
"""Bytes up to which a document is read whole, so that a second reader can try what the first refused."""
_PIECE = 256 * 1024
_MAX_LINE = 32 * 1024 * 1024


class ParsedDocument:
    """
    The statements of a document, read while they are asked for: either `chunks` or `lines`, once.

    Canonical N-Triples; a statement may come twice (in two named graphs). Asking for the next one may raise
    RdfError; what came before it counts. `notes` grows while the statements come.
    """

    def __init__(self, chunks: Iterator[bytes], format: Format, notes: Notes) -> None:
        self.format = format
        self.notes = notes
        self.chunks: Iterator[bytes] = chunks
        """Blocks of whole lines, some hundred kilobytes each."""

    @property
    def lines(self) -> Iterator[bytes]:
        """One statement each, with its line feed."""
        for chunk in self.chunks:
            yield from chunk.splitlines(keepends=True)

    def read(self) -> bytes:
        """All of it at once."""
        return b"".join(self.chunks)

    @property
    def dropped(self) -> int:
        """How many statements could not be kept."""
        return self.notes.count(Kind.DROPPED)


def pieces(data: bytes | BinaryIO | Path) -> Iterator[bytes]:
    """The bytes of a document in blocks."""
    if isinstance(data, bytes):
        yield data
    elif isinstance(data, Path):
        with data.open("rb") as file:
            yield from iter(lambda: file.read(_PIECE), b"")
    else:
        yield from iter(lambda: data.read(_PIECE), b"")


def whole_or_stream(data: bytes | BinaryIO | Path, notes: Notes, declared: str) -> bytes | Iterator[bytes]:
    """The document in UTF-8: all of it up to IN_MEMORY, else in blocks of which the first is the largest."""
    source = pieces(data)
    head: list[bytes] = []
    size = 0
    for piece in source:
        head.append(piece)
        size += len(piece)
        if size > IN_MEMORY:
            return _utf8_blocks(head, source, declared)
    return charset.to_utf8(b"".join(head), notes, declared=declared)


def utf8_lines(data: bytes | BinaryIO | Path, declared: str) -> Iterator[bytes]:
    """The document in UTF-8, in blocks that end where a line ends."""
    source = pieces(data)
    rest = b""
    for piece in _utf8_blocks([next(source, b"")], source, declared):
        for start in range(0, len(piece), _PIECE):
            block = piece[start : start + _PIECE]
            end = block.rfind(b"\n") + 1
            if end:
                yield rest + block[:end]
                rest = block[end:]
            else:
                rest += block
                if len(rest) > _MAX_LINE:
                    # No line is that long: hand it on, and the parser says what is wrong with it.
                    yield rest
                    rest = b""
    if rest:
        yield rest


def prepared(blocks: Iterator[bytes], format: Format) -> Iterator[bytes]:
    """The blocks without what could hurt a parser: document types, entities, bottomless nesting."""
    if format is Format.RDF_XML:
        blocks = _with_rdf(xml_entities.safe(_headed(blocks, xml_entities.MAX_PROLOG)))
    return nesting.guarded(blocks, format)


def _headed(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The same blocks, the first of which has so many bytes if the document has."""
    head: list[bytes] = []
    for block in blocks:
        head.append(block)
        if sum(map(len, head)) >= size:
            break
    return chain((b"".join(head),), blocks)


def _with_rdf(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Refuses an XML document that never names the namespace of RDF: parsers make statements of any page."""
    first = next(blocks, b"")
    if str(RDF).encode() not in first:
        raise RdfError(
            "这不是 RDF/XML：文档没有使用 RDF 命名空间。请检查地址返回的是否为网页",
            "this is no RDF/XML: the namespace of RDF does not occur. Does the address answer with a web page?",
        )
    return chain((first,), blocks)


def _utf8_blocks(head: list[bytes], source: Iterator[bytes], declared: str) -> Iterator[bytes]:
    first = b"".join(head)
    codec = charset.detect(first[:256], declared=declared)
    if codec == "utf-8":
        yield first
        yield from source
        return

    decoder = codecs.getincrementaldecoder(codec)("replace")
    yield charset.undeclared(decoder.decode(first)).encode("utf-8", "replace")
    for piece in source:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


class BlockReader(io.RawIOBase):
    """Blocks as a binary file, for a parser that wants one."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
