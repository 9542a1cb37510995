"""The catalogue in pages of a hundred, for other portals: a page that nobody asked for before, and the same again."""

import http.client
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import machine
from benchmarks.table import Row

PORT = 18084
PAGES = 9


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    with machine.serving(place / "home", PORT):
        for name in ("ttl", "jsonld", "rdf", "nt"):
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            cold, warm = [], []
            for number in range(1, min(PAGES, size // 100) + 1):
                path = f"/catalog.{name}?page={number}"
                cold.append(_ms(connection, path))
                _ms(connection, path)  # by the other process, if it comes there
                warm.append(min(_ms(connection, path) for _ in range(3)))
            yield Row(f"a page of 100 as {name}", statistics.median(cold), "ms", limit=200)
            yield Row("the same again", statistics.median(warm), "ms", limit=20)


def _ms(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return 1000 * (time.perf_counter() - began)
