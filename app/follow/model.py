"""What can be followed, how often somebody is told, and what there is to tell. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MAX_FOLLOWED = 200
MAX_SEARCHES = 50
"""Of those; each is asked of the index for each digest."""
MAX_NAME_CHARACTERS = 80
MAX_SEARCH_CHARACTERS = 4_000
"""As a query string, where a Chinese character takes nine."""

_HOUR = time(8)
"""Before people begin to work."""


class Kind(StrEnum):
    """The value stands in the database and in addresses."""

    DATASET = "dataset"
    PUBLISHER = "publisher"
    THEME = "theme"
    SEARCH = "search"


class Every(StrEnum):
    """How often a digest comes; the value stands in the database."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Happened(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Followed:
    """
    One thing that somebody follows. `target` is a dataset's or publisher's id, a theme's notation, or a search as
    `app.search.parameters.saved` gives it. `name` is what its follower calls a search, "" for all else. `mark` tells
    it from all else that the same person follows.
    """

    kind: Kind
    target: str
    name: str
    since: datetime

    @property
    def mark(self) -> str:
        return mark_of(self.kind, self.target)


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody is told. `feed` is a random word in the address of the feed, "" where there is none."""

    every: Every
    language: str
    feed: str


@dataclass(frozen=True, slots=True)
class News:
    """What became of one dataset, told once however often it changed."""

    dataset_id: str
    happened: Happened
    at: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """
    What there is to tell of one thing that is followed: the newest of `total` news, and how many words of others.
    """

    followed: Followed
    news: tuple[News, ...]
    total: int
    said: int = 0


def mark_of(kind: Kind, target: str) -> str:
    return hashlib.sha256(f"{kind} {target}".encode("utf-8", "replace")).hexdigest()[:16]


def next_due(every: Every, after: datetime, zone: ZoneInfo) -> datetime | None:
    """When the next digest is due: at eight in the morning, the weekly one on Mondays; always later than `after`."""
    if every is Every.NEVER:
        return None
    day = after.astimezone(zone).date()
    while True:
        due = datetime.combine(day, _HOUR, zone)
        if due > after and (every is Every.DAILY or day.weekday() == 0):
            return due
        day += timedelta(days=1)
