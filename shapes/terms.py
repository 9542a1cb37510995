"""RDF terms as N-Triples writes them, so that results of both engines compare letter by letter."""

import re
from dataclasses import dataclass

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LITERAL = re.compile(r'"(?P<text>.*)"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_UNESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
# What canonical N-Triples escapes, and nothing else: https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples
_ESCAPED = {ord("\t"): "\\t", ord("\b"): "\\b", ord("\n"): "\\n", ord("\r"): "\\r", ord("\f"): "\\f"} | {
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}


@dataclass(frozen=True, slots=True)
class Iri:
    text: str

    def __str__(self) -> str:
        return f"<{self.text}>"


@dataclass(frozen=True, slots=True)
class Blank:
    text: str
    """The label without `_:`."""

    def __str__(self) -> str:
        return f"_:{self.text}"


@dataclass(frozen=True, slots=True)
class Literal:
    text: str
    language: str = ""
    """In lower case, as RDF 1.1 allows and pyoxigraph does; empty where there is none."""
    datatype: str = XSD_STRING

    def __str__(self) -> str:
        quoted = f'"{self.text.translate(_ESCAPED)}"'
        if self.language:
            return f"{quoted}@{self.language}"
        return quoted if self.datatype == XSD_STRING else f"{quoted}^^<{self.datatype}>"


Term = Iri | Blank | Literal


def parse(text: str) -> Term:
    """One term in N-Triples syntax. Raises ValueError for anything else."""
    if text.startswith("<") and text.endswith(">"):
        return Iri(_unescape(text[1:-1]))
    if text.startswith("_:"):
        return Blank(text[2:])
    found = _LITERAL.fullmatch(text)
    if found is None:
        raise ValueError(f"not a term of N-Triples: {text[:200]}")
    language = found["language"]
    if language:
        return Literal(_unescape(found["text"]), language.lower(), "")
    return Literal(_unescape(found["text"]), "", found["datatype"] or XSD_STRING)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    short, long, letter = found.groups()
    if letter is not None:
        return _UNESCAPED.get(letter, letter)
    return chr(int(short or long, 16))
