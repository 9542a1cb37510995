"""
Search in process, with six facets and highlighting, against the bare engine answering the same: twenty hits, their
stored text, six counts of terms and a snippet of each title and summary.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import tantivy

from benchmarks import floors
from benchmarks.table import Row
from indexer.query import FACETS

if TYPE_CHECKING:
    from app.wiring import Portal

QUERIES = (
    "住房公积金", "公共停车场", "天河区学校", "空气质量", "行政处罚 2021", "养老机构名录", "医疗机构", "地铁客流", "消防检查", "专利授权统计",
)  # fmt: skip
BROAD = ("数据", "信息", "广州市")
TYPED = (
    "g", "z", "s", "gz", "gjj", "gongjijin", "公积金", "公積", "gongjj", "公jj", "zhufgjj", "guangzhoushi", "gzsjyj", "tccxx", "公", "广州市", "教育",
    "zzxxqq", "x" * 40,
)  # fmt: skip
SLIPS = ("行政处法", "公共亭车场", "养劳机构", "空气直量", "住房公积金", "天河区公共停车场收费标准", "完全没有的东西")
ROUNDS = 30


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    from app import settings, wiring
    from indexer.query import Query

    portal = wiring.build(settings.Settings(home=place / "home"))

    def counted_anew(text: str) -> object:
        portal.search.reader._snapshots.newest().counts.clear()  # as after a commit
        return portal.search.search(Query(text=text))

    with tempfile.TemporaryDirectory() as folder:
        bare = _bare(Path(folder), size)
        for name, queries in (("search", QUERIES), ("a word in nearly every record", BROAD)):
            ours = times(lambda text: portal.search.search(Query(text=text)), queries)
            floor = times(bare, queries)
            for percent in (50, 95):
                yield Row(
                    f"{name}: six facets, highlighting, p{percent}",
                    percentile(ours, percent), "ms", percentile(floor, percent), "bare tantivy: 20 hits, six counts, snippets",
                    at_most=4 if size >= 100_000 else None,
                )  # fmt: skip
        taken = times(counted_anew, BROAD)
        for percent in (50, 95):
            yield Row(f"the same, its facets counted for the first time, p{percent}", percentile(taken, percent), "ms")
        slips = times(lambda text: portal.search.search(Query(text=text)), SLIPS)
        yield Row("a slip, corrected and searched, p95", percentile(slips, 95), "ms")
    yield from _suggestions(portal)
    portal.close()


def _suggestions(portal: "Portal") -> Iterator[Row]:
    """One letter, whole pinyin, initials, characters, mixtures, and what nothing begins with."""
    suggest = portal.search.suggest
    taken = times(suggest, TYPED)
    for percent in (50, 95):
        yield Row(f"suggestions while typing, p{percent}", percentile(taken, percent), "ms", limit=20)
    each = {text: percentile(times(suggest, (text,)), 50) for text in TYPED}
    slowest = max(each, key=each.__getitem__)
    yield Row(f"suggestions for the slowest ({slowest[:12]}), p50", each[slowest], "ms", limit=20)


def _bare(folder: Path, size: int) -> Callable[[str], object]:
    engine = tantivy.Index(_bare_schema(), path=str(folder))
    writer = engine.writer(heap_size=100_000_000, num_threads=1)
    for number in range(size):
        writer.add_document(tantivy.Document(**floors.row(number), **_facet_values(number)))
    writer.commit()
    writer.wait_merging_threads()
    engine.reload()
    searcher, schema = engine.searcher(), _bare_schema()
    counts = {facet: {"terms": {"field": f"facet_{facet}", "size": 30}} for facet in FACETS}

    def query(text: str) -> object:
        parsed = engine.parse_query(floors.segment(text), ["title", "keyword", "publisher", "item", "description"])
        found = searcher.search(parsed, 20)
        hits = [searcher.doc(address) for _, address in found.hits]
        marked = [
            tantivy.SnippetGenerator.create(searcher, parsed, schema, field) for field in ("title", "description")
        ]
        snippets = [each.snippet_from_doc(hit).to_html() for hit in hits for each in marked]
        return hits, snippets, searcher.aggregate(parsed, counts)

    return query


def _bare_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for field in ("title", "description", "keyword", "publisher", "item"):
        builder.add_text_field(field, stored=field in ("title", "description"), tokenizer_name="whitespace")
    builder.add_text_field("display", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("facet", *(f"facet_{facet}" for facet in FACETS)):
        builder.add_text_field(name, tokenizer_name="raw", fast=True)
    return builder.build()


def _facet_values(number: int) -> dict[str, str]:
    """Of each facet one value, as many different ones as the catalogue has."""
    kinds = {"theme": 10, "publisher": 24, "open_attribute": 1, "format": 4, "frequency": 6, "district": 8}
    return {f"facet_{facet}": f"{facet}{number * 7919 % kinds[facet]}" for facet in FACETS}


def times(search: Callable[[str], object], queries: tuple[str, ...]) -> list[float]:
    for text in queries:
        search(text)
    times = []
    for _ in range(ROUNDS):
        for text in queries:
            start = time.perf_counter()
            search(text)
            times.append(1000 * (time.perf_counter() - start))
    return sorted(times)


def percentile(times: list[float], percent: int) -> float:
    return times[min(len(times) - 1, len(times) * percent // 100)]
