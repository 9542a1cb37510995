"""What people mean, each search backend finds: other words, pinyin, slips, places, columns and questions."""

import time

import pytest

from indexer.document import Document
from tests.contract.search_backends import Backend
from tests.factories.search import document


def twins(id_: str, title: str, **given: object) -> tuple[Document, Document]:
    """Two records of a kind: what stands in one alone may be a slip."""
    return document(f"{id_}1", title, **given), document(f"{id_}2", f"{title}表", **given)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("驾照", "机动车驾驶证业务办理"),
        ("养老院", "养老机构名录"),
        ("GDP", "地区生产总值"),
        ("发改委", "发展和改革委员会权责清单"),
        ("卫健局", "卫生健康局权责清单"),
        ("资讯", "商圈信息"),
        ("軟體企業", "软件企业名单"),
    ],
)
def test_other_words_for_the_same_are_found(backend: Backend, typed: str, title: str) -> None:
    backend.index(document("x", title), document("y", "古树名木"))
    assert backend.found(typed) == ["x"]


def test_other_words_are_marked_where_they_are_what_was_found(backend: Backend) -> None:
    backend.index(document("x", "機動車駕駛證業務"))
    assert ("駕駛證", True) in backend.search("驾照").hits[0].highlight["title"] or (
        "機動車駕駛證",
        True,
    ) in backend.search("驾照").hits[0].highlight["title"]


def test_the_word_that_was_typed_comes_before_other_words_for_it(backend: Backend) -> None:
    backend.index(document("other", "驾驶证名录"), document("same", "驾照名录"))
    assert backend.found("驾照") == ["same", "other"]


@pytest.mark.parametrize("typed", ["gongjijin", "gjj", "gong ji jin", "GONGJIJIN"])
def test_pinyin_and_initials_find_and_mark_the_words(backend: Backend, typed: str) -> None:
    backend.index(*twins("x", "公积金贷款"), document("y", "停车场"))
    results = backend.search(typed)
    assert sorted(hit.id for hit in results.hits) == ["x1", "x2"]
    assert results.corrected == "公积金"
    assert ("公积金", True) in results.hits[0].highlight["title"]


def test_keywords_are_a_source_of_readings_too(backend: Backend) -> None:
    backend.index(*twins("x", "甲", keywords=("古树名木",)))
    assert sorted(backend.found("gushumingmu")) == ["x1", "x2"]


def test_letters_that_stand_in_a_record_are_found_as_they_are(backend: Backend) -> None:
    backend.index(document("gdp", "GJJ 编码"), *twins("x", "公积金贷款"))
    results = backend.search("gjj")
    assert [hit.id for hit in results.hits] == ["gdp"]
    assert results.corrected == ""


@pytest.mark.parametrize("typed", ["养劳保险", "养老保现", "様老保险"])
def test_slips_are_mended_by_the_words_of_the_index(backend: Backend, typed: str) -> None:
    backend.index(*twins("x", "养老保险"), document("y", "停车场"))
    results = backend.search(typed)
    assert sorted(hit.id for hit in results.hits)[:2] == ["x1", "x2"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("行政处法", "行政处罚"),
        ("行政处法决定", "行政处罚决定"),
        ("公鸡金", "公积金"),
        ("養勞機構", "养老机构"),
        ("主房公积金", "住房公积金"),
        ("空气质里", "空气质量"),
        ("空汽质量", "空气质量"),
        ("空质量", "空气质量"),
        ("天河区公共停车厂", "天河区公共停车场"),
        ("qualiti", "quality"),
        ("covdi-19", "covid-19"),
        ("公积金", ""),
        ("停车场收费", ""),
        ("住房 行政处罚", ""),
        ("完全没有的东西", ""),
    ],
)
def test_a_word_that_nobody_has_is_taken_for_one_read_alike_or_a_slip_away(
    backend: Backend, typed: str, meant: str
) -> None:
    backend.index(
        *twins("fund", "住房公积金缴存信息", keywords=("公积金", "银行贷款")),
        *twins("parking", "天河区公共停车场收费标准"),
        *twins("penalty", "行政处罚决定"),
        *twins("age", "养老机构名录"),
        *twins("air", "空气质量监测 Air quality", keywords=("covid-19",)),
    )
    assert backend.search(typed).corrected == meant


