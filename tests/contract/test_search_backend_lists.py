"""Counts, order, pages and cursors, and what a writer promises; each search backend passes all of it."""

from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.document import Document
from indexer.errors import CursorInvalid
from indexer.query import FACETS, MAX_PAGE_SIZE, Sort
from tests.contract.search_backends import Backend
from tests.factories.search import document

WORDS = ("公积金", "停车场", "幼儿园", "covid-19")
VALUES = {
    "theme": ("jiaotong", "jiaoyu", "xinyong"),
    "publisher": ("p1", "p2", "p3", "p4"),
    "open_attribute": ("WTJ", "YTJ", "BKF"),
    "format": ("csv", "xlsx", "json", "rdf"),
    "frequency": ("DAILY", "ANNUAL"),
    "district": ("440103", "440104", "440105"),
}
DAYS = st.none() | st.integers(-2, 3).map(lambda n: date(2024, 1, 1) + timedelta(days=n))


def several(facet: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(VALUES[facet]), max_size=3, unique=True).map(tuple)


def one(facet: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *VALUES[facet]))


@st.composite
def catalogues(draw: st.DrawFn) -> list[Document]:
    return [
        document(
            f"d{number}",
            " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=2))) or "无",
            descriptions=(draw(st.sampled_from(("", *WORDS))),),
            themes=draw(several("theme")),
            publisher_id=draw(one("publisher")),
            open_attribute=draw(one("open_attribute")),
            formats=draw(several("format")),
            frequency=draw(one("frequency")),
            districts=draw(several("district")),
            issued=draw(DAYS),
            modified=draw(DAYS),
            rating=draw(st.sampled_from((0, 300, 412))),
        )
        for number in range(draw(st.integers(0, 25)))
    ]


def filters() -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    of_facets = {facet: st.lists(st.sampled_from((*values, "none")), max_size=2) for facet, values in VALUES.items()}
    return st.fixed_dictionaries({}, optional={facet: each.map(tuple) for facet, each in of_facets.items()})


def values_of(each: Document, facet: str) -> tuple[str, ...]:
    found: Any = {
        "theme": each.themes,
        "publisher": (each.publisher_id,),
        "open_attribute": (each.open_attribute,),
        "format": each.formats,
        "frequency": (each.frequency,),
        "district": each.districts,
    }[facet]
    return tuple(value for value in found if value)


def matching(catalogue: list[Document], text: str, chosen: dict[str, tuple[str, ...]]) -> list[Document]:
    """The brute-force answer: the word stands in title or description, and every filter has a value in common."""
    return [
        each
        for each in catalogue
        if text in each.titles[0] + "\n" + each.descriptions[0]
        and all(set(values) & set(values_of(each, facet)) for facet, values in chosen.items() if values)
    ]


Years = dict[str, tuple[int | None, int | None]]


def years() -> st.SearchStrategy[Years]:
    year = st.none() | st.integers(2023, 2025)
    return st.fixed_dictionaries({}, optional={name: st.tuples(year, year) for name in ("modified", "issued")})


def within(each: Document, asked: Years) -> bool:
    for name, (first, last) in asked.items():
        day: date | None = getattr(each, name)
        if (first or last) and (not day or not (first or 1) <= day.year <= (last or 9999)):
            return False
    return True


def in_order(catalogue: list[Document], name: str) -> list[str]:
    """Newest or best first, then by id, those without a date or a rating last."""

    def key(each: Document) -> tuple[int, str]:
        value: date | int | None = getattr(each, name)
        return (-value.toordinal() if isinstance(value, date) else -(value or 0), each.id)

    return [each.id for each in sorted(catalogue, key=key)]


def all_pages(backend: Backend, **asked: Any) -> list[str]:
    """Ids of every page in turn, by cursors."""
    found: list[str] = []
    cursor = ""
    while True:
        results = backend.search(cursor=cursor, **asked)
        found += [hit.id for hit in results.hits]
        cursor = results.next
        if not cursor:
            return found


