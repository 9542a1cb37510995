"""
Takes the document type out of an XML document, with its internal entities put in where they are used.

No parser behind this one ever sees a DTD, so that there is nothing to fetch and nothing to blow up: RDF/XML uses
entities only as short forms of namespaces (`<!ENTITY xsd "http://www.w3.org/2001/XMLSchema#">`). External entities
and external subsets (XML 1.0, section 4.2.2) are never read; a document that uses one is refused.
"""

import re
from collections.abc import Iterator
from itertools import chain

from vocab.errors import RdfError

MAX_PROLOG = 256 * 1024
"""Bytes in which the document type must end."""
_MAX_ENTITY = 2_000
_MAX_ENTITIES = 1_000
_GROWTH = 8
"""How many times its own size a document may reach by expansion, beside one free megabyte."""

_BEFORE_ROOT = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.S)
_EXTERNAL = re.compile(rb"""(?:SYSTEM\s+|PUBLIC\s+(?:"[^"]*"|'[^']*')\s*)(?:"[^"]*"|'[^']*')?""")
_SUBSET = re.compile(
    rb"""\s+|%[^;\s]{1,200};|<\?.*?\?>|<!--.*?-->"""
    rb"""|<!ENTITY\s+(?P<name>[^\s%'"]+)\s+(?P<external>SYSTEM|PUBLIC)?(?P<value>[^>'"]*(?:(?:"[^"]*"|'[^']*')[^>'"]*)*)>"""
    rb"""|<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)\b(?:[^>'"]|"[^"]*"|'[^']*')*>""",
    re.S,
)
_REFERENCE = re.compile(rb"&([A-Za-z_:\x80-\xff][\w.:\x80-\xff-]*);")
_CHARACTER = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_USE = re.compile(rb"&([A-Za-z_:\x80-\xff][\w.:\x80-\xff-]{0,200});|<!--|<!\[CDATA\[|<![A-Za-z]")
_OWN = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))


