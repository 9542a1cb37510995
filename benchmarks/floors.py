"""The floor of each figure: the bare engines at the same work, with none of our code between."""

import hashlib
import json
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph
import rjieba
import tantivy

from benchmarks import generate


def seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def parse(path: Path) -> float:
    """Parse the file; quads are made and dropped."""
    return seconds(lambda: sum(1 for _ in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.N_TRIPLES)))


def parse_and_hash(records: Iterable[str]) -> float:
    """Parse each record, bring it into RDFC-1.0 form, sort its lines and hash them."""

    def work() -> None:
        for record in records:
            graph = pyoxigraph.Dataset(pyoxigraph.parse(record.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES))
            graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
            lines = sorted(pyoxigraph.serialize(graph, format=pyoxigraph.RdfFormat.N_QUADS).splitlines())
            hashlib.sha256(b"\n".join(lines)).hexdigest()

    return seconds(work)


def load(path: Path) -> float:
    """Load the file into an Oxigraph store on disk."""
    with tempfile.TemporaryDirectory() as folder:
        store = pyoxigraph.Store(folder)

        def work() -> None:
            store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.N_TRIPLES)
            store.flush()

        return seconds(work)


def tantivy_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for field in ("title", "description", "keyword", "publisher", "item"):
        builder.add_text_field(field, tokenizer_name="whitespace")
    builder.add_text_field("facet", tokenizer_name="raw", fast=True)
    builder.add_text_field("display", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def index(rows: list[dict[str, str]]) -> float:
    """Index rows whose text is segmented already (space-joined words)."""
    with tempfile.TemporaryDirectory() as folder:
        engine = tantivy.Index(tantivy_schema(), path=folder)
        writer = engine.writer(heap_size=100_000_000, num_threads=1)

        def work() -> None:
            for row in rows:
                writer.add_document(tantivy.Document(**row))
            writer.commit()
            writer.wait_merging_threads()

        return seconds(work)


def segment(text: str) -> str:
    """Words of jieba's search mode, joined by spaces."""
    return " ".join(word for word in rjieba.cut_for_search(text) if word.strip())


def row(number: int) -> dict[str, str]:
    """Entry `number` as `index` takes it; segmenting is not part of any floor."""
    texts = generate.texts(number)
    return {
        "id": str(number),
        "title": segment(texts["title"]),
        "description": segment(texts["description"]),
        "keyword": segment(" ".join(texts["keywords"])),
        "publisher": segment(texts["publisher"]),
        "item": " ".join(texts["items"]),
        "facet": texts["publisher"],
        "display": json.dumps(texts, ensure_ascii=False),
    }
