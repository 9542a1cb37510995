"""IRIs that the catalogue reads and writes, as plain strings: rdflib's terms are too slow to compare by the million."""

from vocab import namespaces

RDF = str(namespaces.RDF)
RDFS = str(namespaces.RDFS)
DCT = str(namespaces.DCT)
DCAT = str(namespaces.DCAT)
FOAF = str(namespaces.FOAF)
ORG = str(namespaces.ORG)
VCARD = str(namespaces.VCARD)
CSVW = str(namespaces.CSVW)
SKOS = str(namespaces.SKOS)
PROV = str(namespaces.PROV)
ADMS = str(namespaces.ADMS)
XSD = str(namespaces.XSD)
SCHEMA = str(namespaces.SCHEMA)
SUI = str(namespaces.SUI)
PROFILE = str(namespaces.PROFILE)

TYPE = RDF + "type"
VALUE = RDF + "value"
LABEL = RDFS + "label"

BASE = "urn:suishu:"
"""Stands for the portal's base address in everything that is stored."""
_BASE = b"<" + BASE.encode()


def dataset(id_: str) -> str:
    """The dataset's node, as N-Triples writes it."""
    return f"<{BASE}dataset/{id_}>"


def with_base(ntriples: bytes, base_url: str) -> bytes:
    """The same statements with the portal's address in place of the fixed base."""
    return ntriples.replace(_BASE, b"<" + base_url.encode() + b"/")