def safe(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """
    The document in UTF-8 without its document type and with internal entities expanded, piece by piece.

    The first piece must hold the whole prolog. Raises RdfError for what is refused.
    """
    head = next(pieces, b"")
    before = _BEFORE_ROOT.match(head)
    start = before.end() if before else 0
    entities: dict[bytes, bytes | None] = {}
    if head.startswith(b"<!DOCTYPE", start):
        end, entities = _doctype(head, start)
        # Lines are kept, so that what a parser says of a line is true of the document as it was sent.
        head = head[:start] + b"\n" * head.count(b"\n", start, end) + head[end:]
        entities = _expanded(entities)
    yield from _Expander(entities).expand(chain((head,), pieces))


def _doctype(head: bytes, start: int) -> tuple[int, dict[bytes, bytes | None]]:
    """Where the document type ends, and the general entities it declares (None for external ones)."""
    opening = re.compile(rb"<!DOCTYPE\s+[^\s\[>]+\s*").match(head, start)
    if opening is None:
        raise _malformed()
    place = opening.end()
    external = _EXTERNAL.match(head, place)
    place = re.compile(rb"\s*").match(head, external.end() if external else place).end()  # type: ignore[union-attr]
    entities: dict[bytes, bytes | None] = {}
    if head[place : place + 1] == b"[":
        place += 1
        while head[place : place + 1] != b"]":
            item = _SUBSET.match(head, place)
            if item is None or item.end() == place:
                raise _malformed()
            if item["name"]:
                # The first declaration of a name binds (XML 1.0, section 4.2).
                entities.setdefault(item["name"], None if item["external"] else _literal(item["value"]))
            if len(entities) > _MAX_ENTITIES:
                raise _too_large()
            place = item.end()
        place += 1
    closing = re.compile(rb"\s*>").match(head, place)
    if closing is None:
        raise _malformed()
    return closing.end(), entities


def _literal(value: bytes) -> bytes:
    text = value.strip()
    if len(text) < 2 or text[0] != text[-1] or text[:1] not in b"\"'":
        raise _malformed()
    return _CHARACTER.sub(_character, text[1:-1])


def _character(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code >= 0x110000 or 0xD800 <= code < 0xE000:
        raise _malformed()
    return chr(code).encode()


def _expanded(entities: dict[bytes, bytes | None]) -> dict[bytes, bytes | None]:
    """Each entity with those inside it expanded; refuses loops and anything longer than an address."""
    done: dict[bytes, bytes | None] = {}

    def expand(name: bytes, path: tuple[bytes, ...]) -> bytes | None:
        if name in done:
            return done[name]
        if name in path or len(path) > 10:
            raise _too_large()
        raw = entities[name]
        if raw is not None:
            pieces: list[bytes] = []
            end = size = 0
            for reference in _REFERENCE.finditer(raw):
                inner = reference[1]
                text = expand(inner, (*path, name)) if inner in entities and inner not in _OWN else reference[0]
                if text is None:
                    raise _external(inner)
                pieces += (raw[end : reference.start()], text)
                end = reference.end()
                size += len(text)
                if size > _MAX_ENTITY:
                    raise _too_large()
            raw = b"".join(pieces) + raw[end:]
            if len(raw) > _MAX_ENTITY:
                raise _too_large()
        done[name] = raw
        return raw

    for name in entities:
        expand(name, ())
    return done


class _Expander:
    """
    Replaces references in a stream of pieces. Comments go and CDATA sections become plain text, because the fast
    parser takes a text that is interrupted by either for an error.
    """

    def __init__(self, entities: dict[bytes, bytes | None]) -> None:
        self._entities = entities
        self._allowance = 1024 * 1024
        self._closing = b""
        """The end of the comment or CDATA section that is being read, or nothing."""

    def expand(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        rest = b""
        for piece in pieces:
            self._allowance += (_GROWTH - 1) * len(piece)
            text = rest + piece if rest else piece
            if self._closing or b"<!" in text or text[-1:] == b"<" or (self._entities and b"&" in text):
                text, rest = self._replaced(text)
            else:
                rest = b""
            yield text
        if rest:
            yield rest

    def _replaced(self, text: bytes) -> tuple[bytes, bytes]:
        """What can be written of `text`, and what must wait for the next piece."""
        out: list[bytes] = []
        place = 0
        while True:
            if self._closing:
                end = text.find(self._closing, place)
                if end < 0:
                    keep = max(place, len(text) - len(self._closing) + 1)
                    return b"".join((*out, self._inside(text[place:keep]))), text[keep:]
                out.append(self._inside(text[place:end]))
                place, self._closing = end + len(self._closing), b""
            use = _USE.search(text, place)
            if use is None:
                cut = _cut(text, place)
                return b"".join((*out, text[place:cut])), text[cut:]
            out.append(text[place : use.start()])
            place = use.end()
            if use[1] is not None:
                out.append(self._value(use[1], use[0]))
            elif use[0] == b"<!--" or use[0] == b"<![CDATA[":
                self._closing = b"-->" if use[0] == b"<!--" else b"]]>"
            else:
                raise _malformed()

    def _inside(self, text: bytes) -> bytes:
        if self._closing == b"-->":
            return b"\n" * text.count(b"\n")
        return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")

    def _value(self, name: bytes, reference: bytes) -> bytes:
        if name in _OWN or name not in self._entities:
            return reference
        value = self._entities[name]
        if value is None:
            raise _external(name)
        self._allowance -= len(value)
        if self._allowance < 0:
            raise _too_large()
        return value


def _cut(text: bytes, place: int) -> int:
    """Where the tail begins that may be the first half of a reference or an opening."""
    tail = max(place, len(text) - 256)
    opening = max(text.rfind(b"<!", tail), text.rfind(b"<", max(tail, len(text) - 1)))
    reference = text.rfind(b"&", tail)
    if reference >= 0 and b";" in text[reference:]:
        reference = -1
    found = [position for position in (opening, reference) if position >= 0]
    return min(found) if found else len(text)


def _malformed() -> RdfError:
    return RdfError(
        "XML 的文档类型声明（DOCTYPE）无法读取，请去掉它或改正后再试",
        "the document type declaration (DOCTYPE) cannot be read: mend it or leave it out",
    )


def _too_large() -> RdfError:
    return RdfError(
        "XML 实体展开后过大或互相引用，已拒绝；请直接写出完整地址",
        "XML entities refer to each other or grow too large when expanded; refused: write the full addresses",
    )


def _external(name: bytes) -> RdfError:
    text = name.decode("utf-8", "replace")[:50]
    return RdfError(
        f"文档使用外部实体“{text}”，本系统从不读取外部实体；请把内容写入文档",
        f"the document uses the external entity {text!r}, and none is ever fetched: put its content into the document",
    )