def test_a_question_can_be_taken_literally(backend: Backend) -> None:
    backend.index(*twins("x", "养老保险"))
    assert backend.search("养劳保险").corrected == "养老保险"
    literal = backend.search("养劳保险", literal=True)
    assert literal.corrected == ""
    assert backend.search("gongjijin", literal=True).total == 0


def test_pages_and_cursors_of_a_corrected_question_go_on(backend: Backend) -> None:
    backend.index(*(document(f"d{n}", "公积金贷款") for n in range(7)))
    first = backend.search("gongjijin", size=4)
    rest = backend.search("gongjijin", size=4, cursor=first.next)
    assert len({hit.id for hit in first.hits + rest.hits}) == 7


def test_an_exact_title_is_first_even_where_it_looks_like_a_slip(backend: Backend) -> None:
    backend.index(*(document(f"d{n}", "养老保险") for n in range(50)), document("x", "养劳保险"))
    results = backend.search("养劳保险")
    assert (results.hits[0].id, results.corrected) == ("x", "")


def test_the_place_that_was_named_comes_first(backend: Backend) -> None:
    backend.index(
        document("there", "图书馆名录", keywords=("图书馆",), descriptions=("图书馆",), places=("隆昌市",)),
        document("here", "公共文化场馆", descriptions=("含图书馆",), places=("天河区", "Tianhe")),
        document("nothing", "天河区停车场", places=("天河区",)),
    )
    for typed in ("天河区 图书馆", "天河图书馆", "图书馆 天河區"):
        assert backend.found(typed) == ["here", "there"], typed
    assert set(backend.found("天河区")) == {"here", "nothing"}


def test_topics_are_searched(backend: Backend) -> None:
    backend.index(document("x", "甲", topics=("交通运输", "Transport")))
    assert backend.found("交通运输") == ["x"]
    assert backend.found("transport") == ["x"]


def test_a_column_counts_where_a_record_says_that_it_has_it(backend: Backend) -> None:
    backend.index(
        document("without", "公园名录", keywords=("公园",), data_items=("名称",)),
        document("with", "公园一览", data_items=("名称", "经度", "纬度")),
        document("about", "变电站经纬度"),
    )
    assert backend.found("公园 经纬度") == ["with", "without"]
    assert backend.found("字段里有经纬度的公园") == ["with", "without"]


def test_a_whole_sentence_is_answered(backend: Backend) -> None:
    backend.index(document("x", "预防接种门诊名单"), document("y", "哪里可以买书"), document("z", "停车场可以用的时段"))
    assert backend.found("请问哪里可以打疫苗")[0] == "x"


BOMBS = [
    "公积金" * 3_400,
    "养劳" * 5_000,
    "gjj" * 3_400,
    "xi'an " * 2_000,
    "xian" * 2_500,
    "，。！？" * 2_500,
    '"“' * 5_000,
    "*?" * 5_000,
    "(a+)+" * 2_000,
    "\\" * 10_000,
    "😀" * 10_000,
    "\u202e\u200f" * 5_000,
    "\x00" * 10_000,
    "字段有" * 3_000 + "的",
    "市" * 10_000,
    "-" * 10_000,
]


@pytest.mark.parametrize("typed", BOMBS, ids=range(len(BOMBS)))
def test_what_is_typed_to_do_harm_is_answered_in_bounded_time(backend: Backend, typed: str) -> None:
    backend.index(*twins("x", "养老保险"), *twins("y", "公积金贷款"), document("z", typed[:300]))
    backend.search("养劳保险 gjj")
    start = time.perf_counter()
    backend.search(typed)
    assert time.perf_counter() - start < 2
