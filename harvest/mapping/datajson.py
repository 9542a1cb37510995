"""A dataset of a data.json, DCAT-US 1.1, as DCAT: https://resources.data.gov/resources/dcat-us/"""

from collections.abc import Mapping
from typing import Any

from harvest.mapping import values
from harvest.mapping.entry import Agent, Contact, Distribution, Entry
from harvest.mapping.made import Made, More, language_of, made, objects, text, texts
from harvest.mapping.statements import link
from vocab.namespaces import DCAT, DCT, FOAF, RDF

_ACCESS = {"public": "WTJ", "restricted public": "YTJ", "non-public": "BKF"}
"""accessLevel -> notation of the open attribute."""
_EU = "http://publications.europa.eu/resource/authority/frequency/"
_EVERY = {
    "R/P10Y": "DECENNIAL", "R/P4Y": "QUADRENNIAL", "R/P1Y": "ANNUAL", "R/P6M": "ANNUAL_2", "R/P4M": "ANNUAL_3",
    "R/P3M": "QUARTERLY", "R/P2M": "BIMONTHLY", "R/P1M": "MONTHLY", "R/P0.5M": "MONTHLY_2", "R/P2W": "BIWEEKLY",
    "R/P1W": "WEEKLY", "R/P3.5D": "WEEKLY_2", "R/P0.33W": "WEEKLY_3", "R/P0.33M": "MONTHLY_3", "R/P1D": "DAILY",
    "R/PT1H": "HOURLY", "R/PT1S": "UPDATE_CONT",
}  # fmt: skip
"""ISO 8601 repeating durations of the schema's guide -> the EU's authority table."""


def dataset(found: Mapping[str, Any]) -> Made:
    entry = Entry(title=text(found.get("title")), description=values.paragraphs(_string(found.get("description"))))
    language = texts(found.get("language"))
    entry.language = (language[0] if len(language) == 1 else "") or language_of(entry.title, entry.description)
    identifier = text(found.get("identifier"))
    entry.identifiers = [identifier] if identifier else []
    publisher = next(iter(objects(found.get("publisher"))), {})
    entry.publisher = Agent(text(publisher.get("name")) or text(found.get("publisher")))
    entry.contact = _contact(found)
    entry.keywords = texts(found.get("keyword"))
    entry.open_attribute = _ACCESS.get(text(found.get("accessLevel")).lower(), text(found.get("accessLevel")))
    entry.issued = _moment(found, "issued", entry)
    entry.modified = _moment(found, "modified", entry)
    entry.licence = text(found.get("license"))
    page = text(found.get("landingPage"))
    entry.landing_pages = [page] if link(page) else []
    start, slash, end = text(found.get("temporal")).partition("/")
    if slash:
        entry.period = (values.moment(start) or "", values.moment(end) or "")
    more = More()
    every = text(found.get("accrualPeriodicity"))
    frequency = _EU + _EVERY[every] if every in _EVERY else every
    entry.frequency = more.code(str(DCT.accrualPeriodicity), "frequency", frequency)
    entry.themes = [word for theme in texts(found.get("theme")) if (word := more.code(str(DCAT.theme), "theme", theme))]
    _beside(found, more, entry.language)
    _distributions(found, entry, more)
    return made(identifier, identifier if link(identifier) else "", entry, more)


def _contact(found: Mapping[str, Any]) -> Contact:
    contact = next(iter(objects(found.get("contactPoint"))), {})
    email = text(contact.get("hasEmail")).removeprefix("mailto:")
    return Contact(text(contact.get("fn")), [], [email] if "@" in email and " " not in email else [])


def _beside(found: Mapping[str, Any], more: More, language: str) -> None:
    for predicate, name in (
        (DCT.conformsTo, "conformsTo"),
        (FOAF.page, "references"),
        (FOAF.page, "describedBy"),
        (FOAF.page, "systemOfRecords"),
    ):
        for address in texts(found.get(name)):
            more.link(str(predicate), address)
    part_of = text(found.get("isPartOf"))
    if part_of and not more.link(str(DCT.isPartOf), part_of):
        more.text(str(DCT.relation), part_of)
    rights = text(found.get("rights"))
    if rights:
        node = more.blank(str(DCT.rights), "_:rights")
        more.node(str(RDF.type), str(DCT.RightsStatement), of=node)
        more.text("http://www.w3.org/2000/01/rdf-schema#label", rights, language, of=node)
    place = found.get("spatial")
    if text(place) and not more.link(str(DCT.spatial), place):
        node = more.blank(str(DCT.spatial), "_:place")
        more.node(str(RDF.type), str(DCT.Location), of=node)
        more.text("http://www.w3.org/2000/01/rdf-schema#label", place, language, of=node)


def _distributions(found: Mapping[str, Any], entry: Entry, more: More) -> None:
    for each in objects(found.get("distribution")):
        download, access = text(each.get("downloadURL")), text(each.get("accessURL"))
        url = download if link(download) else access
        if not link(url):
            if download or access:
                entry.notes.append(f"unusable-address: {(download or access)[:80]}")
            continue
        kind = text(each.get("format")) or text(each.get("mediaType"))
        node = f"_:f{len(entry.distributions)}"
        is_api = not link(download)
        entry.distributions.append(Distribution(url, text(each.get("title")), [kind] if kind else [], None, is_api))
        more.text(str(DCT.description), _string(each.get("description")), entry.language, of=node)
        if "/" in text(each.get("mediaType")):
            media = text(each.get("mediaType")).partition(";")[0].strip()
            more.node(str(DCAT.mediaType), f"http://www.iana.org/assignments/media-types/{media}", of=node)
        for address in texts(each.get("conformsTo")):
            more.link(str(DCT.conformsTo), address, of=node)
        if is_api is False and link(access) and access != url:
            more.link(str(DCAT.accessURL), access, of=node)


def _moment(found: Mapping[str, Any], name: str, entry: Entry) -> str:
    """A repeating interval, which the schema allows for what changes all the time, is no moment."""
    written = text(found.get(name))
    at = values.moment(written) or ""
    if written and not at and not written.startswith("R/"):
        entry.notes.append(f"unreadable-date: {name} {written[:40]}")
    return at


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
