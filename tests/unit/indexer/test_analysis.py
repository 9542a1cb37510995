import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import jieba
import pytest
import rjieba
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Needle, aligned, fold, mark, needles, split, title_key, understand
from indexer.analysis.asking import MAX_QUERY_CHARACTERS
from indexer.analysis.splitting import MAX_CHARACTERS, MAX_CODE_CHARACTERS, code_forms, code_key

SENTENCES = [
    "广州市住房公积金管理中心公积金贷款额度与提取信息",
    "天河区体育中心停车场实时泊位数量",
    "全市普通高中学校名录及招生计划",
    "重点排污单位自动监控数据小时均值",
    "社会消费品零售总额分行业统计表",
    "机动车检测机构检验检测机构资质认定",
    "古树名木保护名录含树龄树高胸径冠幅",
    "企业年报公示信息行政处罚行政许可",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＣＯＶＩＤ－１９", "covid-19"),
        ("臺北捷運資料", "台北捷运资料"),
        ("都市計畫", "都市计划"),
        ("Données Zürich", "donnees zurich"),
        ("STRASSE Straße", "strasse strasse"),
        ("ﬁ ㎡ Ⅲ", "fi m2 iii"),
        ("ｶﾞｽ 한국어", "ガス 한국어"),
        ("", ""),
    ],
)
def test_folding_takes_away_width_case_accents_and_script(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text())
def test_anything_folds_to_a_text_that_a_file_can_hold(text: str) -> None:
    assert fold(text).encode("utf-8").decode() == fold(text)


@given(st.text(alphabet=st.characters() | st.sampled_from("臺灣資料ＡＢＣéßﬁ㎡½\u0301İ\ud800")))
def test_an_aligned_text_has_one_character_for_each(text: str) -> None:
    assert len(aligned(text)) == len(text)


