"""
Names and numbers as bars, times and numbers as a line; `parts/chart.html` draws them. The table stays beside it, for
those who can't see a picture. Pure.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log10

MAX_BARS = 40
MAX_POINTS = 400
TIME = re.compile(r"(1[5-9]\d\d|2[01]\d\d)(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")
"""A year, a month or a day, as ISO 8601 writes them."""
_WIDTH = 460.0
_LABEL_CHARACTERS = 22
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 742.0, 26.0, 234.0
"""The field of the line, in the drawing's units."""
_LABELLED = 14
"""Points of a line that have their values and times written beside them."""

Row = tuple[str, str, float]
"""A name or time, a number as it is written, and its value from 0 up."""


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


def bars(names: str, numbers: str, rows: Sequence[Row], *, label: Callable[[str], str] = str) -> Chart | None:
    """The first `MAX_BARS` rows in their order; None where all are 0. `label`: a name -> how it is drawn."""
    drawn = rows[:MAX_BARS]
    largest = max((value for _, _, value in drawn), default=0.0)
    if not largest:
        return None
    made = tuple(
        Bar(_shortened(label(name)), name, number, round(_WIDTH * value / largest, 1), index * 26)
        for index, (name, number, value) in enumerate(drawn)
    )
    return Chart(names, numbers, made, len(made) * 26, len(rows) > MAX_BARS)


def line(names: str, numbers: str, rows: Sequence[Row]) -> Chart | None:
    """
    Each time stands where it belongs, so that a year without a row leaves a gap. None for less than two, where a time
    comes twice, and where all are 0.
    """
    drawn = sorted((_years(time), time, number, value) for time, number, value in rows[:MAX_POINTS])
    top = _round_up(max((value for *_, value in drawn), default=0.0))
    if len(drawn) < 2 or len({at for at, *_ in drawn}) < len(drawn) or not top:
        return None
    first, last = drawn[0][0], drawn[-1][0]
    every = ceil(len(drawn) / _LABELLED)
    points = tuple(
        Point(
            time,
            number,
            round(_LEFT + (_RIGHT - _LEFT) * (at - first) / (last - first), 1),
            round(_BOTTOM - (_BOTTOM - _TOP) * value / top, 1),
            labelled=index % every == 0,
        )
        for index, (at, time, number, value) in enumerate(drawn)
    )
    rules = tuple((round(_BOTTOM - (_BOTTOM - _TOP) * part / 2, 1), f"{top * part / 2:g}") for part in range(3))
    return Chart(names, numbers, (), 270, len(rows) > MAX_POINTS, Line(points, rules))


def _years(time: str) -> float:
    year, month, day = (int(part) for part in (time + "-01-01"[: 10 - len(time)]).split("-"))
    return year + (month - 1) / 12 + (day - 1) / 372


def _round_up(number: float) -> float:
    """The next of 1, 2, 4, 5, 6, 8 or 10 times a power of ten, so that half of it is a round number too."""
    if not number:
        return 0.0
    power = 10.0 ** int(log10(number)) if number >= 1 else 1.0
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= number)


def _shortened(text: str) -> str:
    wide = 0
    for position, letter in enumerate(text):
        wide += 2 if ord(letter) > 0x2E80 else 1
        if wide > _LABEL_CHARACTERS:
            return text[:position].rstrip() + "…"
    return text
