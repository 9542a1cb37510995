from datetime import date

import pytest

from shapes.validate import validate
from tests.unit.shapes.examples import FOLDER, ntriples

XSD = "http://www.w3.org/2001/XMLSchema#"
RECORD = (
    ntriples(FOLDER / "valid" / "unconditional.ttl")
    .decode()
    .replace(f'"2023-05-10"^^<{XSD}date>', "ISSUED")
    .replace(f'"2024-05-31"^^<{XSD}date>', "MODIFIED")
    .replace(f'"2023-01-01"^^<{XSD}date>', "START")
    .replace(f'"2023-12-31"^^<{XSD}date>', "END")
)


def typed(text: str) -> str:
    kind = {4: "gYear", 7: "gYearMonth"}.get(len(text), "dateTime" if "T" in text else "date")
    return f'"{text}"^^<{XSD}{kind}>'


def record(**dates: str) -> bytes:
    text = RECORD
    for name, value in (
        {"issued": "2023-05-10", "modified": "2024-05-31", "start": "2023", "end": "2023"} | dates
    ).items():
        text = text.replace(name.upper(), typed(value))
    return text.encode()


def rules(record: bytes, today: date = date(2026, 11, 1)) -> set[str]:
    return {result.rule for result in validate(record, "guangzhou", today=today).results}


@pytest.mark.parametrize(
    ("issued", "modified"),
    [
        ("2024-05-31", "2024-05-31"),
        ("2024-05-31", "2024-05-31T00:00:00"),
        ("2024-05-31T23:00:00", "2024-05-31"),
        ("2024-05-31T08:00:00+08:00", "2024-05-31T00:00:00Z"),
        ("2024-05-31T08:00:00", "2024-05-31T00:00:00Z"),
        ("2024-06-01", "2024-05-31T16:00:00Z"),  # midnight of the first of June in Guangzhou
    ],
)
def test_a_change_on_the_day_of_issue_or_later_is_in_order(issued: str, modified: str) -> None:
    assert rules(record(issued=issued, modified=modified)) == set()


@pytest.mark.parametrize(
    ("issued", "modified"),
    [
        ("2024-05-31", "2024-05-30"),
        ("2024-05-31", "2024-05-30T23:59:59"),
        ("2024-05-31T00:00:01", "2024-05-30"),
        ("2024-05-31T08:00:01+08:00", "2024-05-31T00:00:00Z"),
        ("2024-06-01", "2024-05-31T15:59:59Z"),
        ("2024-05-31+08:00", "2024-05-30+08:00"),
    ],
)
def test_a_change_before_the_issue_is_not(issued: str, modified: str) -> None:
    assert rules(record(issued=issued, modified=modified)) == {"guangzhou-date-order"}


@pytest.mark.parametrize("value", ["2024-02-30", "2024-13-01", "0000-01-01", "2024-05-31T24:00:00", "2024-05-31T9:00"])
def test_a_day_that_the_calendar_does_not_know_is_no_date(value: str) -> None:
    assert rules(record(modified=value)) == {"guangzhou-modified"}


def test_today_is_allowed_and_tomorrow_is_not() -> None:
    assert rules(record(modified="2024-05-31"), date(2024, 5, 31)) == set()
    assert rules(record(modified="2024-05-31"), date(2024, 5, 30)) == {"guangzhou-date-future"}


def test_the_day_of_a_moment_is_that_of_guangzhou() -> None:
    assert rules(record(modified="2024-05-31T15:59:59Z"), date(2024, 5, 31)) == set()
    assert rules(record(modified="2024-05-31T16:00:00Z"), date(2024, 5, 31)) == {"guangzhou-date-future"}


@pytest.mark.parametrize(
    ("start", "end"),
    [("2023", "2023"), ("2023-06-01", "2023"), ("2023", "2023-01-01"), ("2023-05", "2023-05-01"), ("2022-12", "2023")],
)
def test_a_period_of_years_and_months_counts_from_their_first_to_their_last_day(start: str, end: str) -> None:
    assert rules(record(start=start, end=end)) == set()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024", "2023"),
        ("2023-06", "2023-05"),
        ("2023-02", "2023-01-31"),
        ("2023-12-02", "2023-12-01"),
        ("2024", "2023-12"),
    ],
)
def test_a_period_that_ends_before_it_starts_is_reported(start: str, end: str) -> None:
    assert rules(record(start=start, end=end)) == {"guangzhou-temporal-order"}
