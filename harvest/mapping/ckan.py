"""
A CKAN package as DCAT, with the fields and extras that ckanext-dcat and fluent schemas add.

https://docs.ckan.org/en/2.11/api/ and https://docs.ckan.org/projects/ckanext-dcat/en/latest/mapping/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from harvest.mapping import values
from harvest.mapping.codes import concept
from harvest.mapping.entry import Agent, Contact, Distribution, Entry
from harvest.mapping.made import (
    Made,
    More,
    by_language,
    language_of,
    made,
    main,
    named,
    objects,
    text,
    texts,
    unquoted,
)
from harvest.mapping.statements import link
from vocab.namespaces import ADMS, DCAT, DCT, FOAF, LOCN, OWL, RDF, SCHEMA, SPDX

_GEOJSON = "https://www.iana.org/assignments/media-types/application/vnd.geo+json"
_SERVICES = frozenset({"api", "rest", "wms", "wfs", "wmts", "wcs", "csw", "sparql", "ogc api"})


def package(found: Mapping[str, Any], site: str) -> Made:
    """`site` is the portal's address without a slash at its end."""
    said = _Package(found)
    id_ = text(found.get("id")) or text(found.get("name"))
    titles, descriptions = said.languages("title"), said.languages("notes")
    tag, title = main(titles)
    entry = Entry(
        title=title or text(found.get("name")), description=descriptions.pop(tag, "") or main(descriptions)[1]
    )
    entry.language = tag or _language(found.get("language")) or language_of(entry.title, entry.description)
    entry.titles = {other: words for other, words in titles.items() if other and other != tag}
    entry.descriptions = {other: words for other, words in descriptions.items() if other and words != entry.description}
    entry.identifiers = [said.one("identifier", "guid") or id_]
    entry.publisher = Agent(_publisher(said), said.one("publisher_identifier"))
    entry.contact = _contact(said)
    more = More()
    themes = dict.fromkeys((*said.all("theme", "themes"), *texts(found.get("groups"))))
    entry.themes = [word for theme in themes if (word := more.code(str(DCAT.theme), "theme", theme))]
    entry.keywords = texts(found.get("tags")) or said.all("keywords", "tag_string")
    entry.open_attribute = _coded("open-attribute", said.one("access_rights", "open_attribute"))
    every = said.one("frequency", "accrual_periodicity", "update_frequency", "update_freq")
    entry.frequency = more.code(str(DCT.accrualPeriodicity), "frequency", every)
    entry.issued = said.moment("issued", "release_date", "metadata_created")
    entry.modified = said.moment("modified", "metadata_modified")
    start = said.moment("temporal_start", "temporal_coverage_from")
    entry.period = (start, said.moment("temporal_end", "temporal_coverage_to"))
    entry.licence = said.one("license_url", "license_title", "license_id")
    own_page = f"{site}/dataset/{text(found.get('name')) or id_}" if site else ""
    entry.landing_pages = [page for page in dict.fromkeys((own_page, said.one("url"))) if link(page)]
    _beside(said, more, entry.language)
    _distributions(found, entry, more)
    iri = said.one("uri")
    return made(id_, iri if link(iri) else f"{site}/dataset/{id_}" if site and id_ else "", entry, more)


def is_public(found: Mapping[str, Any]) -> bool:
    """Neither private nor deleted nor a draft."""
    private = found.get("private")
    return not (private is True or text(private).lower() == "true") and text(found.get("state")).lower() in (
        "",
        "active",
    )


class _Package:
    """A package's fields, its extras beside them."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found
        self._extras: dict[str, Any] = {}
        extras = unquoted(found.get("extras"))
        if isinstance(extras, dict):
            self._extras = {str(key): value for key, value in extras.items()}
        for extra in objects(extras):
            if "key" in extra:
                self._extras.setdefault(text(extra["key"]).removeprefix("dcat_"), extra.get("value"))

    def values(self, *names: str) -> Iterator[Any]:
        for name in names:
            for place in (self._found, self._extras):
                if place.get(name) not in (None, "", [], {}):
                    yield place[name]

    def one(self, *names: str) -> str:
        """The first that says something; of several values the first."""
        return next((words[0] for value in self.values(*names) if (words := self._words(value))), "")

    def all(self, *names: str) -> list[str]:
        return list(dict.fromkeys(word for value in self.values(*names) for word in self._words(value)))

    def moment(self, *names: str) -> str:
        found = (values.moment(value) for value in self.values(*names) if isinstance(value, str))
        return next((at for at in found if at), "")

    def languages(self, name: str) -> dict[str, str]:
        """https://github.com/ckan/ckanext-fluent: `title_translated`, or a map of languages in the field itself."""
        found: dict[str, str] = {}
        for value in self.values(name, f"{name}_translated"):
            for tag, words in by_language(value).items():
                found.setdefault(tag, words)
        plain = found.get("", "")
        if plain and plain in [words for tag, words in found.items() if tag]:
            del found[""]  # the plain field repeats one of the languages
        return found

    @staticmethod
    def _words(value: object) -> list[str]:
        value = unquoted(value)
        if isinstance(value, dict):
            languages = by_language(value)
            return [main(languages)[1]] if languages else [word for word in (named(value),) if word]
        return texts(value)


