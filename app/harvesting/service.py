"""Sources and their harvests: who may run when, what a run leaves behind, and what anyone may read of it."""

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row

from app.audit import service as audit
from app.audit.events import Action, Event
from app.catalogue.model import SourceKind, State
from app.catalogue.service import CatalogueService
from app.catalogue.tables import dataset, source
from app.clock import Clock
from app.db import Database
from app.errors import Busy, Invalid, NotFound
from app.harvesting.checks import check
from app.harvesting.model import Counts, Refused, Run, SourceEntry
from app.harvesting.places import normalised, refuse_nowhere, slug, title_of
from app.harvesting.recorder import ACTOR, SAMPLES, SqlRecorder
from app.harvesting.tables import quarantine, run
from app.settings import Settings
from harvest.errors import HarvestError
from harvest.record import Problem, RunReport, Source

Progress = Callable[[RunReport], None]
OpenSource = Callable[[SourceEntry], Source]
PAGE_SIZE = 50
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


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

    # Sources

    def sources(self) -> list[SourceEntry]:
        with self._database.read() as connection:
            return [_source(row) for row in connection.execute(select(source).order_by(source.c.id))]

    def source(self, id_: str) -> SourceEntry | None:
        with self._database.read() as connection:
            row = connection.execute(select(source).where(source.c.id == id_)).first()
        return _source(row) if row else None

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
        entry = self._new(location, kind=kind, title=title, dialect=dialect, mapping=mapping, id_=id_)
        self._add(entry, actor)
        return entry

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
        known = self.source(location) or self._at(normalised(location))
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
            entry = self._new(
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
            self._update(entry)
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

        settings = self._settings
        if withdraw_missing:
            settings = settings.model_copy(update={"missing_grace_days": 0, "missing_limit_percent": 100.0})
        started_at = self._clock()
        run_id = 0

        def begin() -> None:
            nonlocal run_id
            if not run_id:
                if new:
                    self._add(entry, ACTOR)
                run_id = self._begin(entry, started_at)

        if not new:
            begin()
        recorder = SqlRecorder(entry, self._catalogue, self._database, self._clock, settings, begin)
        report = RunReport(source=entry.title)
        try:
            report = read_source(
                self._open_source(entry),
                recorder,
                lambda ntriples: check(ntriples, "intake"),
                source_id=entry.id,
                base_url=settings.base_url,
                progress=progress,
                batch=settings.harvest_batch_rows,
            )
            recorder.check_held()
        except HarvestError as failure:
            report.failure_zh, report.failure_en = failure.zh, failure.en
        except BaseException as error:
            report.failure_zh = f"运行中断（{type(error).__name__}）。"
            report.failure_en = f"The run broke off ({type(error).__name__})."
            with suppress(Exception):
                self._finish(run_id, report)
            raise
        _add_to(report, recorder)
        finished_at = self._finish(run_id, report)
        return Run(run_id, entry.id, started_at, finished_at, report)

    # What runs left behind

    def runs(self, source_id: str, limit: int = 50) -> list[Run]:
        """Newest first."""
        query = select(run).where(run.c.source_id == source_id).order_by(run.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(query)]

    def run(self, run_id: int) -> Run | None:
        with self._database.read() as connection:
            row = connection.execute(select(run).where(run.c.id == run_id)).first()
        return _run(row) if row else None

    def quarantine(self, source_id: str, page: int = 1, *, full: bool = False) -> tuple[int, list[Refused]]:
        """(how many, one page of) records that failed `intake`. `full` is for the source's own people only."""
        mine = quarantine.c.source_id == source_id
        query = select(quarantine).where(mine).order_by(quarantine.c.id)
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).where(mine)) or 0
            rows = connection.execute(query.limit(PAGE_SIZE).offset((max(page, 1) - 1) * PAGE_SIZE)).all()
        return total, [_refused(row, full) for row in rows]

    def quarantined(self, id_: str, *, full: bool = False) -> Refused | None:
        with self._database.read() as connection:
            row = connection.execute(select(quarantine).where(quarantine.c.id == id_)).first()
        return _refused(row, full) if row else None

    def held(self, source_id: str, page: int = 1, *, full: bool = False) -> tuple[int, list[Refused]]:
        """(how many, one page of) records that were kept but do not pass the profile they would be published under."""
        mine = (dataset.c.source_id == source_id) & (dataset.c.state == State.HELD)
        columns = (dataset.c.id, dataset.c.source_id, dataset.c.source_key, dataset.c.problems)
        query = select(*columns, dataset.c.recorded_at.label("at"))
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).where(mine)) or 0
            page_rows = query.where(mine).order_by(dataset.c.id).limit(PAGE_SIZE).offset((max(page, 1) - 1) * PAGE_SIZE)
            rows = connection.execute(page_rows).all()
        return total, [_refused(row, full) for row in rows]

    # Inside

    def _at(self, location: str) -> SourceEntry | None:
        with self._database.read() as connection:
            row = connection.execute(select(source).where(source.c.location == location)).first()
        return _source(row) if row else None

    def _new(self, location: str, *, kind: SourceKind, title: str, dialect: str, mapping: str, id_: str) -> SourceEntry:
        location = normalised(location)
        entry = SourceEntry(
            id=id_ or self._free_id(location),
            kind=kind,
            title=title.strip() or title_of(location),
            location=location,
            dialect=dialect,
            mapping=str(Path(mapping).resolve()) if mapping else "",
            added_at=self._clock(),
        )
        if not _ID.fullmatch(entry.id) or len(entry.id) > 80:
            raise Invalid(
                f"来源编号“{entry.id}”无效：只能用小写字母、数字和连字符，最长 80 个字符。",
                f"\"{entry.id}\" can't be a source's id: use lower-case letters, digits and hyphens, at most 80.",
            )
        return entry

    def _add(self, entry: SourceEntry, actor: str) -> None:
        with self._database.write() as connection:
            if connection.scalar(select(source.c.id).where(source.c.id == entry.id)):
                raise Invalid(f"来源编号“{entry.id}”已被使用。", f'The source id "{entry.id}" is taken.')
            connection.execute(insert(source).values(**asdict(entry)))
            event = Event(actor, Action.SOURCE_ADDED, f"source/{entry.id}", {"kind": entry.kind.value})
            audit.append(connection, [event], entry.added_at)

    def _update(self, entry: SourceEntry) -> None:
        with self._database.write() as connection:
            connection.execute(update(source).where(source.c.id == entry.id).values(**asdict(entry)))

    def _free_id(self, location: str) -> str:
        wished = slug(location)
        with self._database.read() as connection:
            if wished and not connection.scalar(select(source.c.id).where(source.c.id == wished)):
                return wished
        return f"{wished or 'source'}-{hashlib.sha256(location.encode()).hexdigest()[:6]}"

    def _begin(self, entry: SourceEntry, at: datetime) -> int:
        """Opens a run. The lock is held, so that a run without an end is one whose process died."""
        with self._database.write() as connection:
            for row in connection.execute(
                select(run.c.id, run.c.report).where(run.c.source_id == entry.id, run.c.finished_at.is_(None))
            ).all():
                died = {
                    "failure_zh": "运行被中止（进程已结束）。",
                    "failure_en": "The run was cut off: its process ended.",
                }
                connection.execute(
                    update(run).where(run.c.id == row.id).values(finished_at=at, report={**row.report, **died})
                )
            report = asdict(RunReport(source=entry.title))
            result = connection.execute(insert(run).values(source_id=entry.id, started_at=at, report=report))
            return int((result.inserted_primary_key or (0,))[0])

    def _finish(self, run_id: int, report: RunReport) -> datetime:
        at = self._clock()
        if not run_id:
            return at
        with self._database.write() as connection:
            connection.execute(update(run).where(run.c.id == run_id).values(finished_at=at, report=asdict(report)))
        return at


