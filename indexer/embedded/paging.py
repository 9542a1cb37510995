"""Which records stand on a page: order, ties, and cursors that carry on where the last page ended."""

from collections import Counter
from typing import Any, NamedTuple

import tantivy

from indexer.embedded.schema import schema

MAX_TIES = 200
"""Larger groups of one score stay in the order of the files, the whole group, so that pages still agree."""

_SPARE = 20
"""Hits looked at beyond a page, where most ties end."""

_MANY = 5_000
"""Among so many hits ties are long, and a second look costs more than a wide first one."""

_STANDING = "standing"
"""The column by which each score is multiplied."""

_SEARCHED_AROUND = 256
"""Places before and after, when the index has changed under a cursor."""

_MAX_OFFSET = 1_000_000_000

Place = tuple[float, int, tantivy.DocAddress]
"""Score, sort key and address of a hit."""


class Cursor(NamedTuple):
    """`offset` hits have been shown, the last one with this sort `key`."""

    offset: int
    key: int


class Page(NamedTuple):
    places: list[Place]
    next: Cursor | None


class Ranked(NamedTuple):
    """
    `query` gives all of `total` hits with their scores; `scored`, where it is known and costs half, only those that
    have any.
    """

    query: tantivy.Query
    scored: tantivy.Query | None
    total: int

    def hits(self, searcher: tantivy.Searcher, low: int, high: int) -> list[tuple[float, tantivy.DocAddress]]:
        """Places `low` to `high`, as far as there are so many."""
        if self.scored is not None:
            found = searcher.search(self.scored, high - low, count=False, offset=low, weight_by_field=_STANDING).hits
            if low + len(found) >= min(high, self.total):
                return list(found)
        return list(searcher.search(self.query, high - low, count=False, offset=low, weight_by_field=_STANDING).hits)


def is_place(found: list[Any]) -> bool:
    """Can these be the numbers of a `Cursor`?"""
    if len(found) != 2:
        return False
    offset, key = found
    return type(offset) is int and 0 <= offset <= _MAX_OFFSET and type(key) is int and 0 <= key < 1 << 64


def by_number(
    searcher: tantivy.Searcher, query: tantivy.Query, field: str, total: int, start: int | Cursor, size: int
) -> Page:
    """
    Newest or largest first. A cursor continues below the key of the last hit, whatever was added or removed above it,
    and costs the same at any depth.
    """
    offset = start if isinstance(start, int) else start.offset
    if isinstance(start, Cursor):
        older = tantivy.Query.range_query(
            schema(), field, tantivy.FieldType.Unsigned, upper_bound=start.key, include_upper=False
        )
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(older, 0.0))]
        )
    elif offset >= total:
        return Page([], None)
    skipped = offset if isinstance(start, int) else 0
    found = searcher.search(query, size + 1, count=False, order_by_field=field, offset=skipped).hits
    places = [(0.0, key, address) for key, address in found[:size]]
    return Page(places, _next(places, offset, more=len(found) > size))


def by_relevance(searcher: tantivy.Searcher, ranked: Ranked, start: int | Cursor, size: int) -> Page:
    """
    Best first; records of one score newest first, then by id. Scores move when the index changes: a cursor then
    carries on after its last hit if that is near its old place.
    """
    offset = start if isinstance(start, int) else _resumed(searcher, ranked, start)
    if offset >= ranked.total:
        return Page([], None)
    places = _window(searcher, ranked, offset, offset + size)
    return Page(places, _next(places, offset, more=offset + len(places) < ranked.total))


def _next(places: list[Place], offset: int, *, more: bool) -> Cursor | None:
    return Cursor(offset + len(places), places[-1][1]) if places and more else None


def _resumed(searcher: tantivy.Searcher, ranked: Ranked, cursor: Cursor) -> int:
    if cursor.offset == 0:
        return 0
    last = _window(searcher, ranked, cursor.offset - 1, cursor.offset)
    if last and last[0][1] == cursor.key:
        return cursor.offset
    first = max(0, cursor.offset - _SEARCHED_AROUND)
    for place, (_, key, _) in enumerate(_window(searcher, ranked, first, cursor.offset + _SEARCHED_AROUND)):
        if key == cursor.key:
            return first + place + 1
    return cursor.offset


def _window(searcher: tantivy.Searcher, ranked: Ranked, start: int, end: int) -> list[Place]:
    """
    Places `start` to `end` of all hits, ties ordered. tantivy orders ties by file, which changes when files merge; so
    the window is widened until it holds every tie of its first and last hit, or too many of them.
    """
    if start >= end:
        return []
    spare = _SPARE if ranked.total < _MANY else MAX_TIES + 1
    before, after = min(spare, start), spare
    while True:
        low, high = start - before, end + after
        hits = ranked.hits(searcher, low, high)
        if len(hits) <= before:
            return []
        ties = Counter(score for score, _ in hits)
        first, last = hits[before][0], hits[min(end - low, len(hits)) - 1][0]
        open_below = low > 0 and hits[0][0] == first and ties[first] <= MAX_TIES
        open_above = len(hits) == high - low and hits[-1][0] == last and ties[last] <= MAX_TIES
        if not (open_below or open_above):
            return _ordered(searcher, hits, ties)[before : before + end - start]
        before = min(start, MAX_TIES + 1) if open_below else before
        after = MAX_TIES + 1 if open_above else after


def _ordered(
    searcher: tantivy.Searcher, hits: list[tuple[float, tantivy.DocAddress]], ties: Counter[float]
) -> list[Place]:
    keys = searcher.fast_field_values("by_modified", [address for _, address in hits])
    places = [(score, int(key or 0), address) for (score, address), key in zip(hits, keys, strict=True)]
    return sorted(places, key=lambda place: (-place[0], -place[1] if ties[place[0]] <= MAX_TIES else 0))
