"""What a harvest would do, without doing it: the whole report, with samples, and not one write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import func, select

from app.catalogue.model import SourceKind, State
from app.catalogue.reading import Node
from app.catalogue.recorder import title_of
from app.catalogue.statements import read
from app.catalogue.tables import dataset, dataset_version
from app.catalogue.terms import BASE, DCT
from app.catalogue.terms import dataset as dataset_node
from app.harvesting.checks import broken, check, has_violation, stored
from app.harvesting.deletions import Deletions
from app.harvesting.limits import loss_limits
from app.harvesting.means import Means, Progress
from app.harvesting.missing import Verdict, judge
from app.harvesting.model import SourceEntry, SourceLimits
from app.harvesting.recorder import known_of
from harvest.errors import HarvestError
from harvest.record import Accepted, Known, Outcome, Quarantined, RunReport
from harvest.source import Memory

_SAMPLES = 10
_MAX_LINES = 40
_MAX_LINE_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One record that a harvest would do something to; `added` and `removed` are N-Triples lines."""

    key: str
    id: str
    title: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass
class Preview:
    """`samples`: "new", "changed", "quarantined", "held" or "gone" -> up to ten. `held`: new records not published."""

    source: SourceEntry
    report: RunReport
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    held: int = 0
    withdrawn: int = 0
    waiting: int = 0
    """How many deletions a person would be asked about."""


class PreviewRecorder:
    """A `harvest.record.Recorder` that keeps nothing but a few samples."""

    def __init__(self, source: SourceEntry, means: Means, limits: SourceLimits) -> None:
        self._source = source
        self._means = means
        self._limits = limits
        self.samples: dict[str, list[Sample]] = {}
        self.held = 0
        self.verdict = Verdict()

    def known(self) -> dict[str, Known]:
        return known_of(self._means.database, self._source)

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
        for record in batch:
            if isinstance(record, Quarantined):
                self._sample("quarantined", partial(self._refused, record))
                continue
            problems = check(record.ntriples, self._source.profile) if self._source.kind is SourceKind.OWN else ()
            if has_violation(problems):
                self.held += 1
                rules = broken(stored(problems))
                self._sample("held", partial(self._kept, record, rules))
            if record.outcome is not Outcome.UNCHANGED:
                self._sample(record.outcome.value, partial(self._kept, record))

    def seen_all(self, gone: Sequence[str]) -> None:
        known = self.known()
        ids = {known[key].id: key for key in gone if key in known and not known[key].quarantined}
        since, total = self._missing(ids)
        grace, percent = loss_limits(self._limits, self._means.settings)
        self.verdict = judge(
            since,
            total,
            self._means.clock(),
            grace=grace,
            limit_percent=percent,
            spared=Deletions(self._means.database).spared(self._source.id, since),
        )
        for id_ in sorted(ids)[:_SAMPLES]:
            self._sample("gone", partial(self._lost, ids[id_], id_))

    def _missing(self, ids: Mapping[str, str]) -> tuple[dict[str, datetime], int]:
        mine = dataset.c.source_id == self._source.id
        with self._means.database.read() as connection:
            marked = connection.execute(
                select(dataset.c.id, dataset.c.missing_since).where(mine, dataset.c.missing_since.is_not(None))
            )
            since = {row.id: row.missing_since for row in marked}
            total = connection.scalar(select(func.count()).where(mine, dataset.c.state != State.WITHDRAWN)) or 0
        now = self._means.clock()
        return {id_: since.get(id_, now) for id_ in ids}, total

    def _sample(self, kind: str, make: Callable[[], Sample]) -> None:
        found = self.samples.setdefault(kind, [])
        if len(found) < _SAMPLES:
            found.append(make())

    def _kept(self, record: Accepted, rules: tuple[str, ...] = ()) -> Sample:
        after = set(record.ntriples.decode("utf-8", "replace").splitlines())
        before = self._lines(record.id) if record.outcome is Outcome.CHANGED else after
        title = title_of(Node(read(record.ntriples), dataset_node(record.id), BASE).text(DCT + "title"))
        return Sample(record.key, record.id, title, _some(after - before), _some(before - after), rules)

    @staticmethod
    def _refused(record: Quarantined) -> Sample:
        return Sample(record.key, record.id, rules=broken(stored(record.problems)))

    def _lost(self, key: str, id_: str) -> Sample:
        return Sample(key, id_, self._title(id_))

    def _lines(self, id_: str) -> set[str]:
        query = (
            select(dataset_version.c.ntriples)
            .join(dataset, dataset.c.id == dataset_version.c.dataset_id)
            .where(dataset.c.id == id_, dataset_version.c.version == dataset.c.version)
        )
        with self._means.database.read() as connection:
            found = connection.scalar(query)
        return set(found.decode().splitlines()) if found else set()

    def _title(self, id_: str) -> str:
        with self._means.database.read() as connection:
            return connection.scalar(select(dataset.c.title).where(dataset.c.id == id_)) or ""


def preview(entry: SourceEntry, means: Means, limits: SourceLimits, progress: Progress | None) -> Preview:
    source = means.open(entry, Memory(entry.keys_chosen), limits)
    recorder = PreviewRecorder(entry, means, limits)
    try:
        report = means.read(source, recorder, entry, progress)
    except HarvestError as failure:
        report = RunReport(source=entry.location, failure_zh=failure.zh, failure_en=failure.en)
    return Preview(
        entry,
        report,
        recorder.samples,
        recorder.held,
        len(recorder.verdict.withdrawn),
        len(recorder.verdict.held),
    )


def _some(lines: set[str]) -> tuple[str, ...]:
    return tuple(
        line if len(line) <= _MAX_LINE_CHARACTERS else f"{line[:_MAX_LINE_CHARACTERS]}…"
        for line in sorted(lines)[:_MAX_LINES]
    )
