"""From N-Triples to searchable, and the same again unchanged, by the command line as an operator would."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import shacl

from benchmarks import floors, generate, machine
from benchmarks.table import Row
from shapes.profile import load

COUNTED = ("dataset", "dataset_version", "audit_event", "outbox", "quarantine")


def prepare(home: Path, source: Path) -> None:
    """Harvest once, so that the other sections have a portal; what `measure` measures starts from nothing."""
    machine.run(home, "harvest", str(source), "--as", "dcat", "--json")


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    parse, check = floors.parse(source), _bare_check(size)
    load_s, index = floors.load(source), _bare_index(size)
    bare = parse + check + load_s + index
    home = place / "measured"
    first = machine.run(home, "harvest", str(source), "--as", "dcat", "--json")
    said = json.loads(first.stdout)
    if said["new"] != size:
        raise RuntimeError(f"{said['new']} of {size} entries were recorded: {said['reasons']}")
    parts = f"parse {parse:.2f}, check {check:.2f}, load {load_s:.2f}, index {index:.2f}"
    yield Row(
        "harvest of new entries, to searchable", first.seconds, "s", bare, parts, at_most=8 if size >= 10_000 else None
    )
    yield Row("its peak memory", first.peak_mb, "MB", limit=1000 if size <= 10_000 else 2000)
    before = _rows(home)
    again = machine.run(home, "harvest", str(source), "--as", "dcat", "--json")
    hashed = floors.parse_and_hash(generate.entries(size))
    yield Row(
        "the same again, unchanged",
        again.seconds,
        "s",
        hashed,
        "parse and RDFC-1.0 hash",
        at_most=3 if size >= 10_000 else None,
    )
    yield Row("its peak memory", again.peak_mb, "MB", limit=1000 if size <= 10_000 else 2000)
    yield Row("rows that it wrote to the record", sum(abs(b - a) for a, b in zip(before, _rows(home), strict=True)),
              "rows", limit=0)  # fmt: skip
    shutil.rmtree(home)


def _bare_check(size: int) -> float:
    """The `shacl` engine alone, a record at a time, with the shapes that the harvest uses."""
    shapes = shacl.Shapes.from_text(load("intake").shapes.serialize(format="nt"), format="ntriples")
    records = list(generate.entries(min(size, 10_000)))

    def work() -> None:
        for record in records:
            shapes.validate_text(record, format="ntriples", allow_warnings=True)

    return floors.seconds(work) * size / len(records)


def _bare_index(size: int) -> float:
    """tantivy alone, on text that is segmented already."""
    return floors.index([floors.row(number) for number in range(size)])


def _rows(home: Path) -> list[int]:
    with sqlite3.connect(home / "record.sqlite") as record:
        return [record.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED]
