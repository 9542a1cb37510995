"""Keeps what a run of the harvest brings, over SQL."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from app.catalogue.decision import Arrival
from app.catalogue.model import SourceKind, State
from app.catalogue.tables import dataset
from app.db import Database, in_pieces
from app.harvesting import history
from app.harvesting.alerts import end
from app.harvesting.checks import broken, check, has_violation, stored, version
from app.harvesting.closing import PROBLEM, ROWS, Closing
from app.harvesting.deletions import Deletions, lapse
from app.harvesting.limits import loss_limits
from app.harvesting.means import Means
from app.harvesting.missing import Verdict, judge
from app.harvesting.model import AlertKind, ChangeKind, SourceEntry, SourceLimits
from app.harvesting.tables import quarantine
from harvest.record import Accepted, Known, Outcome, Problem, Quarantined

ACTOR = "harvest"
SAMPLES = 5
_KEY_CHARACTERS = 200


@dataclass
class Held:
    """
    Held records: how many, how many of them break each rule, and up to `SAMPLES` of their keys for each.

    Keys are for the source's own people; the public may see the counts.
    """

    count: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)

    def take(self, key: str, problems: Sequence[Problem]) -> None:
        """Counts a record, if it breaks any rule."""
        broken = {problem.rule for problem in problems if problem.severity == "violation"}
        self.count += bool(broken)
        for rule in sorted(broken):
            self.rules[rule] = self.rules.get(rule, 0) + 1
            samples = self.samples.setdefault(rule, [])
            if len(samples) < SAMPLES:
                samples.append(key[:_KEY_CHARACTERS])


class SqlRecorder:
    """
    A `harvest.record.Recorder` for one run over one source.

    Records of the city's own publishers that fail `guangzhou` are kept and held from the public.
    """

    def __init__(
        self,
        source: SourceEntry,
        means: Means,
        begin: Callable[[], int],
        limits: SourceLimits,
        withdraw_missing: bool = False,
        earlier: Mapping[str, Outcome] | None = None,
    ) -> None:
        """
        `begin` is called before anything is kept: the source and the run stand in the database then; it gives the
        run's id. `withdraw_missing`: a person said that what is missing is really gone. `earlier`: what an earlier
        attempt of this run did, None where this is the first.
        """
        self._source = source
        self._means = means
        self._begin = begin
        self._limits = limits
        self._withdraw_missing = withdraw_missing
        self._earlier = earlier
        self._closing = Closing(source.id, means.catalogue, means.database)
        self.held = Held()
        """What of the source is held from the public after this run, whenever it came."""
        self.released = 0
        """Records held before that pass now."""
        self.verdict = Verdict()

    def known(self) -> dict[str, Known]:
        """By key. What was withdrawn is not known: when it comes back, it comes as new."""
        found = known_of(self._means.database, self._source)
        if self._earlier:
            before = self._earlier
            found = {key: replace(known, earlier=before.get(known.id)) for key, known in found.items()}
        return found

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
        run_id = self._begin()
        for piece in in_pieces(batch, self._means.settings.harvest_batch_rows):
            self._keep(piece, run_id)

    def _keep(self, batch: Sequence[Accepted | Quarantined], run_id: int) -> None:
        arrivals = [self._arrival(record) for record in batch if isinstance(record, Accepted)]
        refused = [record for record in batch if isinstance(record, Quarantined)]
        arrivals, closed = self._closing.by_namesakes(arrivals, refused)
        for chunk in in_pieces(closed, ROWS):
            self._means.catalogue.record(chunk, actor=ACTOR, also=self._noting(ChangeKind.CLOSED, chunk))
        decided = {arrival.id for arrival in arrivals}
        arrivals += self._closing.by_refused([record for record in refused if record.id not in decided])

        def quarantined(connection: Connection, at: datetime) -> None:
            _replace_quarantine(connection, self._source.id, [record.id for record in batch], refused, at)
            for what, ids in history.by_kind((each.id, _did(each)) for each in batch).items():
                history.note(connection, run_id, what, ids, again=self._earlier is not None)

        self._means.catalogue.record(arrivals, actor=ACTOR, also=quarantined)
        time.sleep(self._means.settings.harvest_pause_ms / 1000)

    def _noting(self, what: ChangeKind, arrivals: Sequence[Arrival]) -> Callable[[Connection, datetime], None]:
        run_id, ids = self._begin(), [each.id for each in arrivals]
        return lambda connection, _at: history.note(connection, run_id, what, ids, again=True)

    def _arrival(self, record: Accepted) -> Arrival:
        problems: tuple[Problem, ...] = record.problems
        state = State.PUBLISHED
        if self._source.kind is SourceKind.OWN:
            problems = check(record.ntriples, self._source.profile)
            state = State.HELD if has_violation(problems) else State.PUBLISHED
        return Arrival(
            id=record.id,
            source_id=self._source.id,
            source_key=record.key,
            source_iri=record.source_iri,
            ntriples=record.ntriples,
            content_hash=record.content_hash,
            state=state,
            profile=self._source.profile,
            problems=stored(problems),
        )

    def check_held(self) -> None:
        """
        Publishes held records that pass now: a date has come, a rule has changed, or what closed them is gone, and
        nobody sends them anew. Counts the others. What the source no longer has stays held.
        """
        mine = (dataset.c.source_id == self._source.id) & (dataset.c.state == State.HELD)
        refused = select(quarantine.c.id)
        query = select(dataset.c.id).where(mine, dataset.c.missing_since.is_(None), dataset.c.id.not_in(refused))
        with self._means.database.read() as connection:
            ids = connection.scalars(query).all()
        for chunk in in_pieces(ids, ROWS):
            kept = self._means.catalogue.kept(chunk).values()
            back = self._closing.still_held(kept)
            found = [(arrival, self._problems(arrival, arrival.id in back)) for arrival in kept]
            passing = [
                replace(arrival, state=State.PUBLISHED, problems=stored(problems))
                for arrival, problems in found
                if not has_violation(problems)
            ]
            for arrival, problems in found:
                self.held.take(arrival.source_key, problems)
            self.released += len(passing)
            if passing:
                self._means.catalogue.record(passing, actor=ACTOR, also=self._noting(ChangeKind.RELEASED, passing))

    def _problems(self, arrival: Arrival, is_held_back: bool) -> tuple[Problem, ...]:
        own = self._source.kind is SourceKind.OWN
        found = check(arrival.ntriples, self._source.profile) if own else ()
        return (*found, PROBLEM) if is_held_back else found

    def seen_all(self, gone: Sequence[str]) -> None:
        """Marks what is missing, forgets marks of what came back, withdraws what is missing for too long."""
        now = self._means.clock()
        known = self.known() if gone else {}
        missing = {known[key].id for key in gone if key in known}
        closed = self._closing.by_successors(missing)
        for batch in in_pieces(closed, ROWS):  # which takes their marks away
            self._means.catalogue.record(batch, actor=ACTOR, also=self._noting(ChangeKind.CLOSED, batch))
        for arrival in closed:
            self.held.take(arrival.source_key, (PROBLEM,))
        with self._means.database.read() as connection:
            marked = {
                row.id: row.missing_since
                for row in connection.execute(
                    select(dataset.c.id, dataset.c.missing_since).where(
                        dataset.c.source_id == self._source.id, dataset.c.missing_since.is_not(None)
                    )
                )
            }
            total = connection.scalar(
                select(func.count()).where(dataset.c.source_id == self._source.id, dataset.c.state != State.WITHDRAWN)
            )
        self._mark(sorted(missing - marked.keys()), now)
        self._mark(sorted(marked.keys() - missing), None)
        ids = {key: known[key].id for key in gone if key in known and not known[key].quarantined}
        self._judge({id_: marked.get(id_, now) for id_ in ids.values()}, total or 0, now)

    def _judge(self, since: Mapping[str, datetime], total: int, now: datetime) -> None:
        deletions = Deletions(self._means.database)
        confirmed = self._withdraw_missing
        grace, percent = loss_limits(self._limits, self._means.settings)
        self.verdict = judge(
            since,
            total,
            now,
            grace=timedelta() if confirmed else grace,
            limit_percent=100 if confirmed else percent,
            spared=() if confirmed else deletions.spared(self._source.id, since),
        )
        why = "missing from its source" + (", and a person said that it is gone" if confirmed else "")
        run_id = self._begin() if self.verdict.withdrawn or self.verdict.held else 0

        def noted(connection: Connection, ids: Sequence[str]) -> None:
            history.note(connection, run_id, ChangeKind.WITHDRAWN, ids, again=True)

        self._means.catalogue.withdraw(self.verdict.withdrawn, actor=ACTOR, why=why, also=noted)
        if self.verdict.held:
            deletions.hold(self._source.id, run_id, self.verdict.held, total, now)
        elif deletions.all(self._source.id):
            with self._means.database.write() as connection:
                lapse(connection, self._source.id, now)
                end(connection, self._source.id, [AlertKind.SHRUNK], now)

    def _mark(self, ids: Sequence[str], since: datetime | None) -> None:
        run_id = self._begin() if ids else 0
        what = ChangeKind.RETURNED if since is None else ChangeKind.MISSING
        for chunk in in_pieces(ids, ROWS):
            with self._means.database.write() as connection:
                connection.execute(update(dataset).where(dataset.c.id.in_(chunk)).values(missing_since=since))
                if since is not None:  # a refused record that is gone needs nobody's attention any more
                    connection.execute(delete(quarantine).where(quarantine.c.id.in_(chunk)))
                history.note(connection, run_id, what, chunk, again=True)
            time.sleep(self._means.settings.harvest_pause_ms / 1000)


def known_of(database: Database, source: SourceEntry) -> dict[str, Known]:
    """What is known of a source, by key, but for what was withdrawn."""
    of_source = dataset.c.source_id == source.id
    stale = source.checked_by != version()
    with database.read() as connection:
        kept = connection.execute(
            select(dataset.c.source_key, dataset.c.id, dataset.c.content_hash, dataset.c.missing_since).where(
                of_source, dataset.c.state != State.WITHDRAWN
            )
        )
        found = {
            key: Known(id_, content, stale=stale, missing=since is not None) for key, id_, content, since in kept.all()
        }
        columns = (quarantine.c.source_key, quarantine.c.id, quarantine.c.content_hash, quarantine.c.problems)
        refused = connection.execute(select(*columns).where(quarantine.c.source_id == source.id))
        found |= {row.source_key: Known(row.id, row.content_hash, True, stale, broken(row.problems)) for row in refused}
    return found


def _did(record: Accepted | Quarantined) -> ChangeKind | None:
    """None for a record that was only judged again, by new rules."""
    if isinstance(record, Quarantined):
        return ChangeKind.QUARANTINED
    return None if record.outcome is Outcome.UNCHANGED else ChangeKind(record.outcome.value)


def _replace_quarantine(
    connection: Connection, source_id: str, ids: Sequence[str], refused: Sequence[Quarantined], at: datetime
) -> None:
    """Whatever was refused before under these ids is over: each came again, and was kept or refused anew."""
    connection.execute(delete(quarantine).where(quarantine.c.id.in_(ids)))
    if refused:
        rows = [
            {
                "id": record.id,
                "source_id": source_id,
                "source_key": record.key,
                "position": record.position,
                "content_hash": record.content_hash,
                "problems": list(stored(record.problems)),
                "ntriples": record.ntriples,
                "at": at,
            }
            for record in {record.id: record for record in refused}.values()
        ]
        connection.execute(insert(quarantine), rows)