def _publisher(said: _Package) -> str:
    organization = next(iter(objects(next(said.values("organization"), None))), {})
    title = main(by_language(organization.get("title")))[1]
    return said.one("publisher_name") or title or named(organization) or said.one("publisher", "author", "maintainer")


def _contact(said: _Package) -> Contact:
    name = said.one("contact_name", "maintainer", "author")
    email = said.one("contact_email", "maintainer_email", "author_email", "contact_point").removeprefix("mailto:")
    url = said.one("contact_uri", "contact_url")
    phone = said.one("contact_phone", "contact_telephone")
    return Contact(
        name, [phone] if phone else [], [email] if "@" in email and " " not in email else [], [url] if link(url) else []
    )


def _beside(said: _Package, more: More, language: str) -> None:
    for predicate, names in (
        (DCT.conformsTo, ("conforms_to",)),
        (FOAF.page, ("documentation",)),
        (DCT.source, ("source",)),
        (DCT.isVersionOf, ("is_version_of",)),
        (DCT.hasVersion, ("has_version",)),
        (DCT.relation, ("related_resource",)),
        (DCT.spatial, ("spatial_uri",)),
    ):
        for address in said.all(*names):
            more.link(str(predicate), address)
    for predicate, name in ((OWL.versionInfo, "version"), (ADMS.versionNotes, "version_notes")):
        more.text(str(predicate), said.one(name), language if predicate == ADMS.versionNotes else "")
    for other in said.all("alternate_identifier"):
        more.typed(str(SCHEMA.identifier), other, "")
    provenance = said.one("provenance")
    if provenance:
        more.node(str(RDF.type), str(DCT.ProvenanceStatement), of=more.blank(str(DCT.provenance), "_:provenance"))
        more.text("http://www.w3.org/2000/01/rdf-schema#label", provenance, language, of="_:provenance")
    geometry = next((value for value in said.values("spatial") if isinstance(value, str | dict)), None)
    place = said.one("spatial_text", "spatial_coverage", "geographical_name")
    shape = unquoted(geometry)
    if place or (isinstance(shape, dict) and "coordinates" in shape):
        more.node(str(RDF.type), str(DCT.Location), of=more.blank(str(DCT.spatial), "_:place"))
        more.text("http://www.w3.org/2000/01/rdf-schema#label", place, language, of="_:place")
        if isinstance(geometry, str) and isinstance(shape, dict):
            more.typed(str(LOCN.geometry), geometry, _GEOJSON, of="_:place")


def _distributions(found: Mapping[str, Any], entry: Entry, more: More) -> None:
    for resource in objects(found.get("resources")):
        url = text(resource.get("url"))
        if text(resource.get("state")) not in ("", "active") or not link(url):
            continue
        kind = text(resource.get("format")) or text(resource.get("mimetype"))
        is_api = kind.lower() in _SERVICES or text(resource.get("resource_type")) == "api"
        node = f"_:f{len(entry.distributions)}"
        size = values.number(resource.get("size"))
        title = main(by_language(resource.get("name_translated") or resource.get("name")))[1]
        entry.distributions.append(Distribution(url, title, [kind] if kind else [], size, is_api))
        description = main(by_language(resource.get("description_translated") or resource.get("description")))[1]
        more.text(str(DCT.description), description, entry.language, of=node)
        more.moment(str(DCT.issued), text(resource.get("issued")) or text(resource.get("created")), of=node)
        more.moment(str(DCT.modified), text(resource.get("modified")) or text(resource.get("last_modified")), of=node)
        if "/" in text(resource.get("mimetype")):
            media = text(resource.get("mimetype")).partition(";")[0].strip()
            more.node(str(DCAT.mediaType), f"http://www.iana.org/assignments/media-types/{media}", of=node)
        digest = text(resource.get("hash")).rpartition(":")[2]
        if len(digest) in (32, 40, 64) and digest.isalnum():
            checksum = more.blank(str(SPDX.checksum), f"{node}c", of=node)
            more.node(str(RDF.type), str(SPDX.Checksum), of=checksum)
            more.typed(str(SPDX.checksumValue), digest.lower(), str(_HEX), of=checksum)


_HEX = "http://www.w3.org/2001/XMLSchema#hexBinary"


def _coded(scheme: str, word: str) -> str:
    """The word where it is a code; what CKAN portals write there otherwise says nothing that others could use."""
    return word if word and concept(scheme, word) else ""


def _language(value: object) -> str:
    word = text(value).replace("_", "-")
    return word if 2 <= len(word) <= 7 and word[:2].isalpha() and (len(word) == 2 or word[2] == "-") else ""
