"""One run over one source, whose lock is held: opened or gone on with, read, kept, told of while it goes on, ended."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from app.catalogue.model import SourceKind
from app.catalogue.tables import dataset
from app.harvesting import alerts
from app.harvesting.checks import version
from app.harvesting.heart import Heart
from app.harvesting.history import History
from app.harvesting.means import Means, Progress
from app.harvesting.model import AlertKind, ChangeKind, Outcome, Run, SourceEntry
from app.harvesting.places import title_of
from app.harvesting.plans import Plans
from app.harvesting.recorder import ACTOR, SAMPLES, SqlRecorder
from app.harvesting.runs import Begun, Runs
from app.harvesting.sources import Sources
from harvest.errors import HarvestError
from harvest.record import RunReport
from harvest.source import Memory

_WHOLE_EVERY = timedelta(days=7)
"""However well a source tells what changed, it is read whole from time to time."""
_NOTED_EVERY = timedelta(days=1)


class OneRun:
    def __init__(self, entry: SourceEntry, means: Means, *, new: bool, started_by: str) -> None:
        """A `new` source and its run are written together with its first records: what gave none leaves no trace."""
        self._entry = entry
        self._new = new
        self._started_by = started_by
        self._means = means
        self._sources = Sources(means.database, means.clock)
        self._runs = Runs(means.database, means.clock)
        self._history = History(means.database)
        self._limits = Plans(means.database).of(entry.id).limits
        self._memory = Memory(entry.keys_chosen)
        self._begun: Begun | None = None

    def run(self, progress: Progress | None, withdraw_missing: bool) -> Run:
        started_at = self._means.clock()
        if not self._new:
            self._begin()
            if not withdraw_missing:  # which is said of all that a source has, so all of it is read
                self._remembered()
        resumed = self._begun is not None and self._begun.so_far is not None
        earlier = self._history.earlier(self._begun.id) if self._begun and resumed else None
        recorder = SqlRecorder(self._entry, self._means, self._begin, self._limits, withdraw_missing, earlier)
        withdrawn_before = self._counted(ChangeKind.WITHDRAWN) if resumed else 0
        report, outcome = self._read(recorder, progress)
        report.gone += withdrawn_before
        if self._begun and self._begun.so_far:
            report.seconds += self._begun.so_far.seconds
        self._add_to(report, recorder, withdraw_missing)
        self._note(report)
        begun = self._begun or Begun(0, started_at)
        finished_at = self._runs.finish(begun.id, report, outcome)
        if begun.id and recorder.verdict.held:
            self._tell_of_loss(begun.id, len(recorder.verdict.held), finished_at)
        return self._runs.of_id(begun.id) or Run(0, self._entry.id, started_at, finished_at, report, outcome=outcome)

    def _begin(self) -> int:
        if self._begun is None:
            if self._new:
                self._entry = self._sources.add(self._entry, ACTOR, self._memory.title)
            self._begun = self._runs.begin(self._entry, self._means.clock(), self._started_by)
        if self._memory.keys != self._entry.keys_chosen:  # before the first record that is kept under such a key
            self._write_noted(keys_chosen=self._memory.keys)
        return self._begun.id

    def _read(self, recorder: SqlRecorder, progress: Progress | None) -> tuple[RunReport, Outcome]:
        report = RunReport(source=self._entry.title or title_of(self._entry.location))
        heart = Heart(self._runs, self._id, report)

        def tell(told: RunReport) -> None:
            nonlocal report
            report = told
            if progress:
                progress(told)
            heart.progress(told)

        try:
            with heart.beating():
                heart.source = self._means.open(self._entry, self._memory, self._limits)
                self._means.read(heart.source, recorder, self._entry, tell)
                recorder.check_held()
        except HarvestError as failure:
            report.failure_zh, report.failure_en = failure.zh, failure.en
        except BaseException as error:
            if not heart.cancelled_by:
                self._broke_off(report, error)
                raise
            report.complete = False
            report.failure_zh = "采集已按要求取消；已读到的记录正常保存。"
            report.failure_en = "The run was cancelled; what had been read by then is kept."
            return report, Outcome.CANCELLED
        return report, Outcome.FAILED if report.failure_en or not report.complete else Outcome.DONE

    def _broke_off(self, report: RunReport, error: BaseException) -> None:
        report.complete = False
        report.failure_zh = f"运行中断（{type(error).__name__}）。"
        report.failure_en = f"The run broke off ({type(error).__name__})."
        self._runs.finish(self._id(), report, Outcome.FAILED)

    def _id(self) -> int:
        return self._begun.id if self._begun else 0

    def _counted(self, what: ChangeKind) -> int:
        return self._history.counts(self._id()).get(what, 0) if self._begun else 0

    def _add_to(self, report: RunReport, recorder: SqlRecorder, withdraw_missing: bool) -> None:
        """What the keeping of the records adds to the report of their reading; `reasons` has the words."""
        for rule, count in (
            ("held", recorder.held.count if self._entry.kind is SourceKind.OWN else 0),
            ("released", self._counted(ChangeKind.RELEASED)),
            ("withdrawn-confirmed" if withdraw_missing else "withdrawn", self._counted(ChangeKind.WITHDRAWN)),
            ("missing-kept", len(recorder.verdict.held)),
        ):
            if count:
                report.reasons[rule] = count
        for rule, count in recorder.held.rules.items():
            report.reasons[rule] = report.reasons.get(rule, 0) + count
            report.samples[rule] = (report.samples.get(rule, []) + recorder.held.samples[rule])[:SAMPLES]

    def _tell_of_loss(self, run_id: int, missing: int, at: datetime) -> None:
        zh = f"来源中缺少 {missing:,} 条已收录的记录，超过上限，等待人工确认。"
        en = f"{missing:,} recorded entries are missing from the source, more than the limit: a person must decide."
        with self._means.database.write() as connection:
            alerts.rise(connection, self._entry.id, AlertKind.SHRUNK, run_id, at, zh, en)

    # What must be found again at the next run

    def _remembered(self) -> None:
        """Gives the source what need not be sent again, unless it is time to read it whole."""
        entry = self._entry
        missing = select(exists().where(dataset.c.source_id == entry.id, dataset.c.missing_since.is_not(None)))
        is_old = entry.whole_at is None or self._means.clock() - entry.whole_at > _WHOLE_EVERY
        if is_old or entry.checked_by != version():
            return
        with self._means.database.read() as connection:
            if connection.scalar(missing):  # whose grace goes on only when it is known what the source has
                return
        self._memory.validators, self._memory.since = dict(entry.validators or {}), entry.since

    def _note(self, report: RunReport) -> None:
        """Only a run that was read to its end says what need not be sent again."""
        entry = self._entry
        if not self._begun:
            return
        if not report.complete or report.failure_en:
            if self._memory.keys != entry.keys_chosen:
                self._write_noted(keys_chosen=self._memory.keys)
            return
        now = self._means.clock()
        whole_at = entry.whole_at
        if not report.incremental and (whole_at is None or now - whole_at > _NOTED_EVERY):
            whole_at = now
        self._write_noted(
            keys_chosen=self._memory.keys,
            checked_by=entry.checked_by if report.incremental else version(),
            validators=self._memory.validators or None,
            since=self._memory.since,
            whole_at=whole_at,
        )

    def _write_noted(self, **noted: object) -> None:
        entry = replace(self._entry, **noted)  # type: ignore[arg-type]
        if entry != self._entry:
            self._sources.note(entry)
            self._entry = entry
