"""RDF as an answer: the representations we offer, and the terms of N-Triples that pages write themselves."""

import re
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request
from werkzeug.exceptions import NotAcceptable

from app.web.answers import answer
from app.web.negotiation import Offer, choose
from app.web.pages import VARY
from vocab.rdf import Format, serialize

HTML = Offer("html", ("text/html",))


@dataclass(frozen=True, slots=True)
class Syntax(Offer):
    """`extension` begins with its dot, as it stands in addresses."""

    title: str = ""
    format: Format = Format.N_TRIPLES


SYNTAXES = (
    Syntax("turtle", Format.TURTLE.media_types, ".ttl", "Turtle", Format.TURTLE),
    # plain JSON and XML are asked for by those who take whatever is written in them
    Syntax("json-ld", (*Format.JSON_LD.media_types, "application/json"), ".jsonld", "JSON-LD", Format.JSON_LD),
    Syntax("rdf-xml", (*Format.RDF_XML.media_types, "application/xml", "text/xml"), ".rdf", "RDF/XML", Format.RDF_XML),
    Syntax("n-triples", Format.N_TRIPLES.media_types, ".nt", "N-Triples", Format.N_TRIPLES),
)
_BY_EXTENSION = {syntax.extension: syntax for syntax in SYNTAXES}
_OFFERS = (HTML, *SYNTAXES)

_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NOT_IN_LITERAL = re.compile(r'[\\"\n\r\t]')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def representation(extension: str = "") -> Offer:
    """What answers this request: the suffix (without its dot) decides, else Accept. Raises NotAcceptable."""
    if extension:
        return _BY_EXTENSION["." + extension]
    found = choose(request.headers.get("Accept", ""), _OFFERS)
    if found is None:
        raise NotAcceptable
    return found


def rdf_answer(
    ntriples: bytes, wanted: Offer, *, modified: datetime | None = None, negotiated: bool = True, status: int = 200
) -> Response:
    """A small graph in the syntax that was chosen, with ETag and Last-Modified."""
    return rdf_written(rdf_body(ntriples, wanted), wanted, modified=modified, negotiated=negotiated, status=status)


def rdf_body(ntriples: bytes, wanted: Offer) -> bytes:
    """A small graph in the syntax that was chosen."""
    return serialize(ntriples, _syntax(wanted).format)


def rdf_written(
    body: bytes, wanted: Offer, *, modified: datetime | None = None, negotiated: bool = True, status: int = 200
) -> Response:
    """The same as `rdf_answer` for what is written in that syntax already."""
    syntax = _syntax(wanted)
    response = answer(
        body,
        syntax.media_types[0],
        modified=modified,
        vary=VARY if negotiated else (),
        status=status,
    )
    response.headers["Access-Control-Allow-Origin"] = "*"  # public data, read by scripts of other sites too
    if syntax.format in (Format.TURTLE, Format.N_TRIPLES):
        response.content_type = f"{syntax.media_types[0]}; charset=utf-8"
    return response


def _syntax(wanted: Offer) -> Syntax:
    return next(each for each in SYNTAXES if each.name == wanted.name)


def iri(address: str) -> str:
    """An IRI as N-Triples writes it; what can't stand in one is percent-encoded."""
    encoded = _NOT_IN_IRI.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), address)
    return f"<{encoded}>"


def literal(text: str, language: str = "", datatype: str = "") -> str:
    escaped = _NOT_IN_LITERAL.sub(lambda match: _ESCAPES[match[0]], text)
    escaped = _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04X}", escaped)
    if language:
        return f'"{escaped}"@{language}'
    return f'"{escaped}"^^{iri(datatype)}' if datatype else f'"{escaped}"'
