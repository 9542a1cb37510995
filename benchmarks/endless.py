"""Twenty queries that would run for hours, asked again and again: how quick the search page stays, and what is left."""

import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil

from benchmarks import machine
from benchmarks.search import QUERIES
from benchmarks.table import Row
from benchmarks.web import load

PORT = 18083
AT_ONCE = 20
QUERY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
_SECONDS = 20
_REST_S = 15


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    paths = [f"/dataset?q={quote(text)}" for text in QUERIES]
    with machine.serving(place / "home", PORT, SUISHU_SPARQL_BUDGET_S="0") as (_, process):
        machine.wait_until_measured(place / "home", process.pid)
        load(PORT, paths, 3)
        quiet = load(PORT, paths, _SECONDS)
        before = _memory(process.pid)  # of the same portal at the same work: what search has read of its index counts
        stop = threading.Event()
        askers = [threading.Thread(target=_ask, args=(number, stop)) for number in range(AT_ONCE)]
        for asker in askers:
            asker.start()
        time.sleep(1)
        busy = load(PORT, paths, _SECONDS)
        stop.set()
        for asker in askers:
            asker.join()
        time.sleep(_REST_S)
        after = _memory(process.pid)
    if quiet["errors"] or busy["errors"]:
        raise RuntimeError(f"errors under load: {quiet}, {busy}")
    what = f"search page, p95, while {AT_ONCE} queries without end are asked"
    yield Row(what, busy["p95_ms"], "ms", quiet["p95_ms"], "the same, quiet", at_most=2)
    yield Row("memory of the portal afterwards", after, "MB", before, "before", at_most=1.2)


def _ask(number: int, stop: threading.Event) -> None:
    asked = 0
    while not stop.is_set():
        query = urllib.parse.urlencode({"query": f"{QUERY} # {number} {asked}"})
        asked += 1
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sparql?{query}", timeout=60).read()
        except urllib.error.HTTPError as refused:  # at its limit, or because others are before it
            refused.read()
            time.sleep(0.2)


def _memory(pid: int) -> float:
    """Memory of all processes of the portal, pages that they share counted once, in MB."""
    root = psutil.Process(pid)
    return sum(process.memory_full_info().pss for process in [root, *root.children(recursive=True)]) / 1e6
