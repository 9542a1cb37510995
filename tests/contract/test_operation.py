"""Harvests that run by themselves, and what a person says of them, on every database that can hold them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.audit import service as audit
from app.audit.events import Action
from app.catalogue.model import PublicEntry, SourceKind, State, Tombstone
from app.db import Database, metadata
from app.errors import Busy, Invalid, NotFound
from app.harvesting.alone import alone_with, lock_name
from app.harvesting.limits import run_limits
from app.harvesting.model import AlertKind, ChangeKind, DeletionState, Outcome, SourceLimits
from app.harvesting.operation import OperationService
from app.harvesting.plans import Plans
from harvest.errors import SourceFailed
from harvest.record import Incoming, OnlyChanges, RunReport
from tests.factories.sources import ListedSource, incoming
from tests.unit.app.bureau import SOURCE, Bureau, id_of

BY = "operator:test"


@pytest.fixture
def bureau(database_url: str, tmp_path: Path) -> Iterator[Bureau]:
    bureau = Bureau(tmp_path, SourceKind.FEDERATED, database_url)
    yield bureau
    bureau.portal.close()


def some(numbers: Sequence[int]) -> list[Incoming]:
    return [incoming(number) for number in numbers]


# When


def test_a_planned_source_is_due_at_its_time_and_once(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    plan = operation.plan(SOURCE, "每天 03:00", by=BY)
    assert plan.next_at == datetime(2026, 11, 1, 19, tzinfo=UTC)  # three in the morning in Guangzhou
    assert operation.begin_due(4) == []
    bureau.clock.now = datetime(2026, 11, 1, 19, 0, 1, tzinfo=UTC)
    assert operation.begin_due(0) == []
    [begun] = operation.begin_due(4)
    assert (begun.source_id, begun.started_by, begun.beat_at) == (SOURCE, "schedule", None)
    assert operation.begin_due(4) == []
    assert operation.state(SOURCE).plan.next_at == datetime(2026, 11, 2, 19, tzinfo=UTC)
    run = bureau.harvest(incoming(1))
    assert (run.id, run.started_by, run.attempts, run.outcome) == (begun.id, "schedule", 1, Outcome.DONE)


def test_what_was_missed_is_made_up_for_once(bureau: Bureau) -> None:
    bureau.portal.operation.plan(SOURCE, "hourly", by=BY)
    bureau.clock.pass_days(3)
    assert len(bureau.portal.operation.begin_due(4)) == 1
    bureau.harvest(incoming(1))
    assert bureau.portal.operation.begin_due(4) == []


def test_a_paused_source_waits_but_for_a_person(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    operation.plan(SOURCE, "hourly", by=BY)
    operation.pause(SOURCE, by=BY)
    bureau.clock.pass_days(1)
    assert operation.begin_due(4) == []
    operation.want(SOURCE, by=BY)
    [run] = operation.begin_due(4)
    assert run.started_by == BY
    bureau.harvest(incoming(1))
    next_at = operation.go_on(SOURCE, by=BY).next_at
    assert next_at is not None
    assert next_at > bureau.clock.now


def test_a_time_that_is_none_is_refused_and_none_ends_the_plan(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    operation.plan(SOURCE, "每周一", by=BY)
    with pytest.raises(Invalid, match="daily 03:00"):
        operation.plan(SOURCE, "soon", by=BY)
    assert operation.state(SOURCE).plan.schedule == "每周一"
    assert operation.plan(SOURCE, "", by=BY).next_at is None
    with pytest.raises(NotFound):
        operation.plan("nobody", "daily", by=BY)


def test_what_is_said_of_a_plan_brings_back_nothing_that_changed_meanwhile(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = bureau.portal.operation
    operation.want(SOURCE, by=BY)
    before = operation.state(SOURCE).plan
    assert len(operation.begin_due(4)) == 1  # by a harvester, after somebody's page had read the plan
    with monkeypatch.context() as patched:
        patched.setattr(Plans, "of", lambda _self, _id: before)
        operation.limit(SOURCE, SourceLimits(pages=7), by=BY)
        operation.pause(SOURCE, by=BY)
    plan = operation.state(SOURCE).plan
    assert (plan.wanted_by, plan.limits.pages, plan.is_paused) == ("", 7, True)


def test_what_a_person_says_of_a_source_stands_in_the_audit_log(bureau: Bureau) -> None:
    bureau.portal.operation.plan(SOURCE, "daily", by=BY)
    with bureau.portal.database.read() as connection:
        (_, event), *_ = audit.of_subject(connection, f"source/{SOURCE}")
    assert (event.actor, event.action, event.details) == (BY, Action.SOURCE_PLANNED, {"schedule": "daily"})


def test_limits_of_a_source_stand_above_the_settings(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    operation.limit(SOURCE, SourceLimits(pages=7, pause_s=0.5, megabytes=3), by=BY)
    limits = run_limits(operation.state(SOURCE).plan.limits, bureau.portal.settings)
    assert (limits.pages, limits.pause_s, limits.bytes) == (7, 0.5, 3 * 1024**2)
    assert limits.records == bureau.portal.settings.harvest_record_limit
    with pytest.raises(Invalid, match="pages"):
        operation.limit(SOURCE, SourceLimits(pages=0), by=BY)


# Runs


def test_a_run_without_a_process_is_left_behind_once_it_is_silent(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    operation.want(SOURCE, by=BY)
    [run] = operation.begin_due(1)
    assert operation.left_behind() == []
    assert operation.left_behind(ended=[run.id]) == [run]
    bureau.clock.now += timedelta(seconds=20)
    assert operation.left_behind() == [run]
    assert operation.left_behind(running=[run.id]) == []
    with bureau.portal.database.lock(lock_name(SOURCE)):
        assert operation.left_behind() == []
    with pytest.raises(Busy):
        operation.want(SOURCE, by=BY)


def test_a_cancelled_run_ends_and_keeps_what_it_read(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    bureau.harvest(*some(range(5)))

    class Endless:
        name = "endless"

        def records(self) -> Iterator[Incoming]:
            number = 0
            while True:
                number += 1
                if number == 300:
                    operation.cancel(SOURCE, by=BY)
                assert number < 200_000
                yield incoming(number)

    bureau.has = Endless()  # type: ignore[assignment]
    run = bureau.harvesting.harvest(SOURCE)
    assert (run.outcome, run.cancel_by, run.report.complete) == (Outcome.CANCELLED, BY, False)
    assert "cancelled" in run.report.failure_en
    assert run.report.new >= 200
    assert isinstance(bureau.entry(0), PublicEntry)
    assert operation.alerts() == []
    with pytest.raises(Invalid):
        operation.cancel(SOURCE, by=BY)


def test_a_run_that_was_asked_for_can_be_taken_back(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    operation.want(SOURCE, by=BY)
    operation.cancel(SOURCE, by=BY)
    assert operation.begin_due(4) == []


def test_a_run_without_a_process_is_cancelled_at_once(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    operation.want(SOURCE, by=BY)
    operation.begin_due(4)
    bureau.clock.now += timedelta(minutes=1)
    operation.cancel(SOURCE, by=BY)
    state = operation.state(SOURCE)
    assert state.run is not None
    assert state.run.outcome is Outcome.CANCELLED


def test_an_alert_stands_from_the_first_failure_to_the_next_good_run(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    bureau.harvest(incoming(1))
    for _ in range(2):
        run = bureau.harvest(incoming(1), fails=True)
        assert run.outcome is Outcome.FAILED
    [alert] = operation.alerts()
    assert (alert.kind, alert.times, alert.run_id, alert.source_id) == (AlertKind.FAILED, 2, run.id, SOURCE)
    assert "The connection broke" in alert.words_en
    assert operation.state(SOURCE).alerts == (alert,)
    bureau.harvest(incoming(1))
    assert operation.alerts() == []


def test_what_a_run_did_to_which_entry_is_listed_with_the_difference(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    bureau.harvest(*some(range(10)))
    run = bureau.harvest(incoming(0, "另一个名称"), *some(range(2, 10)), incoming(10), incoming(11, title=""))
    assert operation.run_counts(run.id) == {
        ChangeKind.NEW: 1, ChangeKind.CHANGED: 1, ChangeKind.QUARANTINED: 1, ChangeKind.MISSING: 1,
    }  # fmt: skip
    [changed] = operation.run_changes(run.id, ChangeKind.CHANGED)
    assert (changed.dataset_id, changed.version, changed.title) == (id_of(0), 2, "另一个名称")
    added, removed = operation.difference(id_of(0), 2)
    assert [("另一个名称" in line) for line in added] == [True]
    assert [("公交线路站点" in line) for line in removed] == [True]
    run = bureau.harvest(incoming(0, "另一个名称"), *some(range(1, 11)), incoming(11, title=""))
    assert operation.run_counts(run.id) == {ChangeKind.RETURNED: 1}


def test_an_unchanged_harvest_notes_no_change_and_no_table_but_that_of_runs_grows(bureau: Bureau) -> None:
    tables = sorted(set(metadata.tables) - {"run"})
    bureau.harvest(*some(range(10)))
    before = bureau.rows_of(*tables)
    bureau.harvest(*some(range(10)))
    assert bureau.rows_of(*tables) == before


# What a source remembers


class Remembering(ListedSource):
    """Says what need not be sent again, as a source does when it was read to its end."""

    def __init__(self, bureau: Bureau, records: Sequence[Incoming], *, fails: bool = False) -> None:
        super().__init__(records, fails=fails)
        self._bureau = bureau

    def records(self) -> Iterator[Incoming]:
        yield from super().records()
        self._bureau.memory.validators = {"https://bureau.example/": 'W/"7"'}
        self._bureau.memory.since = "2026-11-01"


def test_what_need_not_be_sent_again_is_kept_from_good_runs_alone(bureau: Bureau) -> None:
    bureau.has = Remembering(bureau, some(range(10)))
    bureau.harvesting.harvest(SOURCE)
    bureau.harvest(*some(range(10)), fails=True)
    assert (bureau.memory.validators, bureau.memory.since) == ({"https://bureau.example/": 'W/"7"'}, "2026-11-01")
    source = bureau.harvesting.source(SOURCE)
    assert source is not None
    assert source.validators == {"https://bureau.example/": 'W/"7"'}


def test_a_source_is_read_whole_from_time_to_time_and_while_something_is_missing(bureau: Bureau) -> None:
    bureau.has = Remembering(bureau, some(range(10)))
    bureau.harvesting.harvest(SOURCE)
    bureau.clock.pass_days(8)
    bureau.has = Remembering(bureau, some(range(9)))
    bureau.harvesting.harvest(SOURCE)  # one is missing now
    bureau.harvest(*some(range(10)), fails=True)
    assert bureau.memory.validators == {}


def test_an_answer_that_tells_only_changes_deletes_nothing(bureau: Bureau) -> None:
    bureau.harvest(*some(range(10)))

    class Changes(ListedSource):
        def records(self) -> Iterator[Incoming | OnlyChanges]:  # type: ignore[override]
            yield OnlyChanges()
            yield from self._records  # type: ignore[misc]

    bureau.has = Changes([incoming(3, "改了")])
    run = bureau.harvesting.harvest(SOURCE)
    assert (run.outcome, run.report.changed, run.report.gone) == (Outcome.DONE, 1, 0)
    assert bureau.harvesting.counts()[SOURCE].missing == 0


# Deletions


def test_too_much_missing_is_held_at_once_and_a_person_confirms_it(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    bureau.harvest(*some(range(10)))
    run = bureau.harvest(*some(range(6)))
    [held] = operation.deletions()
    assert (held.missing, held.total, held.run_id, held.state) == (4, 10, run.id, DeletionState.HELD)
    assert [alert.kind for alert in operation.alerts()] == [AlertKind.SHRUNK]
    assert {id_ for id_, _ in operation.deletion_entries(held.id)} == {id_of(number) for number in range(6, 10)}
    bureau.clock.pass_days(30)
    bureau.harvest(*some(range(6)))
    assert bureau.state(9) is State.PUBLISHED
    assert [each.id for each in operation.deletions()] == [held.id]
    bureau.harvest(*some([*range(6), 6]), fails=True)
    assert operation.confirm(held.id, by=BY) == 4
    assert isinstance(bureau.entry(9), Tombstone)
    assert operation.deletions() == []
    assert [each.kind for each in operation.alerts()] == [AlertKind.FAILED]
    decided = operation.deletion(held.id)
    assert (decided.state, decided.decided_by) == (DeletionState.CONFIRMED, BY)
    with pytest.raises(Invalid):
        operation.confirm(held.id, by=BY)


def test_of_two_people_who_decide_at_once_the_second_is_told(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    portal, operation = bureau.portal, bureau.portal.operation
    bureau.harvest(*some(range(10)))
    bureau.harvest(*some(range(6)))
    [held] = operation.deletions()
    other = OperationService(portal.database, bureau.clock, portal.settings, portal.catalogue)
    waiting = [lambda: other.confirm(held.id, by=BY)]

    @contextmanager
    def late(database: Database, source_id: str) -> Iterator[None]:
        if waiting:
            waiting.pop()()
        with alone_with(database, source_id):
            yield

    monkeypatch.setattr("app.harvesting.operation.alone_with", late)
    with pytest.raises(Invalid):
        operation.reject(held.id, by="operator:late")
    assert operation.deletion(held.id).decided_by == BY
    with portal.database.read() as connection:
        told = audit.of_subject(connection, f"deletion/{held.id}")
    assert [event.action for _, event in told] == [Action.DELETION_CONFIRMED]


def test_what_came_back_meanwhile_is_not_withdrawn(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    bureau.harvest(*some(range(10)))
    bureau.harvest(*some(range(5)))
    bureau.harvest(*some(range(7)))
    [held] = operation.deletions()
    assert held.missing == 3
    assert operation.confirm(held.id, by=BY) == 3
    assert bureau.state(6) is State.PUBLISHED


def test_what_a_person_kept_stays_until_it_came_back_and_is_lost_anew(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    bureau.harvest(*some(range(10)))
    bureau.harvest(*some(range(6)))
    [held] = operation.deletions()
    operation.reject(held.id, by=BY)
    bureau.clock.pass_days(60)
    bureau.harvest(*some(range(6)))
    assert operation.deletions() == []
    assert operation.alerts() == []
    assert bureau.state(9) is State.PUBLISHED
    bureau.harvest(*some(range(10)))
    bureau.clock.pass_days(1)
    bureau.harvest(*some(range(6)))
    assert len(operation.deletions()) == 1
    assert {each.state for each in operation.deletions(decided=True)} == {DeletionState.REJECTED}


def test_a_held_deletion_lapses_when_the_source_has_its_records_again(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    bureau.harvest(*some(range(10)))
    bureau.harvest(*some(range(5)))
    bureau.harvest(*some(range(10)))
    assert operation.deletions() == []
    assert operation.alerts() == []
    assert [each.state for each in operation.deletions(decided=True)] == [DeletionState.LAPSED]


def test_grace_and_limit_of_a_source_stand_above_the_settings(bureau: Bureau) -> None:
    operation = bureau.portal.operation
    operation.limit(SOURCE, SourceLimits(grace_days=2, missing_percent=60), by=BY)
    bureau.harvest(*some(range(10)))
    bureau.harvest(*some(range(5)))
    bureau.clock.pass_days(2)
    run = bureau.harvest(*some(range(5)))
    assert run.report.reasons["withdrawn"] == 5
    assert operation.run_counts(run.id) == {ChangeKind.WITHDRAWN: 5}
    assert operation.deletions() == []


@pytest.mark.parametrize("answer", ["empty", "cut", "failed"])
def test_an_empty_a_cut_or_a_failed_answer_deletes_nothing(bureau: Bureau, answer: str) -> None:
    bureau.portal.operation.limit(SOURCE, SourceLimits(grace_days=0, missing_percent=100), by=BY)
    bureau.harvest(*some(range(10)))
    given = {"empty": [], "cut": some(range(2)), "failed": []}[answer]
    run = bureau.harvest(*given, fails=answer != "empty")
    assert (run.outcome, run.report.gone) == (Outcome.FAILED, 0)
    assert bureau.harvesting.counts()[SOURCE].published == 10
    assert bureau.harvesting.counts()[SOURCE].missing == 0


# Preview


def test_a_preview_tells_everything_and_writes_nothing(bureau: Bureau) -> None:
    bureau.harvest(*some(range(10)))
    before = bureau.rows_of(*sorted(metadata.tables))
    bureau.has = ListedSource([incoming(0, "另一个名称"), *some(range(1, 5)), incoming(20), incoming(21, title="")])
    preview = bureau.harvesting.preview(SOURCE)
    report = preview.report
    assert (report.new, report.changed, report.unchanged, report.quarantined, report.gone) == (1, 1, 4, 1, 5)
    assert preview.waiting == 5
    [changed] = preview.samples["changed"]
    assert changed.title == "另一个名称"
    assert ["另一个名称" in line for line in changed.added] == [True]
    assert [each.id for each in preview.samples["new"]] == [id_of(20)]
    assert "intake-title" in preview.samples["quarantined"][0].rules
    assert len(preview.samples["gone"]) == 5
    assert bureau.rows_of(*sorted(metadata.tables)) == before
    assert bureau.harvesting.runs(SOURCE, 9)[0].report.new == 10


def test_a_preview_of_a_place_that_nobody_knows_adds_no_source(bureau: Bureau) -> None:
    class Failing:
        name = "failing"

        def records(self) -> Iterator[Incoming]:
            yield incoming(1)
            raise SourceFailed("坏", "broken")

    bureau.has = Failing()  # type: ignore[assignment]
    preview = bureau.harvesting.preview("https://other.example/catalog.ttl")
    assert (preview.report.new, preview.report.failure_en) == (1, "broken")
    assert [source.id for source in bureau.harvesting.sources()] == [SOURCE]


def test_a_beat_tells_the_sums_and_hears_who_wants_the_end(bureau: Bureau) -> None:
    from app.harvesting.runs import Runs

    operation = bureau.portal.operation
    operation.want(SOURCE, by=BY)
    [run] = operation.begin_due(1)
    runs = Runs(bureau.portal.database, bureau.clock)
    assert runs.beat(run.id, RunReport("x", seen=5, new=5, reasons={"a": 1})) == ""
    now = operation.run_now(run.id)
    assert now is not None
    assert (now.report.seen, now.report.reasons, now.beat_at) == (5, {}, bureau.clock.now)
    operation.cancel(SOURCE, by=BY)
    assert runs.beat(run.id, replace(now.report, seen=6)) == BY
