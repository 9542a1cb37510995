"""
The portal as a server: its start, and its search page under load from a second process.

Every request of the load asks another question, so that nothing that is remembered of questions helps.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from benchmarks import generate, machine
from benchmarks.table import Row

PORT, CONSTANT_PORT = 18080, 18081
CONNECTIONS, SECONDS = 8, 10


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    with machine.serving(place / "home", PORT) as (start_s, _):
        yield Row("start, until /health answers", start_s, "s", limit=3)
        paths = [f"/dataset?q={quote(text)}" for text in questions()]
        load(PORT, paths, 3)
        ours = load(PORT, paths)
    floor = _constant()
    if ours["errors"] or floor["errors"]:
        raise RuntimeError(f"errors under load: {ours}, {floor}")
    yield Row(
        "search page under load", ours["requests_per_s"], "/s", floor["requests_per_s"], "Jinja page of 20 constants",
        at_most=0.25, more_is_better=True,
    )  # fmt: skip
    yield Row("search page under load, p50", ours["p50_ms"], "ms", floor["p50_ms"], "the same page")
    yield Row("search page under load, p95", ours["p95_ms"], "ms", floor["p95_ms"], "the same page", limit=60)


def questions() -> list[str]:
    """
    2,400 different ones, each once, in an order that is the same everywhere: subjects alone, with a place, a kind of
    table, a year or a column, as people put them together. A process keeps what it understood of the last 1,000.
    """
    found = list(generate.SUBJECTS)
    for number, subject in enumerate(generate.SUBJECTS):
        found += [f"{subject}{kind}" for kind in generate.KINDS]
        found += [f"{subject} {year}" for year in range(2010, 2026)]
        found += [f"{subject} {item}" for item in generate.ITEMS]
        for place in generate.PLACES:
            found += [f"{place}{subject}", f"{place}{subject}{generate.KINDS[number % len(generate.KINDS)]}"]
    random.Random(generate.SEED).shuffle(found)
    return found


def _constant() -> dict[str, float]:
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--factory", "--port", str(CONSTANT_PORT),
        "--workers", str(os.cpu_count()), "--blocking-threads", "4", "--no-ws", "--log-level", "error",
        "benchmarks.constant:create_app",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    try:
        machine.wait_for(f"http://127.0.0.1:{CONSTANT_PORT}/", process)
        load(CONSTANT_PORT, ["/"], 3)
        return load(CONSTANT_PORT, ["/"])
    finally:
        process.terminate()
        process.wait(15)


def load(port: int, paths: list[str], seconds: float = SECONDS) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", "127.0.0.1", str(port), str(CONNECTIONS), str(seconds), *paths]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
