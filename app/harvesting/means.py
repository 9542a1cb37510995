"""What harvests work with, and how they read a source: a run, a retry and a preview do it alike."""

from collections.abc import Callable
from dataclasses import dataclass

from app.catalogue.service import CatalogueService
from app.clock import Clock
from app.db import Database
from app.harvesting.behind import Behind
from app.harvesting.checks import check
from app.harvesting.limits import run_limits
from app.harvesting.model import SourceEntry, SourceLimits
from app.settings import Settings
from harvest.limits import Limits
from harvest.record import Recorder, RunReport, Source
from harvest.source import Memory

Progress = Callable[[RunReport], None]
OpenSource = Callable[[SourceEntry, Memory, Limits], Source]


@dataclass(frozen=True, slots=True)
class Means:
    database: Database
    clock: Clock
    settings: Settings
    catalogue: CatalogueService
    open_source: OpenSource

    def open(self, entry: SourceEntry, memory: Memory, limits: SourceLimits) -> Source:
        """Raises `HarvestError` where a source can't be opened."""
        return self.open_source(entry, memory, run_limits(limits, self.settings))

    def read(
        self, source: Source, recorder: Recorder, entry: SourceEntry, progress: Progress | None = None
    ) -> RunReport:
        """Reads a source into a recorder, as `harvest.run.run` does; every record is checked against `intake`."""
        from harvest.run import run

        with Behind(recorder) as behind:
            return run(
                source,
                behind,
                lambda ntriples: check(ntriples, "intake"),
                source_id=entry.id,
                base_url=self.settings.base_url,
                progress=progress,
                batch=self.settings.harvest_batch_rows,
            )
