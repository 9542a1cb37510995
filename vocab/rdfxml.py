"""
RDF/XML of a graph, one element a subject, under our prefixes (https://www.w3.org/TR/rdf-syntax-grammar/).

XML cannot say everything that RDF can. A statement whose property does not end in an XML name is left out and
counted; control characters, which XML 1.0 has no way to write, become U+FFFD; labels of blank nodes that are no XML
names are renamed.
"""

import re
from collections.abc import Iterable, Mapping

from vocab import ntriples
from vocab.namespaces import RDF

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_NAME_START = re.compile(f"[{_START}]")
_NAME_BACKWARDS = re.compile(f"[{_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-]*")
"""An XML name without a colon (Namespaces in XML 1.0, NCName) begins like the first and goes on like the second."""
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SYNTAX_NAMES = frozenset(
    str(RDF[name])
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li"),
        *("aboutEach", "aboutEachPrefix", "bagID"),
    )
)
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_TYPE = f"<{RDF.type}>".encode()
_MAX_NAMES = 10_000
"""A catalogue has some dozens of properties and classes; what a hostile one has must not fill the memory."""


def head(prefixes: Mapping[str, str]) -> str:
    """The opening of the document."""
    declared = {**prefixes, "rdf": str(RDF)}
    names = "".join(f'\n  xmlns:{prefix}="{_attribute(declared[prefix])}"' for prefix in sorted(declared))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n'


def tail(left_out: int) -> str:
    """The end of the document; a comment where statements had to be left out."""
    if not left_out:
        return "</rdf:RDF>\n"
    return (
        f"</rdf:RDF>\n<!-- {left_out} statements have a property that RDF/XML cannot write; other syntaxes have them. "
        f"{left_out} 条语句的属性无法用 RDF/XML 表达，请用其他格式。 -->\n"
    )


class Elements:
    """Writes statements that come grouped by subject. `left_out` counts those that RDF/XML cannot say."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.left_out = 0
        self._prefixes = {iri: prefix for prefix, iri in prefixes.items()} | {str(RDF): "rdf"}
        self._names: dict[bytes, tuple[str, str] | None] = {}

    def of(self, lines: Iterable[bytes]) -> str:
        """The elements of some subjects. Raises ValueError for what is no N-Triples."""
        out: list[str] = []
        open_subject = b""
        closing = ""
        for line in lines:
            subject, predicate, object_ = ntriples.split(line)
            if subject != open_subject:
                out.append(closing)
                typed = self._element(object_) if predicate == _TYPE else None
                name, declaration = typed or ("rdf:Description", "")
                out.append(f"  <{name}{declaration} {_node('about', subject)}>\n")
                closing = f"  </{name}>\n"
                open_subject = subject
                if typed:
                    continue
            out.append(self._property(predicate, object_))
        out.append(closing)
        return "".join(out)

    def _property(self, predicate: bytes, object_: bytes) -> str:
        element = self._element(predicate)
        if element is None:
            self.left_out += 1
            return ""
        name, declaration = element
        literal = ntriples.literal_value(object_)
        if literal is None:
            return f"    <{name}{declaration} {_node('resource', object_)}/>\n"
        if literal.language:
            declaration += f' xml:lang="{literal.language}"'
        elif literal.datatype != _XSD_STRING:
            declaration += f' rdf:datatype="{_attribute(literal.datatype)}"'
        return f"    <{name}{declaration}>{_text(literal.text)}</{name}>\n"

    def _element(self, term: bytes) -> tuple[str, str] | None:
        """The name of an element and the namespace it has to declare; None where no element can have the name."""
        if term in self._names:
            return self._names[term]
        found = self._named(ntriples.iri_value(term) or "")
        if len(self._names) < _MAX_NAMES:
            self._names[term] = found
        return found

    def _named(self, iri: str) -> tuple[str, str] | None:
        if iri in _SYNTAX_NAMES:
            return None
        tail = _NAME_BACKWARDS.match(iri[::-1])
        name = _NAME_START.search(iri, max(1, len(iri) - (tail.end() if tail else 0)))
        if name is None:
            return None
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._prefixes.get(iri[:cut])
        if prefix is not None and cut == name.start():
            return f"{prefix}:{iri[cut:]}", ""
        return f"ns:{iri[name.start() :]}", f' xmlns:ns="{_attribute(iri[: name.start()])}"'


def _node(attribute: str, term: bytes) -> str:
    if term.startswith(b"_:"):
        label = term[2:].decode()
        return f'rdf:nodeID="{label if _LABEL.fullmatch(label) else "x" + label.encode().hex()}"'
    return f'rdf:{attribute}="{_attribute(ntriples.iri_value(term) or "")}"'


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _text(value: str) -> str:
    plain = _NOT_XML.sub("\ufffd", value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("\r", "&#13;")
