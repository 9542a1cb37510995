"""
The open catalogue as RDF, in pages that hold together while entries come and go.

A page begins after an id, not at a number: whatever is recorded or withdrawn between two pages moves no other entry
over a border. What is new meanwhile is asked for by `modified-since`, from the time of the first page.
https://www.hydra-cg.com/spec/latest/core/#collections
"""

import re
from datetime import UTC, datetime

from flask import Response, request

from app.catalogue.choice import EVERYTHING, Choice, Every, Has, Within
from app.catalogue.heading import heading
from app.catalogue.profiles import HVD, PROFILES, Profile, named, shaped
from app.catalogue.ranges import Ranges
from app.catalogue.sound import sound
from app.errors import Invalid, NotFound
from app.pages.portal import portal
from app.search.filters import BY_NAME
from app.web.bodies import Bodies
from app.web.links import address
from app.web.negotiation import Offer
from app.web.paging import last_page, number
from app.web.profiles import choose, told
from app.web.rdf import iri, literal, rdf_body, rdf_written
from vocab.namespaces import HYDRA, RDF, XSD

PAGE_SIZE = 100
MAX_PAGE_SIZE = 500
_ID = re.compile(r"[a-z2-7]{0,16}")
_FILTERS = ("modified-since", "theme", "publisher")
_BODIES = Bodies()
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?")


def show(wanted: Offer, extension: str) -> Response:
    """One page. Raises `Invalid` for a time or a place that can't be read, `NotOffered` for an unknown profile."""
    profile = choose(PROFILES, named)
    state, modified = portal().browsing.mark(), portal().catalogue.last_changed()
    asked = tuple(_only(name) for name in (*_FILTERS, "size", "profile", "after", "page"))
    key = (asked, profile.token, wanted.name, extension)
    body = _BODIES.get((portal().settings.home, state), key, lambda: _body(wanted, extension, profile, modified))
    return told(rdf_written(body, wanted, modified=modified, negotiated=not extension), profile, PROFILES)


def _only(name: str) -> str:
    """A parameter that is said twice is told, for one of the two would be left out in silence."""
    said = request.args.getlist(name)
    if len(said) > 1:
        raise Invalid(f"{name} 只能出现一次。", f"{name} may be given only once.")
    return said[0] if said else ""


def _body(wanted: Offer, extension: str, profile: Profile, modified: datetime) -> bytes:
    size = number(request.args.get("size"), default=PAGE_SIZE, most=MAX_PAGE_SIZE)
    choice = _choice(profile)
    total = portal().browsing.count(choice)
    ids = _ids(choice, size, total)
    base_url = portal().settings.base_url
    lines = heading(base_url, modified.strftime("%Y-%m-%dT%H:%M:%SZ"))
    lines += _paging("/catalog" + (f".{extension}" if extension else ""), ids[size - 1] if ids[size:] else "", total)
    ranges = Ranges()
    graphs = []
    for id_, graph in portal().catalogue.public_states(ids[:size]).items():
        if graph is not None:
            lines_of = shaped(sound(graph), f"{base_url}/dataset/{id_}", profile)
            graphs.append(lines_of + ranges.of(lines_of))
    return rdf_body("\n".join(lines).encode() + b"\n" + b"".join(graphs), wanted)


def _ids(choice: Choice, size: int, total: int) -> list[str]:
    """Ids of the page, and one more where another page follows."""
    if after := request.args.get("after", ""):
        if not _ID.fullmatch(after):
            raise Invalid(
                "after 须取自上一页给出的地址。", "after must be taken from the address that the page before gave."
            )
        return portal().browsing.ids_after(after, choice, size + 1)
    page = number(request.args.get("page"))
    last = last_page(total, size)
    if page > last:  # an empty page would look like the end of a catalogue that has none
        raise NotFound(
            f"目录没有第 {page} 页：每页 {size} 条时，最后一页是第 {last} 页。",
            f"The catalogue has no page {page}: with {size} datasets a page, the last one is {last}.",
        )
    return portal().browsing.ids(choice, start=(page - 1) * size, limit=size + 1)


def _choice(profile: Profile) -> Choice:
    parts: list[Choice] = [Has("hvd", "")] if profile is HVD else []
    if said := request.args.get("modified-since", "").strip():
        parts.append(Within(_moment(said)))
    if theme := request.args.get("theme", "").strip():
        parts.append(Has("theme", next(iter(BY_NAME["theme"].values([theme])), theme)))
    if publisher := request.args.get("publisher", "").strip():
        parts.append(Has("publisher", publisher.rstrip("/").rsplit("/", 1)[-1]))
    return Every(tuple(parts)) if parts else EVERYTHING


def _moment(said: str) -> datetime:
    """An xsd:date or xsd:dateTime; UTC where no zone is said."""
    try:
        if not _MOMENT.fullmatch(said.replace(" ", "+")):  # a plus sign that nobody encoded
            raise ValueError
        at = datetime.fromisoformat(said.replace(" ", "+"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            "modified-since 须是日期或时刻，例如 2026-01-31 或 2026-01-31T08:00:00Z。",
            "modified-since must be a date or a time, such as 2026-01-31 or 2026-01-31T08:00:00Z.",
        ) from None


def _paging(path: str, following: str, total: int) -> list[str]:
    """The page and where the first and the next are; which comes last is not known before it is there."""
    base = portal().settings.base_url
    asked = [(name, request.args.get(name, "")) for name in (*_FILTERS, "size", "profile")]
    collection = iri(f"{base}/catalog")
    first = iri(base + address(path, asked))
    place = [(name, request.args.get(name, "")) for name in ("after", "page")]
    this = iri(base + address(path, [*asked, *place]))
    lines = [
        f"{collection} {iri(RDF.type)} {iri(HYDRA.Collection)} .",
        f"{collection} {iri(HYDRA.totalItems)} {literal(str(total), datatype=str(XSD.integer))} .",
        f"{collection} {iri(HYDRA.view)} {this} .",
        f"{this} {iri(RDF.type)} {iri(HYDRA.PartialCollectionView)} .",
        f"{this} {iri(HYDRA.first)} {first} .",
    ]
    if following:
        lines.append(f"{this} {iri(HYDRA.next)} {iri(base + address(path, [*asked, ('after', following)]))} .")
    else:
        lines.append(f"{this} {iri(HYDRA.last)} {this} .")
    return lines
