"""
What the public graph holds, in figures: VoID at /.well-known/void for programs, tables for people.
https://www.w3.org/TR/void/
"""

import json
from hashlib import sha256
from typing import cast

from flask import Blueprint, Response, current_app

from app.triplestore.figures import Figures
from app.web.answers import answer
from app.web.links import address
from app.web.pages import page
from app.web.permissions import public
from app.web.rdf import HTML, SYNTAXES, iri, literal, rdf_answer, representation
from app.wiring import Portal
from vocab.namespaces import DCT, FOAF, PREFIXES, RDF, VOID, XSD

blueprint = Blueprint("void", __name__)

PATH = "/.well-known/void"
_Statement = tuple[str, str, str]
_FORMATS = "http://www.w3.org/ns/formats/"
_SHOWN = 15
"""Properties named beside a class on the page."""


@blueprint.get(PATH)
@public
def show() -> Response:
    portal = cast(Portal, current_app.extensions["suishu"])
    figures, base_url = portal.graph_figures(), portal.settings.base_url
    wanted = representation()
    if wanted is HTML:
        return page("void.html", figures=figures, classes=_classes(figures), properties=_properties(figures))
    return rdf_answer(void(base_url, figures), wanted)


@blueprint.get("/sparql/terms.json")
@public
def terms() -> Response:
    """What an editor suggests: our prefixes, and classes and properties with their counts, the most frequent first."""
    figures = cast(Portal, current_app.extensions["suishu"]).graph_figures()
    known = {
        "prefixes": PREFIXES,
        "classes": list(figures.classes.items()) if figures else [],
        "properties": list(figures.properties.items()) if figures else [],
    }
    return answer(json.dumps(known), "application/json")


def graph_iri(base_url: str) -> str:
    """The public graph, as the service description and VoID name it."""
    return f"{base_url}/sparql#graph"


def void(base_url: str, figures: Figures | None) -> bytes:
    """As N-Triples; without figures before they were measured first."""
    about, graph = iri(f"{base_url}{PATH}"), iri(graph_iri(base_url))
    statements: list[_Statement] = [
        (about, RDF.type, iri(VOID.DatasetDescription)),
        (about, FOAF.primaryTopic, graph),
        (graph, RDF.type, iri(VOID.Dataset)),
        (graph, DCT.title, literal("公共数据开放目录的公开图谱", "zh-Hans")),
        (graph, DCT.title, literal("The public graph of the open data catalogue", "en")),
        (graph, FOAF.homepage, iri(f"{base_url}/")),
        (graph, VOID.sparqlEndpoint, iri(f"{base_url}/sparql")),
        (graph, VOID.uriSpace, literal(f"{base_url}/")),
        (graph, VOID.rootResource, iri(f"{base_url}/catalog")),
        *((graph, VOID.dataDump, iri(f"{base_url}/dump/catalog{each.extension}")) for each in SYNTAXES),
        *((graph, VOID.feature, iri(_FORMATS + name)) for name in ("Turtle", "JSON-LD", "RDF_XML", "N-Triples")),
    ]
    if figures is not None:
        statements += _figures(base_url, graph, figures)
    return "".join(f"{subject} {iri(predicate)} {value} .\n" for subject, predicate, value in statements).encode()


def _figures(base_url: str, graph: str, figures: Figures) -> list[_Statement]:
    found: list[_Statement] = [
        (graph, VOID.triples, _number(figures.triples)),
        (graph, VOID.entities, _number(figures.entities)),
        (graph, VOID.classes, _number(len(figures.classes))),
        (graph, VOID.properties, _number(len(figures.properties))),
    ]
    namespaces = {name[: max(name.rfind("#"), name.rfind("/")) + 1] for name in (*figures.classes, *figures.properties)}
    found += [(graph, VOID.vocabulary, iri(name)) for name in sorted(namespaces) if name in PREFIXES.values()]
    for class_, entities in figures.classes.items():
        part = iri(_part(base_url, class_))
        found += [
            (graph, VOID.classPartition, part),
            (part, VOID["class"], iri(class_)),
            (part, VOID.entities, _number(entities)),
        ]
        for property_, triples in figures.used.get(class_, {}).items():
            found += _property_part(part, _part(base_url, class_, property_), property_, triples)
    for property_, triples in figures.properties.items():
        found += _property_part(graph, _part(base_url, "", property_), property_, triples)
    return found


def _property_part(whole: str, name: str, property_: str, triples: int) -> list[_Statement]:
    part = iri(name)
    return [
        (whole, VOID.propertyPartition, part),
        (part, VOID.property, iri(property_)),
        (part, VOID.triples, _number(triples)),
    ]


def _part(base_url: str, *names: str) -> str:
    """Always the same address for the same part."""
    return f"{base_url}{PATH}#part-{sha256(' '.join(names).encode()).hexdigest()[:16]}"


def _number(number: int) -> str:
    return literal(str(number), datatype=str(XSD.integer))


def short(name: str) -> str:
    """`dct:title`, or the IRI where we have no prefix for it."""
    for prefix, namespace in PREFIXES.items():
        if name.startswith(namespace) and name != namespace and "/" not in name[len(namespace) :]:
            return f"{prefix}:{name[len(namespace) :]}"
    return name


def _classes(figures: Figures | None) -> list[tuple[str, str, int, str, list[str]]]:
    """Short name, IRI, entities, a query for them, and the properties that they have most often."""
    return [
        (short(name), name, number, _ask(f"SELECT ?entity WHERE {{ ?entity a <{name}> }} LIMIT 100"),
         [short(each) for each in list(figures.used.get(name, {}))[:_SHOWN]])
        for name, number in figures.classes.items()
    ] if figures else []  # fmt: skip


def _properties(figures: Figures | None) -> list[tuple[str, str, int, str]]:
    return [
        (short(name), name, number, _ask(f"SELECT ?subject ?value WHERE {{ ?subject <{name}> ?value }} LIMIT 100"))
        for name, number in figures.properties.items()
    ] if figures else []  # fmt: skip


def _ask(query: str) -> str:
    return address("/sparql", [("query", query)])
