"""Small words that pages put around what sources say."""

import pytest
from flask import Flask

from app.catalogue.model import DatasetView
from app.i18n import EN, ZH_HANS
from app.pages import cards, catalogue, positions, sources
from app.web.labels import readable
from app.web.language import choose
from indexer.results import Hit
from vocab.notes import Kind


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("%E4%BA%A4%E9%80%9A", "交通"),
        ("food%20safety", "food safety"),
        ("交通", "交通"),
        ("100%", "100%"),
        ("增长 %41", "增长 %41"),
        ("%E4%BA", "%E4%BA"),  # no text in UTF-8
        ("%E2%80%AEgnp", "%E2%80%AEgnp"),  # would turn the writing around
        ("a%0Ab", "a%0Ab"),
        ("%E4%BA%A4" * 1000, "%E4%BA%A4" * 1000),
    ],
)
def test_the_end_of_an_address_is_decoded_where_that_gives_text(written: str, shown: str) -> None:
    assert readable(written) == shown


@pytest.mark.parametrize(
    ("position", "chinese", "english"),
    [
        ("row 4", "第 4 行", "Row 4"),
        ("record 175", "第 175 条", "Record 175"),
        ("dataset 142", "第 142 条", "Record 142"),
        ("机密表 row 12", "第 12 行", "Row 12"),
        ("<b>secret</b>", "", ""),
        ("key 12", "", ""),
        ("", "", ""),
    ],
)
def test_a_place_in_a_source_is_said_in_words(application: Flask, position: str, chinese: str, english: str) -> None:
    for language, expected in (("zh-Hans", chinese), ("en", english)):
        with application.test_request_context("/", headers={"Accept-Language": language}):
            choose()
            assert positions.in_words(position) == expected


def test_lists_are_joined_as_the_language_of_the_page_does(application: Flask) -> None:
    view = DatasetView("a", "https://x.example/a", {"en": "a"}, formats=("csv", "xlsx"), conditions=("one", "two"))
    hit = Hit(
        "a", "https://x.example/a", (), 1.0, {"titles": {"en": "a"}}, {"keywords": (("bus、", False), ("tram", True))}
    )
    for reader, formats, conditions, found in (
        (ZH_HANS, "CSV、XLSX", "one；two", "bus、<mark>tram"),
        (EN, "CSV, XLSX", "one; two", "bus, <mark>tram"),
    ):
        with application.test_request_context("/", headers={"Accept-Language": reader.tag}):
            choose()
            row = catalogue.row(view, reader, catalogue.words())
            assert (row.formats, row.conditions) == (formats, conditions)
            assert found in cards.cards([hit])


@pytest.mark.parametrize("kind", list(Kind))
def test_every_remark_on_a_document_is_explained(application: Flask, kind: Kind) -> None:
    for language in ("zh-Hans", "en"):
        with application.test_request_context("/", headers={"Accept-Language": language}):
            choose()
            assert sources._reason(kind.value, 1).words
