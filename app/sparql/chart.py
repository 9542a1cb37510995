"""A result of names and numbers as bars. The table stays beside it, for those who can't see a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from app.sparql.void import short

MAX_BARS = 40
_NUMBERS = ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")
_WIDTH = 460.0
_LABEL_CHARACTERS = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """`width` is in units of the drawing; the longest bar has 460. `label` may be shortened, `title` is not."""

    label: str
    title: str
    value: str
    width: float
    y: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`names` and `numbers` are the columns that are drawn; `more` says that there are rows beyond those drawn."""

    names: str
    numbers: str
    bars: tuple[Bar, ...]
    height: int
    more: bool


def chart(columns: Sequence[str], rows: Sequence[Sequence[tuple[str, str]]]) -> Chart | None:
    """Cells are (text, datatype's local name). None unless one column has numbers from 0 up and another has names."""
    if not 2 <= len(columns) <= 3 or len(rows) < 2:
        return None
    numeric = [index for index in range(len(columns)) if all(_number(row[index]) is not None for row in rows)]
    named = [index for index in range(len(columns)) if index not in numeric and all(row[index][0] for row in rows)]
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
