"""
From N-Triples to record, graph and index, and the same again unchanged, by the command line as an operator would.

The command projects into the graph and the index at the same time; the second figure is the moment at which the
public graph is published with all entries, which may be before the index is.
"""

import contextlib
import json
import math
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import shacl

from app.triplestore.places import Places
from benchmarks import floors, generate, machine
from benchmarks.table import Row
from shapes.profile import load

COUNTED = ("dataset", "dataset_version", "dataset_term", "public_change", "audit_event", "outbox", "quarantine")


def prepare(home: Path, source: Path) -> None:
    """Harvest once, so that the other sections have a portal; what `measure` measures starts from nothing."""
    machine.run(home, "harvest", str(source), "--as", "dcat", "--json")


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    parse, check = floors.parse(source), _bare_check(size)
    load_s, index = floors.load(source), _bare_index(size)
    home = place / "measured"
    limits = size >= 10_000
    with _graph_published(home, size) as published:
        first = machine.run(home, "harvest", str(source), "--as", "dcat", "--json")
    said = json.loads(first.stdout)
    if said["new"] != size:
        raise RuntimeError(f"{said['new']} of {size} entries were recorded: {said['reasons']}")
    parts = f"parse {parse:.2f}, check {check:.2f}, load {load_s:.2f}"
    yield Row(
        "harvest of new entries, to searchable", first.seconds, "s", parse + check + load_s + index,
        f"{parts}, index {index:.2f}", at_most=8 if limits else None,
    )  # fmt: skip
    yield Row("to record and graph", min(published(), first.seconds), "s", parse + check + load_s, parts,
              at_most=4 if size >= 100_000 else None)  # fmt: skip
    memory_mb = 1000 if size <= 10_000 else 2000
    yield Row("its peak memory", first.peak_mb, "MB", limit=memory_mb)
    before, files = _rows(home), _files(home)
    again = machine.run(home, "harvest", str(source), "--as", "dcat", "--json")
    hashed, parse = floors.parse_and_hash(generate.entries(size)), floors.parse(source)
    yield Row("the same again, unchanged", again.seconds, "s", hashed, "parse and RDFC-1.0 hash",
              at_most=3 if limits else None)  # fmt: skip
    yield Row(
        "the same beside parsing alone", again.seconds, "s", parse, "parse", at_most=6 if size >= 100_000 else None
    )
    yield Row("its peak memory", again.peak_mb, "MB", limit=memory_mb)
    written = sum(abs(b - a) for a, b in zip(before, _rows(home), strict=True))
    yield Row("rows that it wrote to record and outbox", written, "rows", limit=0)
    touched = {path for path, seen in _files(home).items() if files.get(path) != seen}
    for name in ("graph", "index"):
        changed = sum(path.is_relative_to(home / name) for path in touched)
        yield Row(f"files that it wrote to the {name}", changed, "files", limit=0)
    shutil.rmtree(home)


@contextlib.contextmanager
def _graph_published(home: Path, size: int) -> Iterator[Callable[[], float]]:
    """Gives how many seconds after the start the published graph had followed `size` announcements."""
    began = time.perf_counter()
    took = math.inf
    stop = threading.Event()

    def look() -> None:
        nonlocal took
        while not stop.wait(0.1) and took == math.inf:
            mark = Places.in_home(home).published_mark() if (home / "graph").exists() else None
            if mark is not None and mark.cursor >= size:
                took = time.perf_counter() - began

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield lambda: took
    finally:
        stop.set()
        thread.join()


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


def _files(home: Path) -> dict[Path, tuple[int, int]]:
    """Of graph and index each file's size and moment of its last change."""
    found = (path for name in ("graph", "index") for path in (home / name).rglob("*") if path.is_file())
    return {path: ((stat := path.stat()).st_size, stat.st_mtime_ns) for path in found}
