"""Whatever people type, what is kept of it can stand on a page, in a graph and in a database."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from app.feedback.words import one_line, tidy

ANY = st.text(st.characters(codec=None, exclude_categories=()))


@given(ANY)
@example("e\u200b\u0301")
@example("\u0301" * 9)
@example("\ud800\udc00")
@example("a\r\n\r\r\n\u2028b")
def test_tidied_text_is_tidy_and_every_format_can_hold_it(text: str) -> None:
    kept = tidy(text)
    assert tidy(kept) == kept
    assert "\n\n\n" not in kept
    assert not {unicodedata.category(letter) for letter in kept if letter not in "\n\u200c\u200d"} & {
        "Cc",
        "Cf",
        "Cs",
        "Co",
    }
    element = etree.Element("a")
    element.text = kept
    assert etree.fromstring(etree.tostring(element)).text == (kept or None)


@given(ANY)
def test_one_line_is_one(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
