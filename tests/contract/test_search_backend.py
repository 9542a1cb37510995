"""What every search backend finds, ranks and marks; each adapter passes all of it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.query import Sort
from indexer.results import Results
from tests.contract.search_backends import Backend
from tests.factories.search import document

HOSTILE = [
    "(",
    ")" * 50,
    '"',
    "“",
    '""',
    "AND OR NOT",
    "title:公积金",
    "a* ~2 ^3 [x TO y] {z}",
    "-",
    "- -",
    "--公积金",
    "\\",
    "/.*/",
    "<script>alert(1)</script>",
    "'; DROP TABLE dataset; --",
    "\x00\x01\x7f",
    "\ud800",
    "公积金\udfff",
    "😀",
    "👩‍👩‍👧‍👦 家庭",
    "e\u0301" * 300,
    "\u202e金积公",
    "ﷺ" * 100,
    "公积金" * 4000,
    "a " * 5000,
    "%00%2e%2e",
    "１２３",
    "𠮷野家",
    "\ufeff公积金",
    "·" * 200,
    "c++ c# .net",
    "https://data.example/?q=a&b=c#d",
]


def marks(results: Results, name: str) -> list[str]:
    """Matched pieces of the first hit."""
    return [text for text, is_match in results.hits[0].highlight[name] if is_match]


def test_an_exact_title_comes_first_whatever_repeats_its_words(backend: Backend) -> None:
    backend.index(
        document("a", "住房公积金贷款住房公积金贷款", keywords=("住房公积金",) * 3, descriptions=("住房公积金 " * 9,)),
        document("b", "住房公积金"),
        document("c", "住房公积金管理中心", keywords=("住房公积金",)),
    )
    for typed in ("住房公积金", "住房公積金", " 住房 公积金 ", "《住房公积金》"):
        assert backend.found(typed)[0] == "b", typed


def test_an_identifier_or_address_typed_in_full_finds_its_record_first(backend: Backend) -> None:
    backend.index(
        document("abc", "甲", identifiers=("GZ-2023/0001",)),
        document("d2", "GZ 2023 0001 abc", keywords=("GZ", "2023", "0001")),
    )
    for typed in ("gz-2023/0001", "GZ-2023/0001", "abc", "https://data.example/dataset/abc"):
        assert backend.found(typed)[0] == "abc", typed


def test_a_phrase_comes_before_all_words_and_all_words_before_some(backend: Backend) -> None:
    backend.index(
        document("some", "公共图书馆名录大全表"),
        document("all", "公共图书馆篮球场名录"),
        document("phrase", "公共篮球场图书馆名录"),
    )
    assert backend.found("公共篮球场") == ["phrase", "all", "some"]


def test_a_title_counts_more_than_keywords_than_publisher_and_items_than_description(backend: Backend) -> None:
    backend.index(
        document("d", "甲表", descriptions=("古树名木",)),
        document("i", "乙表", data_items=("古树名木",)),
        document("k", "丙表", keywords=("古树名木",)),
        document("p", "戊表", publisher_names=("古树名木",)),
        document("t", "古树名木"),
    )
    found = backend.found("古树名木")
    assert (found[0], found[1], set(found[2:4]), found[4]) == ("t", "k", {"i", "p"}, "d")


EQUALS = [
    ("is as fresh as it promised", {"due": date.max}, {"due": date(2020, 1, 1)}),
    ("says until when it is fresh", {"due": date.max}, {}),
    ("is described more completely", {"quality": 0.9}, {"quality": 0.3}),
    ("is used more", {"uses": 4_000}, {"uses": 3}),
]


@pytest.mark.parametrize(("reason", "more", "less"), EQUALS, ids=[reason for reason, _, _ in EQUALS])
def test_of_two_records_that_say_the_same_the_one_comes_first_that(
    backend: Backend, reason: str, more: dict[str, Any], less: dict[str, Any]
) -> None:
    backend.index(document("a", "停车场收费", **less), document("b", "停车场收费", **more), document("c", "路灯"))
    assert backend.found("停车场") == ["b", "a"], reason


def test_no_standing_brings_a_record_before_one_that_fits_better(backend: Backend) -> None:
    best: dict[str, Any] = {"due": date.max, "quality": 1.0, "uses": 10**9}
    backend.index(
        document("title", "停车场"),
        document("words", "公共停车场收费", **best),
        document("some", "公共厕所", descriptions=("停车场对面",), **best),
        *(document(f"n{n}", f"古树名木{n}") for n in range(20)),
    )
    assert backend.found("停车场") == ["title", "words", "some"]
    assert backend.found("停车场 收费")[0] == "words"
    backend.renew([document("fits", "停车场收费"), document("stands", "停车场管理", descriptions=("收费",), **best)])
    assert backend.found("停车场 收费") == ["fits", "stands"]


def test_every_field_is_searched(backend: Backend) -> None:
    backend.index(
        document(
            "x",
            "幼儿园",
            titles=("幼儿园", "Kindergartens"),
            descriptions=("全市学前教育机构", "All preschools"),
            keywords=("托育",),
            publisher_names=("教育局", "Education Bureau"),
            data_items=("办园等级", "GRADE_CODE"),
        ),
        document("y", "无关"),
    )
    for typed in ("幼儿园", "kindergartens", "学前教育", "preschools", "托育", "教育局", "bureau", "办园等级", "grade"):
        assert backend.found(typed) == ["x"], typed


def test_both_scripts_find_each_other(backend: Backend) -> None:
    backend.index(document("hans", "台北捷运客流统计"), document("hant", "臺北捷運客流統計"))
    for typed in ("台北捷运", "臺北捷運", "捷運客流", "统计", "統計"):
        assert sorted(backend.found(typed)) == ["hans", "hant"], typed


def test_the_other_script_is_marked_in_its_own_letters(backend: Backend) -> None:
    backend.index(document("hant", "臺北捷運客流統計", descriptions=("捷運車站每日進出量",)))
    results = backend.search("台北捷运")
    assert marks(results, "title") == ["臺北捷運"]
    assert marks(results, "description") == ["捷運"]
    backend.renew([document("hans", "台北捷运客流统计")])
    assert marks(backend.search("臺北捷運"), "title") == ["台北捷运"]


def test_longer_and_shorter_words_find_each_other(backend: Backend) -> None:
    backend.index(document("long", "路灯维修信息"), document("short", "路灯维修"), document("other", "天河体育中心"))
    assert sorted(backend.found("维修")) == ["long", "short"]
    assert backend.found("维修信息") == ["long", "short"]
    assert backend.found("河体") == ["other"], "a piece across two words"
    assert backend.found("育") == ["other"], "a single character"


def test_single_characters_beside_words_do_not_narrow_the_search(backend: Backend) -> None:
    backend.index(document("x", "医院名录"))
    assert backend.found("医院 的") == ["x"]
    assert backend.found("请问哪里有医院") == ["x"]


def test_a_word_that_nobody_has_does_not_hide_the_others(backend: Backend) -> None:
    backend.index(document("x", "养老保险缴费"), document("y", "停车场"))
    assert backend.found("养劳保险") == ["x"]
    assert backend.found("社会保险缴费标准查询 养老") == ["x"]


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("COVID-19 疫情数据", "covid-19"),
        ("COVID-19 疫情数据", "COVID19"),
        ("COVID-19 疫情数据", "ｃｏｖｉｄ－１９"),
        ("GB/T 21063.4-2007 编目", "GB/T 21063.4-2007"),
        ("GB/T 21063.4-2007 编目", "gbt"),
        ("DCAT-AP 3.0.1 说明", "dcat-ap"),
        ("DCAT-AP 3.0.1 说明", "3.0.1"),
        ("2023年PM2.5监测", "2023"),
        ("2023年PM2.5监测", "pm25"),
        ("C++ 与 C# 岗位", "c#"),
        ("5G基站", "5g"),
        ("Données ouvertes de Zürich", "donnees zurich"),
        ("Öffentliche Straßen", "strassen"),
    ],
)
def test_codes_years_and_words_of_other_scripts_are_found_whole(backend: Backend, title: str, typed: str) -> None:
    backend.index(document("x", title), document("y", "301 T C 19 AP 数据"))
    assert backend.found(typed) == ["x"]


def test_quotation_marks_demand_the_phrase(backend: Backend) -> None:
    backend.index(document("x", "住房公积金贷款"), document("y", "公积金 住房 贷款"))
    assert set(backend.found("住房公积金")) == {"x", "y"}
    for typed in ('"住房公积金"', "“住房公积金”", "「住房公積金」", '"住房公积金" 贷款'):
        assert backend.found(typed) == ["x"], typed


def test_a_minus_before_a_word_excludes_it(backend: Backend) -> None:
    backend.index(document("x", "公积金贷款"), document("y", "公积金提取"), document("z", "2020-2023年公积金"))
    assert sorted(backend.found("公积金 -贷款")) == ["y", "z"]
    assert sorted(backend.found("-贷款")) == ["y", "z"]
    assert backend.found("2020-2023") == ["z"], "inside a number it is no exclusion"


def test_a_minus_before_a_phrase_excludes_the_phrase(backend: Backend) -> None:
    backend.index(document("x", "住房公积金贷款"), document("y", "贷款与公积金"))
    assert backend.found('公积金 -"公积金贷款"') == ["y"]
    assert backend.found("公积金 -「公積金貸款」") == ["y"]


@pytest.fixture
def named(backend: Backend) -> Backend:
    backend.index(
        document("a", "学校名录", publisher_names=("广州市教育局", "Education Bureau"), formats=("csv", "xlsx")),
        document("b", "教育局名录", publisher_names=("财政局",), formats=("csv",), data_items=("学校名称", "XX_MC 2")),
        document("c", "名录格式说明", publisher_names=("教育研究院",), data_items=("学校", "名称"), formats=("json",)),
    )
    return backend


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("publisher:教育局", "a"),
        ("发布者:教育", "ac"),
        ("發佈者：教育局 名录", "a"),
        ("開放主體：教育", "ac"),
        ('publisher:"Education Bureau"', "a"),
        ("PUBLISHER:education", "a"),
        ("名录 -publisher:教育局", "bc"),
        ("format:csv", "ab"),
        ("格式:逗号分隔值", ""),
        ("格式:XLSX", "a"),
        ("format:csv format:xlsx", "a"),
        ("名录 -格式:csv", "c"),
        ("field:学校名称", "b"),
        ("字段:学校", "bc"),
        ("数据项:xx_mc", "b"),
        ("field:学校 publisher:教育", "c"),
        ("publisher: 教育局", "a"),
        ("format:nosuch", ""),
        ("publisher:", ""),
        ("publisher:“教育", "ac"),
        ("格式 说明", "c"),
        ("说明 publisher:", "c"),
        ("title:名录 学校", "abc"),
    ],
)
def test_a_name_and_a_colon_ask_of_one_part_of_a_record(named: Backend, typed: str, found: str) -> None:
    results = named.found(typed)
    assert sorted(results) == sorted(found), typed


def test_words_beside_a_named_part_are_marked_and_rank(named: Backend) -> None:
    results = named.search("学校 format:csv")
    assert [hit.id for hit in results.hits] == ["a", "b"]
    assert marks(results, "title") == ["学校"]


def test_a_page_is_made_in_a_turn(backend: Backend) -> None:
    backend.index(document("x", "公积金"))
    with backend.reader.turn():
        assert backend.found("公积金") == ["x"]
        assert backend.reader.suggest("公积", 5)[0].text == "公积金"  # in the same turn: it waits for nobody


@pytest.mark.parametrize("typed", ["", "   ", "\t\n", "\x00", "\u3000", "\u200b\ufeff"])
def test_nothing_typed_finds_everything_newest_first(backend: Backend, typed: str) -> None:
    from datetime import date

    backend.index(
        document("old", modified=date(2020, 1, 1)), document("none"), document("new", modified=date(2024, 1, 1))
    )
    assert backend.found(typed) == ["new", "old", "none"]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_person_can_type_is_never_an_error(backend: Backend, typed: str) -> None:
    backend.index(document("x", "公积金"), document("y", typed, keywords=(typed,), descriptions=(typed,)))
    for sort in Sort:
        results = backend.search(typed, sort=sort)
        assert results.total >= len(results.hits)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "公积金", '"', "-", "“"]))
def test_any_string_is_a_question(backend: Backend, typed: str, before: str) -> None:
    if backend.reader.count() == 0:
        backend.index(document("x", "公积金"), document("y", "COVID-19 疫情"))
    results = backend.search(before + typed)
    assert len(results.hits) == min(results.total, 20)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(min_size=1, max_size=80), st.text(max_size=200))
def test_any_title_can_be_indexed_and_found_by_itself(backend: Backend, title: str, summary: str) -> None:
    given_document = document("x", title, descriptions=(summary,), keywords=(summary, title))
    backend.renew([given_document, document("other", "别的")])
    typed = title.strip()
    if typed.isalnum() and not typed.startswith("-"):
        assert backend.found(typed)[0] == "x"


def test_marked_text_is_the_text_itself_unescaped(backend: Backend) -> None:
    title = '<b>公积金</b> & "贷款" 公积金'
    backend.index(document("x", title))
    runs = backend.search("公积金").hits[0].highlight["title"]
    assert "".join(text for text, _ in runs) == title
    assert [text for text, is_match in runs if is_match] == ["公积金", "公积金"]


def test_a_fragment_is_short_and_shows_its_match(backend: Backend) -> None:
    backend.index(document("x", "甲", descriptions=("前" * 500 + "古树名木" + "后" * 500,)))
    runs = backend.search("古树名木").hits[0].highlight["description"]
    assert (runs[0], runs[-1]) == (("…", False), ("…", False))
    assert ("古树名木", True) in runs
    assert sum(len(text) for text, _ in runs) <= 122


def test_only_fields_with_a_match_are_marked_and_only_when_asked(backend: Backend) -> None:
    backend.index(
        document("x", "古树", descriptions=("别的",), keywords=("名木", "古树"), data_items=("树龄", "古树编号"))
    )
    assert set(backend.search("古树").hits[0].highlight) == {"title", "keywords", "data_items"}
    assert backend.search("古树", highlight=False).hits[0].highlight == {}
    assert backend.search("").hits[0].highlight == {}


def test_a_word_of_letters_is_marked_only_where_it_stands_alone(backend: Backend) -> None:
    backend.index(document("x", "Art and Articles: ART"))
    assert marks(backend.search("art"), "title") == ["Art", "ART"]


def test_wide_and_odd_letters_are_marked_in_their_place(backend: Backend) -> None:
    backend.index(document("x", "㎡ ﬁ ½：ＡＢＣ公積金１２３"))
    assert marks(backend.search("abc 公积金"), "title") == ["ＡＢＣ公積金"]


def test_a_hit_carries_what_the_document_gave(backend: Backend) -> None:
    display = {"titles": {"zh-Hans": "公积金"}, "n": [1, None, True], "deep": {"a": {"b": "ü"}}}
    backend.index(document("x", "公积金", identifiers=("I-1", "I-2"), display=display))
    hit = backend.search("公积金").hits[0]
    assert (hit.id, hit.uri, hit.identifiers) == ("x", "https://data.example/dataset/x", ("I-1", "I-2"))
    assert hit.display == display
    assert hit.score > 0
