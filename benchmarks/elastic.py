"""
Search on Elasticsearch, beside the official client sending the same bodies and beside the embedded index.

Starts a node of its own; without Maven and Java 21 it says so and measures nothing.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from benchmarks import documents
from benchmarks.search import QUERIES, ROUNDS, percentile, times
from benchmarks.table import Row
from indexer.elastic import ElasticReader, rebuild
from indexer.elastic.client import Client
from indexer.embedded import EmbeddedReader, EmbeddedWriter
from indexer.query import Query
from tests.services import elasticsearch


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    folder = Path(tempfile.mkdtemp(prefix="suishu-bench-elasticsearch-"))
    folder.chmod(0o755)  # the server runs as another user than root
    try:
        url = elasticsearch.start(folder)
    except elasticsearch.CannotStart as error:
        print(f"Elasticsearch is left out: {error}")
        return
    try:
        yield from _measure(place, url, size)
    finally:
        elasticsearch.remove(folder)


def _measure(place: Path, url: str, size: int) -> Iterator[Row]:
    embedded = EmbeddedWriter(place / "beside")
    spent = 0.0
    with rebuild(url) as writer:
        for batch in documents.batches(size):
            embedded.apply(batch, [])
            began = time.perf_counter()
            writer.apply(batch, [])
            spent += time.perf_counter() - began
    embedded.commit()
    embedded.close()
    yield Row("indexing, Elasticsearch", spent, "s")
    reader, beside = ElasticReader(url), EmbeddedReader(place / "beside")
    bare = _bare(url, reader)
    ours, floor, near = _in_turns(
        lambda text: reader.search(Query(text=text)), bare, lambda text: beside.search(Query(text=text))
    )
    for percent in (50, 95):
        own, least = percentile(ours, percent), percentile(floor, percent)
        yield Row(f"search on Elasticsearch, p{percent}", own, "ms", least, "bare client, same bodies", at_most=1.25)
        yield Row(
            f"embedded search, p{percent}", percentile(near, percent), "ms", least,
            "bare Elasticsearch client, same bodies", at_most=0.5 if size >= 100_000 else None,
        )  # fmt: skip


def _in_turns(*searches: Callable[[str], object]) -> list[list[float]]:
    """
    Milliseconds of each, sorted. A question is put to one after the other, and another begins each time, so that a slow
    moment of the machine, or of the server, falls on all.
    """
    for search in searches:
        times(search, QUERIES)
    taken: list[list[float]] = [[] for _ in searches]
    for turn in range(3 * ROUNDS):
        for text in QUERIES:
            for number in range(len(searches)):
                which = (turn + number) % len(searches)
                start = time.perf_counter()
                searches[which](text)
                taken[which].append(1000 * (time.perf_counter() - start))
    return [sorted(each) for each in taken]


def _bare(url: str, reader: ElasticReader) -> Callable[[str], object]:
    """The official client, one connection, sending the bodies that our backend sends for a question."""
    client = Elasticsearch(url)
    sent: list[tuple[str, Mapping[str, Any]]] = []
    bodies: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    search = Client.search

    def noting(self: Client, target: str, body: Mapping[str, Any], preference: str = "") -> Mapping[str, Any]:
        sent.append((target, body))
        return search(self, target, body, preference)

    Client.search = noting  # type: ignore[method-assign]
    try:
        for text in QUERIES:
            for _ in range(2):  # the second time nothing is asked that is known for a while
                sent.clear()
                reader.search(Query(text=text))
            bodies[text] = list(sent)
    finally:
        Client.search = search  # type: ignore[method-assign]

    def query(text: str) -> object:
        return [client.search(index=target, **body).body for target, body in bodies[text]]

    return query
