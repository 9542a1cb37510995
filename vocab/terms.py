"""
The short names of properties in our JSON-LD: one table for what we write and for what we read.

Only properties that an entry commonly has are named; every other one is written as a prefixed name.
"""

from enum import Enum
from typing import Any

from vocab.namespaces import (
    ADMS,
    CSVW,
    DCAT,
    DCATAP,
    DCT,
    FOAF,
    ORG,
    PREFIXES,
    PROV,
    RDFS,
    SKOS,
    SPDX,
    SUI,
    VCARD,
    XSD,
)


class Holds(Enum):
    """What values of a property usually are, which decides how the context types them."""

    TEXT = "text in a language"
    NODE = "a node"
    DATE = "a date"
    PLAIN = "a plain value"


TERMS: dict[str, tuple[str, Holds]] = {
    "title": (str(DCT.title), Holds.TEXT),
    "description": (str(DCT.description), Holds.TEXT),
    "keyword": (str(DCAT.keyword), Holds.TEXT),
    "name": (str(FOAF.name), Holds.TEXT),
    "label": (str(RDFS.label), Holds.TEXT),
    "prefLabel": (str(SKOS.prefLabel), Holds.TEXT),
    "altLabel": (str(SKOS.altLabel), Holds.TEXT),
    "versionNotes": (str(ADMS.versionNotes), Holds.TEXT),
    "fn": (str(VCARD.fn), Holds.PLAIN),
    "identifier": (str(DCT.identifier), Holds.PLAIN),
    "version": (str(DCAT.version), Holds.PLAIN),
    "byteSize": (str(DCAT.byteSize), Holds.PLAIN),
    "notation": (str(SKOS.notation), Holds.PLAIN),
    "columnName": (str(CSVW.name), Holds.PLAIN),
    "columnTitle": (str(CSVW.title), Holds.PLAIN),
    "datatype": (str(CSVW.datatype), Holds.PLAIN),
    "open": (str(SUI.open), Holds.PLAIN),
    "position": (str(SUI.position), Holds.PLAIN),
    "rows": (str(SUI.rows), Holds.PLAIN),
    "issued": (str(DCT.issued), Holds.DATE),
    "modified": (str(DCT.modified), Holds.DATE),
    "startDate": (str(DCAT.startDate), Holds.DATE),
    "endDate": (str(DCAT.endDate), Holds.DATE),
    "publisher": (str(DCT.publisher), Holds.NODE),
    "creator": (str(DCT.creator), Holds.NODE),
    "contactPoint": (str(DCAT.contactPoint), Holds.NODE),
    "theme": (str(DCAT.theme), Holds.NODE),
    "distribution": (str(DCAT.distribution), Holds.NODE),
    "dataset": (str(DCAT.dataset), Holds.NODE),
    "service": (str(DCAT.service), Holds.NODE),
    "record": (str(DCAT.record), Holds.NODE),
    "primaryTopic": (str(FOAF.primaryTopic), Holds.NODE),
    "homepage": (str(FOAF.homepage), Holds.NODE),
    "page": (str(FOAF.page), Holds.NODE),
    "landingPage": (str(DCAT.landingPage), Holds.NODE),
    "accessURL": (str(DCAT.accessURL), Holds.NODE),
    "downloadURL": (str(DCAT.downloadURL), Holds.NODE),
    "endpointURL": (str(DCAT.endpointURL), Holds.NODE),
    "endpointDescription": (str(DCAT.endpointDescription), Holds.NODE),
    "accessService": (str(DCAT.accessService), Holds.NODE),
    "servesDataset": (str(DCAT.servesDataset), Holds.NODE),
    "inSeries": (str(DCAT.inSeries), Holds.NODE),
    "mediaType": (str(DCAT.mediaType), Holds.NODE),
    "format": (str(DCT["format"]), Holds.NODE),
    "license": (str(DCT.license), Holds.NODE),
    "rights": (str(DCT.rights), Holds.NODE),
    "accessRights": (str(DCT.accessRights), Holds.NODE),
    "language": (str(DCT.language), Holds.NODE),
    "accrualPeriodicity": (str(DCT.accrualPeriodicity), Holds.NODE),
    "spatial": (str(DCT.spatial), Holds.NODE),
    "temporal": (str(DCT.temporal), Holds.NODE),
    "conformsTo": (str(DCT.conformsTo), Holds.NODE),
    "level": (str(SUI.level), Holds.NODE),
    "tableSchema": (str(CSVW.tableSchema), Holds.NODE),
    "column": (str(CSVW.column), Holds.NODE),
    "hasEmail": (str(VCARD.hasEmail), Holds.NODE),
    "hasTelephone": (str(VCARD.hasTelephone), Holds.NODE),
    "hasURL": (str(VCARD.hasURL), Holds.NODE),
    "checksum": (str(SPDX.checksum), Holds.NODE),
    "applicableLegislation": (str(DCATAP.applicableLegislation), Holds.NODE),
    "wasDerivedFrom": (str(PROV.wasDerivedFrom), Holds.NODE),
    "memberOf": (str(ORG.memberOf), Holds.NODE),
}


def context() -> dict[str, Any]:
    """The `@context` of the documents we write: texts are language maps, nodes and dates are typed."""
    return {**PREFIXES, **{name: _definition(iri, holds, maps=True) for name, (iri, holds) in TERMS.items()}}


def plain_context() -> dict[str, Any]:
    """The same names for documents of others: texts are plain strings, and `titleMap` … hold them by language."""
    terms = {name: _definition(iri, holds, maps=False) for name, (iri, holds) in TERMS.items()}
    maps = {f"{name}Map": _definition(iri, holds, maps=True) for name, (iri, holds) in TERMS.items() if _text(holds)}
    # Names of DCAT-US 3 (https://github.com/DOI-DO/dcat-us) for what others call differently.
    nodes = {
        "contributor": DCT.contributor,
        "image": FOAF.depiction,
        "isReferencedBy": DCT.isReferencedBy,
        "qualifiedAttribution": PROV.qualifiedAttribution,
        "wasGeneratedBy": PROV.wasGeneratedBy,
        "seriesMember": DCAT.seriesMember,
        "rightsHolder": DCT.rightsHolder,
        "agent": PROV.agent,
        "hadRole": DCAT.hadRole,
    }
    more: dict[str, Any] = {name: _definition(str(iri), Holds.NODE, maps=False) for name, iri in nodes.items()}
    more |= {"start": {"@id": str(DCAT.startDate)}, "end": {"@id": str(DCAT.endDate)}, "dcterms": str(DCT)}
    # A date there may be a year or a moment, and a media type is its bare name.
    more |= {name: {"@id": iri} for name, (iri, holds) in TERMS.items() if holds is Holds.DATE}
    more["mediaType"] = {"@id": str(DCAT.mediaType)}
    return {**PREFIXES, **terms, **maps, **more}


def _definition(iri: str, holds: Holds, *, maps: bool) -> dict[str, str]:
    if holds is Holds.NODE:
        return {"@id": iri, "@type": "@id"}
    if holds is Holds.DATE:
        return {"@id": iri, "@type": str(XSD.date)}
    if holds is Holds.TEXT and maps:
        return {"@id": iri, "@container": "@language"}
    return {"@id": iri}


def _text(holds: Holds) -> bool:
    return holds is Holds.TEXT
