"""What real portals publish must pass `intake`, odd as it may be; only a dataset without a title may not."""

import csv
from functools import lru_cache

import pytest

from shapes.validate import validate
from tests.shared_data import SHARED, needs_shared
from vocab.errors import RdfError
from vocab.rdf import to_ntriples
from vocab.syntax import Format

FORMATS = {"Turtle": Format.TURTLE, "RDF/XML": Format.RDF_XML, "JSON-LD": Format.JSON_LD, "N-Quads": Format.N_QUADS}
BROKEN = {"oSoc17__smartflanders-summary/catalog.ttl", "opendatasoft__dcat-draft/catalogue.ttl"}
"""Cut off or garbled at the source: no reader takes them."""
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset>"
TITLE = "<http://purl.org/dc/terms/title>"


def index() -> list[dict[str, str]]:
    if SHARED is None:
        return []
    with (SHARED / "dcat" / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["format"] in FORMATS]


@lru_cache(maxsize=1)
def document(file: str, format: Format) -> bytes:
    assert SHARED is not None
    return to_ntriples(SHARED / "dcat" / file, format, "https://portal.example.org/catalog").read()


def titled(ntriples: bytes) -> set[str]:
    """The datasets that have a title with a letter in it."""
    datasets: set[str] = set()
    titles: set[str] = set()
    for line in ntriples.decode().splitlines():
        subject, rest = line.split(" ", 1)
        if rest.startswith(TYPE):
            datasets.add(subject)
        elif rest.startswith(f'{TITLE} "') and rest.split('"')[1].strip():
            titles.add(subject)
    return {subject.strip("<>") for subject in datasets & titles}


REAL = [row for row in index() if row["class"] == "real-export" and row["file"] not in BROKEN]
OTHER = [row for row in index() if row["class"] != "real-export"]


@needs_shared
@pytest.mark.parametrize("row", REAL, ids=lambda row: row["file"])
def test_every_titled_dataset_of_a_real_export_passes_intake(row: dict[str, str]) -> None:
    ntriples = document(row["file"], FORMATS[row["format"]])
    refused = {result.focus for result in validate(ntriples, "intake").violations}
    assert titled(ntriples) & refused == set()


@needs_shared
def test_the_real_exports_hold_a_thousand_titled_datasets() -> None:
    assert sum(len(titled(document(row["file"], FORMATS[row["format"]]))) for row in REAL) > 1000


@needs_shared
def test_of_fixtures_and_examples_only_nameless_nodes_are_refused() -> None:
    for row in OTHER:
        try:
            ntriples = document(row["file"], FORMATS[row["format"]])
        except RdfError:
            continue
        for result in validate(ntriples, "intake").violations:
            if result.focus in titled(ntriples):
                assert result.rule == "intake-identity", f"{row['file']}: {result}"
                assert result.focus.startswith("_:")
