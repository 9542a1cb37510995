"""Which columns of a result are drawn: names and numbers as bars, times and numbers as a line."""

from collections.abc import Sequence
from math import isfinite

from app.sparql.void import short
from app.web import charts
from app.web.charts import TIME, Chart

_NUMBERS = ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")

Row = Sequence[tuple[str, str]]
"""Cells as (text, datatype's local name)."""


def chart(columns: Sequence[str], rows: Sequence[Row]) -> Chart | None:
    """None unless one column has numbers from 0 up and another has names or times."""
    if not 2 <= len(columns) <= 3 or len(rows) < 2:
        return None
    every = range(len(columns))
    timed = [index for index in every if all(TIME.fullmatch(row[index][0]) for row in rows)]
    numeric = [index for index in every if all(_number(row[index]) is not None for row in rows)]
    if timed and len(rows) > 2 and (others := [index for index in numeric if index != timed[0]]):
        if len(others) > 1:
            return None
        when, number = timed[0], others[0]
        return charts.line(columns[when], columns[number], _drawn(rows, when, number))
    named = [index for index in every if index not in numeric and all(row[index][0] for row in rows)]
    if len(numeric) != 1 or not named:
        return None
    # Of an address and a word for it the word is drawn.
    name = next((index for index in named if not rows[0][index][0].startswith(("http:", "https:"))), named[0])
    return charts.bars(columns[name], columns[numeric[0]], _drawn(rows, name, numeric[0]), label=short)


def _drawn(rows: Sequence[Row], name: int, number: int) -> list[charts.Row]:
    return [(row[name][0], row[number][0], _number(row[number]) or 0.0) for row in rows]


def _number(cell: tuple[str, str]) -> float | None:
    text, kind = cell
    if kind not in _NUMBERS:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None
