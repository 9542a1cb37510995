"""What the catalogue promises, on every database that can hold it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import outbox
from app.audit import service as audit
from app.audit.events import Action
from app.catalogue import recorder
from app.catalogue.model import PublicEntry, State, Tombstone
from app.catalogue.service import CatalogueService
from app.catalogue.tables import dataset, dataset_version
from app.db import Database, metadata
from tests.factories.records import CLOSED, CONDITIONAL, SOURCE, add_source, arrival

BASE = "https://data.example.gov.cn"
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
MARK = "密MARKED密"


class Clock:
    """A clock that goes on by a minute at each look."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def database(database: Database) -> Database:
    """With one source."""
    add_source(database, "own")
    return database


@pytest.fixture
def catalogue(database: Database) -> CatalogueService:
    return CatalogueService(database, Clock(), BASE)


def keep(catalogue: CatalogueService, *args: object, **words: object) -> str:
    """Keeps one record and returns its id."""
    record = arrival(*args, **words)  # type: ignore[arg-type]
    catalogue.record([record], actor="test")
    return record.id


def entry_of(catalogue: CatalogueService, id_: str) -> PublicEntry:
    entry = catalogue.entry(id_)
    assert isinstance(entry, PublicEntry)
    return entry


def announced(database: Database) -> list[str]:
    with database.read() as connection:
        return [id_ for _, id_ in outbox.changes(connection, 0, 1000)]


def rows(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(metadata.tables[name])) or 0
            for name in ("dataset", "dataset_version", "audit_event", "outbox")
        }


def everything_public(catalogue: CatalogueService, id_: str) -> str:
    """All that the service gives the public of an entry, as one text to look for marked words in."""
    return "".join(
        map(
            repr,
            (
                catalogue.entry(id_),
                catalogue.history(id_),
                catalogue.entries(),
                catalogue.some([id_]),
                catalogue.publishers(),
                list(catalogue.public_graphs()),
                catalogue.public_states([id_]),
            ),
        )
    )


def test_a_kept_record_is_a_public_entry_at_our_address(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue)
    entry = entry_of(catalogue, id_)
    assert entry.view.uri == f"{BASE}/dataset/{id_}"
    assert entry.view.titles == {"zh-Hans": "公交线路站点"}
    assert entry.version == 1
    assert (entry.source_id, entry.source_title, entry.profile) == (SOURCE, "交通运输局", "intake")
    assert f"<{BASE}/dataset/{id_}>".encode() in entry.ntriples
    assert b"urn:suishu:" not in entry.ntriples


def test_an_unknown_id_is_nothing(catalogue: CatalogueService) -> None:
    assert catalogue.entry("nobody") is None
    assert catalogue.history("nobody") == []
    assert catalogue.publisher("nobody") is None
    assert catalogue.public_states(["nobody"]) == {"nobody": None}


def test_a_change_makes_a_version_and_history_tells_what_changed(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue)
    keep(catalogue, title="公交线路与站点")
    newest, first = catalogue.history(id_)
    assert (newest.version, first.version) == (2, 1)
    assert len(newest.added) == len(newest.removed) == 1
    assert "公交线路与站点" in newest.added[0]
    assert newest.recorded_at > first.recorded_at
    assert entry_of(catalogue, id_).version == 2


def test_the_same_record_again_writes_nothing(catalogue: CatalogueService, database: Database) -> None:
    keep(catalogue)
    before = rows(database)
    keep(catalogue)
    assert rows(database) == before


def test_the_record_keeps_the_date_of_its_first_publication(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue)
    keep(catalogue, title="公交线路与站点")
    assert b'"2026-11-01T08:01:00Z"' in entry_of(catalogue, id_).ntriples
    assert b'"2026-11-01T08:02:00Z"' in entry_of(catalogue, id_).ntriples


def test_every_change_is_announced_and_audited_in_order(catalogue: CatalogueService, database: Database) -> None:
    id_ = keep(catalogue)
    keep(catalogue, title="公交线路与站点")
    catalogue.withdraw([id_], actor="clerk", why="asked")
    assert announced(database) == [id_, id_, id_]
    with database.read() as connection:
        events = [event for _, event in audit.of_subject(connection, f"dataset/{id_}")]
    assert [event.action for event in events] == [
        Action.DATASET_WITHDRAWN,
        Action.DATASET_CHANGED,
        Action.DATASET_PUBLISHED,
    ]
    assert events[0].actor == "clerk"


def test_a_held_record_is_nowhere_in_public(catalogue: CatalogueService, database: Database) -> None:
    id_ = keep(catalogue, state=State.HELD, title=MARK, agency=MARK, items=[MARK], description=MARK)
    assert catalogue.entry(id_) is None
    assert MARK not in everything_public(catalogue, id_)
    assert catalogue.totals().datasets == 0
    assert list(catalogue.all_public_ids()) == []
    assert announced(database) == []
    assert catalogue.state_of([id_]) == {id_: State.HELD}


