"""Puts the statements of a graph into the order a person reads them in, and keeps back what RDF/XML cannot say."""

import re

from vocab.namespaces import DCAT, DCT, FOAF, PREFIXES, RDF, SKOS

_TYPE = f" <{RDF.type}> <".encode()
_MAIN = tuple(
    _TYPE + f"{name}> .".encode()
    for name in (DCAT.Catalog, DCAT.Dataset, DCAT.DatasetSeries, DCAT.DataService, SKOS.ConceptScheme)
)
_PREDICATES = {
    f"<{name}>".encode(): b"%02d" % rank
    for rank, name in enumerate(
        (RDF.type, DCT.title, FOAF.name, SKOS.prefLabel, DCT.description, DCT.identifier, DCT.publisher)
    )
}
_NAMESPACES = tuple((prefix, iri, b"<" + iri.encode()) for prefix, iri in PREFIXES.items())

# What ends a predicate must be an XML name (Namespaces in XML 1.0, NCName), and some names of rdf: are its syntax.
_NAME = (
    "[A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd][-.0-9A-Z_a-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff"
    "\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]*"
)
_WRITABLE = re.compile(f"<[^>]*?{_NAME}>")
_RESERVED = frozenset(
    f"<{RDF[name]}>".encode()
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li"),
        *("aboutEach", "aboutEachPrefix", "bagID"),
    )
)
_PLAIN_PREDICATE = re.compile(rb"<[^>]*[/#:?=&%][A-Za-z_][A-Za-z0-9_]*>")
_DECLARATIONS = re.compile(rb"""\A(?:@prefix [^\n]*\n)+|(?<=<rdf:RDF)(?: xmlns:[\w-]+="[^"]*")+""")
_NO_XML = re.compile(r"\\(?:\\|u00[01][0-9A-F]|[bf])|[\ufffe\uffff]")


def grouped(ntriples: bytes) -> bytes:
    """
    The lines by subject: catalogues, datasets and services first, then their parts; of each subject the type and
    the names first. Duplicates go.
    """
    groups: dict[bytes, list[tuple[bytes, bytes]]] = {}
    main: set[bytes] = set()
    for line in set(ntriples.splitlines()):
        subject, _, rest = line.partition(b" ")
        predicate = rest[: rest.find(b" ")]
        groups.setdefault(subject, []).append((_PREDICATES.get(predicate, predicate), line))
        if rest.startswith(_TYPE[1:]) and line.endswith(_MAIN):
            main.add(subject)
    out: list[bytes] = []
    for subject in sorted(groups, key=lambda subject: (subject not in main, subject)):
        out += (line for _, line in sorted(groups[subject]))
    out.append(b"")
    return b"\n".join(out)


def used_prefixes(ntriples: bytes) -> dict[str, str]:
    """Those of our prefixes whose namespace occurs in the lines."""
    return {prefix: iri for prefix, iri, mark in _NAMESPACES if mark in ntriples}


def for_xml(ntriples: bytes) -> tuple[bytes, int]:
    """
    The lines that RDF/XML can say, and how many it cannot: a predicate must end in an XML name
    (https://www.w3.org/TR/rdf-syntax-grammar/#section-Serialising). Control characters, which XML 1.0 has no way to
    write, become U+FFFD; labels of blank nodes that are no XML names are renamed.
    """
    kept: list[bytes] = []
    left_out = 0
    for line in ntriples.splitlines(keepends=True):
        predicate = line.split(b" ", 2)[1] if line.count(b" ") > 1 else b""
        if _can_be_element(predicate):
            kept.append(line)
        else:
            left_out += 1
    text = b"".join(kept)
    if b"\\" in text or b"\xef\xbf" in text:
        text = _NO_XML.sub(_shown, text.decode()).encode()
    if b"_:" in text:
        text = b"".join(_renamed(line) for line in text.splitlines(keepends=True))
    return text, left_out


def _can_be_element(predicate: bytes) -> bool:
    if predicate in _RESERVED:
        return False
    return bool(_PLAIN_PREDICATE.fullmatch(predicate) or _WRITABLE.fullmatch(predicate.decode()))


def _shown(match: re.Match[str]) -> str:
    return match[0] if match[0] == "\\\\" else "\ufffd"


def _renamed(line: bytes) -> bytes:
    subject, predicate, rest = line.split(b" ", 2)
    if subject.startswith(b"_:"):
        subject = _name(subject)
    if rest.startswith(b"_:"):
        rest = _name(rest[:-3]) + rest[-3:]
    return b" ".join((subject, predicate, rest))


def _name(label: bytes) -> bytes:
    return label if re.fullmatch(rb"_:[A-Za-z_][A-Za-z0-9_-]*", label) else b"_:x" + label[2:].hex().encode()


def with_sorted_prefixes(document: bytes) -> bytes:
    """The parser's writer declares prefixes in random order; the same graph must be the same bytes."""
    return _DECLARATIONS.sub(_sorted, document, count=1)


def _sorted(match: re.Match[bytes]) -> bytes:
    text = match[0]
    if text.startswith(b"@prefix"):
        return b"".join(sorted(text.splitlines(keepends=True)))
    return b" " + b" ".join(sorted(text.split()))
