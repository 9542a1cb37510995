"""Terms in working days of mainland China."""

from datetime import UTC, date, datetime

import pytest

from app.working_days import after


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (datetime(2026, 11, 2, 8, tzinfo=UTC), 15, date(2026, 11, 23)),  # weekends alone
        (datetime(2026, 11, 2, 17, tzinfo=UTC), 1, date(2026, 11, 4)),  # past midnight in the city
        (datetime(2026, 9, 18, 1, tzinfo=UTC), 1, date(2026, 9, 20)),  # a Sunday that the yearly notice moved
        (datetime(2026, 9, 18, 1, tzinfo=UTC), 6, date(2026, 9, 28)),  # and the Friday that it moved there
        (datetime(2026, 9, 30, 1, tzinfo=UTC), 2, date(2026, 10, 9)),  # the national holiday
        (datetime(2026, 2, 13, 1, tzinfo=UTC), 2, date(2026, 2, 24)),  # the Spring Festival
        (datetime(2025, 12, 31, 1, tzinfo=UTC), 1, date(2026, 1, 4)),  # over the turn of the year
        (datetime(2090, 3, 1, 1, tzinfo=UTC), 1, date(2090, 3, 2)),  # a year that no notice is known of
    ],
)
def test_a_term_ends_on_the_right_day(start: datetime, days: int, last: date) -> None:
    assert after(start, days) == last
