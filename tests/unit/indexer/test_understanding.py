"""What a question is taken to mean: terms, places, columns, words of asking, and other words for the same."""

from importlib.resources import files

import pytest

from indexer.analysis import Asked, understand
from indexer.analysis.lists import EQUAL, FORMER, NARROWER, known_terms, synonyms, words_of_asking


def words(asked: Asked) -> list[str]:
    return [word.text for word in asked.words]


def instead(typed: str) -> dict[str, float]:
    """Other words that may stand for those of a question, and their worth."""
    return {other.text: other.worth for other in understand(typed).instead}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("哪里可以打疫苗", ["打疫苗"]),
        ("附近有哪些充电桩", ["充电桩"]),
        ("怎么办理居住证", ["办理", "居住证"]),
        ("天河区有多少家药店", ["天河区", "药店"]),
        ("怎么", ["怎么"]),
        ("哪些 可以", ["哪些", "可以"]),
    ],
)
def test_words_of_asking_count_only_where_there_is_nothing_else(typed: str, meant: list[str]) -> None:
    assert words(understand(typed)) == meant


def test_a_term_of_government_is_one_word_however_a_dictionary_cuts_it() -> None:
    (word,) = understand("住房公积金").words
    assert (word.text, word.parts) == ("住房公积金", ("住房", "公积金"))


def test_words_that_any_catalogue_entry_has_are_not_demanded() -> None:
    required = {word.text: word.required for word in understand("路灯维修信息").words}
    assert required == {"路灯": True, "维修": True, "信息": False}
    assert [word.required for word in understand("信息").words] == [True], "unless nothing else was asked for"


@pytest.mark.parametrize("typed", ["天河区 公园", "广州市公园", "瀘州公园", "隆昌市的公园"])
def test_the_name_of_a_place_is_known_as_one(typed: str) -> None:
    assert [word.place for word in understand(typed).words] == [True, False]


def test_a_place_is_found_with_and_without_what_kind_of_place_it_is() -> None:
    assert instead("天河区") == {"天河": EQUAL}


@pytest.mark.parametrize("typed", ["经纬度 公园", "公园 联系电话", "字段里有树种的公园"])
def test_a_column_beside_a_subject_is_no_subject(typed: str) -> None:
    columns = [word.text for word in understand(typed).words if word.column]
    assert len(columns) == 1
    assert "公园" not in columns


def test_a_column_alone_is_the_subject() -> None:
    assert not any(word.column for word in understand("经纬度").words)
    assert not any(word.column for word in understand("广州 经纬度").words)


def test_everyday_and_official_words_stand_for_each_other() -> None:
    assert instead("驾驶证")["驾照"] == EQUAL
    assert instead("驾照")["驾驶证"] == EQUAL
    assert instead("GDP")["地区生产总值"] == EQUAL


def test_narrower_words_are_found_by_the_wider_and_never_the_other_way() -> None:
    assert instead("社保")["工伤保险"] == NARROWER
    assert "社保" not in instead("工伤保险")


@pytest.mark.parametrize(
    ("typed", "meant", "worth"),
    [
        ("发改委", "发展和改革委员会", EQUAL),
        ("卫健委", "卫生健康委员会", EQUAL),
        ("人社局", "人力资源和社会保障局", EQUAL),
        ("人力资源和社会保障厅", "人社厅", EQUAL),
        ("残联", "残疾人联合会", EQUAL),
        ("环保局", "生态环境局", FORMER),
        ("市场监督管理局", "工商局", FORMER),
    ],
)
def test_agencies_are_known_by_short_and_former_names(typed: str, meant: str, worth: float) -> None:
    assert instead(typed)[meant] == worth


@pytest.mark.parametrize(
    ("typed", "meant"), [("資訊", "信息"), ("信息", "资讯"), ("軟體", "软件"), ("打印机", "印表机")][:4]
)
def test_words_of_taiwan_and_the_mainland_stand_for_each_other(typed: str, meant: str) -> None:
    assert meant in instead(typed)


def test_what_holds_all_that_was_typed_needs_no_standing_in() -> None:
    assert "住房公积金" not in instead("公积金")


def test_the_longest_term_decides() -> None:
    assert all(len(other.words) == 1 and other.words != ("保险",) for other in understand("医疗保险").instead)


def test_quoted_words_and_exclusions_stay_as_they_are() -> None:
    asked = understand('"公积金" -贷款')
    assert (len(asked.phrases), len(asked.excluded)) == (1, 1)


def test_every_group_of_words_names_its_source() -> None:
    text = files("indexer.analysis").joinpath("data", "synonyms.txt").read_text(encoding="utf-8")
    groups = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(groups) > 150
    assert [line for line in groups if not line.partition("#")[2].strip()] == []


def test_no_word_stands_for_itself_and_no_word_of_asking_is_a_term() -> None:
    assert [word for word, others in synonyms().items() if word in dict(others)] == []
    assert sorted(known_terms() & words_of_asking()) == []
