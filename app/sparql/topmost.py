"""
The newest of many without a look at the others. Pure.

`{ ?d a dcat:Dataset ; dct:title ?t ; dct:modified ?m } ORDER BY DESC(?m) LIMIT 20` makes the engine put together and
sort all that have a date. Which dates there are, and how often, the figures of the very snapshot say: so the query is
asked of the last days alone, as many of them as probably hold enough. If it then has as many rows as it may have, they
are the answer, for every other row has an earlier date; if not, the query has to be asked as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.sparql.guard import may_say
from app.sparql.implied import TYPE, Reader, is_plain, pieces_of
from app.sparql.tallied import TallyOf

_MOST_ROWS = 1_000
_ENOUGH = 4
"""Statements for each row that is wanted: some have no title, or are of another theme."""
_LEFT_ALONE = frozenset(["GROUP", "HAVING", "COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "CONCAT"])
# Dates whose order is that of their texts: of one type, with four digits for the year, and of one zone or none.
_DATE = re.compile(r'"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?)(|Z|[+-]\d\d:\d\d)"\^\^<([^>]+)>')


@dataclass(frozen=True, slots=True)
class Topmost:
    """A query whose rows are the answer to the one that was asked, if there are `rows` of them."""

    query: str
    rows: int


def topmost(query: str, tally: TallyOf) -> Topmost | None:
    """None where there is no such query, or it can't be told for certain."""
    if not may_say(query, ("ORDER",)):
        return None
    pieces = pieces_of(query)
    words = [piece.word for piece in pieces]
    if words.count("SELECT") != 1 or not _LEFT_ALONE.isdisjoint(words) or not is_plain(query, pieces):
        return None
    try:
        found = _Sorted(pieces).found()
    except ValueError:
        return None
    if found is None or not 0 < found.limit <= found.limit + found.offset <= _MOST_ROWS:
        return None
    values = _last(tally(found.property, found.class_) or {}, found)
    if not values:
        return None
    at = found.group + 1
    return Topmost(f"{query[:at]} VALUES {found.variable} {{ {' '.join(values)} }} {query[at:]}", found.limit)


@dataclass(frozen=True, slots=True)
class _Found:
    group: int
    """Where in the text the group begins that is sorted."""
    variable: str
    property: str
    class_: str
    is_descending: bool
    limit: int
    offset: int


class _Sorted(Reader):
    def found(self) -> _Found | None:
        """Raises ValueError as `declares` does."""
        start = self.first_group()
        order = next((at for at, piece in enumerate(self.pieces) if piece.word == "ORDER"), 0)
        direction = self.pieces[order + 2].word if order + 2 < len(self.pieces) else ""
        key = order + 4 if direction in ("DESC", "ASC") else order + 2
        if not start or not order or self.kind(key) != "variable" or (key > order + 2 and self.text(key + 1) != ")"):
            return None
        if (stated := self._stated(start, key)) is None:
            return None
        return _Found(
            group=self.pieces[start].start,
            variable=self.text(key),
            property=stated[0],
            class_=stated[1],
            is_descending=direction == "DESC",
            limit=self._number("LIMIT"),
            offset=self._number("OFFSET"),
        )

    def _stated(self, start: int, key: int) -> tuple[str, str] | None:
        """Property and class of the statement, in the group itself, that names this variable first: as its object."""
        depth = 0
        for at in range(start, len(self.pieces)):
            depth += (self.text(at) == "{") - (self.text(at) == "}")
            if depth == 1 and self.begins(at) and (found := self._in_list(at, key)):
                return found
            if depth == 0 or self.is_same(at, key):
                return None
        return None

    def _in_list(self, at: int, key: int) -> tuple[str, str] | None:
        class_ = ""
        rest = self.after_type(at)
        if rest:
            class_, at = self.resolved(at + 2), rest - 1
        while name := TYPE if self.text(at + 1) == "a" else self.resolved(at + 1):
            if self.is_same(at + 2, key):
                return (name, class_) if self.text(at + 3) != "," else None
            if not self.is_term(at + 2) or self.text(at + 3) != ";":
                return None
            at += 3
        return None

    def _number(self, word: str) -> int:
        """After LIMIT or OFFSET; digits stand one by one."""
        at = next((at for at, piece in enumerate(self.pieces) if piece.word == word), None)
        digits = ""
        while at is not None and self.text(at + 1).isdigit():
            at += 1
            digits += self.text(at)
        return int(digits[:9] or 0)


def _last(tally: Mapping[str, int], found: _Found) -> list[str]:
    """The first values of the order, as many as probably have enough rows; none where their order is not known."""
    dates = [(match, term) for term in tally if (match := _DATE.fullmatch(term)) and _is_day(match[1])]
    if len(dates) < len(tally) or len({match.group(2, 3) for match, _ in dates}) != 1:
        return []
    wanted = _ENOUGH * (found.limit + found.offset)
    values = []
    for _, term in sorted(((match[1], term) for match, term in dates), reverse=found.is_descending):
        values.append(term)
        wanted -= tally[term]
        if wanted <= 0:
            return values
    return []  # all of them: nothing is left out


def _is_day(text: str) -> bool:
    """Whether the calendar has it: for the engine, what is none is a text."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
