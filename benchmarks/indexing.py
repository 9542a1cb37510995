"""The embedded index alone, with no record behind it: making one, and searching it at sizes no harvest waits for."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks import documents, floors
from benchmarks.search import QUERIES, percentile, times
from benchmarks.table import Row
from indexer.embedded import EmbeddedReader, EmbeddedWriter
from indexer.query import Query


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    folder = place / "bare-index"
    spent = 0.0
    writer = EmbeddedWriter(folder)
    for batch in documents.batches(size):  # made outside of what is timed
        began = time.perf_counter()
        writer.apply(batch, [])
        spent += time.perf_counter() - began
    began = time.perf_counter()
    writer.commit()
    spent += time.perf_counter() - began
    writer.close()
    cutting, bare = _bare(size)
    yield Row(
        "indexing, embedded", spent, "s", cutting + bare, f"cut words {cutting:.2f}, bare tantivy {bare:.2f}",
        at_most=3 if size >= 100_000 else None,
    )  # fmt: skip
    files = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    yield Row("its files", files / 1e6, "MB")
    reader = EmbeddedReader(folder)
    found = times(lambda text: reader.search(Query(text=text)), QUERIES)
    yield Row("searching it, p50", percentile(found, 50), "ms")
    yield Row("searching it, p95", percentile(found, 95), "ms")
    yield Row("memory of the process that did all this", psutil.Process().memory_info().rss / 1e6, "MB")


def _bare(size: int) -> tuple[float, float]:
    """Seconds to cut the words of all texts, and for tantivy alone to index them."""
    texts = [documents.generate.texts(number) for number in range(min(size, 100_000))]
    began = time.perf_counter()
    for said in texts:
        for text in (said["title"], said["description"], said["publisher"], *said["keywords"], *said["items"]):
            floors.segment(text)
    cutting = (time.perf_counter() - began) * size / len(texts)
    rows = [floors.row(number) for number in range(len(texts))]
    return cutting, floors.index(rows) * size / len(rows)
