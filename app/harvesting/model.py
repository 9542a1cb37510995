"""Sources, runs and refused records as pages and the command line read them. Pure."""

from dataclasses import dataclass
from datetime import datetime

from app.catalogue.model import SourceKind
from harvest.record import Problem, RunReport


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """
    Where records come from. `location` is an address or an absolute path; `mapping` a path or "".

    `keys_chosen`: by which fields its rows are known again (`harvest.source.Memory`); None before any choice.
    `checked_by`: the version of the checks that all its records were last judged by.
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

    @property
    def profile(self) -> str:
        """The profile its entries are published under."""
        return "guangzhou" if self.kind is SourceKind.OWN else "intake"


@dataclass(frozen=True, slots=True)
class Run:
    """One harvest of a source; `finished_at` is None while it runs, `id` 0 where the source is new and gave nothing."""

    id: int
    source_id: str
    started_at: datetime
    finished_at: datetime | None
    report: RunReport


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
