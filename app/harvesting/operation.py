"""What runs by itself, and what a person says of it: schedules, limits, runs asked for or ended, deletions, alerts."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import update

from app.audit import service as audit
from app.audit.events import Action, Event
from app.catalogue.service import CatalogueService
from app.clock import Clock
from app.db import Database
from app.errors import Invalid, NotFound
from app.harvesting import alerts, deletions, plans, runs, schedule
from app.harvesting.alerts import Alerts
from app.harvesting.alone import alone_with, busy, lock_name
from app.harvesting.deletions import Deletions
from app.harvesting.history import History
from app.harvesting.model import (
    Alert,
    AlertKind,
    ChangeKind,
    DeletionState,
    HeldDeletion,
    Outcome,
    Plan,
    Run,
    RunChange,
    SourceEntry,
    SourceLimits,
)
from app.harvesting.plans import Plans
from app.harvesting.runs import Runs
from app.harvesting.sources import Sources
from app.harvesting.tables import run as run_table
from app.settings import Settings

BY_SCHEDULE = "schedule"
_SILENT = timedelta(seconds=15)
"""A run that has told nothing of itself for so long may have no process any more."""
_BOUNDS: dict[str, tuple[float, float]] = {
    "pages": (1, 10**7), "records": (1, 10**9), "megabytes": (1, 10**7), "run_s": (10, 30 * 86_400),
    "pause_s": (0, 3_600), "grace_days": (0, 3_650), "missing_percent": (0, 100),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceState:
    """All that is to be known at a glance of one source. `run` is its newest."""

    source: SourceEntry
    plan: Plan
    run: Run | None
    alerts: tuple[Alert, ...] = ()
    deletion: HeldDeletion | None = None


class OperationService:
    def __init__(self, database: Database, clock: Clock, settings: Settings, catalogue: CatalogueService) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._catalogue = catalogue
        self._sources = Sources(database, clock)
        self._plans = Plans(database)
        self._runs = Runs(database, clock)
        self._alerts = Alerts(database)
        self._deletions = Deletions(database)
        self._history = History(database)

    # What is

    def states(self) -> list[SourceState]:
        """Of every source, in the order of ids."""
        planned, newest = self._plans.all(), self._runs.latest()
        standing = self._alerts.standing()
        waiting = {each.source_id: each for each in self._deletions.all(limit=10_000)}
        return [
            SourceState(
                source,
                planned.get(source.id, Plan(source.id)),
                newest.get(source.id),
                tuple(each for each in standing if each.source_id == source.id),
                waiting.get(source.id),
            )
            for source in self._sources.all()
        ]

    def state(self, source_id: str) -> SourceState:
        """Raises `NotFound`."""
        return SourceState(
            self._sources.known(source_id),
            self._plans.of(source_id),
            next(iter(self._runs.of_source(source_id, 1)), None),
            tuple(self._alerts.standing(source_id)),
            next(iter(self._deletions.all(source_id)), None),
        )

    def alerts(self) -> list[Alert]:
        return self._alerts.standing()

    def newest_runs(self, limit: int = 20) -> list[Run]:
        """Of all sources, each one's newest, the newest first."""
        return sorted(self._runs.latest().values(), key=lambda each: -each.id)[:limit]

    # What a run did

    def run_counts(self, run_id: int) -> dict[ChangeKind, int]:
        return self._history.counts(run_id)

    def run_changes(self, run_id: int, what: ChangeKind, page: int = 1) -> list[RunChange]:
        """A page of `history.PAGE_SIZE`; titles only where they are public."""
        return self._history.changes(run_id, what, page)

    def difference(self, dataset_id: str, version: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(added, removed) lines of the full record. Not for the public."""
        return self._history.difference(dataset_id, version)

    # What a person says

    def plan(self, source_id: str, words: str, *, by: str) -> Plan:
        """Has a source harvested by itself; "" ends that. Raises `Invalid` for words that are no time, `NotFound`."""
        self._sources.known(source_id)
        now, next_at, words = self._clock(), None, words.strip()
        if words:
            next_at = schedule.parse(words, self._settings.zone, now).after(now, self._settings.zone)
        return self._planned(source_id, by, {"schedule": words}, schedule=words, next_at=next_at)

    def pause(self, source_id: str, *, by: str) -> Plan:
        """Nothing begins by itself until `go_on`."""
        self._sources.known(source_id)
        return self._planned(source_id, by, {"paused": True}, is_paused=True)

    def go_on(self, source_id: str, *, by: str) -> Plan:
        """What was due meanwhile is not made up for: the next time counts."""
        self._sources.known(source_id)
        next_at = self._next(self._plans.of(source_id))
        return self._planned(source_id, by, {"paused": False}, is_paused=False, next_at=next_at)

    def limit(self, source_id: str, limits: SourceLimits, *, by: str) -> Plan:
        """Raises `Invalid` for a limit that can't be meant."""
        self._sources.known(source_id)
        for name, value in asdict(limits).items():
            least, most = _BOUNDS[name]
            if value is not None and not least <= value <= most:
                raise Invalid(
                    f"{name} 的取值应在 {least:,} 到 {most:,} 之间。",
                    f"{name} must be from {least:,} to {most:,}.",
                )
        said: dict[str, object] = {"limits": {name: v for name, v in asdict(limits).items() if v is not None}}
        return self._planned(source_id, by, said, limits=limits)

    def want(self, source_id: str, *, by: str) -> None:
        """Has a run begin as soon as a worker is free. Raises `Busy` while one goes on."""
        self._sources.known(source_id)
        if self._going_on(source_id):
            raise busy(source_id)
        with self._database.write() as connection:
            plans.write(connection, source_id, wanted_by=by)
            audit.append(connection, [Event(by, Action.HARVEST_WANTED, f"source/{source_id}")], self._clock())

    def cancel(self, source_id: str, *, by: str) -> None:
        """Ends the run that goes on, or takes back one that was asked for. Raises `Invalid` where there is neither."""
        self._sources.known(source_id)
        plan, going_on = self._plans.of(source_id), self._going_on(source_id)
        if not plan.wanted_by and not going_on:
            raise Invalid(
                f"来源“{source_id}”现在没有在采集。", f'Source "{source_id}" is not being harvested right now.'
            )
        with self._database.write() as connection:
            if plan.wanted_by:
                plans.write(connection, source_id, wanted_by="")
            for run in going_on:
                connection.execute(update(run_table).where(run_table.c.id == run.id).values(cancel_by=by))
            audit.append(connection, [Event(by, Action.HARVEST_CANCELLED, f"source/{source_id}")], self._clock())
        for run in going_on:
            if self._is_silent(run) and self._is_free(source_id):
                self.end(run, Outcome.CANCELLED, "采集已按要求取消。", "The run was cancelled.")

    # Deletions that wait

    def deletions(self, source_id: str = "", *, decided: bool = False) -> list[HeldDeletion]:
        """Those that wait for a person, or with `decided` those that do not any more; the newest first."""
        return self._deletions.all(source_id, decided=decided)

    def deletion(self, id_: int) -> HeldDeletion:
        """Raises `NotFound`."""
        found = self._deletions.of_id(id_) if 0 < id_ < 2**62 else None
        if found is None:
            raise NotFound(f"没有编号为 {id_} 的待确认删除。", f"There is no held deletion {id_}.")
        return found

    def deletion_entries(self, id_: int, after: str = "", limit: int = 50) -> list[tuple[str, str]]:
        """(id, title) of what is missing. Not for the public."""
        return self._deletions.entries(id_, after, limit)

    def confirm(self, id_: int, *, by: str) -> int:
        """
        What is missing is really gone: withdraws it now, but for what the source has again. Returns how many. Raises
        `Invalid` where it was decided before, `Busy` while the source is harvested.
        """
        with alone_with(self._database, self.deletion(id_).source_id):
            held = self._undecided(id_)
            ids = self._deletions.still_missing(id_)
            self._catalogue.withdraw(ids, actor=by, why="missing from its source, and a person said that it is gone")
            self._decide(held, DeletionState.CONFIRMED, by, len(ids))
        return len(ids)

    def reject(self, id_: int, *, by: str) -> None:
        """What is missing is not gone: it stays, until the source has had it again and loses it anew."""
        with alone_with(self._database, self.deletion(id_).source_id):
            held = self._undecided(id_)
            self._decide(held, DeletionState.REJECTED, by, 0)

    # For the scheduler

    def begin_due(self, room: int) -> list[Run]:
        """Opens runs for what is due, at most `room`. What another machine was faster with is not among them."""
        now, begun = self._clock(), []
        for plan in self._plans.due(now)[: max(room, 0)]:
            source = self._sources.known(plan.source_id)
            by = plan.wanted_by or BY_SCHEDULE
            with self._database.write() as connection:
                if plans.claim(connection, plan, now, self._next(plan)):
                    begun.append(runs.add(connection, source.id, source.title, now, by))
        return [run for id_ in begun if (run := self._runs.of_id(id_))]

    def left_behind(self, *, running: Collection[int] = (), ended: Collection[int] = ()) -> list[Run]:
        """
        Runs whose process ended before they did, on this machine or another; not of paused sources. `running`: those
        that have one here; `ended`: those that are known to have none any more.
        """
        paused = {id_ for id_, plan in self._plans.all().items() if plan.is_paused}
        return [
            run
            for run in self._runs.unfinished()
            if run.id not in running
            and run.source_id not in paused
            and (run.id in ended or self._is_silent(run))
            and self._is_free(run.source_id)
        ]

    def run_now(self, run_id: int) -> Run | None:
        return self._runs.of_id(run_id)

    def kept(self, run_id: int) -> int:
        """How many changes a run has made so far."""
        return self._runs.kept(run_id)

    def end(self, run: Run, outcome: Outcome, zh: str, en: str) -> None:
        """Ends a run whose process is no more."""
        now = self._runs.of_id(run.id)
        if now is not None and now.finished_at is None:
            report = replace(now.report, failure_zh=zh, failure_en=en, complete=False)
            self._runs.finish(run.id, report, outcome)

    # Within

    def _next(self, plan: Plan) -> datetime | None:
        if not plan.schedule:
            return None
        now, zone = self._clock(), self._settings.zone
        return schedule.parse(plan.schedule, zone, now).after(now, zone)

    def _planned(self, source_id: str, by: str, said: dict[str, object], **values: object) -> Plan:
        with self._database.write() as connection:
            plans.write(connection, source_id, **values)
            audit.append(connection, [Event(by, Action.SOURCE_PLANNED, f"source/{source_id}", said)], self._clock())
        return self._plans.of(source_id)

    def _going_on(self, source_id: str) -> list[Run]:
        return [run for run in self._runs.unfinished() if run.source_id == source_id]

    def _is_silent(self, run: Run) -> bool:
        return self._clock() - (run.beat_at or run.started_at) > _SILENT

    def _is_free(self, source_id: str) -> bool:
        with self._database.lock(lock_name(source_id)) as held:
            return held

    def _undecided(self, id_: int) -> HeldDeletion:
        held = self.deletion(id_)
        if held.state is not DeletionState.HELD:
            raise Invalid(f"编号 {id_} 的删除已经处理过。", f"Deletion {id_} was decided before.")
        return held

    def _decide(self, held: HeldDeletion, state: DeletionState, by: str, withdrawn: int) -> None:
        now = self._clock()
        action = Action.DELETION_CONFIRMED if state is DeletionState.CONFIRMED else Action.DELETION_REJECTED
        details: dict[str, object] = {"source": held.source_id, "missing": held.missing, "withdrawn": withdrawn}
        with self._database.write() as connection:
            deletions.decide(connection, held.id, state, by, now)
            alerts.end(connection, held.source_id, [AlertKind.SHRUNK], now)
            audit.append(connection, [Event(by, action, f"deletion/{held.id}", details)], now)