def test_a_held_record_does_not_rename_a_public_publisher(catalogue: CatalogueService) -> None:
    keep(catalogue, "open")
    keep(catalogue, "held", state=State.HELD, agency=MARK)
    assert [found.names for found, _ in catalogue.publishers()] == [{"zh-Hans": "广州市交通运输局"}]


def test_a_publishers_name_goes_with_the_only_entry_that_gave_it(catalogue: CatalogueService) -> None:
    keep(catalogue, "older")
    id_ = keep(catalogue, "newer", agency=MARK)
    assert catalogue.publishers()[0][0].names == {"zh-Hans": MARK}
    catalogue.withdraw([id_], actor="test", why="gone")
    assert [(found.names, count) for found, count in catalogue.publishers()] == [({"zh-Hans": "广州市交通运输局"}, 1)]
    assert MARK not in everything_public(catalogue, id_)


@pytest.mark.parametrize("stricter", [CONDITIONAL, CLOSED])
def test_closing_an_entry_wipes_what_was_public_before(catalogue: CatalogueService, stricter: str) -> None:
    id_ = keep(catalogue, title=f"公交{MARK}", agency=MARK, download=f"https://data.example/{MARK}.csv")
    keep(catalogue, access=stricter)
    assert MARK not in everything_public(catalogue, id_)
    assert [version.version for version in catalogue.history(id_)] == [2]


def test_closing_a_second_time_wipes_the_conditional_version(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue, access=CONDITIONAL, title=f"公交{MARK}")
    keep(catalogue, access=CLOSED)
    assert MARK not in everything_public(catalogue, id_)


def test_withholding_a_field_wipes_what_was_public_before(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue, access=CLOSED, description=MARK)
    also = [("", "https://w3id.org/suishu/ns#withheld", '"description"')]
    keep(catalogue, access=CLOSED, description=MARK, also=also)
    assert MARK not in everything_public(catalogue, id_)
    assert entry_of(catalogue, id_).view.withheld == ("description",)


def test_opening_an_entry_keeps_the_history_that_was_public(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue, access=CLOSED, also=[("", "http://www.w3.org/ns/dcat#keyword", f'"{MARK}"')])
    keep(catalogue, title="公交线路与站点")
    assert [version.version for version in catalogue.history(id_)] == [2, 1]
    assert MARK not in everything_public(catalogue, id_)


def test_an_entry_that_is_held_later_vanishes_with_its_history(catalogue: CatalogueService, database: Database) -> None:
    id_ = keep(catalogue, title=f"公交{MARK}")
    keep(catalogue, title="公", state=State.HELD)
    assert MARK not in everything_public(catalogue, id_)
    assert catalogue.entry(id_) is None
    assert announced(database) == [id_, id_]


def test_an_entry_that_passes_again_starts_a_new_history(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue, title=f"公交{MARK}")
    keep(catalogue, title="公", state=State.HELD)
    keep(catalogue, title="公交线路与站点")
    assert [version.version for version in catalogue.history(id_)] == [3]
    assert MARK not in everything_public(catalogue, id_)


def test_a_held_record_can_be_published_without_a_new_version(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue, state=State.HELD)
    keep(catalogue)
    assert entry_of(catalogue, id_).version == 1


def test_a_withdrawn_entry_leaves_a_tombstone_with_its_public_title(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue, description=MARK)
    catalogue.withdraw([id_], actor="test", why="gone")
    found = catalogue.entry(id_)
    assert isinstance(found, Tombstone)
    assert (found.title, found.uri) == ("公交线路站点", f"{BASE}/dataset/{id_}")
    assert MARK not in everything_public(catalogue, id_)
    assert catalogue.totals().datasets == 0


def test_the_tombstone_of_an_entry_that_was_held_has_no_title(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue, title=MARK)
    keep(catalogue, title=MARK + "二", state=State.HELD)
    catalogue.withdraw([id_], actor="test", why="gone")
    found = catalogue.entry(id_)
    assert isinstance(found, Tombstone)
    assert found.title == ""


def test_a_withdrawn_entry_that_comes_back_is_public_again(catalogue: CatalogueService) -> None:
    id_ = keep(catalogue)
    catalogue.withdraw([id_], actor="test", why="gone")
    keep(catalogue)
    assert entry_of(catalogue, id_).view.titles == {"zh-Hans": "公交线路站点"}


def test_withdrawing_twice_changes_nothing_more(catalogue: CatalogueService, database: Database) -> None:
    id_ = keep(catalogue)
    catalogue.withdraw([id_], actor="test", why="gone")
    before = rows(database)
    catalogue.withdraw([id_, "nobody"], actor="test", why="gone")
    assert rows(database) == before


