"""
Terms and lines of N-Triples as bytes, for those who build or read many small graphs.

https://www.w3.org/TR/n-triples/. What is written here is canonical: one space between terms, only the escapes that
the canonical form uses, so that equal statements are equal bytes.
"""

import re
from typing import NamedTuple

from vocab.iris import language_tag, mended

_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f\ufffe\uffff]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_UNESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.S)
_UNESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_LINE = re.compile(rb"(<[^>]*>|_:[^ \t]+)[ \t]*(<[^>]*>)[ \t]*(.+?)[ \t]*\.[ \t]*(?:#[^\"<>]*)?$", re.S)
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


class Literal(NamedTuple):
    """`language` is "" unless the text has one; `datatype` is the full IRI, xsd:string or rdf:langString if unsaid."""

    text: str
    language: str
    datatype: str


def iri(value: str) -> bytes:
    """`<value>`, mended where RDF needs it. Raises ValueError when it is no absolute IRI."""
    good = mended(value)
    if good is None:
        raise ValueError(f"not an absolute IRI: {value[:200]!r}")
    return f"<{good}>".encode()


def literal(text: str, *, language: str = "", datatype: str = "") -> bytes:
    """A literal; a language tag that cannot be one is left out. Unpaired surrogates become U+FFFD."""
    body = '"' + _ESCAPED.sub(_escape, text) + '"'
    tag = language_tag(language) if language else None
    if tag:
        body += "@" + tag.lower()
    elif datatype and datatype != _XSD_STRING:
        return body.encode("utf-8", "replace") + b"^^" + iri(datatype)
    try:
        return body.encode()
    except UnicodeEncodeError:
        return body.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def line(subject: bytes, predicate: bytes, object_: bytes) -> bytes:
    """One statement, ended by a line feed."""
    return b"%b %b %b .\n" % (subject, predicate, object_)


def split(statement: bytes) -> tuple[bytes, bytes, bytes]:
    """Subject, predicate and object of a line as they stand in it. Raises ValueError for what is no statement."""
    parts = statement.split(b" ", 2)
    if len(parts) == 3 and parts[1][:1] == b"<" and parts[1][-1:] == b">":
        rest = parts[2].rstrip(b"\r\n")
        if rest[-2:] == b" ." and rest[:1] in (b"<", b'"', b"_"):
            return parts[0], parts[1], rest[:-2]
    match = _LINE.match(statement.strip())
    if match is None:
        raise ValueError(f"not a statement of N-Triples: {statement[:200]!r}")
    return match[1], match[2], match[3]


def iri_value(term: bytes) -> str | None:
    """The IRI of `<…>`; None for a blank node or a literal."""
    if term[:1] != b"<":
        return None
    text = term[1:-1].decode()
    return _unescape(text) if "\\" in text else text


def literal_value(term: bytes) -> Literal | None:
    """Text, language and datatype of `"…"`; None for an IRI or a blank node."""
    if term[:1] != b'"':
        return None
    end = term.rindex(b'"')
    text = term[1:end].decode()
    if "\\" in text:
        text = _unescape(text)
    suffix = term[end + 1 :].decode()
    if suffix[:1] == "@":
        return Literal(text, suffix[1:], _LANG_STRING)
    return Literal(text, "", suffix[3:-1] if suffix else _XSD_STRING)


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


def _unescape(text: str) -> str:
    return _UNESCAPED.sub(_unescape_one, text)


def _unescape_one(match: re.Match[str]) -> str:
    if match[3] is not None:
        return _UNESCAPES.get(match[3], match[3])
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
