"""
Metadata of geographic data in ISO 19139 as DCAT, after GeoDCAT-AP (https://semiceu.github.io/GeoDCAT-AP/).

owslib takes the record apart; it is given elements that were parsed here, and asks nobody.
"""

from collections.abc import Iterable
from typing import Any

from lxml import etree
from owslib.iso import MD_Metadata

from harvest.mapping import values
from harvest.mapping.entry import Agent, Contact, Distribution, Entry
from harvest.mapping.made import Made, More, language_of, made, text
from harvest.mapping.statements import link
from vocab.namespaces import DCAT, DCT, FOAF, LOCN, RDF, RDFS

GMD = "http://www.isotc211.org/2005/gmd"
RECORDS = (f"{{{GMD}}}MD_Metadata", "{http://www.isotc211.org/2005/gmi}MI_Metadata")
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
_DATASETS = frozenset({"", "dataset", "series", "nonGeographicDataset", "tile", "featureCatalogue", "document"})
_EVERY = {
    "continual": "UPDATE_CONT", "daily": "DAILY", "weekly": "WEEKLY", "fortnightly": "BIWEEKLY", "monthly": "MONTHLY",
    "quarterly": "QUARTERLY", "biannually": "ANNUAL_2", "annually": "ANNUAL", "asNeeded": "IRREG", "irregular": "IRREG",
    "notPlanned": "NEVER",
}  # fmt: skip
"""MD_MaintenanceFrequencyCode -> the EU's authority table, as GeoDCAT-AP says."""
_TOPICS = {
    "farming": "工业农业", "climatologyMeteorologyAtmosphere": "气象服务", "economy": "财税金融",
    "environment": "生态环境", "health": "医疗卫生",
    "imageryBaseMapsEarthCover": "地理空间", "elevation": "地理空间", "location": "地理空间",
    "boundaries": "地理空间", "geoscientificInformation": "地理空间", "planningCadastre": "城建住房",
    "structure": "城建住房", "transportation": "交通运输", "utilitiesCommunication": "资源能源",
    "intelligenceMilitary": "公共安全",
}  # fmt: skip
"""MD_TopicCategoryCode -> a label of the theme list; other codes stay in the source's own word."""
_PUBLISHERS = ("publisher", "owner", "resourceProvider", "custodian", "pointOfContact", "author", "distributor")
_SERVICES = ("OGC:", "WWW:LINK-1.0-http--rest", "ESRI:REST")
_LANGUAGES = {"chi": "zh", "zho": "zh", "eng": "en", "fre": "fr", "fra": "fr", "ger": "de", "deu": "de", "spa": "es",
              "ita": "it", "por": "pt", "dut": "nl", "nld": "nl", "dan": "da", "swe": "sv", "nor": "no", "pol": "pl",
              "cze": "cs", "ces": "cs", "slo": "sk", "slk": "sk", "fin": "fi", "gre": "el", "ell": "el", "jpn": "ja",
              "kor": "ko", "rus": "ru"}  # fmt: skip


def metadata(element: Any) -> Made | None:
    """The dataset that an MD_Metadata element describes; None for a service, a feature type and the like."""
    found = MD_Metadata(element)
    if text(found.hierarchy) not in _DATASETS:
        return None
    identification: Any = found.identification[0] if found.identification else None
    id_ = text(found.identifier)
    entry = Entry(identifiers=[id_] if id_ else [])
    more = More()
    iri = text(found.dataseturi)
    if identification is not None:
        entry.title = text(identification.title)
        entry.description = values.paragraphs(identification.abstract or "")
        iri = next((each for each in map(text, identification.uricode) if link(each)), iri)
        _identification(identification, entry, more)
    _parties(found, identification, entry)
    code = text(found.languagecode) or text(found.language)
    told = _LANGUAGES.get(code.lower()[:3], code if len(code) == 2 else "")
    guessed = language_of(entry.title, entry.description)
    entry.language = guessed or ("" if told == "zh" else told)
    entry.frequency = more.code(str(DCT.accrualPeriodicity), "frequency", _maintenance(element))
    if not entry.modified:
        entry.modified = values.moment(text(found.datestamp)) or ""
    _distributions(found, entry, more)
    return made(id_, iri if link(iri) else "", entry, more)


