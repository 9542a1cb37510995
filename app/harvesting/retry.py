"""
One refused record, or all of a source, tried again: read from the source's document under the mapping of today, checked
by the rules of today, and kept or refused anew. Nothing else of the source changes, and nothing counts as gone.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select

from app.audit import service as audit
from app.audit.events import Action, Event
from app.db import in_pieces
from app.errors import NotFound
from app.harvesting import runs
from app.harvesting.alone import alone_with, busy
from app.harvesting.means import Means
from app.harvesting.model import Outcome, SourceEntry, SourceLimits
from app.harvesting.plans import Plans
from app.harvesting.recorder import SqlRecorder
from app.harvesting.runs import Runs
from app.harvesting.sources import Sources
from app.harvesting.tables import quarantine
from harvest.errors import HarvestError
from harvest.record import Accepted, Incoming, Known, OnlyChanges, Quarantined, RunReport, Said, Source, Unreadable
from harvest.source import Memory

_HASH = "#"
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A refused record that is to be tried again."""

    id: str
    key: str
    position: str


@dataclass(frozen=True, slots=True)
class Retried:
    """`asked` = `kept` + `refused` + `absent`; those that are absent are no longer in the source, and stay refused."""

    run_id: int
    asked: int
    kept: int
    refused: int
    absent: int
    failure_zh: str = ""
    failure_en: str = ""


class RetryService:
    def __init__(self, means: Means) -> None:
        self._means = means
        self._sources = Sources(means.database, means.clock)
        self._runs = Runs(means.database, means.clock)

    def retry(self, source_id: str, ids: Collection[str] = (), *, by: str) -> Retried:
        """
        Tries refused records of a source again, all of them where none is named. Blocks for as long as reading the
        source takes. Raises `NotFound` for a source or a record that is not there, `Busy` while the source is
        harvested.
        """
        entry = self._sources.known(source_id)
        with alone_with(self._means.database, source_id):
            if any(run.source_id == source_id for run in self._runs.unfinished()):
                raise busy(source_id)
            wanted = self._wanted(source_id, ids)
            if not wanted:
                raise NotFound("没有这样的隔离记录。", "There is no such record in quarantine.")
            return self._retry(entry, wanted, by)

    def _wanted(self, source_id: str, ids: Collection[str]) -> list[Wanted]:
        query = select(quarantine.c.id, quarantine.c.source_key, quarantine.c.position)
        query = query.where(quarantine.c.source_id == source_id).order_by(quarantine.c.id)
        if ids:
            query = query.where(quarantine.c.id.in_(list(ids)[:_CHUNK]))
        with self._means.database.read() as connection:
            return [Wanted(row.id, row.source_key, row.position) for row in connection.execute(query)]

    def _retry(self, entry: SourceEntry, wanted: Sequence[Wanted], by: str) -> Retried:
        memory = Memory(entry.keys_chosen)
        run_id = self._begin(entry, len(wanted), by)
        report = RunReport(source=entry.title)
        recorder = _Recorder(entry, memory, wanted, run_id, self)
        chosen: _Chosen | None = None
        try:
            chosen = _Chosen(self._means.open(entry, memory, self._limits(entry)), wanted, recorder.known())
            report = self._means.read(chosen, recorder, entry)
        except HarvestError as failure:
            report.failure_zh, report.failure_en = failure.zh, failure.en
        report.incremental = True  # what was not tried again is not missing
        failed = bool(report.failure_en)
        self._forget(chosen.moved - recorder.decided if chosen else ())
        self._runs.finish(run_id, report, Outcome.FAILED if failed else Outcome.DONE)
        found = chosen.found if chosen else set()
        left = self._left([each.id for each in wanted])
        refused = len(found & left) + len(recorder.refused - {each.id for each in wanted})
        absent = len(wanted) - len(found)
        kept = max(0, len(wanted) - refused - absent)
        return Retried(run_id, len(wanted), kept, refused, absent, report.failure_zh, report.failure_en)

    def _begin(self, entry: SourceEntry, count: int, by: str) -> int:
        now = self._means.clock()
        with self._means.database.write() as connection:
            run_id = runs.add(connection, entry.id, entry.title, now, by)
            event = Event(by, Action.RECORDS_RETRIED, f"source/{entry.id}", {"records": count, "run": run_id})
            audit.append(connection, [event], now)
        return run_id

    def _forget(self, moved: Collection[str]) -> None:
        """A record that has another key under the mapping of today was decided there: the old one is over."""
        for piece in in_pieces(sorted(moved), _CHUNK):
            with self._means.database.write() as connection:
                connection.execute(delete(quarantine).where(quarantine.c.id.in_(piece)))

    def _left(self, ids: Sequence[str]) -> set[str]:
        left: set[str] = set()
        with self._means.database.read() as connection:
            for piece in in_pieces(ids, _CHUNK):
                left |= set(connection.scalars(select(quarantine.c.id).where(quarantine.c.id.in_(piece))))
        return left

    def note_keys(self, entry: SourceEntry, memory: Memory) -> None:
        """Before the first record is kept under keys that were chosen just now."""
        if memory.keys != entry.keys_chosen:
            self._sources.note(replace(entry, keys_chosen=memory.keys))

    def sql_recorder(self, entry: SourceEntry, run_id: int) -> SqlRecorder:
        return SqlRecorder(entry, self._means, lambda: run_id, self._limits(entry))

    def _limits(self, entry: SourceEntry) -> SourceLimits:
        return Plans(self._means.database).of(entry.id).limits


