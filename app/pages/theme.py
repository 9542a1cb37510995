"""The 22 domains: the list, and each one's page and RDF."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from app.pages.listing import listing
from app.pages.portal import portal
from app.web import language
from app.web.labels import all_labels
from app.web.pages import page
from app.web.permissions import public
from app.web.rdf import HTML, SYNTAXES, iri, literal, rdf_answer, representation
from indexer.errors import SearchUnavailable
from indexer.query import Query
from vocab import codelists
from vocab.codelists import Concept
from vocab.namespaces import FOAF, RDF, SKOS

blueprint = Blueprint("theme", __name__)


@blueprint.get("/theme")
@public
def all_of_them() -> Response:
    try:
        results = portal().search.search(Query(size=1, facets=("theme",), facet_size=100, highlight=False))
        counts = {value.value: value.count for value in results.facets.get("theme", ())}
        search_down = False
    except SearchUnavailable:
        counts, search_down = {}, True
    themes = [
        {"code": code, "label": label, "count": None if search_down else counts.get(code, 0)}
        for code, label in all_labels("theme")
    ]
    return page("themes.html", themes=themes, search_down=search_down)


@blueprint.get("/theme/<code>")
@blueprint.get("/theme/<code>.<any(ttl,jsonld,rdf,nt):extension>")
@public
def show(code: str, extension: str = "") -> Response:
    concept = codelists.scheme("theme").get(code)
    if concept is None:
        raise NotFound
    wanted = representation(extension)
    uri = f"{portal().settings.base_url}/theme/{code}"
    if wanted is not HTML:
        return rdf_answer(_ntriples(concept, uri), wanted, negotiated=not extension)
    name = concept.label(language.current().tag)
    return page(
        "theme.html",
        concept=concept,
        name=name,
        uri=concept.iri,
        syntaxes=SYNTAXES,
        other_names=[(text, tag) for tag, text in concept.labels.items() if text != name],
        **listing("theme", code, f"/theme/{code}", spread="publisher"),
    )


def _ntriples(concept: Concept, page_uri: str) -> bytes:
    subject = iri(concept.iri)
    lines = [
        f"{subject} {iri(RDF.type)} {iri(SKOS.Concept)} .",
        f"{subject} {iri(SKOS.inScheme)} {iri(codelists.scheme(concept.scheme).iri)} .",
        f"{subject} {iri(SKOS.notation)} {literal(concept.notation)} .",
        f"{subject} {iri(FOAF.page)} {iri(page_uri)} .",
    ]
    lines += [f"{subject} {iri(SKOS.prefLabel)} {literal(text, tag)} ." for tag, text in concept.labels.items()]
    lines += [f"{subject} {iri(SKOS.altLabel)} {literal(alias)} ." for alias in concept.aliases]
    lines += [f"{subject} {iri(SKOS.closeMatch)} {iri(match)} ." for match in concept.matches]
    return "\n".join(lines).encode() + b"\n"
