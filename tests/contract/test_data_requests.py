"""Data requests on every database that can hold them."""

from datetime import UTC, datetime, timedelta

import pytest

from app.audit import service as audit
from app.audit.events import Action
from app.data_requests import service
from app.data_requests.service import DataRequestService
from app.db import Database
from app.errors import Busy, Invalid

START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def test_a_request_is_kept_with_its_date_and_an_audit_row(database: Database) -> None:
    requests = DataRequestService(database, lambda: START)
    number = requests.ask("公厕\0位置 \ud83d", "用于导航", filters={"format": ["csv"]}, language="zh-Hans")
    (kept,) = requests.newest()
    assert (kept.id, kept.at, kept.description, kept.filters) == (number, START, "用于导航", {"format": ["csv"]})
    assert kept.text.startswith("公厕")
    with database.read() as connection:
        ((at, event),) = audit.of_subject(connection, f"data-request/{number}")
    assert (at, event.actor, event.action, event.details) == (START, "visitor", Action.DATA_REQUESTED, {})


def test_requests_are_listed_newest_first_in_pages(database: Database) -> None:
    requests = DataRequestService(database, lambda: START)
    numbers = [requests.ask(f"数据{number}", "", filters={}, language="en") for number in range(5)]
    assert [each.id for each in requests.newest(2)] == [numbers[4], numbers[3]]
    assert [each.id for each in requests.newest(9, before=numbers[3])] == [numbers[2], numbers[1], numbers[0]]
    assert requests.count() == 5


def test_more_than_can_be_read_in_an_hour_waits(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_MAX_AN_HOUR", 2)
    now = START
    requests = DataRequestService(database, lambda: now)
    for _ in range(2):
        requests.ask("x", "", filters={}, language="en")
    with pytest.raises(Busy):
        requests.ask("x", "", filters={}, language="en")
    now = START + timedelta(hours=2)
    requests.ask("x", "", filters={}, language="en")
    with pytest.raises(Invalid):
        requests.ask(" ", "", filters={}, language="en")
