"""The signs of a question, read from what anybody may type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.folding import fold
from indexer.analysis.syntax import Named, read_signs


@pytest.mark.parametrize(
    ("typed", "named", "rest"),
    [
        ("publisher:教育局", [Named("publisher", "教育局", False)], ""),
        ("名录 发布者：教育局", [Named("publisher", "教育局", False)], "名录"),
        ("-格式:csv 名录", [Named("format", "csv", True)], "名录"),
        ('字段:"信用 代码" x', [Named("item", "信用 代码", False)], "x"),
        ("數據項:「信用 代碼」", [Named("item", "信用 代码", False)], ""),
        ("field: 名称", [Named("item", "名称", False)], ""),
        ("publisher:", [], "publisher:"),
        ("publisher: : ", [], "publisher: :"),
        ("publisher:::", [], "publisher:::"),
        ("http://data.example", [], "http://data.example"),
        ("甲格式:csv", [], "甲格式:csv"),
        ("title:x", [], "title:x"),
    ],
)
def test_a_known_name_and_a_colon_are_taken_out(typed: str, named: list[Named], rest: str) -> None:
    signs = read_signs(fold(typed))
    assert (list(signs.named), signs.rest.strip()) == (named, rest)


@pytest.mark.parametrize(
    ("typed", "without", "phrases"),
    [
        ('a -b "c d"', ["b"], ["c d"]),
        ('-"c d" “e”', ["c d"], ["e"]),
        ("2020-2023 - --x", [], []),
        ('"never closed', [], []),
        ("«a» 『b』「c」", [], ["a", "b", "c"]),
    ],
)
def test_quotes_and_minus(typed: str, without: list[str], phrases: list[str]) -> None:
    signs = read_signs(fold(typed))
    assert (list(signs.without), list(signs.phrases)) == (without, phrases)


@given(st.text(max_size=200) | st.text('-:"“”「」 a格式publisher字段', max_size=200))
def test_nothing_is_an_error_and_everything_is_bounded(typed: str) -> None:
    signs = read_signs(fold(typed))
    assert max(len(signs.named), len(signs.without), len(signs.phrases)) <= 12
