"""What every search backend offers while somebody types."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.search_backends import Backend
from tests.contract.test_search_backend import HOSTILE
from tests.contract.test_search_understanding import BOMBS
from tests.factories.search import document


def offered(backend: Backend, typed: str, limit: int = 10) -> list[str]:
    return [suggestion.text for suggestion in backend.reader.suggest(typed, limit)]


@pytest.fixture
def filled(backend: Backend) -> Backend:
    backend.index(
        document("fund", "住房公积金缴存信息", keywords=("公积金", "银行贷款")),
        document("parking", "天河区公共停车场收费标准", keywords=("停車場",)),
        document("penalty", "行政处罚决定", publisher_names=("广州市教育局", "Education Bureau")),
        document("age", "养老机构名录", topics=("社会保障",)),
        document("air", "空气质量监测 PM2.5", titles=("空气质量监测 PM2.5", "Air quality"), keywords=("covid-19",)),
    )
    return backend


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("公积", "公积金"),
        ("公積", "公积金"),
        ("gongjijin", "公积金"),
        ("gongjij", "公积金"),
        ("gjj", "公积金"),
        ("GJJ", "公积金"),
        ("gongjj", "公积金"),
        ("gjjin", "公积金"),
        ("gong ji jin", "公积金"),
        ("公ji金", "公积金"),
        ("公jj", "公积金"),
        ("gong积", "公积金"),
        ("yhdk", "银行贷款"),
        ("yinhang", "银行贷款"),
        ("停车", "停車場"),
        ("tcc", "停車場"),
        ("xzcf", "行政处罚"),
        ("jyj", "广州市教育局"),
        ("gzsjyj", "广州市教育局"),
        ("教育", "广州市教育局"),
        ("shehui", "社会保障"),
        ("shbz", "社会保障"),
        ("air q", "Air quality"),
        ("covid", "covid-19"),
        ("covid1", "covid-19"),
    ],
)
def test_characters_pinyin_initials_and_mixtures_lead_to_a_phrase(filled: Backend, typed: str, text: str) -> None:
    assert text in offered(filled, typed)


def test_titles_are_offered_by_what_is_anywhere_in_them(filled: Backend) -> None:
    for typed in ("公积金缴存", "公積金繳存", "gjj"):
        assert "住房公积金缴存信息" in offered(filled, typed), typed
    assert offered(filled, "tccsf") == ["天河区公共停车场收费标准"], "two words of a title by their initials"
    found = [each for each in filled.reader.suggest("养老", 10) if each.kind == "dataset"]
    assert [(each.text, each.id) for each in found] == [("养老机构名录", "age")]


def test_a_phrase_written_to_its_end_comes_first_and_then_what_more_entries_say(backend: Backend) -> None:
    backend.index(
        document("a", "甲", keywords=("公积金贷款",)),
        document("b", "乙", keywords=("公积金贷款", "公积金")),
        document("c", "丙", keywords=("公积金贷款", "公积金提取")),
    )
    words = [each.text for each in backend.reader.suggest("gjj", 10) if each.kind == "word"]
    assert words == ["公积金", "公积金贷款", "公积金提取"]


def test_nothing_is_offered_that_no_entry_says_any_more(filled: Backend) -> None:
    filled.index(document("fund", "别的"), deletes=("penalty",))
    for typed in ("gjj", "公积金", "xzcf", "jyj", "教育"):
        assert offered(filled, typed) == [], typed
    filled.index(document("new", "公积金"))
    assert offered(filled, "gjj") == ["公积金"]


def test_the_list_is_as_long_as_was_asked_and_no_text_stands_in_it_twice(filled: Backend) -> None:
    filled.index(*(document(f"n{number}", f"公积金报表{number}", keywords=("公积金",)) for number in range(20)))
    for limit in (0, 1, 5, 10):
        found = offered(filled, "gjj", limit)
        assert len(found) == limit
        assert len(set(found)) == limit


@pytest.mark.parametrize("typed", ["", " ", "（", "zzzz", "gjjxqz", "vvv", "x" * 300])
def test_what_nothing_begins_with_offers_nothing(filled: Backend, typed: str) -> None:
    assert offered(filled, typed) == []


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_neither_an_error_here(filled: Backend, typed: str) -> None:
    filled.index(document("y", typed, keywords=(typed, typed[:30]), publisher_names=(typed[:20],)))
    assert len(offered(filled, typed)) <= 10


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=50) | st.text("anghuixv' 公积", max_size=50))
def test_any_string_may_be_typed(backend: Backend, typed: str) -> None:
    if backend.reader.count() == 0:
        backend.index(document("x", "公积金", keywords=("安安安安",)), document("y", "COVID-19 疫情"))
    assert len(backend.reader.suggest(typed, 5)) <= 5


@pytest.mark.parametrize("typed", BOMBS, ids=range(len(BOMBS)))
def test_what_is_typed_to_do_harm_is_answered_in_bounded_time(filled: Backend, typed: str) -> None:
    offered(filled, "gjj")
    start = time.perf_counter()
    offered(filled, typed)
    assert time.perf_counter() - start < 2
