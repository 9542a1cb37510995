from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest

from app.catalogue.model import DataItem, DatasetView, Publisher
from app.pages.facets import nested
from app.search.documents import SUMMARY_CHARACTERS, document
from app.search.filters import BY_NAME, FILTERS
from app.search.parameters import parameters_of, query_from
from indexer.query import FACETS, MAX_PAGE_SIZE, MAX_QUERY_CHARACTERS, Query, Sort
from indexer.results import FacetValue
from vocab import codelists

VIEW = DatasetView(
    id="x",
    uri="https://data.example/dataset/x",
    titles={"en": "Bus stops", "zh-Hans": "公交站点", "zh-Hant": "公車站"},
    descriptions={"zh-Hans": "站" * 1000},
    identifiers=("GZ-1",),
    publisher=Publisher("p", {"en": "Transport", "zh-Hans": "交通局"}),
    themes=("jiaotong",),
    open_attribute="WTJ",
    formats=("csv",),
    frequency="DAILY",
    modified=date(2026, 11, 1),
    data_items=(DataItem("ZD", "站点"), DataItem("站点"), DataItem("LAT", "")),
)


def query(text: str) -> Query:
    """The query that an address's parameters ask for."""
    given = parse_qs(text, keep_blank_values=True)

    def values(name: str) -> Sequence[str]:
        return given.get(name, [])

    return query_from(values)


def test_there_is_a_filter_for_every_facet() -> None:
    assert tuple(each.name for each in FILTERS) == FACETS


def test_a_document_has_titles_chinese_first_and_data_items_by_both_names() -> None:
    found = document(VIEW, source_id="s", source_title="来源")
    assert found.titles == ("公交站点", "公車站", "Bus stops")
    assert found.data_items == ("站点", "ZD", "LAT")
    assert found.publisher_names == ("交通局", "Transport")
    assert (found.publisher_id, found.themes, found.open_attribute, found.source_id) == ("p", ("jiaotong",), "WTJ", "s")


def test_a_result_list_needs_nothing_but_the_display() -> None:
    display = document(VIEW, source_title="来源").display
    assert display["titles"] == VIEW.titles
    assert display["publisher"] == {"id": "p", "names": {"en": "Transport", "zh-Hans": "交通局"}}
    assert (display["modified"], display["issued"], display["source_title"]) == ("2026-11-01", None, "来源")
    descriptions = display["descriptions"]
    assert isinstance(descriptions, dict)
    assert len(descriptions["zh-Hans"]) == SUMMARY_CHARACTERS


def test_a_document_of_nearly_nothing_is_no_error() -> None:
    found = document(DatasetView(id="x", uri="u", titles={}))
    assert (found.titles, found.publisher_id, found.display["publisher"]) == ((), "", None)


def test_values_may_be_notations_labels_or_aliases() -> None:
    assert BY_NAME["frequency"].values(["每年", "ANNUAL", " 按年更新 "]) == ("ANNUAL",)
    assert BY_NAME["open_attribute"].values(["无条件开放"]) == ("WTJ",)
    assert BY_NAME["theme"].values(["nonsense", ""]) == ("nonsense",)
    assert BY_NAME["publisher"].values(["abc"]) == ("abc",)


def test_labels_come_in_the_readers_language() -> None:
    theme = BY_NAME["theme"]
    assert theme.value_label("jiaotong", "zh-Hans") != theme.value_label("jiaotong", "en")
    assert theme.value_label("nonsense", "en") == "nonsense"
    assert BY_NAME["publisher"].value_label("abc", "en") == "abc"


def test_each_filter_describes_its_parameter() -> None:
    for each in FILTERS:
        parameter = each.openapi()
        assert parameter["name"] == each.name
        assert parameter["schema"]["items"]["type"] == "string"


@pytest.mark.parametrize(
    "asked",
    [
        Query(),
        Query(text="公交 站点", sort=Sort.MODIFIED, page=3, size=50),
        Query(text="a&b=c%", filters={"theme": ("jiaotong", "keji"), "format": ("csv",)}),
    ],
)
def test_a_query_survives_its_address(asked: Query) -> None:
    assert query(urlencode(parameters_of(asked))) == asked


def test_what_is_as_by_default_does_not_stand_in_the_address() -> None:
    assert parameters_of(Query()) == []
    assert parameters_of(replace(Query(), page=2)) == [("page", "2")]


@pytest.mark.parametrize(
    ("text", "page", "size"),
    [
        ("page=0&size=0", 1, 1),
        ("page=-3&size=-1", 1, 20),
        ("page=x&size=x", 1, 20),
        ("page=99999999999999999999&size=100000", 10**6, MAX_PAGE_SIZE),
        ("page=１&size=²", 1, 20),
        ("page=2&page=3", 3, 20),
    ],
)
def test_numbers_that_are_none_are_no_error(text: str, page: int, size: int) -> None:
    found = query(text)
    assert (found.page, found.size) == (page, size)


def test_any_text_is_a_query() -> None:
    assert query("sort=sideways").sort is Sort.RELEVANCE
    assert query("q=" + "长" * 1000).text == "长" * MAX_QUERY_CHARACTERS
    assert query("q=%00%0A++%22(").text.endswith('"(')
    assert len(query("&".join(f"theme=t{n}" for n in range(500))).filters["theme"]) == 50


def test_a_document_names_its_places_and_topics_in_words() -> None:
    view = DatasetView(
        id="x",
        uri="u",
        titles={},
        districts=("440106",),
        spatial_other=("广州南站",),
        themes=("jiaotong",),
        other_terms={"theme": ("出行",)},
    )
    found = document(view, source_title="广州市公共数据开放平台")
    assert set(found.places) >= {"天河区", "Tianhe", "广州南站", "广州市公共数据开放平台"}
    assert set(found.topics) >= {BY_NAME["theme"].value_label("jiaotong", "zh-Hans"), "出行"}


def test_who_looks_for_a_city_or_a_kind_of_format_finds_its_parts() -> None:
    found = document(replace(VIEW, districts=("440106",), formats=("mysql", "csv")))
    assert set(found.districts) == {"440106", "440100"}
    assert set(found.formats) == {"mysql", "db", "csv"}


def test_facet_values_stand_below_their_broader_where_it_is_there() -> None:
    values = [FacetValue("csv", 9), FacetValue("mysql", 5), FacetValue("db", 5), FacetValue("oracle", 1)]
    ordered, below = nested(values, "format")
    assert [value.value for value in ordered] == ["csv", "db", "mysql", "oracle"]
    assert below == {"mysql", "oracle"}
    ordered, below = nested(values[:2], "format")
    assert ([value.value for value in ordered], below) == (["csv", "mysql"], frozenset())


@pytest.mark.parametrize("scheme", ["district", "format"])
def test_schemes_of_facets_have_no_more_levels_than_a_list_shows(scheme: str) -> None:
    concepts = codelists.scheme(scheme)
    broader = [concepts.get(each.broader) for each in concepts if each.broader]
    assert broader
    assert all(each and each.broader is None for each in broader)
