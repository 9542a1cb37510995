"""Which statements of a document belong to one dataset's record."""

import re
from functools import lru_cache

from harvest.changes import MAX_RECORD_BYTES
from harvest.errors import TooComplex
from harvest.sources.spool import Spool
from vocab.namespaces import (
    ADMS,
    CSVW,
    DCAT,
    DCATAP,
    DCT,
    FOAF,
    LOCN,
    ODRL,
    ORG,
    PROV,
    RDF,
    RDFS,
    SKOS,
    SPDX,
    SUI,
    VCARD,
)

MAX_NODES = 20_000
MAX_SHARED_NODE_BYTES = 256 * 1024
"""A node with an IRI that says more than this is somebody's hub (every dataset of a publisher …), not a detail."""

_LINK = re.compile(rb" (<[^>\n]*>) (<[^>\n]*>|_:[^ \n]+) \.\n")
"""The end of a line whose object is a node; inside a literal the line end would be escaped."""
_BLANK = ord("_")


def _terms(*iris: str) -> frozenset[bytes]:
    return frozenset(b"<%s>" % iri.encode() for iri in iris)


PARTS = _terms(
    DCAT.distribution, ADMS.sample, DCAT.accessService, DCAT.contactPoint, DCT.publisher, DCT.creator, DCT.contributor,
    DCT.rightsHolder, DCT.temporal, DCT.spatial, DCT.rights, DCT.provenance, ADMS.identifier, ODRL.hasPolicy,
    CSVW.tableSchema, CSVW.column, SPDX.checksum, LOCN.geometry, LOCN.address, VCARD.hasTelephone, VCARD.hasEmail,
    VCARD.hasAddress, VCARD.hasURL, PROV.qualifiedAttribution, PROV.agent, DCAT.qualifiedRelation, SUI.basis,
)  # fmt: skip
"""Properties whose object is a part of the record: everything that is said of it belongs to the record."""

NAMED = _terms(
    DCAT.theme, DCT.subject, DCT.license, DCT["format"], DCT.language, DCT.accrualPeriodicity, DCT.accessRights,
    DCT.type, DCT.conformsTo, FOAF.page, DCAT.mediaType, DCAT.landingPage, ADMS.status, DCATAP.availability,
    DCATAP.applicableLegislation, ORG.subOrganizationOf, SPDX.algorithm, DCAT.compressFormat, DCAT.packageFormat,
    SUI.level, SUI.ground,
)  # fmt: skip
"""Properties whose object is a thing of its own: the record only says what it is called."""

NAMING = _terms(
    RDF.type, RDFS.label, SKOS.prefLabel, SKOS.notation, SKOS.inScheme, DCT.title, DCT.identifier, DCT.type, FOAF.name
)


class Closures:
    """Gathers records from a spool. Shared nodes are read once, so that a hub of all records costs nothing."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._others = spool.datasets.keys() | spool.catalogues
        self._shared = lru_cache(maxsize=4096)(self._read_shared)

    def own(self, dataset: bytes) -> bytes:
        """The dataset's own lines alone."""
        return self._spool.read(dataset, MAX_RECORD_BYTES)

    def record(self, dataset: bytes) -> bytes:
        """
        The dataset's own lines and those of its parts, as N-Triples. Other datasets, catalogues and catalogue
        records stay out, and so does what a shared node says about them. Raises TooComplex.
        """
        found = [self._spool.read(dataset, MAX_RECORD_BYTES)]
        size = len(found[0])
        seen = {dataset}
        named: set[bytes] = set()
        for place, part in enumerate(found):  # grows while it is walked
            links = _LINK.findall(part)
            if place and not self._others.isdisjoint([node for _, node in links]):
                found[place] = self._without_backlinks(part)
            for predicate, node in links:
                if node in seen or node not in self._spool or node in self._others:
                    continue
                if node[0] == _BLANK:
                    text = self._spool.read(node, MAX_RECORD_BYTES)
                elif predicate in PARTS:
                    text = self._shared(node, False)
                else:
                    if predicate in NAMED:
                        named.add(node)
                    continue
                seen.add(node)
                found.append(text)
                size += len(text)
            if len(seen) > MAX_NODES or size > MAX_RECORD_BYTES:
                raise TooComplex(
                    f"记录过大（超过 {MAX_NODES:,} 个节点或 {MAX_RECORD_BYTES:,} 字节）。目录中请只留元数据。",
                    f"The record is too large (over {MAX_NODES:,} nodes or {MAX_RECORD_BYTES:,} bytes). "
                    "Keep only metadata in the catalogue.",
                )
        # Names come last, so that a node which is also a part is whole in whatever order the lines stand.
        found += [self._shared(node, True) for node in named - seen]
        return b"".join(found)

    def _read_shared(self, node: bytes, only_names: bool) -> bytes:
        text = self._spool.read(node, 16 * MAX_SHARED_NODE_BYTES)
        if only_names:
            start = len(node) + 1
            lines = text.splitlines(keepends=True)
            text = b"".join(line for line in lines if line[start : line.index(b" ", start)] in NAMING)
        elif not self._others.isdisjoint([node for _, node in _LINK.findall(text)]):
            text = self._without_backlinks(text)
        return text if len(text) <= MAX_SHARED_NODE_BYTES else b""

    def _without_backlinks(self, text: bytes) -> bytes:
        lines = text.splitlines(keepends=True)
        return b"".join(line for line in lines if line[line.rfind(b" ", 0, -3) + 1 : -3] not in self._others)