ONE_BY_ONE = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@ONE_BY_ONE
@given(catalogues(), st.sampled_from(("", *WORDS)), filters(), years())
def test_totals_and_counts_are_right_in_every_combination(
    backend: Backend, catalogue: list[Document], text: str, chosen: dict[str, tuple[str, ...]], asked: Years
) -> None:
    backend.renew(catalogue)
    results = backend.search(text, filters=chosen, years=asked)
    among = [each for each in catalogue if within(each, asked)]
    assert results.total == len(matching(among, text, chosen))
    for facet in FACETS:
        others = {name: values for name, values in chosen.items() if name != facet}
        expected = dict.fromkeys(chosen.get(facet, ()), 0)
        for each in matching(among, text, others):
            for value in values_of(each, facet):
                expected[value] = expected.get(value, 0) + 1
        given_values = results.facets[facet]
        assert {value.value: value.count for value in given_values} == expected
        assert {value.value for value in given_values if value.selected} == set(chosen.get(facet, ()))


@ONE_BY_ONE
@given(catalogues(), st.sampled_from(("", *WORDS)), filters(), years(), st.randoms())
def test_a_count_is_what_is_found_behind_it(
    backend: Backend,
    catalogue: list[Document],
    text: str,
    chosen: dict[str, tuple[str, ...]],
    asked: Years,
    random: Random,
) -> None:
    backend.renew(catalogue)
    facets = backend.search(text, filters=chosen, years=asked).facets
    offered = [(facet, value) for facet, values in facets.items() for value in values]
    for facet, value in random.sample(offered, min(5, len(offered))):
        behind = backend.search(text, filters={**chosen, facet: (value.value,)}, years=asked)
        assert behind.total == value.count, (facet, value)


