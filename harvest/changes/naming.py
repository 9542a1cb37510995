"""Gives a canonical record our names: its dataset, its publisher and every node that has none of its own."""

from harvest.record import Canonical, publisher_id, valid_uscc
from vocab.namespaces import ADMS, CSVW, DCAT, DCT, FOAF, PROV, RDF, RDFS, SKOS, SPDX, SUI, VCARD
from vocab.ntriples import literal_value

_BLANK = ord("_")
_VOCABULARY = b"<https://w3id.org/suishu/"
"""Our terms and code lists: what they mean is said in `vocab`, not by a source."""


def _term(iri: str) -> bytes:
    return b"<%s>" % iri.encode()


_TYPE, _PUBLISHER, _IDENTIFIER = _term(RDF.type), _term(DCT.publisher), _term(DCT.identifier)
_NAMES = tuple(map(_term, (FOAF.name, SKOS.prefLabel, VCARD.fn, RDFS.label, DCT.title)))
_CATALOG_RECORD = _term(DCAT.CatalogRecord)
_PORTAL_ONLY = frozenset(map(_term, (SUI.basisOnFile,)))
_DERIVED = _term(PROV.wasDerivedFrom)
_KINDS = {
    _term(DCAT.contactPoint): b"contact",
    _term(DCAT.distribution): b"distribution",
    _term(ADMS.sample): b"distribution",
    _term(DCT.temporal): b"period",
    _term(DCT.spatial): b"place",
    _term(DCT.creator): b"agent",
    _term(DCT.rights): b"rights",
    _term(CSVW.tableSchema): b"schema",
    _term(CSVW.column): b"column",
    _term(SPDX.checksum): b"checksum",
    _term(SUI.basis): b"basis",
}


def skolemise(record: Canonical, id: str, *, source_id: str, base_url: str) -> bytes:
    """
    The record under our names: sorted N-Triples without blank nodes.

    The dataset becomes `<urn:suishu:dataset/{id}>`, a blank publisher `<urn:suishu:publisher/{id}>`, other blank
    nodes `<urn:suishu:dataset/{id}#{kind}-{content}>`. What only the portal may say, and what the record says about
    others of our addresses, is left out.
    """
    triples = [tuple(line[:-2].split(b" ", 2)) for line in record.ntriples.split(b"\n") if line]
    own = b"<urn:suishu:dataset/%s" % id.encode()
    node = record.subject.encode()
    names = _names(triples, own, source_id)
    names[node] = own + b">"
    base = b"<" + base_url.rstrip("/").encode()
    ours = (b"<urn:suishu:", _VOCABULARY, base + b"/", base + b"#", base + b">")
    part = node[:-1] + b"#" if node.startswith(ours) else b""  # our own export coming back: its parts are the record's
    withheld = {s for s, p, o in triples if p == _TYPE and o == _CATALOG_RECORD and s != node}
    lines = set()
    for s, p, o in triples:
        if p in _PORTAL_ONLY or s in withheld or (s == node and p == _DERIVED):
            continue
        if part and s.startswith(part):
            s = own + b"#" + s[len(part) :]
        elif s != node and s.startswith(ours):
            continue
        if part and o.startswith(part):
            o = own + b"#" + o[len(part) :]
        lines.add(b"%s %s %s .\n" % (names.get(s, s), p, names.get(o, o)))
    return b"".join(sorted(lines))


def _names(triples: list[tuple[bytes, ...]], own: bytes, source_id: str) -> dict[bytes, bytes]:
    """Blank node -> our IRI of it. The kind is that of the first statement, in order, which points at the node."""
    kinds: dict[bytes, bytes] = {}
    publishers = []
    for _, p, o in triples:
        if o[0] == _BLANK:
            kinds.setdefault(o, _KINDS.get(p, b"b"))
            if p == _PUBLISHER:
                publishers.append(o)
    for s, _, _ in triples:
        if s[0] == _BLANK:
            kinds.setdefault(s, b"b")
    names = {node: b"%s#%s-%s>" % (own, kind, node[3:]) for node, kind in kinds.items()}
    for node in publishers:
        id_ = _publisher_of(node, triples, source_id)
        if id_:
            names[node] = b"<urn:suishu:publisher/%s>" % id_.encode()
    return names


def _publisher_of(node: bytes, triples: list[tuple[bytes, ...]], source_id: str) -> str:
    """Our id of the agent that a blank node describes; "" when it has neither code nor name."""
    said = [(p, value) for s, p, o in triples if s == node and (value := literal_value(o))]
    for p, value in said:
        if p == _IDENTIFIER and valid_uscc(value.text.strip()):
            return publisher_id(source_id, uscc=value.text.strip())
    for wanted in _NAMES:
        found = sorted((not v.language.lower().startswith("zh"), v.language, v.text) for p, v in said if p == wanted)
        for _, _, name in found:
            if name.strip():
                return publisher_id(source_id, name=name.strip())
    return ""
