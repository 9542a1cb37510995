"""Puts the statements of a graph into the order a person reads them in."""

from vocab.namespaces import DCAT, DCT, FOAF, PREFIXES, RDF, SKOS

_TYPE = f"<{RDF.type}>".encode()
_MAIN = frozenset(
    f"<{name}> .".encode()
    for name in (DCAT.Catalog, DCAT.Dataset, DCAT.DatasetSeries, DCAT.DataService, SKOS.ConceptScheme)
)
_PREDICATES = {
    f"<{name}>".encode(): b"%02d" % rank
    for rank, name in enumerate(
        (RDF.type, DCT.title, FOAF.name, SKOS.prefLabel, DCT.description, DCT.identifier, DCT.publisher)
    )
}
_NAMESPACES = tuple((prefix, iri, b"<" + iri.encode()) for prefix, iri in PREFIXES.items())


def grouped(ntriples: bytes) -> bytes:
    """
    The lines by subject: catalogues, datasets and services first, then their parts; of each subject the type and
    the names first. Duplicates go.
    """
    groups: dict[bytes, list[tuple[bytes, bytes]]] = {}
    main: set[bytes] = set()
    lines = set(ntriples.splitlines())
    lines.discard(b"")
    for line in lines:
        subject, predicate, object_ = line.split(b" ", 2)
        said = (_PREDICATES.get(predicate, predicate), line)
        if subject in groups:
            groups[subject].append(said)
        else:
            groups[subject] = [said]
        if predicate == _TYPE and object_ in _MAIN:
            main.add(subject)
    out: list[bytes] = []
    for subject in (*sorted(main), *sorted(groups.keys() - main)):
        found = groups[subject]
        found.sort()
        out += [line for _, line in found]
    out.append(b"")
    return b"\n".join(out)


def used_prefixes(ntriples: bytes) -> dict[str, str]:
    """Those of our prefixes whose namespace occurs in the lines."""
    return {prefix: iri for prefix, iri, mark in _NAMESPACES if mark in ntriples}


def with_sorted_prefixes(turtle: bytes) -> bytes:
    """The parser's writer declares prefixes in random order; the same graph must be the same bytes."""
    lines = turtle.splitlines(keepends=True)
    count = next((number for number, line in enumerate(lines) if not line.startswith(b"@prefix ")), len(lines))
    return b"".join((*sorted(lines[:count]), *lines[count:]))