def _changed(entry: SourceEntry, *, location: str, dialect: str, mapping: str, title: str) -> SourceEntry:
    return replace(
        entry,
        location=location,
        dialect=dialect or entry.dialect,
        mapping=str(Path(mapping).resolve()) if mapping else entry.mapping,
        title=title.strip() or entry.title,
    )


def _add_to(report: RunReport, recorder: SqlRecorder) -> None:
    """What the keeping of the records adds to the report of their reading."""
    verdict = recorder.verdict
    for reason, count in (
        ("held: fails guangzhou, not published", recorder.held.count),
        ("released: held before, passes guangzhou now", recorder.released),
        ("withdrawn: missing from the source for longer than the grace", len(verdict.withdrawn)),
        ("missing-kept: too much of the source is missing at once; a person must confirm", verdict.kept),
    ):
        if count:
            report.reasons[reason] = count
    for rule, count in recorder.held.rules.items():
        report.reasons[rule] = report.reasons.get(rule, 0) + count
        report.samples[rule] = (report.samples.get(rule, []) + recorder.held.samples[rule])[:SAMPLES]


def _source(row: Row[Any]) -> SourceEntry:
    return SourceEntry(**{**row._mapping, "kind": SourceKind(row.kind)})


_REPORT_FIELDS = {each.name for each in fields(RunReport)}


def _run(row: Row[Any]) -> Run:
    report = RunReport(**{name: value for name, value in row.report.items() if name in _REPORT_FIELDS})
    return Run(row.id, row.source_id, row.started_at, row.finished_at, report)


def _refused(row: Any, full: bool) -> Refused:
    problems = tuple(Problem(**problem) for problem in row.problems)
    if full:
        return Refused(
            row.id, row.source_id, getattr(row, "position", ""), problems, row.at, row.source_key,
            getattr(row, "ntriples", b""),
        )  # fmt: skip
    shown = tuple(replace(problem, value="") for problem in problems)
    return Refused(row.id, row.source_id, getattr(row, "position", ""), shown, row.at)
