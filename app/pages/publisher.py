"""Publishers: the list, and each one's page and RDF."""

import re

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from app.catalogue.model import Publisher
from app.pages import namesakes
from app.pages.listing import listing
from app.pages.portal import portal
from app.web.labels import plain
from app.web.pages import page
from app.web.permissions import public
from app.web.rdf import HTML, SYNTAXES, iri, literal, rdf_answer, representation
from vocab.namespaces import DCT, FOAF, ORG, OWL, RDF

blueprint = Blueprint("publisher", __name__)

_ID = re.compile(r"[a-z2-7]{16}")


@blueprint.get("/publisher")
@public
def all_publishers() -> Response:
    return page("publishers.html", publishers=portal().catalogue.publishers(), behind=namesakes.behind)


@blueprint.get("/publisher/<id_>")
@blueprint.get("/publisher/<id_>.<any(ttl,jsonld,rdf,nt):extension>")
@public
def show(id_: str, extension: str = "") -> Response:
    if not _ID.fullmatch(id_):
        raise NotFound
    wanted = representation(extension)
    found = portal().catalogue.publisher(id_)
    if found is None:
        raise NotFound
    publisher, count = found
    uri = f"{portal().settings.base_url}/publisher/{id_}"
    if wanted is not HTML:
        return rdf_answer(_ntriples(publisher, uri), wanted, negotiated=not extension)
    shown = plain(publisher.names)
    return page(
        "publisher.html",
        publisher=publisher,
        name=namesakes.named(id_, shown or id_),
        behind=namesakes.behind,
        count=count,
        uri=uri,
        syntaxes=SYNTAXES,
        other_names=[(text, tag) for tag, text in publisher.names.items() if text != shown],
        **listing("publisher", id_, f"/publisher/{id_}", spread="theme"),
    )


def _ntriples(publisher: Publisher, uri: str) -> bytes:
    """The agent under our address; the one its source gave it is the same."""
    agent = iri(uri)
    lines = [f"{agent} {iri(RDF.type)} {iri(kind)} ." for kind in (FOAF.Agent, ORG.Organization)]
    lines += [f"{agent} {iri(FOAF.name)} {literal(name, tag)} ." for tag, name in publisher.names.items()]
    if publisher.uscc:
        lines.append(f"{agent} {iri(DCT.identifier)} {literal(publisher.uscc)} .")
    if publisher.iri and publisher.iri != uri:
        lines.append(f"{agent} {iri(OWL.sameAs)} {iri(publisher.iri)} .")
    lines.append(f"{agent} {iri(FOAF.page)} {iri(uri)} .")
    return "\n".join(lines).encode() + b"\n"
