"""Questions as Elasticsearch is sent them, held by golden files; without a server."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.analysis import Word, understand
from indexer.elastic import cursors, request
from indexer.elastic.client import address
from indexer.elastic.mapping import index_body, to_elastic
from indexer.errors import CursorInvalid
from indexer.query import Query, Sort
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
    asked = understand(query.text)
    matching = request.match(asked, lambda _: frequency, 1_000)
    ranked = asked.words and query.sort is Sort.RELEVANCE
    question = request.ranked(asked, matching) if ranked else matching
    order = Sort.MODIFIED if query.sort is Sort.RELEVANCE and not ranked else query.sort
    return request.body(question, query, request.chosen_filters(query), order, (query.page - 1) * query.size)


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


def test_words_that_nobody_has_or_nearly_everybody_has_are_not_demanded() -> None:
    asked = understand("公积金 道路运输 龘龘")

    def frequency(word: Word) -> int:
        return {"公积金": 5_000, "道路运输": 7}.get(word.text, 0 if "龘" in word.text else 7)

    words = json.dumps(request.match(asked, frequency, 10_000), ensure_ascii=False)
    assert "道路" in words
    assert "公积" not in words.replace(asked.key, "").replace(asked.folded, "")


def test_text_that_utf8_cannot_say_is_still_sent() -> None:
    json.dumps(sent(Query("a\ud800b 公积金", filters={"theme": ("\udfff",)})), ensure_ascii=False).encode()


def test_a_cursor_comes_back_as_it_was_and_for_its_question_only() -> None:
    mark = cursors.fingerprint("公积金", {}, Sort.RELEVANCE)
    text = cursors.write([12.5, 738000, "abc"], mark)
    assert cursors.read(text, mark, Sort.RELEVANCE) == [12.5, 738000, "abc"]
    for other, order in (("another", Sort.RELEVANCE), (mark, Sort.MODIFIED)):
        with pytest.raises(CursorInvalid):
            cursors.read(text, other, order)


@pytest.mark.parametrize(
    "after", [[float("nan"), 1, "a"], [1.0, True, "a"], [1.0, 1, 7], [1.0, 1, "a" * 600], [], [1e300, 1, "a"]]
)
def test_a_forged_cursor_is_refused(after: list[object]) -> None:
    with pytest.raises(CursorInvalid):
        cursors.read(cursors.write(after, "m"), "m", Sort.RELEVANCE)


def test_an_address_names_hosts_index_and_user() -> None:
    where = address("https://us%40er:p%2Fw@a.example,http://b.example:9201/city-data")
    assert where.hosts == ("https://a.example:443", "http://b.example:9201")
    assert (where.alias, where.user) == ("city-data", ("us@er", "p/w"))


@pytest.mark.parametrize("url", ["", "ftp://a", "http://a/B", "http://a/x?y", "http://", "http://a:99999"])
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        address(url)
