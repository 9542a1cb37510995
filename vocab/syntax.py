"""The RDF syntaxes: their media types and file extensions, and which one a document is in."""

import re
from enum import Enum


class Format(Enum):
    """A syntax of RDF. The value is the extension it is known by in our addresses."""

    TURTLE = "ttl"
    RDF_XML = "rdf"
    JSON_LD = "jsonld"
    N_TRIPLES = "nt"
    N_QUADS = "nq"
    TRIG = "trig"

    @property
    def media_types(self) -> tuple[str, ...]:
        """The registered media type first, then others that servers send for it."""
        return _MEDIA_TYPES[self]

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self][0]

    @property
    def extensions(self) -> tuple[str, ...]:
        """Lower case, without the dot, our own first."""
        return _EXTENSIONS[self]


_MEDIA_TYPES: dict[Format, tuple[str, ...]] = {
    Format.TURTLE: ("text/turtle", "application/x-turtle", "application/turtle", "text/n3", "text/rdf+n3"),
    Format.RDF_XML: ("application/rdf+xml",),
    Format.JSON_LD: ("application/ld+json",),
    Format.N_TRIPLES: ("application/n-triples", "text/ntriples", "application/x-ntriples"),
    Format.N_QUADS: ("application/n-quads", "text/x-nquads", "text/nquads"),
    Format.TRIG: ("application/trig", "application/x-trig"),
}
_EXTENSIONS: dict[Format, tuple[str, ...]] = {
    Format.TURTLE: ("ttl", "turtle", "n3"),
    Format.RDF_XML: ("rdf", "owl", "rdfs"),
    Format.JSON_LD: ("jsonld", "json-ld"),
    Format.N_TRIPLES: ("nt", "ntriples"),
    Format.N_QUADS: ("nq", "nquads"),
    Format.TRIG: ("trig",),
}
_BY_MEDIA_TYPE = {name: format for format, names in _MEDIA_TYPES.items() for name in names}
_BY_EXTENSION = {name: format for format, names in _EXTENSIONS.items() for name in names}

_RDF_XML = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?RDF[\s>/]|rdf-syntax-ns#")
_HEAD = 16 * 1024
_JSON_LD = re.compile(rb'"@(?:context|graph|id)"')
# Files of Project Open Data name a context and are read by rules of their own (https://resources.data.gov/schemas/).
_DATA_JSON = b"project-open-data.cio.gov"
_NODE = rb"(?:<[^>\n]*+>|_:[^\s<\"]++)"
_OBJECT = rb'(?:%b|"(?:[^"\\\n]++|\\.)*+"(?:@[A-Za-z0-9-]++|\^\^<[^>\n]*+>)?+)' % _NODE
_TRIPLE = re.compile(rb"^%b[ \t]*+<[^>\n]*+>[ \t]*+%b[ \t]*+\.[ \t]*+\r?$" % (_NODE, _OBJECT), re.M)
_QUAD = re.compile(rb"^%b[ \t]*+<[^>\n]*+>[ \t]*+%b[ \t]*+%b[ \t]*+\.[ \t]*+\r?$" % (_NODE, _OBJECT, _NODE), re.M)
_TURTLE = re.compile(rb"^\s*(?:@?prefix\s|@?base\s)", re.M | re.I)


def guess(*, filename: str = "", content_type: str = "", head: bytes = b"") -> Format | None:
    """
    Which syntax a document is in; None when nothing speaks for RDF (an HTML page, a CSV file, plain JSON).

    A server's content type is believed unless the first bytes are plainly XML or JSON: text/turtle or text/plain in
    front of RDF/XML is common. `head` is the beginning of the document; 4 KB are enough.
    """
    text = _plain(head[:_HEAD])
    if text[:1] == b"<" and re.match(rb"<(?:\?xml|!|[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?[\s>])", text):
        return Format.RDF_XML if _RDF_XML.search(text) or _named(filename, content_type) is Format.RDF_XML else None
    if text[:1] == b"{" or re.match(rb"\[\s*(?:[{\]]|$)", text):
        named = _named(filename, content_type)
        speaks = _JSON_LD.search(text) and _DATA_JSON not in text
        return Format.JSON_LD if speaks or named is Format.JSON_LD else _unless_json(named)
    named = _named(filename, content_type)
    if named or not text:
        return named
    if _TURTLE.search(text):
        return Format.TURTLE
    if _QUAD.search(text):
        return Format.N_QUADS
    return Format.N_TRIPLES if _TRIPLE.search(text) else None


def _named(filename: str, content_type: str) -> Format | None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in _BY_MEDIA_TYPE:
        return _BY_MEDIA_TYPE[media_type]
    name = re.split(r"[?#]", filename, maxsplit=1)[0].lower().removesuffix(".gz")
    return _BY_EXTENSION.get(name.rpartition(".")[2]) if "." in name else None


def _unless_json(named: Format | None) -> Format | None:
    # TriG opens a default graph with a brace and Turtle a blank node with a bracket.
    return named if named in (Format.TRIG, Format.TURTLE) else None


def _plain(head: bytes) -> bytes:
    """The beginning without byte order mark, white space, NULs of UTF-16 and, for XML, leading comments."""
    text = head.replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:4] else head
    text = re.sub(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)", b"", text).lstrip()
    return re.sub(rb"^(?:#[^\n]*\n\s*)+", b"", text)
