"""A query made ready: what was typed, understood; filters that mean something; numbers within their limits."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from indexer.analysis import Asked, clean, understand
from indexer.document import MOST_STARS, STAR
from indexer.errors import CursorInvalid
from indexer.plan import Range
from indexer.query import DAYS, FACETS, MAX_PAGE_SIZE, Query, Sort

_MAX_FACET_SIZE = 1_000
_MAX_PAGE = 10_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """
    `chosen` are the filters, `facets` what to count, both in the order of `FACETS`; `sizes` says how many values of
    each; `ranges` limit what is found. `offset` is the first place of the page. What was typed without a word to rank
    by is sorted by date.
    """

    asked: Asked
    chosen: dict[str, tuple[str, ...]]
    sort: Sort
    offset: int
    size: int
    facets: tuple[str, ...]
    sizes: dict[str, int]
    ranges: tuple[Range, ...]
    cursor: str
    highlight: bool
    literal: bool

    @property
    def fingerprint(self) -> str:
        """Of what decides on the order of results; a cursor is good for one of them."""
        chosen = sorted((facet, sorted(values)) for facet, values in self.chosen.items())
        ranges = [(each.field, each.first, each.last) for each in self.ranges]
        asked = json.dumps([self.asked.text, chosen, self.sort, self.literal, ranges])
        return hashlib.blake2b(asked.encode(), digest_size=8).hexdigest()


def question(query: Query) -> Question:
    asked = understand(query.text)
    ranked = query.sort is not Sort.RELEVANCE or asked.words
    size = max(0, min(query.size, MAX_PAGE_SIZE))
    size_of_facet = max(0, min(query.facet_size, _MAX_FACET_SIZE))
    return Question(
        asked=asked,
        chosen=_chosen(query.filters),
        sort=query.sort if ranked else Sort.MODIFIED,
        offset=(max(1, min(query.page, _MAX_PAGE)) - 1) * size,
        size=size,
        facets=tuple(facet for facet in FACETS if facet in query.facets),
        sizes={facet: _MAX_FACET_SIZE if facet in query.whole else size_of_facet for facet in FACETS},
        ranges=_days(query.years) + _rated(query.stars),
        cursor=query.cursor,
        highlight=query.highlight,
        literal=query.literal,
    )


def _days(years: Mapping[str, tuple[int | None, int | None]]) -> tuple[Range, ...]:
    """Whole years; one that lies outside of the calendar is its nearest."""
    found = []
    for name in DAYS:
        first, last = years.get(name, (None, None))
        if first is not None or last is not None:
            after = date(_calendar(first, MINYEAR), 1, 1).toordinal()
            found.append(Range(f"by_{name}", after, date(_calendar(last, MAXYEAR), 12, 31).toordinal()))
    return tuple(found)


def _rated(stars: tuple[int | None, int | None]) -> tuple[Range, ...]:
    """By the mean; what nobody rated passes no limit."""
    least, most = stars
    if least is None and most is None:
        return ()
    return (
        Range("by_rating", STAR if least is None else least * STAR, MOST_STARS * STAR if most is None else most * STAR),
    )


def _calendar(year: int | None, open_end: int) -> int:
    return open_end if year is None else max(MINYEAR, min(year, MAXYEAR))


def write_cursor(place: list[Any], mark: str) -> str:
    """`place`: what a backend needs to go on, as JSON; `mark`: the question's fingerprint."""
    return base64.urlsafe_b64encode(json.dumps([mark, *place]).encode()).decode().rstrip("=")


def read_cursor(text: str, mark: str, is_place: Callable[[list[Any]], bool]) -> list[Any]:
    """Raises CursorInvalid for anything that `write_cursor` didn't give for this question."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        given, *place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise CursorInvalid("游标无效；请从第一页开始。Not a cursor; start at the first page.") from error
    if not is_place(place):
        raise CursorInvalid("游标无效；请从第一页开始。Not a cursor; start at the first page.")
    if given != mark:
        raise CursorInvalid(
            "游标属于另一个检索；请从第一页开始。The cursor is of another search; start at the first page."
        )
    return list(place)


def _chosen(filters: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Known facets, with at least one value."""
    chosen = {}
    for facet in FACETS:
        values = tuple(dict.fromkeys(clean(value) for value in filters.get(facet, ()) if value))
        if values:
            chosen[facet] = values
    return chosen
