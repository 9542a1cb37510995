"""
Refuses documents that nest too deeply, before a parser sees them.

The fast parser needs quadratic time or ends the process (stack overflow) on thousands of nested JSON objects or
RDF 1.2 triple terms, and a hundred levels are more than any catalogue has.
"""

import re
from collections.abc import Iterator

from vocab.errors import RdfError
from vocab.syntax import Format

MAX_DEPTH = 200
_MAX_XML_DEPTH = 2_000

_NOT_BRACKET = bytes(set(range(256)) - set(b"{}[]"))
_TERM = re.compile(rb"<<|>>")
_TAG = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[A-Za-z_\x80-\xff][^<>]*?(/?)>|(</)", re.S)
_BLOCK = 8 * 1024
_SLICE = 1024 * 1024


def guarded(pieces: Iterator[bytes], format: Format) -> Iterator[bytes]:
    """The pieces of a document as they are; raises RdfError as soon as it nests too deeply."""
    if format is Format.JSON_LD:
        return _json(pieces)
    if format is Format.RDF_XML:
        return _xml(pieces)
    return _triple_terms(pieces)


def _json(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Strings go, then all but brackets; what is left is the stack once closed pairs are taken out."""
    stack = escape = b""
    in_string = 0
    for piece in pieces:
        for start in range(0, len(piece), _SLICE):
            text = escape + piece[start : start + _SLICE]
            end = len(text.rstrip(b"\\"))
            text, escape = text[:end], text[end:]
            parts = text.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
            outside = b"".join(parts[in_string::2]).translate(None, _NOT_BRACKET)
            in_string ^= (len(parts) - 1) & 1
            stack = _without_pairs(stack + outside)
        yield piece


def _without_pairs(brackets: bytes) -> bytes:
    for _ in range(MAX_DEPTH):
        shorter = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    if len(brackets) > MAX_DEPTH:
        raise _too_deep()
    return brackets


def _triple_terms(pieces: Iterator[bytes]) -> Iterator[bytes]:
    depth = 0
    for piece in pieces:
        if b"<<" in piece and piece.count(b"<<") > MAX_DEPTH - depth:
            for mark in _TERM.findall(piece):
                depth = depth + 1 if mark == b"<<" else max(0, depth - 1)
                if depth > MAX_DEPTH:
                    raise _too_deep()
        yield piece


def _xml(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """
    A cheap count of tags at every few kilobytes; only where it is suspicious are tags looked at one by one, because
    comments and CDATA sections with HTML in them upset the count.
    """
    for piece in pieces:
        if _may_be_deep(piece):
            _check_tags(piece)
        yield piece


def _may_be_deep(text: bytes) -> bool:
    depth = 0
    for start in range(0, len(text), _BLOCK):
        end = start + _BLOCK
        depth += text.count(b"<", start, end) - 2 * text.count(b"</", start, end) - text.count(b"/>", start, end)
        if depth > _MAX_XML_DEPTH:
            return True
    return False


def _check_tags(text: bytes) -> None:
    depth = 0
    for tag in _TAG.finditer(text):
        if tag[2]:
            depth -= 1
        elif tag[1] == b"":
            depth += 1
            if depth > _MAX_XML_DEPTH:
                raise _too_deep()


def _too_deep() -> RdfError:
    return RdfError(
        f"文档嵌套过深（超过 {MAX_DEPTH} 层），已拒绝",
        f"the document nests more than {MAX_DEPTH} levels deep; refused",
    )