class _Chosen:
    """
    Of a source only the records that are to be tried again, known by their keys. One whose key is there no more may
    have another under the mapping of today: then it is what stands in its place, if nothing is known of that.
    """

    def __init__(self, source: Source, wanted: Sequence[Wanted], known: Collection[str]) -> None:
        self.name = source.name
        self._source = source
        self._by_key = {base: each for each in wanted for base in _bases(each.key)}
        self._by_place = {each.position: each for each in wanted if each.position}
        self._known = known
        self.found: set[str] = set()
        self.moved: set[str] = set()
        """Those that have another key now."""

    @property
    def asked(self) -> int:
        return getattr(self._source, "asked", 0)

    def records(self) -> Iterator[Said]:
        yield OnlyChanges()
        in_place: dict[str, Incoming | Unreadable] = {}
        for record in self._source.records():
            if not isinstance(record, Incoming | Unreadable):
                continue
            if each := self._by_key.get(record.key):
                self.found.add(each.id)
                yield record
            elif (each := self._by_place.get(record.position)) and record.key not in self._known:
                in_place[each.id] = record
        for id_, record in in_place.items():
            if id_ not in self.found:
                self.found.add(id_)
                self.moved.add(id_)
                yield record


class _Recorder:
    """Keeps as every run does; every record that is tried again counts as one that must be judged anew."""

    def __init__(
        self, entry: SourceEntry, memory: Memory, wanted: Sequence[Wanted], run_id: int, service: RetryService
    ) -> None:
        self._entry = entry
        self._memory = memory
        self._wanted = {each.key for each in wanted}
        self._service = service
        self._recorder = service.sql_recorder(entry, run_id)
        self.decided: set[str] = set()
        self.refused: set[str] = set()

    def known(self) -> dict[str, Known]:
        known = self._recorder.known()
        return {key: replace(each, stale=True) if key in self._wanted else each for key, each in known.items()}

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
        if not self.decided:
            self._service.note_keys(self._entry, self._memory)
        self.decided |= {record.id for record in batch}
        self.refused |= {record.id for record in batch if isinstance(record, Quarantined)}
        self._recorder.keep(batch)

    def seen_all(self, gone: Sequence[str]) -> None:
        """Only some records were looked for: nothing is gone."""


def _bases(key: str) -> set[str]:
    """A key, and what it was before it was kept apart from another by a piece of its hash."""
    base, mark, piece = key.rpartition(_HASH)
    return {key, base} if mark and len(piece) == 12 else {key}
