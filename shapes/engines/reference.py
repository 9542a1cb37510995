"""The engine that the fast one is measured by: pySHACL. Some hundred times slower, and one run at a time."""

import threading

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from shapes import quiet, terms
from shapes.finding import Finding
from shapes.profile import Profile
from shapes.terms import XSD_STRING

_lock = threading.Lock()  # pySHACL patches rdflib when it runs


def run(profile: Profile, ntriples: str) -> list[Finding]:
    """Raises ValueError where the text is not N-Triples."""
    import pyshacl  # half a second, and the portal never needs it

    with quiet.ill_typed_literals():
        data = _graph(ntriples)
        with _lock:
            _, report, _ = pyshacl.validate(data, shacl_graph=profile.shapes, advanced=False, inference="none")
        return [_finding(report, result) for result in report.objects(None, SH.result)]


def _graph(ntriples: str) -> Graph:
    graph = Graph(bind_namespaces="none")
    for line in ntriples.split("\n"):
        if line:
            subject, predicate, value = line.removesuffix(" .").split(" ", 2)
            graph.add((_node(subject), URIRef(predicate[1:-1]), _node(value)))
    return graph


def _finding(report: Graph, result: Node) -> Finding:
    focus = next(report.objects(result, SH.focusNode))
    value = report.value(result, SH.value)
    return Finding(
        _term(focus),
        None if value is None else _term(value),
        str(report.value(result, SH.sourceShape)),
        str(report.value(result, SH.sourceConstraintComponent)),
    )


def _node(text: str) -> URIRef | BNode | Literal:
    term = terms.parse(text)
    if isinstance(term, terms.Iri):
        return URIRef(term.text)
    if isinstance(term, terms.Blank):
        return BNode(term.text)
    if term.language:
        return Literal(term.text, lang=term.language)
    datatype = None if term.datatype == XSD_STRING else URIRef(term.datatype)
    # rdflib would rewrite "05"^^xsd:integer to "5", and the report with it.
    return Literal(term.text, datatype=datatype, normalize=False)


def _term(node: Node) -> terms.Term:
    if isinstance(node, URIRef):
        return terms.Iri(str(node))
    if isinstance(node, BNode):
        return terms.Blank(str(node))
    if isinstance(node, Literal) and node.language:
        return terms.Literal(str(node), node.language, "")
    return terms.Literal(str(node), "", str(getattr(node, "datatype", None) or XSD_STRING))
