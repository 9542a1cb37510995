"""Our own vocabulary and code lists: for people as tables, for programs as RDF."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response

import vocab
from app.catalogue.statements import literal, read
from app.web import language
from app.web.pages import page
from app.web.permissions import public
from app.web.rdf import HTML, SYNTAXES, rdf_answer, representation
from vocab import codelists
from vocab.namespaces import RDFS, SUI
from vocab.rdf import Format, to_ntriples

blueprint = Blueprint("vocabulary", __name__)

_FOLDER = Path(vocab.__file__).parent


@blueprint.get("/ns")
@blueprint.get("/ns.<any(ttl,jsonld,rdf,nt):extension>")
@public
def show(extension: str = "") -> Response:
    wanted = representation(extension)
    if wanted is not HTML:
        return rdf_answer(_everything(), wanted, negotiated=not extension)
    tag = language.current().tag
    terms = [
        {
            "name": f"sui:{name}",
            "label": texts.get(("label", tag.lower()), ""),
            "comment": texts.get(("comment", tag.lower()), ""),
        }
        for name, texts in sorted(_terms().items())
    ]
    schemes = [codelists.scheme(name) for name in codelists.SCHEMES]
    return page("vocabulary.html", terms=terms, schemes=schemes, tag=tag, syntaxes=SYNTAXES, namespace=str(SUI))


@cache
def _everything() -> bytes:
    files = [_FOLDER / "ns.ttl", *(_FOLDER / "schemes" / f"{name}.ttl" for name in codelists.SCHEMES)]
    return b"".join(to_ntriples(file, Format.TURTLE).read() for file in files)


@cache
def _terms() -> dict[str, dict[tuple[str, str], str]]:
    """Term -> (label or comment, language in lower case) -> text, of our own vocabulary."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    words = {str(RDFS.label): "label", str(RDFS.comment): "comment"}
    for subject, statements in read(to_ntriples(_FOLDER / "ns.ttl", Format.TURTLE).read()).items():
        name = subject.strip("<>").removeprefix(str(SUI))
        for predicate, value in statements:
            said = literal(value)
            if predicate in words and said and "/" not in name:
                found.setdefault(name, {})[words[predicate], said.language.lower()] = said.text
    return found
