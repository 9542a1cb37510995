"""
Says of what an entry points to what it is, for those who read an entry by itself. Pure.

DCAT-AP wants each value typed (https://semiceu.github.io/DCAT-AP/releases/3.0.1/, ranges of properties), and every
concept labelled. Records point at code lists without describing them, so the way out adds it; nothing is stored.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from app.catalogue.statements import quoted
from app.catalogue.terms import ADMS, DCAT, DCT, FOAF, SKOS, TYPE, VCARD
from vocab import codelists

_SPDX: Final = "http://spdx.org/rdf/terms#"
_CLASSES: Final = {
    DCT + "accessRights": DCT + "RightsStatement",
    DCT + "accrualPeriodicity": DCT + "Frequency",
    DCT + "conformsTo": DCT + "Standard",
    DCT + "creator": FOAF + "Agent",
    DCT + "format": DCT + "MediaTypeOrExtent",
    DCT + "language": DCT + "LinguisticSystem",
    DCT + "license": DCT + "LicenseDocument",
    DCT + "provenance": DCT + "ProvenanceStatement",
    DCT + "publisher": FOAF + "Agent",
    DCT + "rights": DCT + "RightsStatement",
    DCT + "spatial": DCT + "Location",
    DCT + "temporal": DCT + "PeriodOfTime",
    DCT + "type": SKOS + "Concept",
    DCAT + "compressFormat": DCT + "MediaType",
    DCAT + "contactPoint": VCARD + "Kind",
    DCAT + "distribution": DCAT + "Distribution",
    DCAT + "landingPage": FOAF + "Document",
    DCAT + "mediaType": DCT + "MediaType",
    DCAT + "packageFormat": DCT + "MediaType",
    DCAT + "theme": SKOS + "Concept",
    ADMS + "identifier": ADMS + "Identifier",
    ADMS + "sample": DCAT + "Distribution",
    FOAF + "homepage": FOAF + "Document",
    FOAF + "page": FOAF + "Document",
    _SPDX + "checksum": _SPDX + "Checksum",
}
_POINTING = re.compile(rb" <(" + b"|".join(re.escape(p.encode()) for p in _CLASSES) + rb")> (<[^>]*>) \.\n")

_EU_THEMES: Final = {
    "AGRI": "Agriculture, fisheries, forestry and food",
    "ECON": "Economy and finance",
    "EDUC": "Education, culture and sport",
    "ENER": "Energy",
    "ENVI": "Environment",
    "GOVE": "Government and public sector",
    "HEAL": "Health",
    "INTR": "International issues",
    "JUST": "Justice, legal system and public safety",
    "OP_DATPRO": "Provisional data",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "TECH": "Science and technology",
    "TRAN": "Transport",
}
"""http://publications.europa.eu/resource/authority/data-theme, English labels"""
_EU_THEME: Final = "http://publications.europa.eu/resource/authority/data-theme/"
_OWN_SCHEMES: Final = ("theme", "theme-gbt21063", "industry", "district")
_MAX_REMEMBERED: Final = 20_000


class Ranges:
    """
    For one answer of any length: what has been said once is not said again, as long as few things were said.

    `of(ntriples)` gives the lines that `ntriples` (canonical lines, our base address in place) leaves out.
    """

    def __init__(self) -> None:
        self._said: set[tuple[bytes, bytes]] = set()

    def of(self, ntriples: bytes) -> bytes:
        return b"".join(self._lines(ntriples))

    def _lines(self, ntriples: bytes) -> Iterator[bytes]:
        for pair in dict.fromkeys(_POINTING.findall(ntriples)):
            if pair in self._said:
                continue
            if len(self._said) < _MAX_REMEMBERED:
                self._said.add(pair)
            predicate, node = pair
            class_ = _CLASSES[predicate.decode()]
            line = b"%s <%s> <%s> .\n" % (node, TYPE.encode(), class_.encode())
            if line not in ntriples:
                yield line
            if class_ == SKOS + "Concept" and b"%s <%sprefLabel> " % (node, SKOS.encode()) not in ntriples:
                yield _labels(node.decode()[1:-1])


def with_ranges(ntriples: bytes) -> bytes:
    """One entry and what it leaves out, as N-Triples."""
    return ntriples + Ranges().of(ntriples)


@lru_cache(maxsize=1_000)
def _labels(iri: str) -> bytes:
    """`skos:prefLabel` of a concept of ours or an EU theme, b"" for what we don't know."""
    labels = {"en": _EU_THEMES[iri[len(_EU_THEME) :]]} if iri.removeprefix(_EU_THEME) in _EU_THEMES else {}
    for scheme in () if labels else _OWN_SCHEMES:
        concept = codelists.scheme(scheme).by_iri(iri)
        if concept is not None and concept.iri == iri:
            labels = dict(concept.labels)
    return "".join(f"<{iri}> <{SKOS}prefLabel> {quoted(text, tag)} .\n" for tag, text in labels.items()).encode()
