"""What other portals are told, on every database that can hold the record."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text

from app.catalogue.browsing import BrowsingService, Order
from app.catalogue.choice import EVERYTHING, Among, Choice, Either, Every, Has, Within, Without
from app.catalogue.feed import FeedService
from app.catalogue.model import State
from app.catalogue.service import CatalogueService
from app.catalogue.tables import dataset_term, public_change
from app.catalogue.terms import DCAT
from app.db import Database
from tests.contract import test_catalogue as base
from tests.factories import records

database = base.database
catalogue = base.catalogue

THEME = "<https://w3id.org/suishu/scheme/theme/jiaotong>"


@pytest.fixture
def browsing(database: Database) -> BrowsingService:
    return BrowsingService(database)


@pytest.fixture
def feed(database: Database) -> FeedService:
    return FeedService(database, base.BASE)


def keep(catalogue: CatalogueService, key: str, *tags: str, theme: bool = False, **words: object) -> str:
    also = [("", DCAT + "keyword", records.text(tag)) for tag in tags] + (
        [("", DCAT + "theme", THEME)] if theme else []
    )
    record = records.arrival(key, also=also, **words)  # type: ignore[arg-type]
    catalogue.record([record], actor="test")
    return record.id


def test_entries_are_found_by_what_they_have_and_not_by_what_they_had(
    catalogue: CatalogueService, browsing: BrowsingService
) -> None:
    bus = keep(catalogue, "bus", "公交", "出行", theme=True)
    tram = keep(catalogue, "tram", "出行")
    publisher = catalogue.publishers()[0][0].id
    cases: list[tuple[Choice, set[str]]] = [
        (EVERYTHING, {bus, tram}),
        (Has("tag", "出行"), {bus, tram}),
        (Has("tag", "公交"), {bus}),
        (Has("theme", "jiaotong"), {bus}),
        (Has("publisher", publisher), {bus, tram}),
        (Has("open_attribute", "WTJ"), {bus, tram}),
        (Has("tag", "公交\0"), set()),
        (Without(Has("tag", "公交")), {tram}),
        (Either((Has("id", tram), Has("tag", "公交"))), {bus, tram}),
        (Either(), set()),
        (Every((Among((bus,)), Has("tag", "出行"))), {bus}),
    ]
    for choice, expected in cases:
        assert set(browsing.ids(choice)) == expected, choice
        assert browsing.count(choice) == len(expected)
        assert set(browsing.ids_after("", choice)) == expected
    assert browsing.values("tag") == [("出行", 2), ("公交", 1)]
    assert browsing.values("publisher") == [(publisher, 2)]
    assert browsing.tags("行") == ["出行"]
    keep(catalogue, "bus", "地铁")
    assert browsing.ids(Has("tag", "公交")) == browsing.ids(Has("theme", "jiaotong")) == []
    assert dict(browsing.values("tag")) == {"出行": 1, "地铁": 1}
    catalogue.withdraw([bus, tram], actor="test", why="test")
    assert browsing.values("tag") == browsing.values("publisher") == browsing.tags() == browsing.ids() == []


def test_an_entry_without_a_publisher_is_not_of_any_publisher(
    catalogue: CatalogueService, browsing: BrowsingService
) -> None:
    id_ = records.dataset_id(records.SOURCE, "alone")
    data = records.lines([(records.node(id_), "http://purl.org/dc/terms/title", records.text("孤"))])
    catalogue.record([records.arrival("alone", data=data)], actor="test")
    assert browsing.ids(Without(Has("publisher", "nobody"))) == [id_]


def test_what_is_held_is_found_by_nothing(catalogue: CatalogueService, browsing: BrowsingService) -> None:
    keep(catalogue, "bus", "公交", state=State.HELD, problems=({"rule": "x"},))
    assert browsing.ids() == browsing.values("tag") == browsing.tags() == []
    keep(catalogue, "bus", "公交")
    assert browsing.tags() == ["公交"]
    keep(catalogue, "bus", "公交", state=State.HELD, problems=({"rule": "x"},))
    assert browsing.ids() == browsing.values("tag") == browsing.tags() == []


def test_pages_by_time_are_in_its_order(catalogue: CatalogueService, browsing: BrowsingService) -> None:
    ids = [keep(catalogue, f"entry-{number}") for number in range(5)]
    assert browsing.ids(order=Order.RECORDED) == ids
    assert browsing.ids(order=Order.RECORDED_DOWN, start=1, limit=2) == ids[::-1][1:3]
    assert browsing.ids(order=Order.ID_DOWN) == browsing.ids()[::-1]
    times: dict[str, datetime] = dict(browsing.dated(0, 10))
    third = times[ids[2]]
    assert browsing.ids(Within(third), Order.RECORDED) == ids[2:]
    assert browsing.ids(Within(None, third), Order.RECORDED) == ids[:3]
    assert browsing.count(Within(third + timedelta(microseconds=1))) == 2


def test_the_feed_tells_each_change_once_and_what_was_closed_no_more(
    catalogue: CatalogueService, feed: FeedService
) -> None:
    id_ = keep(catalogue, "bus", title="一")
    keep(catalogue, "bus", title="二")
    assert [change.ntriples is not None for change in feed.changes(0)] == [True, True]
    keep(catalogue, "bus", title="三", access=records.CLOSED)
    told = feed.changes(0)
    assert [change.seq for change in told] == [3]
    assert "三".encode() in (told[0].ntriples or b"")
    catalogue.withdraw([id_], actor="test", why="test")
    assert [(change.seq, change.ntriples) for change in feed.changes(0)] == [(4, None)]
    assert feed.exists(1)
    assert feed.change(1) is None
    keep(catalogue, "bus", title="三", access=records.CLOSED)
    assert [change.seq for change in feed.changes(0)] == [4, 5]


def test_a_version_that_was_written_anew_is_told_at_its_new_place(
    catalogue: CatalogueService, feed: FeedService
) -> None:
    keep(catalogue, "bus")
    keep(catalogue, "bus", problems=({"rule": "x"},))
    assert [change.seq for change in feed.changes(0)] == [2]


def test_an_older_record_is_taken_into_lists_and_feed(catalogue: CatalogueService, database: Database) -> None:
    keep(catalogue, "bus", "公交", theme=True)
    keep(catalogue, "bus", "公交", "出行", theme=True)
    gone = keep(catalogue, "gone", "取消")
    keep(catalogue, "held", "暂缓", state=State.HELD, problems=({"rule": "x"},))
    catalogue.withdraw([gone], actor="test", why="test")
    with database.write() as connection:
        listed = select(dataset_term).where(dataset_term.c.kind.not_like("same-%")).order_by(*dataset_term.c)
        terms = connection.execute(listed).all()
        changes = connection.execute(select(public_change.c.dataset_id, public_change.c.version)).all()
        for statement in (
            "DROP TABLE dataset_term", "DROP TABLE public_change", "DROP INDEX ix_dataset_state_recorded_at_id",
        ):  # fmt: skip
            connection.execute(text(statement))
        with Operations.context(MigrationContext.configure(connection)):
            import_module("app.migrations.versions.0004_outward").upgrade()
    with database.read() as connection:
        assert connection.execute(listed).all() == terms
        told = connection.execute(select(public_change.c.dataset_id, public_change.c.version)).all()
        assert [tuple(row) for row in told] == [
            tuple(row) for row in changes if (row.dataset_id, row.version) != (gone, 1)
        ]
