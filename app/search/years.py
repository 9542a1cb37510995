"""The years that a search can be limited to, defined once: parameters, reading, and their OpenAPI entries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

FIRST, LAST = 1900, 2100
"""Years that are taken for one; a portal's records lie well within."""


@dataclass(frozen=True, slots=True)
class YearRange:
    """`name` is the day that is meant; `help` stands in OpenAPI."""

    name: str
    help: str

    @property
    def first(self) -> str:
        """The parameter of the first year; `last` of the last."""
        return f"{self.name}_from"

    @property
    def last(self) -> str:
        return f"{self.name}_to"

    def openapi(self) -> list[dict[str, Any]]:
        schema = {"type": "integer", "minimum": FIRST, "maximum": LAST}
        ends = ((self.first, "From this year on."), (self.last, "To the end of this year."))
        return [
            {
                "name": name,
                "in": "query",
                "description": f"{self.help} {words}",
                "required": False,
                "schema": schema,
            }
            for name, words in ends
        ]


RANGES = (
    YearRange("modified", "The year of the last change."),
    YearRange("issued", "The year of first publication."),
)

Years = dict[str, tuple[int | None, int | None]]


def years_from(values: Callable[[str], Sequence[str]]) -> Years:
    """What is no year is left out, and so is a range without any; one the wrong way round is turned."""
    found: Years = {}
    for each in RANGES:
        first, last = _year(values(each.first)), _year(values(each.last))
        if first is not None and last is not None and first > last:
            first, last = last, first
        if first is not None or last is not None:
            found[each.name] = first, last
    return found


def _year(given: Sequence[str]) -> int | None:
    text = given[-1].strip() if given else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    year = int(text)
    return year if FIRST <= year <= LAST else None