@ONE_BY_ONE
@given(catalogues(), st.sampled_from(("", *WORDS)), filters(), st.sampled_from(list(Sort)), st.integers(1, 7))
def test_pages_and_cursors_give_every_record_once_in_one_order(
    backend: Backend,
    catalogue: list[Document],
    text: str,
    chosen: dict[str, tuple[str, ...]],
    sort: Sort,
    size: int,
) -> None:
    backend.renew(catalogue)
    asked: dict[str, Any] = {"text": text, "filters": chosen, "sort": sort, "facets": ()}
    whole = backend.found(size=100, **asked)
    expected = matching(catalogue, text, chosen)
    assert sorted(whole) == sorted(each.id for each in expected)
    if sort is not Sort.RELEVANCE or not text:
        assert whole == in_order(expected, "modified" if sort is Sort.RELEVANCE else sort.value)
    assert all_pages(backend, size=size, **asked) == whole
    pages = range(1, len(whole) // size + 2)
    assert [id_ for page in pages for id_ in backend.found(page=page, size=size, **asked)] == whole


def test_equal_scores_are_ordered_newest_first_and_then_by_id_whatever_was_indexed_first(backend: Backend) -> None:
    twins = [document(f"d{n:02}", "公积金", modified=date(2024, 1, 1 + n % 3)) for n in range(40)]
    expected = in_order(twins, "modified")
    backend.index(*twins)
    assert all_pages(backend, text="公积金", size=7) == expected
    for each in reversed(twins):
        backend.index(each)
    assert all_pages(backend, text="公积金", size=7) == expected


def test_many_equal_scores_are_still_paged_without_loss(backend: Backend) -> None:
    backend.index(*(document(f"d{n:03}", "公积金") for n in range(700)))
    found = all_pages(backend, text="公积金", size=90)
    assert len(found) == 700
    assert len(set(found)) == 700


def test_cursors_go_on_beyond_ten_thousand(backend: Backend) -> None:
    backend.writer.apply((document(f"{n:05}", f"公积金 {n % 50}") for n in range(10_400)), ())
    backend.writer.commit()
    for asked in ({"text": ""}, {"text": "公积金"}):
        found = all_pages(backend, size=100, facets=(), highlight=False, **asked)
        assert len(found) == len(set(found)) == 10_400


def test_a_date_cursor_neither_loses_nor_repeats_when_records_arrive(backend: Backend) -> None:
    backend.index(*(document(f"d{n}", modified=date(2024, 1, 1 + n)) for n in range(10)))
    first = backend.search(sort=Sort.MODIFIED, size=4)
    backend.index(*(document(f"n{n}", modified=date(2025, 1, 1 + n)) for n in range(5)), deletes=["d9"])
    rest = backend.search(sort=Sort.MODIFIED, size=4, cursor=first.next)
    assert [hit.id for hit in first.hits + rest.hits] == [f"d{n}" for n in range(9, 1, -1)]


def test_a_relevance_cursor_carries_on_after_its_last_hit_when_records_arrive(backend: Backend) -> None:
    def numbered(n: int) -> Document:
        return document(f"d{n}", "公积金" + "表" * n)

    backend.index(*(numbered(n) for n in range(1, 10)))
    first = backend.search("公积金", size=4)
    backend.index(document("new", "公积金 公积金", keywords=("公积金",)))
    rest = backend.search("公积金", size=4, cursor=first.next)
    assert not {hit.id for hit in first.hits} & {hit.id for hit in rest.hits}


@pytest.mark.parametrize(
    "cursor", ["x", "…", "e30", "W10", "bnVsbA", "WyJ4IiwxLDJd", "A" * 5000, "[" * 3000, "\ud800", "WzEsMiwzXQ=="]
)
def test_what_is_no_cursor_is_refused_in_both_languages(backend: Backend, cursor: str) -> None:
    backend.index(document("x"))
    with pytest.raises(CursorInvalid, match=r"第一页.*first page"):
        backend.search(cursor=cursor)


def test_a_cursor_is_good_for_its_own_question_only(backend: Backend) -> None:
    backend.index(*(document(f"d{n}", "公积金", formats=("csv",)) for n in range(5)))
    cursor = backend.search("公积金", size=2).next
    assert backend.search("公积金", size=3, cursor=cursor).total == 5, "another page size is the same question"
    for other in (
        {"text": "停车场"},
        {"text": "公积金", "sort": Sort.ISSUED},
        {"text": "公积金", "filters": {"format": ("csv",)}},
    ):
        with pytest.raises(CursorInvalid):
            backend.search(cursor=cursor, **other)


@pytest.mark.parametrize(
    ("page", "size", "expected"), [(0, 2, 2), (-5, 2, 2), (3, 2, 1), (4, 2, 0), (10**30, 2, 0), (1, 0, 0), (1, -1, 0)]
)
def test_a_page_that_cannot_be_is_the_first_or_an_empty_one(
    backend: Backend, page: int, size: int, expected: int
) -> None:
    backend.index(*(document(f"d{n}") for n in range(5)))
    results = backend.search(page=page, size=size)
    assert (results.total, len(results.hits)) == (5, expected)


def test_no_page_is_larger_than_the_limit(backend: Backend) -> None:
    backend.index(*(document(f"d{n}") for n in range(MAX_PAGE_SIZE + 5)))
    assert len(backend.search(size=10**9).hits) == MAX_PAGE_SIZE


def test_a_facet_shows_its_largest_values_and_every_chosen_one(backend: Backend) -> None:
    backend.index(
        *(
            document(f"d{n}-{m}", publisher_id=f"p{n:02}", formats=(f"f{n:02}",))
            for n in range(40)
            for m in range(n + 1)
        )
    )
    results = backend.search(facet_size=3, filters={"publisher": ("p00", "nobody")})
    publishers = {value.value: (value.count, value.selected) for value in results.facets["publisher"]}
    assert publishers == {
        "p39": (40, False), "p38": (39, False), "p37": (38, False), "p00": (1, True), "nobody": (0, True),
    }  # fmt: skip
    assert [value.value for value in backend.search(facet_size=2).facets["format"]] == ["f39", "f38"]
    assert backend.search(facet_size=0).facets["format"] == ()


def test_all_values_of_a_facet_are_given_where_they_are_asked_for(backend: Backend) -> None:
    backend.index(*(document(f"d{n}", publisher_id=f"p{n:02}", formats=(f"f{n:02}",)) for n in range(40)))
    facets = backend.search(facet_size=3, whole=("publisher", "unknown")).facets
    assert (len(facets["publisher"]), len(facets["format"])) == (40, 3)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"modified": (2020, 2021)}, ["b", "a"]),
        ({"modified": (None, 2020)}, ["a"]),
        ({"modified": (2021, None)}, ["c", "b"]),
        ({"modified": (2021, 2020)}, []),
        ({"modified": (-5, 10**9)}, ["c", "b", "a"]),
        ({"modified": (None, None)}, ["c", "b", "a", "none"]),
        ({"issued": (2019, 2019), "modified": (None, 2020)}, ["a"]),
        ({"created": (2019, 2019)}, ["c", "b", "a", "none"]),
    ],
)
def test_years_are_whole_and_include_their_first_and_last_day(backend: Backend, asked: Any, found: list[str]) -> None:
    backend.index(
        document("a", modified=date(2020, 1, 1), issued=date(2019, 6, 1)),
        document("b", modified=date(2021, 12, 31)),
        document("c", modified=date(2022, 1, 1), issued=date(2019, 6, 1)),
        document("none"),
    )
    assert backend.found(years=asked) == found


