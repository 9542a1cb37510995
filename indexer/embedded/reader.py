"""Reading the embedded index."""

import threading
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import tantivy

from indexer.analysis import Needle, needles
from indexer.correction import corrected
from indexer.embedded import ranking
from indexer.embedded.counting import Counted, count
from indexer.embedded.folder import Folder, in_words
from indexer.embedded.paging import Cursor, Page, Ranked, by_number, by_relevance, is_place
from indexer.embedded.pruning import pruned, scores_only_matches
from indexer.embedded.snapshots import Snapshot, Snapshots
from indexer.embedded.vocabulary import EmbeddedVocabulary
from indexer.embedded.words import Words
from indexer.entry import highlight
from indexer.plan import Plan, plan, strict
from indexer.query import Query, Sort
from indexer.question import Question, question, read_cursor, write_cursor
from indexer.results import Hit, Results, Suggestion
from indexer.suggesting import suggest

_KEPT_COUNTS = 256
"""Of one commit; what is counted beyond them is counted each time."""
_BROAD = 5_000
"""Records that a question finds for its counts to be kept: few words stand in so many, and people do type them."""

_FEW = 500
"""Hits among which those without a score may well be on a page."""

_ASKED_AT_ONCE = 500


class _Found(NamedTuple):
    """What matches, and what ranks it where order is by relevance."""

    matching: tantivy.Query
    plan: Plan


class EmbeddedReader:
    """
    Reads the index at `path`, always its newest commit. Opens nothing until asked; safe for many threads.

    Every method raises SearchUnavailable while there is no index or it can't be read.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._snapshots = Snapshots(Folder(self._path))
        # One question at a time in a process. The engine lets go of Python's lock thirty times in a search, and each
        # time another thread that takes it keeps it for milliseconds: eight threads did 216 pages a second, one 356.
        self._turn = threading.RLock()

    def search(self, query: Query) -> Results:
        """Raises CursorInvalid for a cursor that is not of this question; nothing that is typed is an error."""
        with self._turn:
            return self._search(query)

    def _search(self, query: Query) -> Results:
        snapshot = self._snapshots.newest()
        asked = question(query)
        start = _start(asked)
        mark = asked.fingerprint
        with in_words(self._path):
            relaxed = False
            better = None if asked.literal else corrected(asked.asked, Words(snapshot.searcher))
            if better:
                asked = replace(asked, asked=better.asked)
            found = _planned(snapshot, asked)
            total, facets = _counted(snapshot, found, asked)
            if not total and asked.asked.words and not snapshot.searcher.search(found.matching, 1, count=False).hits:
                relaxed, found = True, _planned(snapshot, asked, relaxed=True)
                total, facets = _counted(snapshot, found, asked, relaxed=True)
            page = _page(snapshot, found, asked, total, start)
            wanted = needles(asked.asked, relaxed) if asked.highlight else ()
            hits = tuple([_hit(snapshot.searcher.doc(address), score, wanted) for score, _, address in page.places])
        following = write_cursor([*page.next], mark) if page.next else ""
        return Results(total, hits, facets, following, better.text if better else "")

    def among(self, query: Query, ids: Sequence[str]) -> set[str]:
        asked = question(query)
        found: set[str] = set()
        for start in range(0, len(ids), _ASKED_AT_ONCE):
            piece = ids[start : start + _ASKED_AT_ONCE]
            with self._turn, in_words(self._path):  # taken anew each time: people wait for theirs
                snapshot = self._snapshots.newest()
                frequency = Words(snapshot.searcher).frequency
                match = ranking.query(strict(asked.asked, frequency, snapshot.searcher.num_docs))
                matching = ranking.filtered(match, [*_filters(asked), ranking.among(piece)])
                hits = snapshot.searcher.search(matching, len(piece), count=False).hits
                found |= {_hit(snapshot.searcher.doc(address), 0.0, ()).id for _, address in hits}
        return found

    def turn(self) -> AbstractContextManager[object]:
        return self._turn

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        vocabulary = EmbeddedVocabulary(self._snapshots.newest().searcher)
        with self._turn, in_words(self._path):
            return suggest(vocabulary, text, limit)

    def count(self) -> int:
        return int(self._snapshots.newest().searcher.num_docs)

    def ids(self) -> Iterable[str]:
        """In the order of the alphabet; 2 µs each."""
        searcher = self._snapshots.newest().searcher
        with in_words(self._path):
            found = searcher.terms_with_prefix("id", "", tantivy.Query.all_query())
        return sorted(term for term, records in found if records)

    def unindexed(self) -> dict[str, str]:
        """None: whatever text a record has can be indexed, and an error that stops one stops the batch."""
        return {}


def _start(asked: Question) -> int | Cursor:
    if asked.cursor:
        return Cursor(*read_cursor(asked.cursor, asked.fingerprint, is_place))
    return asked.offset


def _planned(snapshot: Snapshot, asked: Question, *, relaxed: bool = False) -> _Found:
    frequency = Words(snapshot.searcher).frequency
    made = plan(asked.asked, frequency, snapshot.searcher.num_docs, relaxed=relaxed, today=date.today())
    made = pruned(made, frequency)
    return _Found(ranking.query(made.match), made)


def _counted(snapshot: Snapshot, found: _Found, asked: Question, *, relaxed: bool = False) -> Counted:
    text = asked.asked.text
    key = (text, relaxed, tuple(asked.chosen.items()), asked.facets, tuple(asked.sizes.values()), asked.ranges)
    if (kept := snapshot.counts.get(key)) is not None:
        return kept
    matching = ranking.filtered(found.matching, map(ranking.query, asked.ranges))
    counted = count(snapshot.searcher, snapshot.sets, matching, asked.chosen, asked.facets, asked.sizes)
    if (not text or counted[0] >= _BROAD) and len(snapshot.counts) < _KEPT_COUNTS:
        snapshot.counts[key] = counted
    return counted


def _page(snapshot: Snapshot, found: _Found, asked: Question, total: int, start: int | Cursor) -> Page:
    if not asked.size or not total:
        return Page([], None)
    searcher, order = snapshot.searcher, asked.sort
    filters = _filters(asked)
    if order is Sort.RELEVANCE:
        query = ranking.filtered(ranking.ranked(found.matching, found.plan.scores), filters)
        scored = None
        if total > _FEW and scores_only_matches(found.plan):
            scored = ranking.filtered(ranking.scored(found.matching, found.plan.scores), filters)
        return by_relevance(searcher, Ranked(query, scored, total), start, asked.size)
    return by_number(searcher, ranking.filtered(found.matching, filters), f"by_{order}", total, start, asked.size)


def _filters(asked: Question) -> list[tantivy.Query]:
    chosen = [ranking.any_of(facet, values) for facet, values in asked.chosen.items()]
    return [*chosen, *map(ranking.query, asked.ranges)]


def _hit(found: tantivy.Document, score: float, wanted: tuple[Needle, ...]) -> Hit:
    stored: Any = found.get_first("shown")
    identifier, uri, identifiers, display, *marked = orjson.loads(stored)
    return Hit(identifier, uri, tuple(identifiers), score, display, highlight(marked, wanted))
