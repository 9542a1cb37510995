"""Sources and their harvests: who may run when, what a run leaves behind, and what anyone may read of it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from app.catalogue.model import SourceKind
from app.catalogue.service import CatalogueService
from app.catalogue.tables import dataset
from app.clock import Clock
from app.db import Database
from app.errors import Busy, Invalid, NotFound
from app.harvesting.checks import check, version
from app.harvesting.model import Counts, Refused, Run, SourceEntry
from app.harvesting.places import normalised, refuse_nowhere, title_of
from app.harvesting.recorder import ACTOR, SAMPLES, SqlRecorder
from app.harvesting.refused import PAGE_SIZE, RefusedRecords
from app.harvesting.runs import Runs
from app.harvesting.sources import Sources
from app.harvesting.tables import quarantine
from app.settings import Settings
from harvest.errors import HarvestError
from harvest.record import RunReport, Source
from harvest.source import Memory

__all__ = ["PAGE_SIZE", "HarvestingService"]

Progress = Callable[[RunReport], None]
OpenSource = Callable[[SourceEntry, Memory], Source]


class HarvestingService:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        catalogue: CatalogueService,
        open_source: OpenSource,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._catalogue = catalogue
        self._open_source = open_source
        self._sources = Sources(database, clock)
        self._runs = Runs(database, clock)
        self._refused = RefusedRecords(database)

    # Sources

    def sources(self) -> list[SourceEntry]:
        return self._sources.all()

    def source(self, id_: str) -> SourceEntry | None:
        return self._sources.of_id(id_)

    def counts(self) -> dict[str, Counts]:
        """What each source has in the catalogue."""
        found: dict[str, dict[str, int]] = {}
        with self._database.read() as connection:
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

    def harvest(self, source_id: str, *, progress: Progress | None = None, withdraw_missing: bool = False) -> Run:
        """
        Reads a source and keeps what it has; returns the run with its report, also when nothing could be read.

        `withdraw_missing` is a person's word that what is missing is really gone: neither the grace nor the limit
        holds. Raises `NotFound`, and `Busy` while another process harvests this source.
        """
        entry = self.source(source_id)
        if entry is None:
            raise NotFound(f"没有来源“{source_id}”。", f'There is no source "{source_id}".')
        return self._locked(entry, progress, withdraw_missing)

    def _locked(
        self, entry: SourceEntry, progress: Progress | None, withdraw_missing: bool, *, new: bool = False
    ) -> Run:
        with self._database.lock(f"harvest-{entry.id}") as held:
            if not held:
                raise Busy(
                    f"来源“{entry.id}”正在采集中，请等它结束。",
                    f'Source "{entry.id}" is being harvested right now; wait until that run has ended.',
                )
            return self._run(entry, progress, withdraw_missing, new)

    def _run(self, entry: SourceEntry, progress: Progress | None, withdraw_missing: bool, new: bool) -> Run:
        """A new source and its run are written together with its first records: what gave none leaves no trace."""
        from harvest.run import run as read_source

        started_at = self._clock()
        run_id = 0
        memory = Memory(entry.keys_chosen)
        noted = entry

        def begin() -> None:
            nonlocal run_id, entry
            if not run_id:
                if new:
                    entry = self._sources.add(entry, ACTOR, memory.title)
                run_id = self._runs.begin(entry, started_at)
            if memory.keys != noted.keys_chosen:  # before the first record that is kept under such a key
                note(entry.checked_by)

        def note(checked_by: str) -> None:
            nonlocal noted
            noted = replace(entry, keys_chosen=memory.keys, checked_by=checked_by)
            self._sources.note(entry.id, keys_chosen=memory.keys, checked_by=checked_by)

        if not new:
            begin()
        recorder = SqlRecorder(
            entry, self._catalogue, self._database, self._clock, self._settings, begin, withdraw_missing
        )
        report = RunReport(source=entry.title or title_of(entry.location))
        try:
            report = read_source(
                self._open_source(entry, memory),
                recorder,
                lambda ntriples: check(ntriples, "intake"),
                source_id=entry.id,
                base_url=self._settings.base_url,
                progress=progress,
                batch=self._settings.harvest_batch_rows,
            )
            recorder.check_held()
        except HarvestError as failure:
            report.failure_zh, report.failure_en = failure.zh, failure.en
        except BaseException as error:
            report.failure_zh = f"运行中断（{type(error).__name__}）。"
            report.failure_en = f"The run broke off ({type(error).__name__})."
            with suppress(Exception):
                self._runs.finish(run_id, report)
            raise
        _add_to(report, recorder, entry.kind, withdraw_missing)
        checked_by = version() if report.complete and report.seen else noted.checked_by
        if run_id and (memory.keys, checked_by) != (noted.keys_chosen, noted.checked_by):
            note(checked_by)
        finished_at = self._runs.finish(run_id, report)
        return Run(run_id, entry.id, started_at, finished_at, report)

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
        location=location,
        dialect=dialect or entry.dialect,
        mapping=place,
        title=title.strip() or entry.title,
    )


def _add_to(report: RunReport, recorder: SqlRecorder, kind: SourceKind, withdraw_missing: bool) -> None:
    """What the keeping of the records adds to the report of their reading; `reasons` has the words."""
    verdict = recorder.verdict
    for rule, count in (
        ("held", recorder.held.count if kind is SourceKind.OWN else 0),
        ("released", recorder.released),
        ("withdrawn-confirmed" if withdraw_missing else "withdrawn", len(verdict.withdrawn)),
        ("missing-kept", verdict.kept),
    ):
        if count:
            report.reasons[rule] = count
    for rule, count in recorder.held.rules.items():
        report.reasons[rule] = report.reasons.get(rule, 0) + count
        report.samples[rule] = (report.samples.get(rule, []) + recorder.held.samples[rule])[:SAMPLES]
