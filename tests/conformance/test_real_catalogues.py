"""Every catalogue of the optional folder is harvested in one run; nothing crashes, and every record is counted."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest.record import RunReport
from harvest.run import run
from harvest.sources import open_source
from tests.shared_data import SHARED, needs_shared
from tests.unit.harvest.memory import MemoryRecorder, wants_title

RDF_FORMATS = ("Turtle", "RDF/XML", "JSON-LD", "N-Triples", "N-Quads", "TriG")
ENCODINGS = {"utf8bom": "utf-8-sig", "utf8": "utf-8", "cp950": "cp950"}

pytestmark = needs_shared


def _files(folder: str, pattern: str) -> list[Path]:
    return sorted((SHARED / folder).glob(pattern)) if SHARED else []


def _index() -> Iterator[dict[str, str]]:
    if SHARED:
        with (SHARED / "dcat" / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
            yield from (row for row in csv.DictReader(file, delimiter="\t") if row["format"] in RDF_FORMATS)


def _harvest(path: Path, recorder: MemoryRecorder | None = None, dialect: str | None = None) -> RunReport:
    source = open_source(str(path), dialect=dialect)
    recorder = recorder if recorder is not None else MemoryRecorder()
    report = run(source, recorder, wants_title, source_id=path.stem, base_url="https://portal.example")
    outcomes = report.new + report.changed + report.unchanged + report.quarantined + report.duplicate
    assert report.seen == outcomes
    assert "internal error" not in report.failure_en
    return report


def _is_kept(report: RunReport) -> bool:
    return report.recorded + report.duplicate >= 0.99 * report.seen


@pytest.mark.parametrize("path", _files("portal_json", "*.json"), ids=lambda path: path.stem)
def test_a_portals_json_is_harvested_whole(path: Path):
    report = _harvest(path)
    assert report.seen == len(json.loads(path.read_text(encoding="utf-8")))
    assert report.complete
    assert _is_kept(report), report.reasons


@pytest.mark.parametrize("name", ["anhui_chuzhou", "anhui_hefei", "ningxia_ningxia"])
def test_a_portals_json_is_harvested_again_without_a_write(name: str):
    assert SHARED is not None
    path = SHARED / "portal_json" / f"{name}.json"
    recorder = MemoryRecorder()
    _harvest(path, recorder)
    recorder.writes = 0
    again = _harvest(path, recorder)
    assert (again.new, again.changed, again.gone, recorder.writes) == (0, 0, 0, 0)


@pytest.mark.parametrize("path", _files("taiwan_csv", "*.csv"), ids=lambda path: path.stem)
def test_a_table_is_harvested_whole(path: Path):
    text = path.read_bytes().decode(ENCODINGS[path.stem.rpartition("_")[2]])
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]
    report = _harvest(path)
    assert report.seen == len(rows) - 1
    assert report.complete
    assert _is_kept(report), report.reasons


@pytest.mark.parametrize("row", list(_index()), ids=lambda row: row["file"])
def test_an_rdf_document_gives_a_record_for_each_of_its_datasets(row: dict[str, str]):
    assert SHARED is not None
    path = SHARED / "dcat" / row["file"]
    report = _harvest(path, dialect="dcat")
    if not row["n_dataset"]:
        # The independent readers could not read it. Ours may, or says in words why not.
        assert report.seen or report.failure_zh
        return
    assert report.seen == int(row["n_dataset"]), report.failure_en
    if row["class"] == "real-export":
        untitled = re.search(r"(\d+)/\d+ ds no title", row["odd"])
        assert report.recorded + report.duplicate == report.seen - int(untitled[1] if untitled else 0)
