"""Whatever the catalogue and the question, both search backends find, count and order the same; scores may differ."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.document import Document
from indexer.query import Sort
from tests.contract.elastic_backend import elastic
from tests.contract.search_backends import Backend, embedded
from tests.contract.test_search_backend_lists import all_pages, catalogues, filters

pytestmark = pytest.mark.elasticsearch

PIECES = (
    "公积金", "停车场", "停车厂", "tingchechang", "gjj", "幼稚园", "幼兒園", "covid-19", "天河区", "-公积金",
    '"停车场"', "哪里有", "信息", "d1",
)  # fmt: skip


@pytest.fixture(scope="module")
def both(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Backend, Backend]]:
    folder: Path = tmp_path_factory.mktemp("agree")
    pair = embedded(folder), elastic(elasticsearch_url)
    yield pair
    for backend in pair:
        backend.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    catalogues(),
    st.lists(st.sampled_from(PIECES), max_size=3).map(" ".join),
    filters(),
    st.sampled_from(list(Sort)),
    st.integers(1, 7),
)
def test_totals_counts_order_and_cursors_agree(
    both: tuple[Backend, Backend],
    catalogue: list[Document],
    text: str,
    chosen: dict[str, tuple[str, ...]],
    sort: Sort,
    size: int,
) -> None:
    asked: dict[str, Any] = {"text": text, "filters": chosen, "sort": sort}
    for backend in both:
        backend.renew(catalogue)
        # A reader may believe for some seconds what it knew of the words of an index.
        backend.reader = type(backend.reader)(backend.place)  # type: ignore[call-arg]
    here, there = (backend.search(size=100, **asked) for backend in both)
    assert (here.total, here.facets, here.corrected) == (there.total, there.facets, there.corrected)
    found = [[hit.id for hit in results.hits] for results in (here, there)]
    assert sorted(found[0]) == sorted(found[1])
    if sort is not Sort.RELEVANCE:
        assert found[0] == found[1]
    marked = [{hit.id: hit.highlight for hit in results.hits} for results in (here, there)]
    assert marked[0] == marked[1]
    for backend, whole in zip(both, found, strict=True):
        assert all_pages(backend, size=size, facets=(), **asked) == whole