def _identification(found: Any, entry: Entry, more: More) -> None:
    for date in found.date:
        at = values.moment(text(date.date)) or ""
        if at and text(date.type) == "revision":
            entry.modified = max(entry.modified, at)
        elif at and (text(date.type) == "publication" or not entry.issued):
            entry.issued = at
    words = [text(keyword.name) for group in found.keywords for keyword in group.keywords]
    entry.keywords = list(dict.fromkeys(word for word in words if word))
    entry.themes = list(dict.fromkeys(_TOPICS.get(word, word) for word in map(text, found.topiccategory) if word))
    entry.period = tuple(values.moment(text(at)) or "" for at in (found.temporalextent_start, found.temporalextent_end))  # type: ignore[assignment]
    rights = [each for each in (*map(text, found.otherconstraints), *map(text, found.uselimitation)) if each]
    entry.licence = next((each for each in (*_links(found.otherconstraints_url), *rights) if link(each)), "")
    for number, each in enumerate(dict.fromkeys(rights)):
        if each != entry.licence:
            node = more.blank(str(DCT.rights), f"_:rights{number}")
            more.node(str(RDF.type), str(DCT.RightsStatement), of=node)
            more.text(str(RDFS.label), each, of=node)
    more.text("http://www.w3.org/2002/07/owl#versionInfo", text(found.edition))
    _place(found.bbox, more)


def _links(found: Any) -> list[str]:
    return [text(each) for each in found or () if text(each)]


def _place(bbox: Any, more: More) -> None:
    try:
        west, south, east, north = (float(side) for side in (bbox.minx, bbox.miny, bbox.maxx, bbox.maxy))
    except (AttributeError, TypeError, ValueError):
        return
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        return
    node = more.blank(str(DCT.spatial), "_:place")
    more.node(str(RDF.type), str(DCT.Location), of=node)
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    wkt = f"POLYGON(({', '.join(f'{x:g} {y:g}' for x, y in corners)}))"
    more.typed(str(DCAT.bbox), wkt, _WKT, of=node)
    more.typed(str(LOCN.geometry), wkt, _WKT, of=node)


def _parties(found: Any, identification: Any, entry: Entry) -> None:
    parties = [] if identification is None else [*identification.contact, *identification.publisher]
    parties += found.contact
    by_role = sorted(
        (party for party in parties if text(party.organization) or text(party.name)),
        key=lambda party: _PUBLISHERS.index(party.role) if party.role in _PUBLISHERS else len(_PUBLISHERS),
    )
    if by_role:
        entry.publisher = Agent(text(by_role[0].organization) or text(by_role[0].name))
    contacts = [party for party in parties if text(party.email) or text(party.phone)]
    contact = next((party for party in contacts if party.role == "pointOfContact"), next(iter(contacts), None))
    if contact is not None:
        email, phone = text(contact.email), text(contact.phone)
        entry.contact = Contact(
            text(contact.organization) or text(contact.name),
            [phone] if phone else [],
            [email] if "@" in email and " " not in email else [],
        )


def _maintenance(element: Any) -> str:
    code = element.find(f".//{{{GMD}}}MD_MaintenanceFrequencyCode")
    said = text(code.get("codeListValue")) if code is not None else ""
    if said == "unknown":
        return ""
    return f"http://publications.europa.eu/resource/authority/frequency/{_EVERY[said]}" if said in _EVERY else said


def _distributions(found: Any, entry: Entry, more: More) -> None:
    distribution = found.distribution
    if distribution is None:
        return
    for online in _each(distribution.online):
        url = text(online.url)
        protocol = text(online.protocol)
        if not link(url):
            continue
        if text(online.function) == "information" or (protocol.startswith("WWW:LINK") and not _is_file(url)):
            if url not in entry.landing_pages:
                entry.landing_pages.append(url)
            continue
        kind = next((part for part in protocol.split(":")[1:2] if protocol.startswith("OGC:")), "")
        formats = [text(distribution.format)] if text(distribution.format) and not kind else [kind] if kind else []
        is_api = protocol.startswith(_SERVICES)
        node = f"_:f{len(entry.distributions)}"
        entry.distributions.append(Distribution(url, text(online.name), formats, None, is_api))
        more.text(str(DCT.description), text(online.description), entry.language, of=node)
    for page in entry.landing_pages[1:]:
        more.link(str(FOAF.page), page)


def _each(found: Iterable[Any] | None) -> list[Any]:
    return [each for each in found or () if each is not None]


def _is_file(url: str) -> bool:
    name = url.partition("?")[0].rpartition("/")[2]
    return "." in name and name.rpartition(".")[2].lower() not in ("html", "htm", "php", "jsp", "aspx", "do")


def careful_parser() -> Any:
    """Fetches nothing and puts no entity in (OWASP's XML External Entity Prevention)."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def parsed(data: bytes) -> Any:
    """The root element of an XML document without a document type. Raises ValueError."""
    try:
        root = etree.fromstring(data, careful_parser())
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)[:300]) from None
    if root is None:
        raise ValueError("no element")
    if root.getroottree().docinfo.doctype:
        raise ValueError("DOCTYPE")
    return root
