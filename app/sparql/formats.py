"""What a query can be answered in: by `format=`, else by the Accept header."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.web.negotiation import Offer, choose, quality

HTML = Offer("html", ("text/html", "application/xhtml+xml"))

SOLUTIONS = (
    Offer("json", ("application/sparql-results+json", "application/json")),
    Offer("xml", ("application/sparql-results+xml", "application/xml", "text/xml")),
    Offer("csv", ("text/csv",)),
    Offer("tsv", ("text/tab-separated-values",)),
)
GRAPHS = (
    Offer("turtle", ("text/turtle", "application/x-turtle")),
    Offer("n-triples", ("application/n-triples", "text/plain")),
    Offer("rdf-xml", ("application/rdf+xml", "application/xml", "text/xml")),
    Offer("json-ld", ("application/ld+json", "application/json")),
)

# What people and libraries (SPARQLWrapper, RDF4J, Virtuoso's form) call them: (for solutions, for a graph).
_NAMES = {
    "json": ("json", "json-ld"),
    "xml": ("xml", "rdf-xml"),
    "csv": ("csv", ""),
    "tsv": ("tsv", ""),
    "html": ("html", "html"),
    "turtle": ("", "turtle"),
    "ttl": ("", "turtle"),
    "n3": ("", "turtle"),
    "nt": ("", "n-triples"),
    "n-triples": ("", "n-triples"),
    "ntriples": ("", "n-triples"),
    "rdf": ("", "rdf-xml"),
    "rdfxml": ("", "rdf-xml"),
    "rdf-xml": ("", "rdf-xml"),
    "rdf+xml": ("", "rdf-xml"),
    "jsonld": ("", "json-ld"),
    "json-ld": ("", "json-ld"),
}
NAMES = tuple(sorted(_NAMES))


@dataclass(frozen=True, slots=True)
class Wanted:
    """The format for either kind of answer ("" where none would be accepted) with its media type."""

    solutions: str
    solutions_type: str
    graph: str
    graph_type: str

    def media_type(self, form: str) -> str:
        return self.graph_type if form == "graph" else self.solutions_type


@lru_cache(maxsize=256)
def wanted(accept: str, name: str) -> Wanted | None:
    """
    None when `name` is no format. A name that fits only one kind of answer leaves the other to the Accept header:
    who asks for CSV and sends a CONSTRUCT gets what the header would give.
    """
    pair = ("", "")
    if name:
        known = _NAMES.get(name.strip().lower()) or _by_media_type(name.strip().lower())
        if known is None:
            return None
        pair = known
    return Wanted(*_pick(pair[0], (*SOLUTIONS, HTML), accept), *_pick(pair[1], (*GRAPHS, HTML), accept))


def _by_media_type(name: str) -> tuple[str, str] | None:
    found = tuple(
        next((offer.name for offer in offers if name in offer.media_types), "")
        for offers in ((*SOLUTIONS, HTML), (*GRAPHS, HTML))
    )
    return (found[0], found[1]) if any(found) else None


def _pick(name: str, offers: Sequence[Offer], accept: str) -> tuple[str, str]:
    if name:
        return name, next(offer.media_types[0] for offer in offers if offer.name == name)
    offer = choose(accept, offers)
    if offer is None:
        return "", ""
    # Whoever names only application/json is answered in that name.
    return offer.name, max(offer.media_types, key=lambda media_type: quality(accept, media_type))
