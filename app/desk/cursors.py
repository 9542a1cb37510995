"""
Where a list goes on, as addresses hold it: nothing but what the page before showed. Pure.

Ratings come by time, dataset and stars; those that share all three look the same, so that how many of them were shown
says where to go on, and whose they are need not be told. What is no cursor is the first page.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SAID = re.compile(r"(-|[0-9]{1,15})_(?:-|([0-9]{1,16})\.([a-z2-7]{1,32})\.([1-5])\.([0-9]{1,6}))")
_WAITING = re.compile(r"([0-9]{1,6})\.([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Rated:
    """The place after a rating; `shown` of those with the same time, dataset and stars were shown."""

    at: datetime
    dataset_id: str
    stars: int
    shown: int

    def is_same(self, other: "Rated") -> bool:
        return (self.at, self.dataset_id, self.stars) == (other.at, other.dataset_id, other.stars)


@dataclass(frozen=True, slots=True)
class Said:
    """None: from the start."""

    post_id: int | None = None
    rated: Rated | None = None

    def __str__(self) -> str:
        place = "-" if self.post_id is None else str(self.post_id)
        if (at := self.rated) is None:
            return f"{place}_-"
        micros = (at.at - _EPOCH) // timedelta(microseconds=1)
        return f"{place}_{micros}.{at.dataset_id}.{at.stars}.{at.shown}"


def said(text: str) -> Said:
    found = _SAID.fullmatch(text)
    if found is None:
        return Said()
    post_id = None if found[1] == "-" else int(found[1])
    if found[2] is None:
        return Said(post_id)
    at = _EPOCH + timedelta(microseconds=int(found[2]))
    return Said(post_id, Rated(at, found[3], int(found[4]), int(found[5])))


@dataclass(frozen=True, slots=True)
class Due:
    """The place after a post; `day` counts as `date.toordinal`, 0 where the order is that of the posts."""

    day: int = 0
    post_id: int = 0

    def __str__(self) -> str:
        return f"{self.day}.{self.post_id}"


def due(text: str) -> Due:
    found = _WAITING.fullmatch(text)
    return Due(int(found[1]), int(found[2])) if found else Due()
