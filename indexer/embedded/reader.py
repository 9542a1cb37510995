"""Reading the embedded index."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy

from indexer.analysis import FRAGMENT_CHARACTERS, Asked, Needle, mark, needles, understand
from indexer.embedded.counting import Counted, chosen_filters, count
from indexer.embedded.folder import Folder, in_words
from indexer.embedded.paging import (
    Cursor,
    Page,
    by_date,
    by_relevance,
    fingerprint,
    page_size,
    read_cursor,
    write_cursor,
)
from indexer.embedded.ranking import Plan, any_of, filtered, plan
from indexer.embedded.snapshots import Snapshot, Snapshots
from indexer.embedded.vocabulary import EmbeddedVocabulary
from indexer.query import Query, Sort
from indexer.results import Hit, Results, Suggestion
from indexer.suggesting import correct, suggest

_MAX_PAGE = 10_000_000
_KEPT_COUNTS = 64
_MARKED = ("title", "description", "keywords", "data_items")


class EmbeddedReader:
    """
    Reads the index at `path`, always its newest commit. Opens nothing until asked; safe for many threads.

    Every method raises SearchUnavailable while there is no index or it can't be read.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._snapshots = Snapshots(Folder(self._path))

    def search(self, query: Query) -> Results:
        """Raises CursorInvalid for a cursor that is not of this question; nothing that is typed is an error."""
        snapshot = self._snapshots.newest()
        asked = understand(query.text)
        chosen = chosen_filters(query)
        order = query.sort if query.sort is not Sort.RELEVANCE or asked.words else Sort.MODIFIED
        mark_of_question = fingerprint(asked.text, chosen, order)
        start = _start(query, mark_of_question)
        with in_words(self._path):
            relaxed = False
            found = plan(asked, snapshot.searcher)
            total, facets = _counted(snapshot, found, asked, chosen, query)
            if not total and asked.words and not _matches_any(snapshot, found):
                relaxed, found = True, plan(asked, snapshot.searcher, relaxed=True)
                total, facets = _counted(snapshot, found, asked, chosen, query)
            page = _page(snapshot, found, chosen, order, total, start, page_size(query))
            wanted = needles(asked, relaxed) if query.highlight else ()
            hits = tuple([_hit(snapshot.searcher.doc(address), score, wanted) for score, _, address in page.places])
        following = write_cursor(page.next, mark_of_question) if page.next else ""
        return Results(total, hits, facets, following)

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        vocabulary = EmbeddedVocabulary(self._snapshots.newest().searcher)
        with in_words(self._path):
            return suggest(vocabulary, text, limit)

    def correct(self, text: str) -> str:
        vocabulary = EmbeddedVocabulary(self._snapshots.newest().searcher)
        with in_words(self._path):
            return correct(vocabulary, text)

    def count(self) -> int:
        return int(self._snapshots.newest().searcher.num_docs)

    def ids(self) -> Iterable[str]:
        """In the order of the alphabet; 2 µs each."""
        searcher = self._snapshots.newest().searcher
        with in_words(self._path):
            found = searcher.terms_with_prefix("id", "", tantivy.Query.all_query())
        return sorted(term for term, records in found if records)


def _start(query: Query, mark_of_question: str) -> int | Cursor:
    if query.cursor:
        return read_cursor(query.cursor, mark_of_question)
    return (max(1, min(query.page, _MAX_PAGE)) - 1) * page_size(query)


def _counted(
    snapshot: Snapshot, found: Plan, asked: Asked, chosen: dict[str, tuple[str, ...]], query: Query
) -> Counted:
    key = (tuple(chosen.items()), tuple(query.facets), query.facet_size)
    if not asked.text and key in snapshot.counts:
        return snapshot.counts[key]
    counted = count(snapshot.searcher, snapshot.sets, found.match, chosen, query.facets, query.facet_size)
    if not asked.text and len(snapshot.counts) < _KEPT_COUNTS:
        snapshot.counts[key] = counted
    return counted


def _matches_any(snapshot: Snapshot, found: Plan) -> bool:
    return found.match is None or bool(snapshot.searcher.search(found.match, 1, count=False).hits)


def _page(
    snapshot: Snapshot,
    found: Plan,
    chosen: dict[str, tuple[str, ...]],
    order: Sort,
    total: int,
    start: int | Cursor,
    size: int,
) -> Page:
    filters = [any_of(facet, values) for facet, values in chosen.items()]
    if not size or not total:
        return Page([], None)
    if order is Sort.RELEVANCE:
        return by_relevance(snapshot.searcher, filtered(found.ranked, filters), total, start, size)
    return by_date(snapshot.searcher, filtered(found.match, filters), f"by_{order}", total, start, size)


def _hit(found: tantivy.Document, score: float, wanted: tuple[Needle, ...]) -> Hit:
    stored: Any = found.get_first("shown")
    identifier, uri, identifiers, display, *texts = json.loads(stored)
    highlight = {}
    if wanted:
        for name, variants in zip(_MARKED, texts, strict=True):
            for shown, compared in variants:
                if runs := mark(shown, compared or shown, wanted, None if name == "title" else FRAGMENT_CHARACTERS):
                    highlight[name] = runs
                    break
    return Hit(identifier, uri, tuple(identifiers), score, display, highlight)
