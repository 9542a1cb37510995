"""
What of an entry is for everyone. Pure, and the only place that decides it.

Article 9 of the measures: an entry that is not open without conditions is in the catalogue, its data is not, and the
basis of the decision goes to the authority, not to the public. Made once, when a record is kept; whatever the public
can reach reads the result.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from app.catalogue import terms
from app.catalogue.openness import Openness, access_rights, openness_of
from app.catalogue.statements import Graph, quoted, read
from app.catalogue.terms import CSVW, DCAT, DCT, FOAF, LABEL, ORG, PROV, SCHEMA, SKOS, SUI, TYPE, VALUE, VCARD, XSD

NEUTRAL_DESCRIPTION: Final = (
    ("该数据集为非无条件开放的公共数据，开放主体依照规定不公开其摘要，如需了解请与开放主体联系。", "zh-Hans"),
    ("The publisher keeps the description of this dataset from the public; please contact the publisher.", "en"),
)

_PLAIN_TERMS: Final = (
    "level", "rows", "publisherKind", "open", "position",
    "frequencyText", "formatText", "openAttributeText", "themeText",
)  # fmt: skip
"""Own terms that a source may say and everyone may read."""
_OWN_PLACE = re.compile(r"https?://(?:www\.)?w3id\.org/suishu/")
_OWN_TERM = re.compile(
    rb"<https?://(?:www\.)?w3id\.org/suishu/(?!scheme/|profile/|ns#(?:" + "|".join(_PLAIN_TERMS).encode() + rb")>)"
)
_NON_PUBLIC: Final = "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC"
_ACCESS_RIGHTS_SAID: Final = f" <{DCT}accessRights> ".encode()

Tree = dict[str, "Tree"]
"""Predicate -> what may be said of the node it leads to."""

_NAMED: Final[Tree] = {TYPE: {}, LABEL: {}, SKOS + "prefLabel": {}, VALUE: {}}
_AGENT: Final[Tree] = {
    **_NAMED, FOAF + "name": {}, VCARD + "fn": {}, SCHEMA + "name": {}, DCT + "identifier": {},
    SUI + "publisherKind": {},
}  # fmt: skip
_CONTACT: Final[Tree] = {
    TYPE: {}, VCARD + "fn": {}, VCARD + "organization-name": {}, VCARD + "hasURL": {},
    VCARD + "hasTelephone": {TYPE: {}, VCARD + "hasValue": {}}, VCARD + "hasEmail": {TYPE: {}, VCARD + "hasValue": {}},
}  # fmt: skip
_COLUMN: Final[Tree] = {
    TYPE: {}, CSVW + "name": {}, CSVW + "title": {}, CSVW + "datatype": {}, DCT + "description": {},
    SUI + "open": {}, SUI + "position": {},
}  # fmt: skip
_CLOSED: Final[Tree] = {
    TYPE: {}, DCT + "title": {}, DCT + "description": {}, DCT + "identifier": {}, DCT + "publisher": _AGENT,
    DCAT + "contactPoint": _CONTACT, DCAT + "theme": _NAMED, DCT + "accessRights": _NAMED, DCT + "rights": _NAMED,
    DCT + "format": _NAMED, DCT + "accrualPeriodicity": _NAMED, DCT + "issued": {}, DCT + "modified": {},
    DCT + "spatial": _NAMED, SUI + "level": _NAMED, SUI + "withheld": {},
    CSVW + "tableSchema": {TYPE: {}, CSVW + "column": _COLUMN},
}  # fmt: skip
"""All that is public of an entry that is not open (非开放): the fields of Article 11."""
_KNOWN_TYPES: Final = (DCAT, DCT, FOAF, ORG, VCARD, CSVW, SKOS)

_DESCRIBING: Final = frozenset(
    [
        "abstract",
        "comment",
        "definition",
        "description",
        "editorialnote",
        "note",
        "scopenote",
        "summary",
        "tableofcontents",
    ]
)
_FILES: Final = frozenset(("downloadurl", "contenturl"))
"""Local names, in lower case: vocabularies differ, and so do their spellings."""
_LOCAL_NAME = re.compile(r"[^#/]*$")


@dataclass(frozen=True, slots=True)
class Listing:
    """What the portal itself says of an entry in the public graph."""

    id: str
    source_iri: str
    profile: str
    published_at: datetime
    recorded_at: datetime


def _local_name(iri: str) -> str:
    match = _LOCAL_NAME.search(iri)
    return match[0].lower() if match else ""


def public(ntriples: bytes, listing: Listing) -> bytes:
    """The public N-Triples of a published entry: lines sorted, our own addresses on the fixed base."""
    graph = read(ntriples)
    return disclosed(ntriples, graph, listing, openness_of(graph, listing.id))[0]


def disclosed(ntriples: bytes, graph: Graph, listing: Listing, opened: Openness) -> tuple[bytes, bool]:
    """
    The same for a record that is read already, and whether all that it says is public: then what is read from `graph`
    is what would be read from the public N-Triples.
    """
    node = terms.dataset(listing.id)
    if opened.is_open and not opened.withheld and not _needs_care(ntriples, node.encode()):
        return _joined(ntriples.splitlines(keepends=True), _portal_lines(node, listing)), True
    lodged = any(predicate == SUI + "basis" for predicate, _ in graph.get(node, ()))
    graph = _without_portals_own(graph, node)
    if opened.withheld:
        graph = _without_withheld(graph, node, opened.withheld)
    graph = _without_closed_distributions(graph)
    if opened.attribute == "BKF":
        graph = _closed(graph, node)
    elif opened.attribute == "YTJ":
        graph = _without_downloads(graph)
    lines = [f"{s} <{p}> {o} .\n".encode() for s in _reachable(graph, node) for p, o in graph[s]]
    if opened.attribute == "BKF" and access_rights(graph, node) != "BKF":
        # Said in words that are not for everyone; that it is closed is for everyone (Article 11).
        lines.append(f"{node} <{DCT}accessRights> <{_NON_PUBLIC}> .\n".encode())
    if lodged:
        lines.append(f"{node} <{SUI}basisOnFile> {quoted('true', datatype=XSD + 'boolean')} .\n".encode())
    return _joined(lines, _portal_lines(node, listing)), False


def _needs_care(ntriples: bytes, node: bytes) -> bool:
    """True when a source says something that only the portal may say, or that is not for everyone."""
    return (
        _OWN_TERM.search(ntriples) is not None
        or b"#wasDerivedFrom>" in ntriples
        or ntriples.count(_ACCESS_RIGHTS_SAID) > ntriples.count(node + _ACCESS_RIGHTS_SAID)
        or b"#record> <" in ntriples
        or b"<urn:suishu:catalog>" in ntriples
    )


def _without_portals_own(graph: Graph, node: str) -> Graph:
    """Drops what only the portal may say, the basis, and every own term that nobody knows."""
    public_terms = {SUI + term for term in (*_PLAIN_TERMS, "withheld")}
    return {
        subject: [
            (p, o)
            for p, o in statements
            if not (_OWN_PLACE.match(p) and p not in public_terms)
            and not (subject == node and p == PROV + "wasDerivedFrom")
        ]
        for subject, statements in graph.items()
        if subject not in (f"{node[:-1]}#record>", f"<{terms.BASE}catalog>")
    }


def _without_withheld(graph: Graph, node: str, withheld: Iterable[str]) -> Graph:
    """Drops the fields that the publisher keeps back, wherever in the record they are said."""
    columns = {s for s, statements in graph.items() if any(p.startswith(CSVW) for p, _ in statements)} - {node}
    kept: Graph = {}
    for subject, statements in graph.items():
        if "dataItems" in withheld:
            if subject in columns and not _is_distribution(statements):
                continue
            statements = [(p, o) for p, o in statements if not p.startswith(CSVW)]
        if "description" in withheld and subject not in columns:
            statements = [(p, o) for p, o in statements if _local_name(p) not in _DESCRIBING]
            if subject == node:
                statements += [(DCT + "description", quoted(*sentence)) for sentence in NEUTRAL_DESCRIPTION]
        kept[subject] = statements
    return kept


def _is_distribution(statements: Iterable[tuple[str, str]]) -> bool:
    return (TYPE, f"<{DCAT}Distribution>") in statements


def _without_downloads(graph: Graph) -> Graph:
    """有条件开放: the ways to apply stay, the addresses of files go, under whatever other property they are said."""
    hidden = {o for statements in graph.values() for p, o in statements if _local_name(p) in _FILES}
    return {s: [(p, o) for p, o in statements if o not in hidden] for s, statements in graph.items()}


def _without_closed_distributions(graph: Graph) -> Graph:
    """A distribution with access rights of its own that are not open goes, whatever the dataset's are."""
    closed = {
        subject
        for subject, statements in graph.items()
        if _is_distribution(statements) and not Openness(access_rights(graph, subject)).is_open
    }
    if not closed:
        return graph
    return {s: [(p, o) for p, o in said if o not in closed] for s, said in graph.items() if s not in closed}


