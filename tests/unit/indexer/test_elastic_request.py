"""Questions as Elasticsearch is sent them, held by golden files; without a server."""

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from indexer.elastic import cursors, request
from indexer.elastic.client import address
from indexer.elastic.mapping import index_body, to_elastic
from indexer.errors import CursorInvalid
from indexer.plan import plan
from indexer.query import Query, Sort
from indexer.question import question, read_cursor, write_cursor
from tests.factories.elastic import entry

GOLDEN = Path(__file__).parent / "golden"

QUESTIONS = {
    "everything": Query(size=2, facets=("theme",)),
    "one-word": Query("公积金", size=2, facets=()),
    "words-phrase-exclusion": Query('道路运输 covid-19 "公积金" -贷款', size=2, facets=()),
    "filters": Query(
        filters={"theme": ("jiaotong", "caizheng"), "format": ("csv",), "district": ("440106",), "nonsense": ("x",)},
        sort=Sort.ISSUED,
        page=3,
        size=10,
        facets=("theme", "format", "publisher"),
        facet_size=5,
    ),
}


def sent(query: Query, frequency: int = 5) -> dict[str, Any]:
    asked = question(query)
    found = plan(asked.asked, lambda _: frequency, 1_000, today=date(2026, 1, 1))
    ranked = asked.sort is Sort.RELEVANCE
    return request.body(request.ranked(found) if ranked else request.query(found.match), asked, asked.offset)


def is_golden(name: str, found: object, update: bool) -> None:
    path = GOLDEN / f"{name}.json"
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_sent_as_it_was(name: str, update_golden: bool) -> None:
    is_golden(f"request-{name}", sent(QUESTIONS[name]), update_golden)


def test_a_document_is_sent_as_it_was(update_golden: bool) -> None:
    is_golden("document", to_elastic(entry()), update_golden)


def test_every_field_sent_is_in_the_mapping_and_only_what_is_shown_is_kept() -> None:
    mapping = index_body()["mappings"]
    assert set(to_elastic(entry())) == set(mapping["properties"])
    assert mapping["_source"] == {"includes": ["shown"]}


def test_text_that_utf8_cannot_say_is_still_sent() -> None:
    json.dumps(sent(Query("a\ud800b 公积金", filters={"theme": ("\udfff",)})), ensure_ascii=False).encode()


def test_a_cursor_comes_back_as_it_was_and_for_its_question_only() -> None:
    ranked = partial(cursors.is_place, ranked=True)
    text = write_cursor([12.5, 738000, "abc"], "mark")
    assert read_cursor(text, "mark", ranked) == [12.5, 738000, "abc"]
    for mark, is_place in (("another", ranked), ("mark", partial(cursors.is_place, ranked=False))):
        with pytest.raises(CursorInvalid):
            read_cursor(text, mark, is_place)


@pytest.mark.parametrize(
    "after", [[float("nan"), 1, "a"], [1.0, True, "a"], [1.0, 1, 7], [1.0, 1, "a" * 600], [], [1e300, 1, "a"]]
)
def test_a_forged_cursor_is_refused(after: list[object]) -> None:
    with pytest.raises(CursorInvalid):
        read_cursor(write_cursor(after, "m"), "m", partial(cursors.is_place, ranked=True))


def test_an_address_names_hosts_index_and_user() -> None:
    where = address("https://us%40er:p%2Fw@a.example,http://b.example:9201/city-data")
    assert where.hosts == ("https://a.example:443", "http://b.example:9201")
    assert (where.alias, where.user) == ("city-data", ("us@er", "p/w"))


@pytest.mark.parametrize("url", ["", "ftp://a", "http://a/B", "http://a/x?y", "http://", "http://a:99999"])
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        address(url)
