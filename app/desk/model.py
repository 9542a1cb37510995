"""What a desk shows, as other rooms see it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from statistics import median

from app.feedback.model import Post

MONTHS = 24
"""How far back figures go, this month included."""
_DAY_S = 24 * 3600


class Matter(StrEnum):
    """The value stands in addresses, as those below."""

    COMMENT = "comment"
    CORRECTION = "correction"
    USAGE = "usage"
    RATING = "rating"


class Stage(StrEnum):
    """What became of something said; nothing becomes of a rating."""

    UNANSWERED = "unanswered"
    """Without a reply, and without a decision where it is a correction."""
    ANSWERED = "answered"
    RECEIVED = "received"
    OVERDUE = "overdue"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"
    HIDDEN = "hidden"


class Part(StrEnum):
    """Of what waits: corrections to decide, comments without a reply, corrections that were accepted."""

    CORRECTIONS = "corrections"
    COMMENTS = "comments"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list is limited to; "" and None for everything."""

    matter: Matter | None = None
    stage: Stage | None = None
    dataset_id: str = ""
    publisher_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said, `post`, or one rating, `stars`, with the dataset that it is about. Who rated stands nowhere."""

    matter: Matter
    at: datetime
    dataset_id: str
    title: str
    publisher_id: str
    post: Post | None = None
    stars: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """`after` leads to the next page; "" on the last."""

    lines: tuple[Line, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits; `overdue` of the corrections should have been decided."""

    corrections: int = 0
    overdue: int = 0
    comments: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """In days; 0 where there is none."""

    count: int = 0
    median: float = 0.0
    ninetieth: float = 0.0


def times(seconds: Sequence[float]) -> Times:
    """The ninetieth percentile is by nearest rank: a time that somebody really waited."""
    if not seconds:
        return Times()
    ranked = sorted(seconds)
    return Times(len(ranked), median(ranked) / _DAY_S, ranked[ceil(0.9 * len(ranked)) - 1] / _DAY_S)


@dataclass(frozen=True, slots=True)
class Answering:
    """
    How questions were answered in a month, or by a publisher. `said` comments came in, `answered` of them have a reply.
    `replied`: first replies to comments, by their own day; `decided`: corrections, by the day of the decision. Of `due`
    corrections, whose last day has passed, `in_time` were decided by then.
    """

    said: int = 0
    answered: int = 0
    replied: Times = Times()
    decided: Times = Times()
    due: int = 0
    in_time: int = 0
    ratings: int = 0
    mean: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A dataset in an order: by `count` of ratings or comments, or by the Bayesian `mean`."""

    dataset_id: str
    title: str
    count: int
    mean: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """
    `months` (as "2026-11") from the oldest on, `publishers` by id; `distribution`: how many of these months' ratings
    gave 1 to 5 stars. The orders of datasets know all ratings and comments.
    """

    whole: Answering
    months: dict[str, Answering]
    publishers: dict[str, Answering]
    distribution: tuple[int, ...]
    best: tuple[Ranked, ...]
    worst: tuple[Ranked, ...]
    most_commented: tuple[Ranked, ...]
