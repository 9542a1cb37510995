"""
A result of names and numbers as bars, of times and numbers as a line. The table stays beside it, for those who can't
see a picture.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite, log10

from app.sparql.void import short

MAX_BARS = 40
MAX_POINTS = 400
_NUMBERS = ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")
_WIDTH = 460.0
_LABEL_CHARACTERS = 22
_TIME = re.compile(r"(1[5-9]\d\d|2[01]\d\d)(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")
"""A year, a month or a day, as ISO 8601 writes them."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 742.0, 26.0, 234.0
"""The field of the line, in the drawing's units."""
_LABELLED = 14
"""Points of a line that have their values and times written beside them."""

Row = Sequence[tuple[str, str]]
"""Cells as (text, datatype's local name)."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`width` is in units of the drawing; the longest bar has 460. `label` may be shortened, `title` is not."""

    label: str
    title: str
    value: str
    width: float
    y: int


@dataclass(frozen=True, slots=True)
class Point:
    """Of a line. `labelled` says whether time and value are written beside it."""

    time: str
    value: str
    x: float
    y: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class Line:
    """`rules` are heights with the numbers that they stand for, from 0 up."""

    points: tuple[Point, ...]
    rules: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """
    `names` and `numbers` are the columns that are drawn; `more` says that there are rows beyond those drawn. A line
    takes the place of bars where the names are times.
    """

    names: str
    numbers: str
    bars: tuple[Bar, ...]
    height: int
    more: bool
    line: Line | None = None


def chart(columns: Sequence[str], rows: Sequence[Row]) -> Chart | None:
    """None unless one column has numbers from 0 up and another has names or times."""
    if not 2 <= len(columns) <= 3 or len(rows) < 2:
        return None
    every = range(len(columns))
    timed = [index for index in every if all(_TIME.fullmatch(row[index][0]) for row in rows)]
    numeric = [index for index in every if all(_number(row[index]) is not None for row in rows)]
    if timed and len(rows) > 2 and (others := [index for index in numeric if index != timed[0]]):
        return _over_time(columns, rows, timed[0], others[0]) if len(others) == 1 else None
    named = [index for index in every if index not in numeric and all(row[index][0] for row in rows)]
    if len(numeric) != 1 or not named:
        return None
    # Of an address and a word for it the word is drawn.
    name = next((index for index in named if not rows[0][index][0].startswith(("http:", "https:"))), named[0])
    drawn = [(row[name][0], row[numeric[0]]) for row in rows[:MAX_BARS]]
    largest = max(_number(cell) or 0.0 for _, cell in drawn)
    if not largest:
        return None
    bars = tuple(
        Bar(_shown(text), text, cell[0], round(_WIDTH * (_number(cell) or 0.0) / largest, 1), index * 26)
        for index, (text, cell) in enumerate(drawn)
    )
    return Chart(columns[name], columns[numeric[0]], bars, len(bars) * 26, len(rows) > MAX_BARS)


def _over_time(columns: Sequence[str], rows: Sequence[Row], when: int, number: int) -> Chart | None:
    """Each time stands where it belongs, so that a year without a row leaves a gap. None where a time comes twice."""
    drawn = sorted((_years(row[when][0]), row[when][0], row[number]) for row in rows[:MAX_POINTS])
    first, last = drawn[0][0], drawn[-1][0]
    if len({at for at, _, _ in drawn}) < len(drawn):
        return None
    top = _round_up(max(_number(cell) or 0.0 for _, _, cell in drawn))
    if not top:
        return None
    every = ceil(len(drawn) / _LABELLED)
    points = tuple(
        Point(
            time,
            cell[0],
            round(_LEFT + (_RIGHT - _LEFT) * (at - first) / (last - first), 1),
            round(_BOTTOM - (_BOTTOM - _TOP) * (_number(cell) or 0.0) / top, 1),
            labelled=index % every == 0,
        )
        for index, (at, time, cell) in enumerate(drawn)
    )
    rules = tuple((round(_BOTTOM - (_BOTTOM - _TOP) * part / 2, 1), f"{top * part / 2:g}") for part in range(3))
    return Chart(columns[when], columns[number], (), 270, len(rows) > MAX_POINTS, Line(points, rules))


def _years(time: str) -> float:
    year, month, day = (int(part) for part in (time + "-01-01"[: 10 - len(time)]).split("-"))
    return year + (month - 1) / 12 + (day - 1) / 372


def _round_up(number: float) -> float:
    """The next of 1, 2, 4, 5, 6, 8 or 10 times a power of ten, so that half of it is a round number too."""
    if not number:
        return 0.0
    power = 10.0 ** int(log10(number)) if number >= 1 else 1.0
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= number)


def _shown(text: str) -> str:
    text = short(text)
    wide = 0
    for position, letter in enumerate(text):
        wide += 2 if ord(letter) > 0x2E80 else 1
        if wide > _LABEL_CHARACTERS:
            return text[:position].rstrip() + "…"
    return text


def _number(cell: tuple[str, str]) -> float | None:
    text, kind = cell
    if kind not in _NUMBERS:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None
