"""
rdflib as the second reader, for what the fast one refuses. It is given bytes only, so that it fetches nothing.

It reads forms that others use though the grammars have no place for them (a stray `;` in TriG, text between elements
of RDF/XML). It rewrites literals to the form rdflib thinks canonical; the fast reader keeps them as they stand.
"""

import io
import logging
from collections.abc import Iterator
from typing import Any

from vocab.errors import RdfError
from vocab.syntax import Format

_NAMES = {
    Format.TURTLE: "turtle",
    Format.RDF_XML: "xml",
    Format.JSON_LD: "json-ld",
    Format.TRIG: "trig",
}

Term = tuple[str, str, str, str]
"""("iri" | "blank" | "literal", value, language, datatype)"""


def triples(data: bytes, format: Format, base_iri: str) -> Iterator[tuple[Term, Term, Term]]:
    """
    The statements of a document, named graphs merged. Raises RdfError when rdflib refuses it too.

    `data` is UTF-8 without a document type and, for JSON-LD, without the address of any context.
    """
    from rdflib import Dataset  # takes 0.2 s to load, and few documents need it

    graph = Dataset(default_union=True)
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)  # bad IRIs are mended or dropped with a note
    try:
        graph.parse(io.BytesIO(data), format=_NAMES[format], publicID=base_iri)
    except (Exception, RecursionError) as error:
        raise RdfError(f"无法读取：{_brief(error)}", f"cannot be read: {_brief(error)}") from None
    for subject, predicate, object_, _ in graph.quads():
        yield _term(subject), _term(predicate), _term(object_)


def _term(node: Any) -> Term:
    from rdflib import BNode, URIRef

    if isinstance(node, URIRef):
        return ("iri", str(node), "", "")
    if isinstance(node, BNode):
        return ("blank", str(node), "", "")
    return ("literal", str(node), node.language or "", str(node.datatype or ""))


def _brief(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:300]
