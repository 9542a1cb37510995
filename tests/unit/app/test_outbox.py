from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import outbox
from app.db import Database, migrate, open_database
from app.settings import Settings

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = open_database(Settings(home=tmp_path))
    migrate(database)
    return database


def test_changes_come_in_order_and_in_pages(database: Database) -> None:
    with database.write() as connection:
        outbox.add(connection, ["a", "b", "a"], NOW)
    with database.read() as connection:
        assert outbox.changes(connection, 0, 2) == [(1, "a"), (2, "b")]
        assert outbox.changes(connection, 2, 2) == [(3, "a")]
        assert outbox.changes(connection, 3, 2) == []
        assert outbox.latest(connection) == 3


def test_a_cursor_begins_at_nought_and_can_go_back(database: Database) -> None:
    with database.write() as connection:
        assert outbox.cursor(connection, "search") == 0
        outbox.set_cursor(connection, "search", 5)
        outbox.set_cursor(connection, "graph", 7)
        outbox.set_cursor(connection, "search", 2)
        assert (outbox.cursor(connection, "search"), outbox.cursor(connection, "graph")) == (2, 7)


def test_trimming_never_reuses_a_number_and_keeps_the_date(database: Database) -> None:
    with database.write() as connection:
        outbox.add(connection, ["a", "b", "c"], NOW)
    with database.write() as connection:
        outbox.trim(connection, 100)
        assert outbox.changes(connection, 0, 10) == [(3, "c")]
        assert outbox.last_change(connection) == NOW
        outbox.add(connection, ["d"], NOW + timedelta(hours=1))
    with database.read() as connection:
        assert outbox.changes(connection, 0, 10) == [(3, "c"), (4, "d")]


def test_nothing_to_add_adds_nothing(database: Database) -> None:
    with database.write() as connection:
        outbox.add(connection, [], NOW)
        outbox.trim(connection, 100)
        assert outbox.latest(connection) == 0
        assert outbox.last_change(connection) is None
