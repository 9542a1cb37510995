"""Every RDF file of the collected catalogues is read, and says as much as independent readers found in it."""

import csv
from functools import cache
from pathlib import Path

import pytest

from tests.shared_data import SHARED, needs_shared
from vocab.notes import Kind
from vocab.rdf import Format, RdfError, to_ntriples

FORMATS = {
    "Turtle": Format.TURTLE,
    "RDF/XML": Format.RDF_XML,
    "CSW GetRecords + RDF/XML": Format.RDF_XML,
    "JSON-LD": Format.JSON_LD,
    "TriG": Format.TRIG,
    "N-Quads": Format.N_QUADS,
    "N-Triples": Format.N_TRIPLES,
}
EXPLAINED = {
    # Two blank nodes of different graphs were counted as one there; the TriG of the same example counts 97.
    "w3c__dxwg/conformance-standards.jsonld": 97,
    # Nodes below terms that the context does not define are kept.
    "ckan__ckanext-dcat/catalog_pod.jsonld": 67,
}


@cache
def rows() -> tuple[dict[str, str], ...]:
    if SHARED is None:
        return ()
    with (SHARED / "dcat" / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(row for row in csv.DictReader(file, delimiter="\t") if row["format"] in FORMATS)


def read(row: dict[str, str]) -> tuple[set[bytes], dict[Kind, int]]:
    assert SHARED is not None
    path: Path = SHARED / "dcat" / row["file"]
    parsed = to_ntriples(path, FORMATS[row["format"]], "http://base.example/")
    return set(parsed.lines), parsed.notes.counts


def readable(row: dict[str, str]) -> bool:
    return "ok" in (row["rdflib"], row["oxigraph"])


@needs_shared
@pytest.mark.parametrize("name", FORMATS)
def test_what_any_reader_accepts_we_read_with_as_many_statements(name: str) -> None:
    wrong = []
    for row in rows():
        if row["format"] == name and readable(row):
            lines, notes = read(row)
            expected = EXPLAINED.get(row["file"], int(row["triples"]))
            if len(lines) != expected or notes.get(Kind.DROPPED):
                wrong.append((row["file"], expected, len(lines), notes))
    assert wrong == []


@needs_shared
def test_what_no_reader_accepts_is_read_in_part_or_refused_in_words() -> None:
    refused = {}
    mended = 0
    for row in rows():
        if not readable(row):
            try:
                lines, notes = read(row)
                mended += bool(lines) and bool(notes)
            except RdfError as error:
                refused[row["file"]] = error.reason_en
    assert all(refused.values())
    assert mended >= 36
    assert len(refused) <= 40
    remote = [reason for reason in refused.values() if "remote JSON-LD context" in reason]
    assert len(remote) >= 18
