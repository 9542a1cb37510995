"""How phrases are read and typed, and what becomes a term of the index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import split
from indexer.suggesting.phrases import JOINED, begun, phrase, phrase_terms
from indexer.suggesting.pinyin import reading, reads, units, ways_to_read
from tests.factories.search import document


@pytest.mark.parametrize(
    ("letters", "way"),
    [("gongjijin", "gjj"), ("gjj", "gjj"), ("gongjj", "gjj"), ("gongzho", "gz"), ("zhufgjj", "zfgjj"), ("xian", "xa")],
)
def test_letters_are_read_as_syllables_and_initials(letters: str, way: str) -> None:
    assert way in ways_to_read(letters)


@given(st.text("aeinoghuv", max_size=200))
def test_reading_letters_takes_bounded_time(letters: str) -> None:
    assert len(ways_to_read(letters)) <= 12
    reads(list("安" * 40), ["an"] * 40, letters)


@pytest.mark.parametrize(
    ("typed", "reached"),
    [
        ("g", 1),
        ("gongj", 2),
        ("gjj", 3),
        ("公jj", 3),
        ("公积金", 3),
        ("gongjiji", 3),
        ("gx", 0),
        ("公积金x", 0),
        ("jj", 0),
    ],
)
def test_each_character_may_be_typed_in_any_way(typed: str, reached: int) -> None:
    assert reads(list("公积金"), ["gong", "ji", "jin"], typed) == reached


def test_zh_ch_and_sh_are_initials_too() -> None:
    assert reads(list("住房"), ["zhu", "fang"], "zhf") == 2
    assert reads(list("住房"), ["zhu", "fang"], "zf") == 2


def test_a_word_decides_how_its_characters_are_read() -> None:
    assert reading(["银行"]) == ["yin", "hang"]
    assert reading(["行政", "PM2.5"]) == ["xing", "zheng", "PM2.5"]
    assert units("covid19疫情") == ["covid19", "疫", "情"]


def terms(title: str, **given: tuple[str, ...]) -> set[str]:
    made = document("x", title, **given)
    titles, keywords = split([made.titles, ("、".join(made.keywords),)])
    return set(phrase_terms(made, titles, keywords).split(" ")) - {""}


def texts(title: str, **given: tuple[str, ...]) -> set[str]:
    return {phrase(term, 1).text for term in terms(title, **given) if not term.startswith(JOINED)}


def test_words_of_titles_and_whole_keywords_and_names_are_phrases() -> None:
    found = texts("公交线路", keywords=("換乘 站點",), publisher_names=("Transport Bureau",))
    assert {"公交", "线路", "公交线路", "換乘 站點", "Transport Bureau"} <= found


def test_what_is_left_of_a_word_is_no_phrase() -> None:
    found = texts("广州市")
    assert "广州" in found
    assert "州市" not in found


def test_neighbours_are_known_to_correction_alone_and_not_across_texts() -> None:
    found = {term for term in terms("人才公寓", keywords=("路灯",)) if term.startswith(JOINED)}
    assert found == {"j人才公寓|人才公寓", "jrencaigongyu|人才公寓", "jrcgy|人才公寓"}
    assert {begun(term) for term in found} == {"人才公寓"}


def test_single_characters_numbers_and_sentences_are_no_phrases() -> None:
    assert texts("甲 2023 12 ab", keywords=("字" * 41, "", "·", "a\x07b")) == set()


def test_a_term_says_what_it_was_made_of() -> None:
    (term,) = [term for term in terms("无", keywords=("公积 金 A|B",)) if term.startswith("igjja|")]
    found = phrase(term, 7)
    assert (found.text, found.kind, found.records) == ("公积 金 A|B", "w", 7)
    assert found.read == ["gong", "ji", "jin", "ab"]


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_makes_terms_that_can_be_read_back(title: str, keyword: str) -> None:
    for term in terms(title, keywords=(keyword,), publisher_names=(keyword,)):
        assert begun(term)
        if term.startswith(JOINED):
            continue
        each = phrase(term, 1)
        assert len(each.begins) == len(each.read), term
        assert each.text
