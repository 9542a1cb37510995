"""Readings and slips, against a small vocabulary."""

from collections.abc import Mapping, Sequence

import pytest

from indexer.analysis import understand
from indexer.analysis.sounds import all_syllables, ends, near, syllables
from indexer.analysis.splitting import split
from indexer.correction import Found, corrected
from indexer.plan import Term
from indexer.suggesting import phrase_terms
from tests.factories.search import document


class Vocabulary:
    """An index of titles, each so many times, as correction sees one."""

    def __init__(self, **titles: int) -> None:
        self._tokens: dict[str, int] = {}
        self._pairs: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self.titles = titles
        self.letters = {title: records for title, records in titles.items() if title.isascii()}
        for title, records in titles.items():
            terms, none = split([[title], []])
            for token in phrase_terms(document("x", title), terms, none).split(" "):
                self._tokens[token] = self._tokens.get(token, 0) + records
            for word in set(terms.words.split()):
                self._words[word] = self._words.get(word, 0) + records
            for pair in {title[at : at + 2] for at in range(len(title) - 1)}:
                self._pairs[pair] = self._pairs.get(pair, 0) + records

    def frequencies(self, terms: Sequence[Term]) -> Mapping[Term, int]:
        of_fields = {"pairs": self._pairs, "codes": self.letters, "exact": self.titles, "title": self._words}
        return {term: of_fields.get(term.field, {}).get(term.text, 0) for term in terms}

    def starting(self, beginnings: Sequence[str], limit: int) -> Mapping[str, Found]:
        def found(beginning: str) -> Found:
            entries = [(token, records) for token, records in self._tokens.items() if token.startswith(beginning)]
            return sorted(entries, key=lambda entry: -entry[1])[:limit]

        return {beginning: found(beginning) for beginning in beginnings}


INDEX = Vocabulary(
    公积金贷款=40, 行政处罚=900, 行政许可=800, 泸州市幼儿园=30, 养老保险=50, 残疾人补贴=30, 水质监测=70,
    国家级湿地=60, aqi=9, quality=40, 工程=30, 验收=20, 工程征收=30, 口腔=30, 口腔癌=30,
)  # fmt: skip


def meant(typed: str, index: Vocabulary = INDEX) -> str:
    better = corrected(understand(typed), index)
    return better.text if better else ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("gongjijin", "公积金"),
        ("GongJiJin", "公积金"),
        ("gong ji jin", "公积金"),
        ("xingzheng xuke", "行政 许可"),
        ("yanglaobaoxian", "养老保险"),
        ("xingzhengxukeyoueryuan", "行政许可 幼儿园"),
        ("xzxk", "行政许可"),
        ("ylbx", "养老保险"),
        ("xzxk 水质", "行政许可 水质"),
    ],
)
def test_letters_are_read_as_pinyin_or_initials_of_words_in_the_index(typed: str, words: str) -> None:
    assert meant(typed) == words


def test_of_words_with_the_same_initials_a_term_of_government_comes_first() -> None:
    assert meant("gjj") == "公积金", "国家级 stands in more records"


@pytest.mark.parametrize("typed", ["aqi", "xy", "qqqq", "gong8", "x" * 500, "covid-19"])
def test_letters_that_the_index_knows_or_that_are_no_pinyin_stay(typed: str) -> None:
    assert meant(typed) == ""


def test_letters_of_a_record_are_initials_never_and_pinyin_only_of_what_far_more_records_have() -> None:
    index = Vocabulary(公积金=900, 北京=900, 背景板=10)
    index.letters = {"gjj": 1, "beijing": 1, "beijingban": 1}
    assert meant("gjj", index) == ""
    assert meant("beijing", index) == "北京"
    assert meant("beijingban", index) == ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("养劳保险", "养老保险"),
        ("行政处法", "行政处罚"),
        ("残疾人补帖", "残疾人补贴"),
        ("泸州市养劳保险", "泸州市养老保险"),
        ("水子监测", "水质监测"),
        ("水质监侧", "水质监测"),
        ("水质测监", "水质监测"),
    ],
)
def test_a_slip_is_mended_by_sound_by_near_sound_and_by_look(typed: str, words: str) -> None:
    assert meant(typed) == words


@pytest.mark.parametrize("typed", ["养老保险", "养老行政", "行政处罚 养老保险", "龘龘龘", ""])
def test_what_the_index_knows_or_nothing_sounds_like_stays(typed: str) -> None:
    assert meant(typed) == ""


def test_two_known_words_that_no_record_has_side_by_side_are_no_slip() -> None:
    assert meant("养老补贴") == ""


@pytest.mark.parametrize("typed", ["工程验收", "口腔科"])
def test_two_words_that_meet_or_one_with_a_character_after_it_are_no_slip(typed: str) -> None:
    assert meant(typed) == ""


@pytest.mark.parametrize("typed", ["qualiti", "qaulity", "quallity", "wuality"])
def test_a_word_of_letters_is_mended_where_it_begins_or_ends_as_it_should(typed: str) -> None:
    assert meant(typed) == "quality"


def test_a_word_that_many_records_have_is_not_mended_into_a_more_common_one() -> None:
    assert meant("权利", Vocabulary(权利清单=5, 权力清单=900)) == ""
    assert meant("权利", Vocabulary(权利清单=1, 权力清单=900)) == "权力"


def test_what_one_record_has_is_a_correction_by_its_sound_alone() -> None:
    assert meant("养劳保险", Vocabulary(养老保险=1)) == "养老保险"
    assert meant("养众保险", Vocabulary(养老保险=1)) == ""


def test_the_same_sound_is_likelier_than_a_like_look_that_more_records_have() -> None:
    assert meant("行政处法", Vocabulary(行政处罚=1, 行政执法=40)) == "行政处罚"


def test_a_title_typed_in_full_is_never_corrected() -> None:
    assert meant("养劳保险", Vocabulary(养老保险=900, 养劳保险=1)) == ""


@pytest.mark.parametrize("typed", ['"养劳保险"', "养劳保险 -贷款", "“gongjijin”"])
def test_what_is_quoted_or_stands_beside_an_exclusion_is_left_alone(typed: str) -> None:
    assert meant(typed) == ""


def test_a_corrected_question_keeps_its_own_text_and_name() -> None:
    typed = understand("gongjijin")
    better = corrected(typed, INDEX)
    assert better
    assert (better.asked.text, better.asked.folded) == (typed.text, typed.folded)
    assert better.asked.words == understand("公积金").words


def test_readings_follow_the_word() -> None:
    assert syllables("银行") == ("yin", "hang")
    assert syllables("行政") == ("xing", "zheng")
    assert syllables("绿化") == ("lv", "hua")
    assert syllables("ガス") == ()


def test_syllables_may_end_where_pinyin_goes_on_to_the_end() -> None:
    assert ends("xian") == [0, 2, 4] or ends("xian") == [0, 2, 3, 4]
    assert ends("gongjijin")[-1] == 9
    assert ends("xzxk") == []
    assert len(all_syllables()) > 390


def test_near_sounds_are_those_that_input_methods_offer() -> None:
    assert "zong" in near("zhong")
    assert "lan" in near("nan")
    assert "xin" in near("xing")
    assert all(other in all_syllables() for other in near("zhang"))
