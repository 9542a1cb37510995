"""What people say of datasets, as other rooms see it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """The value stands in the database and in addresses."""

    COMMENT = "comment"
    REPLY = "reply"
    CORRECTION = "correction"
    USAGE = "usage"


class Standing(StrEnum):
    """What something said is to the public: only what is shown has words."""

    SHOWN = "shown"
    WAITING = "waiting"
    """Not shown before a moderator has seen it."""
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"
    """Its author took it back; its words are deleted."""


class Fault(StrEnum):
    """What a correction is about (Art. 29 names both)."""

    ERROR = "error"
    OMISSION = "omission"


class State(StrEnum):
    """Of a correction; a notation of the scheme correction-state."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Wrong:
    """
    What a correction says beside its words: the data item and the row it means ("" for the dataset as a whole), what
    would be right and what shows it.
    """

    fault: Fault
    item: str = ""
    row: str = ""
    expected: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """`answer` is what was decided, in words; `due_on` the last day for deciding."""

    wrong: Wrong
    state: State
    due_on: date
    answer: str = ""
    decided_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """
    One thing said, as everybody may read it: where it is not shown, all words are "". `author` is a name that its
    owner chose, "" for replies and for accounts that ended; `office` the role in which somebody replies. `link` may
    become a link: http or https, nothing that hides where it leads.
    """

    id: int
    dataset_id: str
    kind: Kind
    standing: Standing
    at: datetime
    author: str = ""
    office: str = ""
    title: str = ""
    body: str = ""
    link: str = ""
    correction: Correction | None = None
    replies: tuple["Post", ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """One's own, with its words whatever its standing; `reason` is why a moderator hid it."""

    post: Post
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says is wrong with a post. `outcome` is "" while it is open."""

    post_id: int
    reason: str
    at: datetime
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A post before a moderator, with its words, and the open reports of it, oldest first."""

    post: Post
    reports: tuple[Report, ...]
    reason: str = ""