def test_a_cursor_is_of_the_years_it_was_given_for(backend: Backend) -> None:
    backend.index(*(document(f"d{n}", modified=date(2020 + n, 1, 1)) for n in range(5)))
    cursor = backend.search(size=2, years={"modified": (2021, None)}).next
    assert [hit.id for hit in backend.search(size=9, cursor=cursor, years={"modified": (2021, None)}).hits] == [
        "d2", "d1",
    ]  # fmt: skip
    with pytest.raises(CursorInvalid):
        backend.search(cursor=cursor)


def test_only_the_facets_that_were_asked_for_are_counted(backend: Backend) -> None:
    backend.index(document("x", formats=("csv",)))
    assert set(backend.search().facets) == set(FACETS)
    assert set(backend.search(facets=("format", "unknown")).facets) == {"format"}
    assert backend.search(facets=()).facets == {}
    assert backend.search(facets=()).total == 1


def test_a_filter_that_nobody_knows_or_that_is_empty_filters_nothing(backend: Backend) -> None:
    backend.index(document("x", formats=("csv",)))
    assert backend.search(filters={"unknown": ("a",), "format": (), "theme": ("",)}).total == 1


def test_several_words_of_one_value_are_never_split(backend: Backend) -> None:
    backend.index(document("x", formats=("open document",)), document("y", formats=("open",)))
    assert backend.found(filters={"format": ("open document",)}) == ["x"]
    assert backend.found(filters={"format": ("OPEN",)}) == []


def test_a_text_and_filter_without_results_still_counts_what_the_filter_hides(backend: Backend) -> None:
    backend.index(document("x", "公积金", formats=("csv",)), document("y", "停车场", formats=("json",)))
    results = backend.search("公积金", filters={"format": ("json",)})
    assert results.total == 0
    assert [(value.value, value.count) for value in results.facets["format"]] == [("csv", 1), ("json", 0)]


def test_nothing_is_seen_before_the_commit(backend: Backend) -> None:
    backend.index(document("x"))
    backend.writer.apply([document("y")], ["x"])
    assert backend.found() == ["x"]
    backend.writer.commit()
    assert backend.found() == ["y"]


def test_a_batch_applied_again_changes_nothing(backend: Backend) -> None:
    backend.index(document("gone"))
    batch = [document("x", "甲"), document("y", "乙"), document("x", "丙")]
    for _ in range(3):
        backend.index(*batch, deletes=["gone", "never was"])
        assert sorted(backend.reader.ids()) == ["x", "y"]
        assert backend.reader.count() == 2
        assert backend.found("甲") == []
        assert backend.found("丙") == ["x"], "the last of several with one id counts"


def test_clearing_leaves_an_index_that_can_be_used(backend: Backend) -> None:
    backend.index(document("x"), document("y"))
    backend.writer.clear()
    backend.writer.commit()
    assert (backend.reader.count(), list(backend.reader.ids()), backend.search().total) == (0, [], 0)
    backend.index(document("z", "公积金"))
    assert backend.found("公积金") == ["z"]


def test_another_process_sees_each_commit(backend: Backend) -> None:
    backend.index()
    seen = backend.counts_elsewhere()
    counts = []
    for number in range(3):
        counts.append(next(seen))
        backend.index(document(f"d{number}"))
    counts.append(next(seen))
    seen.close()  # type: ignore[attr-defined]
    assert counts == [0, 1, 2, 3]


def test_ids_are_those_of_living_records_only(backend: Backend) -> None:
    backend.index(*(document(f"d{n}") for n in range(20)))
    backend.index(deletes=[f"d{n}" for n in range(0, 20, 2)])
    assert list(islice(backend.reader.ids(), 100)) == sorted(f"d{n}" for n in range(1, 20, 2))


def test_ratings_sort_and_limit_and_what_nobody_rated_comes_last(backend: Backend) -> None:
    backend.index(
        document("a", rating=330), document("b", rating=480), document("c"), document("d", rating=400), document("e")
    )
    assert backend.found(sort=Sort.RATING) == ["b", "d", "a", "c", "e"]
    assert backend.found(sort=Sort.RATING, stars=(4, None)) == ["b", "d"]
    assert backend.found(sort=Sort.RATING, stars=(None, 4)) == ["d", "a"]
    assert backend.search(stars=(1, 5)).total == 3
    first = backend.search(sort=Sort.RATING, size=2)
    assert backend.found(sort=Sort.RATING, size=9, cursor=first.next) == ["a", "c", "e"]