def test_totals_and_publishers_count_what_is_published(catalogue: CatalogueService) -> None:
    for number in range(3):
        keep(catalogue, f"bus {number}", items=["线路", "站点", "首班"])
    keep(catalogue, "held", state=State.HELD)
    totals = catalogue.totals()
    assert (totals.datasets, totals.publishers, totals.data_items, totals.distributions) == (3, 1, 9, 3)
    [(publisher, count)] = catalogue.publishers()
    assert count == 3
    assert catalogue.publisher(publisher.id) == (publisher, 3)
    assert catalogue.publisher_names([publisher.id]) == {publisher.id: {"zh-Hans": "广州市交通运输局"}}


def test_entries_come_in_pages_by_id(catalogue: CatalogueService) -> None:
    ids = sorted(keep(catalogue, f"bus {number}") for number in range(7))
    first = catalogue.entries(limit=4)
    rest = catalogue.entries(after_id=first[-1].view.id, limit=4)
    assert [entry.view.id for entry in first + rest] == ids
    assert [entry.view.id for entry in catalogue.some([ids[3], "nobody", ids[0]])] == [ids[3], ids[0]]
    assert list(catalogue.all_public_ids()) == ids
    assert [id_ for id_, _ in catalogue.public_graphs()] == ids
    assert [id_ for id_, _ in catalogue.public_graphs(after=ids[4])] == ids[5:]


def _fail(*args: object) -> None:
    raise RuntimeError


def test_a_batch_that_fails_half_way_leaves_nothing_behind(
    catalogue: CatalogueService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(database)
    for place in ("_write_versions", "audit.append", "outbox.add"):
        with monkeypatch.context() as patched:
            patched.setattr(f"app.catalogue.recorder.{place}", _fail)
            with pytest.raises(RuntimeError):
                keep(catalogue)
        assert rows(database) == before
    id_ = keep(catalogue)
    assert entry_of(catalogue, id_).version == 1


def test_what_belongs_to_a_batch_shares_its_transaction(catalogue: CatalogueService, database: Database) -> None:
    before = rows(database)
    with pytest.raises(RuntimeError):
        catalogue.record([arrival()], actor="test", also=_fail)
    assert rows(database) == before


def test_a_batch_is_at_most_two_hundred_records(catalogue: CatalogueService) -> None:
    with pytest.raises(ValueError, match="200"):
        catalogue.record([arrival(str(number)) for number in range(201)], actor="test")


def test_of_one_id_twice_in_a_batch_the_later_wins(catalogue: CatalogueService) -> None:
    catalogue.record([arrival(title="前一个"), arrival(title="后一个")], actor="test")
    [entry] = catalogue.entries()
    assert entry.view.titles == {"zh-Hans": "后一个"}


def test_a_batch_prepared_before_somebody_elses_change_is_prepared_again(
    catalogue: CatalogueService, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = keep(catalogue)
    honest = recorder.prepare
    tries = 0

    def overtaken(*args: object) -> recorder.Prepared:
        nonlocal tries
        prepared = honest(*args)  # type: ignore[arg-type]
        tries += 1
        if tries == 1:
            with monkeypatch.context() as patched:
                patched.setattr(recorder, "prepare", honest)
                keep(catalogue, title="别人的标题")
        return prepared

    monkeypatch.setattr(recorder, "prepare", overtaken)
    keep(catalogue, title="我的标题")
    assert tries == 2
    assert entry_of(catalogue, id_).version == 3
    assert entry_of(catalogue, id_).view.titles == {"zh-Hans": "我的标题"}


def test_writers_at_the_same_time_all_get_their_turn(catalogue: CatalogueService, database: Database) -> None:
    failures: list[BaseException] = []

    def write(worker: int) -> None:
        try:
            for number in range(10):
                catalogue.record([arrival(f"{worker} {number} {n}") for n in range(5)], actor=f"worker {worker}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert rows(database) == {"dataset": 200, "dataset_version": 200, "audit_event": 200, "outbox": 200}


def test_every_entry_has_the_version_that_it_names(catalogue: CatalogueService, database: Database) -> None:
    for title in ("一号线", "二号线", "三号线"):
        keep(catalogue, title=title)
    with database.read() as connection:
        [(current,)] = connection.execute(select(dataset.c.version)).all()
        versions = connection.scalars(select(dataset_version.c.version).order_by(dataset_version.c.version)).all()
    assert (current, versions) == (3, [1, 2, 3])


def test_what_no_database_takes_is_kept_in_other_signs(catalogue: CatalogueService) -> None:
    rows = [("", "https://w3id.org/suishu/ns#rows", f'"{"9" * 18}"')]
    for number in range(12):
        keep(catalogue, f"bus {number}", title=r"公\u0000交", agency=r"局\u0000", items=[r"\uD800"], also=rows)
    assert catalogue.totals().datasets == 12
    assert catalogue.publishers()[0][0].names == {"zh-Hans": "局\ufffd"}
    id_ = keep(catalogue, "odd\0key", problems=({"value": "\0 \ud800"},))
    assert entry_of(catalogue, id_).version == 1


def test_the_last_change_dates_the_catalogue(catalogue: CatalogueService) -> None:
    assert catalogue.last_changed().year == 1970
    keep(catalogue)
    assert catalogue.last_changed() > START
