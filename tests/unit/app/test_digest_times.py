"""When digests are due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.follow.model import Every, next_due
from app.mail.words import one_line

_MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
_ZONES = st.sampled_from([ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC"), ZoneInfo("America/New_York")])


@given(_MOMENTS, _ZONES)
def test_the_next_digest_is_later_within_its_period_and_at_eight(after: datetime, zone: ZoneInfo) -> None:
    for every, days in ((Every.DAILY, 1), (Every.WEEKLY, 7)):
        due = next_due(every, after, zone)
        assert due is not None
        assert after < due <= after + timedelta(days=days, hours=1)  # an hour where clocks change
        assert due.astimezone(zone).hour == 8
        assert every is Every.DAILY or due.astimezone(zone).weekday() == 0
        assert next_due(every, due, zone) != due
    assert next_due(Every.NEVER, after, zone) is None


@given(st.text(max_size=300))
def test_a_line_is_one_line_whatever_it_is_made_of(text: str) -> None:
    line = one_line(text, 60)
    assert len(line) <= 60
    assert line.isprintable()
    assert one_line(line, 60) == line
