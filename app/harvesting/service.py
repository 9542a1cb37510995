"""Sources and their harvests: who may run when, what a run leaves behind, and what anyone may read of it."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from app.audit.events import COMMAND_LINE
from app.catalogue.model import SourceKind
from app.catalogue.tables import dataset
from app.errors import Invalid
from app.harvesting.alone import alone_with
from app.harvesting.means import Means, Progress
from app.harvesting.model import Counts, Refused, Run, SourceEntry
from app.harvesting.one_run import OneRun
from app.harvesting.places import normalised, refuse_nowhere
from app.harvesting.plans import Plans
from app.harvesting.preview import Preview, preview
from app.harvesting.recorder import ACTOR
from app.harvesting.refused import PAGE_SIZE, RefusedRecords
from app.harvesting.runs import Runs
from app.harvesting.sources import Sources
from app.harvesting.tables import quarantine

__all__ = ["PAGE_SIZE", "HarvestingService"]


class HarvestingService:
    def __init__(self, means: Means) -> None:
        self._means = means
        self._sources = Sources(means.database, means.clock)
        self._runs = Runs(means.database, means.clock)
        self._plans = Plans(means.database)
        self._refused = RefusedRecords(means.database)

    # Sources

    def sources(self) -> list[SourceEntry]:
        return self._sources.all()

    def source(self, id_: str) -> SourceEntry | None:
        return self._sources.of_id(id_)

    def counts(self) -> dict[str, Counts]:
        """What each source has in the catalogue."""
        found: dict[str, dict[str, int]] = {}
        with self._means.database.read() as connection:
            states = select(dataset.c.source_id, dataset.c.state, func.count().label("n"))
            for row in connection.execute(states.group_by(dataset.c.source_id, dataset.c.state)):
                found.setdefault(row.source_id, {})[row.state] = row.n
            missing = select(dataset.c.source_id, func.count().label("n")).where(dataset.c.missing_since.is_not(None))
            for row in connection.execute(missing.group_by(dataset.c.source_id)):
                found.setdefault(row.source_id, {})["missing"] = row.n
            refused = select(quarantine.c.source_id, func.count().label("n")).group_by(quarantine.c.source_id)
            for row in connection.execute(refused):
                found.setdefault(row.source_id, {})["quarantined"] = row.n
        return {id_: Counts(**numbers) for id_, numbers in found.items()}

    def add_source(
        self,
        location: str,
        *,
        kind: SourceKind,
        title: str = "",
        dialect: str = "",
        mapping: str = "",
        id_: str = "",
        actor: str = ACTOR,
    ) -> SourceEntry:
        """Adds a source. Raises `Invalid` when the id is taken or can't be one."""
        entry = self._sources.draft(location, kind=kind, title=title, dialect=dialect, mapping=mapping, id_=id_)
        return self._sources.add(entry, actor)

    # Harvests

    def harvest_location(
        self,
        location: str,
        *,
        dialect: str = "",
        mapping: str = "",
        kind: SourceKind | None = None,
        title: str = "",
        id_: str = "",
        progress: Progress | None = None,
        withdraw_missing: bool = False,
    ) -> Run:
        """
        Harvests a source by its id, its address or its path, and adds it when it is not known.

        A known source keeps what is not given anew; one named by `id_` moves to this location. A run that read nothing
        leaves everything as it was: a known source keeps its settings, and a new one is not added (its `Run.id` is 0).
        The kind of a source decided under which profile its entries were published and can't be changed here. Raises
        `NotFound` for a path where nothing is, `Invalid` for what can't be meant, `Busy` as `harvest` does.
        """
        known = self.source(location) or self._sources.at(location)
        if known is None:
            refuse_nowhere(location)
            known = self.source(id_)
        elif id_ and id_ != known.id:
            raise Invalid(
                f"这个来源已登记为“{known.id}”，编号不能改为“{id_}”；请去掉 --id，或使用 --id {known.id}。",
                f'This source is known as "{known.id}" and can\'t become "{id_}"; '
                f"leave --id out, or say --id {known.id}.",
            )
        if known is None:
            entry = self._sources.draft(
                location, kind=kind or SourceKind.FEDERATED, title=title, dialect=dialect, mapping=mapping, id_=id_
            )
        elif kind is not None and kind is not known.kind:
            raise Invalid(
                f"来源“{known.id}”已登记为 {known.kind.value}，不能改为 {kind.value}；请用另一个编号（--id）登记。",
                f'Source "{known.id}" is {known.kind.value} and can\'t become {kind.value}; add it under another --id.',
            )
        else:
            place = known.location if location == known.id else normalised(location)
            entry = _changed(known, location=place, dialect=dialect, mapping=mapping, title=title)
        run = self._locked(entry, progress, withdraw_missing, new=known is None)
        if known and entry != known and run.report.seen:
            self._sources.update(entry)
        return run

    def harvest(
        self,
        source_id: str,
        *,
        progress: Progress | None = None,
        withdraw_missing: bool = False,
        started_by: str = COMMAND_LINE,
    ) -> Run:
        """
        Reads a source and keeps what it has; returns the run with its report, also when nothing could be read. Goes on
        with a run whose process ended.

        `withdraw_missing` is a person's word that what is missing is really gone: neither the grace nor the limit
        holds. Raises `NotFound`, and `Busy` while another process harvests this source.
        """
        return self._locked(self._sources.known(source_id), progress, withdraw_missing, started_by)

    def _locked(
        self,
        entry: SourceEntry,
        progress: Progress | None,
        withdraw_missing: bool,
        started_by: str = COMMAND_LINE,
        *,
        new: bool = False,
    ) -> Run:
        with alone_with(self._means.database, entry.id):
            return OneRun(entry, self._means, new=new, started_by=started_by).run(progress, withdraw_missing)

    def preview(
        self,
        location: str,
        *,
        dialect: str = "",
        mapping: str = "",
        kind: SourceKind | None = None,
        progress: Progress | None = None,
    ) -> Preview:
        """
        What a harvest of a source, known or not, would do now. Writes nothing at all.

        Raises `NotFound` for a path where nothing is.
        """
        known = self.source(location) or self._sources.at(location)
        if known is None:
            refuse_nowhere(location)
            entry = self._sources.draft(
                location, kind=kind or SourceKind.FEDERATED, title="", dialect=dialect, mapping=mapping, id_=""
            )
        else:
            entry = _changed(known, location=known.location, dialect=dialect, mapping=mapping, title="")
            entry = replace(entry, kind=kind or known.kind)
        return preview(entry, self._means, self._plans.of(entry.id).limits, progress)

    # What runs left behind

    def runs(self, source_id: str, limit: int = 50) -> list[Run]:
        """Newest first."""
        return self._runs.of_source(source_id, limit)

    def run(self, run_id: int) -> Run | None:
        return self._runs.of_id(run_id)

    def quarantine(self, source_id: str, page: int = 1, *, full: bool = False) -> tuple[int, list[Refused]]:
        """(how many, one page of) records that failed `intake`. `full` is for the source's own people only."""
        return self._refused.in_quarantine(source_id, page, full)

    def quarantined(self, id_: str, *, full: bool = False) -> Refused | None:
        return self._refused.of_id(id_, full)

    def held(self, source_id: str, page: int = 1, *, full: bool = False) -> tuple[int, list[Refused]]:
        """(how many, one page of) records that were kept but may not be published."""
        return self._refused.held(source_id, page, full)


def _changed(entry: SourceEntry, *, location: str, dialect: str, mapping: str, title: str) -> SourceEntry:
    place = str(Path(mapping).resolve()) if mapping else entry.mapping
    same = (dialect or entry.dialect, place) == (entry.dialect, entry.mapping)
    return replace(
        entry,
        keys_chosen=entry.keys_chosen if same else None,  # other names of fields, so another choice
        validators=entry.validators if same and location == entry.location else None,
        since=entry.since if same and location == entry.location else "",
        location=location,
        dialect=dialect or entry.dialect,
        mapping=place,
        title=title.strip() or entry.title,
    )
