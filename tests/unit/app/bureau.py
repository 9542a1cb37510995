"""A portal with one source, and what that source has at the moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from app import wiring
from app.catalogue.model import PublicEntry, SourceKind, State, Tombstone
from app.db import metadata
from app.harvesting.means import Means
from app.harvesting.model import Run, SourceEntry
from app.harvesting.service import HarvestingService
from app.settings import Settings
from app.wiring import Portal
from harvest.limits import Limits
from harvest.record import Incoming, Source, Unreadable, dataset_id
from harvest.source import Memory
from tests.factories.sources import ListedSource

SOURCE = "bureau"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, number: int) -> None:
        self.now += timedelta(days=number)


class Bureau:
    """One source and what it has at the moment."""

    def __init__(self, home: Path, kind: SourceKind, database_url: str = "") -> None:
        self.clock = Clock()
        settings = Settings(home=home, harvest_pause_ms=0, harvest_batch_rows=50, database_url=database_url)
        self.portal: Portal = wiring.build(settings, self.clock)
        self.memory = Memory()
        self.has: Source = ListedSource([])
        portal = self.portal
        self.harvesting = HarvestingService(
            Means(portal.database, self.clock, portal.settings, portal.catalogue, self._open)
        )
        self.harvesting.add_source("https://bureau.example/", kind=kind, id_=SOURCE, title="交通运输局")

    def _open(self, entry: SourceEntry, memory: Memory, limits: Limits) -> Source:
        self.memory = memory
        return self.has

    def harvest(self, *records: Incoming | Unreadable, fails: bool = False, withdraw_missing: bool = False) -> Run:
        self.has = ListedSource(records, fails=fails)
        return self.harvesting.harvest(SOURCE, withdraw_missing=withdraw_missing)

    def entry(self, number: int) -> PublicEntry | Tombstone | None:
        return self.portal.catalogue.entry(id_of(number))

    def state(self, number: int) -> State | None:
        return self.portal.catalogue.state_of([id_of(number)]).get(id_of(number))

    def rows(self) -> dict[str, int]:
        return self.rows_of("dataset", "dataset_version", "audit_event", "outbox", "quarantine")

    def rows_of(self, *names: str) -> dict[str, int]:
        with self.portal.database.read() as connection:
            return {n: connection.scalar(select(func.count()).select_from(metadata.tables[n])) or 0 for n in names}


def id_of(number: int) -> str:
    return dataset_id(SOURCE, f"https://bureau.example/{number}")