@pytest.mark.parametrize("text", ["臺北（2021年）捷運", "㎡公積金", "e\u0301a", "ﬁne ＡＢ", "ßß"])
def test_an_aligned_text_folds_each_character_in_its_place(text: str) -> None:
    for character, other in zip(text, aligned(text), strict=True):
        assert fold(character)[:1] in (other, ""), unicodedata.name(character)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("《公积金》 贷款（2021）", "公积金贷款2021"),
        ("臺北捷運", "台北捷运"),
        ("Open-Data", "open data"),
        ("——", "— —"),
    ],
)
def test_titles_are_the_same_whatever_their_punctuation(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


def test_titles_of_punctuation_alone_still_differ() -> None:
    assert title_key("？？") != title_key("！！") != ""


def test_both_segmenters_cut_chinese_alike() -> None:
    jieba.setLogLevel(40)
    for sentence in SENTENCES:
        assert rjieba.cut(sentence) == jieba.lcut(sentence)
        assert rjieba.cut_for_search(sentence) == jieba.lcut_for_search(sentence)


def test_words_are_cut_in_search_mode_and_codes_apart() -> None:
    (terms,) = split([["住房公積金，COVID-19（2023年）"]])
    assert terms.words.split() == ["住房", "公积", "积金", "公积金", "年"]
    assert terms.codes.split() == ["covid-19", "covid", "19", "covid19", "2023"]
    assert terms.cjk.split() == ["住房公积金", "年"]


def test_texts_of_one_record_keep_apart_even_when_they_hold_the_borders() -> None:
    first, second, third = split([["甲\x1e乙", "丙"], [], ["\x1f丁"]])
    assert first.folded == ["甲 乙", "丙"]
    assert first.cjk.split() == ["甲", "乙", "丙"]
    assert (second.words.strip(), second.codes, second.cjk.strip()) == ("", "", "")
    assert third.folded == [" 丁"]


def test_of_an_endless_text_only_the_beginning_is_searched() -> None:
    (endless,) = split([["甲" * (MAX_CHARACTERS + 10) + "乙"]])
    assert len(endless.cjk) == MAX_CHARACTERS
    (code,) = split([["x" * 100_000]])
    assert code.codes == "x" * MAX_CODE_CHARACTERS


@pytest.mark.parametrize(
    ("code", "forms", "key"),
    [
        ("gb/t", ["gb/t", "gb", "t", "gbt"], "gbt"),
        ("dcat-ap", ["dcat-ap", "dcat", "ap", "dcatap"], "dcatap"),
        ("pm2.5", ["pm2.5", "pm2", "5", "pm25"], "pm25"),
        ("3.0.1", ["3.0.1", "3", "0", "1"], "3.0.1"),
        ("2020-2023", ["2020-2023", "2020", "2023"], "2020-2023"),
        ("c++", ["c++", "c"], "c++"),
        ("2023", ["2023"], "2023"),
    ],
)
def test_codes_are_indexed_whole_in_parts_and_without_joints(code: str, forms: list[str], key: str) -> None:
    assert code_forms(code) == forms
    assert code_key(code) == key


def test_a_question_is_words_phrases_and_exclusions() -> None:
    asked = understand('臺北捷運 "住房公積金" -貸款 2020-2023')
    assert [word.text for word in asked.words] == ["台北", "捷运", "住房公积金", "2020-2023"]
    assert [phrase.pairs for phrase in asked.phrases] == [("住房", "房公", "公积", "积金")]
    assert [phrase.pairs for phrase in asked.excluded] == [("贷款",)]


def test_single_characters_are_required_only_when_there_is_nothing_else() -> None:
    assert [(word.text, word.required) for word in understand("医院树").words] == [("医院", True), ("树", False)]
    assert [(word.text, word.required) for word in understand("的").words] == [("的", True)]


@settings(deadline=None)  # the first loads the dictionaries
@given(st.text(max_size=2000))
def test_a_question_is_never_longer_than_allowed_and_never_an_error(typed: str) -> None:
    asked = understand(typed)
    assert len(asked.text) <= MAX_QUERY_CHARACTERS
    assert asked.text == asked.text.strip()


@settings(deadline=None)
@given(
    st.text(alphabet="公积金贷款 abAB臺台", max_size=300), st.text(alphabet="公积金贷款 ab臺", min_size=1, max_size=12)
)
def test_marks_cover_the_text_and_only_matches(text: str, typed: str) -> None:
    wanted = needles(understand(typed))
    runs = mark(text, aligned(text), wanted, None)
    assert "".join(piece for piece, _ in runs) in (text, "")
    texts = {part for needle in wanted for part in (needle.text, *needle.pieces)}
    for piece, is_match in runs:
        assert piece
        if is_match:
            assert any(needle in fold(piece) for needle in texts)


def test_touching_matches_are_one_run() -> None:
    assert mark("住房公积金", "住房公积金", [Needle("住房", ()), Needle("公积金", ())]) == (("住房公积金", True),)


def test_a_fragment_is_where_most_matches_are() -> None:
    text = "甲" + "。" * 300 + "甲乙甲乙甲乙" + "。" * 300
    runs = mark(text, text, [Needle("甲", ()), Needle("乙", ())])
    assert ("甲乙甲乙甲乙", True) in runs
    assert runs[0] == runs[-1] == ("…", False)


def test_pieces_are_marked_only_in_a_text_without_the_whole() -> None:
    whole = Needle("体育中心", ("体育", "中心"))
    assert mark("体育中心的中心", "体育中心的中心", [whole]) == (("体育中心", True), ("的中心", False))
    assert mark("体育馆中心", "体育馆中心", [whole]) == (("体育", True), ("馆", False), ("中心", True))


def test_importing_search_loads_no_dictionary() -> None:
    names = ("jieba", "rjieba", "opencc", "pypinyin")
    code = f"import sys, indexer.embedded; print([name for name in {names} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_many_threads_may_ask_at_once() -> None:
    expected = [understand(sentence) for sentence in SENTENCES]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: [understand(sentence) for sentence in SENTENCES], range(40)):
            assert found == expected
