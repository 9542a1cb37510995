"""Sources, runs and refused records as pages and the command line read them. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.audit.events import COMMAND_LINE
from app.catalogue.model import SourceKind
from harvest.record import Problem, RunReport


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """
    Where records come from. `location` is an address or an absolute path; `mapping` a path or "".

    `keys_chosen`: by which fields its rows are known again (`harvest.source.Memory`); None before any choice.
    `checked_by`: the version of the checks that all its records were last judged by. `validators`, `since`: what need
    not be sent again; `whole_at`: when it was last read whole.
    """

    id: str
    kind: SourceKind
    title: str
    location: str
    dialect: str
    mapping: str
    added_at: datetime
    keys_chosen: tuple[str, ...] | None = None
    checked_by: str = ""
    validators: dict[str, str] | None = None
    since: str = ""
    whole_at: datetime | None = None

    @property
    def profile(self) -> str:
        """The profile its entries are published under."""
        return "guangzhou" if self.kind is SourceKind.OWN else "intake"

    @property
    def is_mapped(self) -> bool:
        """Whether a mapping says how its records read, one of its own or the usual names."""
        return bool(self.mapping) or self.dialect in ("table", "portal-json")


class Outcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    """The source was not read to its end; the report says why."""
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    """Its process ended, or was ended because nothing went on any more, too often to be tried again."""


@dataclass(frozen=True, slots=True)
class Run:
    """
    One harvest of a source; `finished_at` is None while it runs, `id` 0 where the source is new and gave nothing.

    `attempts`: 2 and more where its process ended and another went on with it. `beat_at`: when it last told of itself.
    `started_by`: "schedule", "command-line" or an operator; so `cancel_by`, "" where nobody asked for its end.
    """

    id: int
    source_id: str
    started_at: datetime
    finished_at: datetime | None
    report: RunReport
    started_by: str = COMMAND_LINE
    attempts: int = 1
    beat_at: datetime | None = None
    cancel_by: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class SourceLimits:
    """
    What one source may cost and lose, where that differs from the settings; None: as the settings say.

    `pages`, `records`, `megabytes`, `run_s`: of one run. `pause_s`: between two requests. `grace_days`: before what is
    missing is withdrawn. `missing_percent`: more missing than that waits for a person.
    """

    pages: int | None = None
    records: int | None = None
    megabytes: int | None = None
    run_s: float | None = None
    pause_s: float | None = None
    grace_days: int | None = None
    missing_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a source is harvested by itself. `wanted_by`: who asked for a run that has not begun yet, "" for nobody."""

    source_id: str
    schedule: str = ""
    next_at: datetime | None = None
    is_paused: bool = False
    wanted_by: str = ""
    limits: SourceLimits = field(default_factory=SourceLimits)


class ChangeKind(StrEnum):
    """What a run did to one entry."""

    NEW = "new"
    CHANGED = "changed"
    QUARANTINED = "quarantined"
    MISSING = "missing"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RunChange:
    """One entry that a run did something to. `title` is what the public may read of it, "" where that is nothing."""

    dataset_id: str
    what: ChangeKind
    version: int
    title: str = ""
    is_public: bool = False


class DeletionState(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    """The source has them again, or so many that nobody needs to be asked."""


@dataclass(frozen=True, slots=True)
class HeldDeletion:
    """So much of a source is missing that a person must say whether it is really gone."""

    id: int
    source_id: str
    run_id: int
    at: datetime
    missing: int
    total: int
    state: DeletionState
    decided_at: datetime | None = None
    decided_by: str = ""


class AlertKind(StrEnum):
    FAILED = "failed"
    """A run could not read the source to its end."""
    SHRUNK = "shrunk"
    """Much of the source is missing; see its held deletion."""
    STOPPED = "stopped"
    """A run's process ended or was ended too often."""


@dataclass(frozen=True, slots=True)
class Alert:
    """
    Something a person should look at; it ends when a run goes well, or the deletion is decided. `words_zh` and
    `words_en` are for the operator: they may name what the public is not to read.
    """

    id: int
    source_id: str
    kind: AlertKind
    run_id: int
    at: datetime
    last_at: datetime
    times: int
    words_zh: str
    words_en: str


@dataclass(frozen=True, slots=True)
class Refused:
    """
    A record that is not published, with the reasons: in quarantine (it failed `intake`) or held (it failed
    `guangzhou`). For the public without key, values and what was read: nobody can tell yet what in them is secret.
    """

    id: str
    source_id: str
    position: str
    problems: tuple[Problem, ...]
    at: datetime
    key: str = ""
    ntriples: bytes = b""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a source has in the catalogue now."""

    published: int = 0
    held: int = 0
    withdrawn: int = 0
    missing: int = 0
    quarantined: int = 0