def _closed(graph: Graph, node: str) -> Graph:
    """Only what `_CLOSED` lists, followed from the dataset's node."""
    kept: dict[str, dict[tuple[str, str], None]] = {}

    def pick(subject: str, allowed: Tree) -> None:
        said = kept.setdefault(subject, {})
        for p, o in graph[subject]:
            if p not in allowed or (p == TYPE and not o[1:].startswith(_KNOWN_TYPES)):
                continue
            said[p, o] = None
            if allowed[p] and o in graph and o != node:
                pick(o, allowed[p])

    if node in graph:
        pick(node, _CLOSED)
    return {subject: list(said) for subject, said in kept.items()}


def _reachable(graph: Graph, node: str) -> list[str]:
    """Subjects that the dataset's node leads to; what hung on something dropped goes with it."""
    found = [node] if node in graph else []
    seen = set(found)
    for subject in found:  # grows while it is walked
        for _, o in graph[subject]:
            if o in graph and o not in seen:
                seen.add(o)
                found.append(o)
    return found


def _portal_lines(node: str, listing: Listing) -> list[bytes]:
    record, catalogue = f"{node[:-1]}#record>", f"<{terms.BASE}catalog>"
    lines = [
        f"{catalogue} <{DCAT}dataset> {node} .",
        f"{catalogue} <{DCAT}record> {record} .",
        f"{record} <{TYPE}> <{DCAT}CatalogRecord> .",
        f"{record} <{FOAF}primaryTopic> {node} .",
        f"{record} <{DCT}issued> {_instant(listing.published_at)} .",
        f"{record} <{DCT}modified> {_instant(listing.recorded_at)} .",
        f"{record} <{DCT}conformsTo> <{terms.PROFILE}{listing.profile}> .",
    ]
    if listing.source_iri:
        lines.append(f"{node} <{PROV}wasDerivedFrom> <{listing.source_iri}> .")
    return [f"{line}\n".encode() for line in lines]


@lru_cache(maxsize=1000)
def _instant(moment: datetime) -> str:
    return quoted(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=XSD + "dateTime")


def _joined(lines: list[bytes], more: list[bytes]) -> bytes:
    return b"".join(sorted([*lines, *more]))
