from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.errors import Invalid
from app.harvesting.schedule import parse

HERE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
"""A Friday, noon in Guangzhou."""


@pytest.mark.parametrize(
    ("words", "cron"),
    [
        ("0 3 * * *", "0 3 * * *"),
        ("30 8 * * MON-FRI", "30 8 * * mon-fri"),
        ("@daily", "0 3 * * *"),
        ("每天 03:00", "0 3 * * *"),
        ("每日03：15", "15 3 * * *"),
        ("每天下午3点半", "30 15 * * *"),
        ("daily", "0 3 * * *"),
        ("  Every Day at 3:15 PM ", "15 15 * * *"),
        ("daily 12:00 am", "0 0 * * *"),
        ("每周一", "0 3 * * 1"),
        ("每周一、三 08:30", "30 8 * * 1,3"),
        ("每星期日", "0 3 * * 0"),
        ("weekly", "0 3 * * 1"),
        ("every monday", "0 3 * * 1"),
        ("tuesdays and fridays at 4:00", "0 4 * * 2,5"),
        ("工作日 8:00", "0 8 * * 1-5"),
        ("weekdays at 8:00", "0 8 * * 1-5"),
        ("每月1日 02:00", "0 2 1 * *"),
        ("monthly on the 15th", "0 3 15 * *"),
        ("每6小时", "0 */6 * * *"),
        ("每两个小时", "0 */2 * * *"),
        ("every 6 hours", "0 */6 * * *"),
        ("hourly", "0 */1 * * *"),
        ("每30分钟", "*/30 * * * *"),
        ("every 15 minutes", "*/15 * * * *"),
    ],
)
def test_plain_words_and_those_of_cron_mean_the_same(words: str, cron: str) -> None:
    assert parse(words, HERE, NOW).cron == cron


@pytest.mark.parametrize(
    "words",
    ["", "soon", "每天 25:00", "每天 3:75", "0 0 30 2 *", "0 3 * * * *", "5 4 * * 9", "every 5 hours",
     "every 7 minutes", "每月32日", "<script>", "* " * 400, "每" * 500, "\0", "0 3 * * * | rm", "一" * 199],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_examples(words: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(words, HERE, NOW)
    assert "0 3 * * *" in refused.value.zh
    assert "0 3 * * *" in refused.value.en


@pytest.mark.parametrize("words", ["* * * * *", "*/5 * * * *", "0,3 * * * *", "every 5 minutes"])
def test_more_often_than_a_source_can_bear_is_refused(words: str) -> None:
    with pytest.raises(Invalid, match="10 minutes"):
        parse(words, HERE, NOW)


def test_the_next_time_is_that_of_the_citys_clock() -> None:
    assert parse("每天 03:00", HERE, NOW).after(NOW, HERE) == datetime(2026, 11, 27, 19, tzinfo=UTC)
    assert parse("每天 03:00", ZoneInfo("UTC"), NOW).after(NOW, ZoneInfo("UTC")) == datetime(
        2026, 11, 28, 3, tzinfo=UTC
    )


def test_where_clocks_change_a_time_that_does_not_exist_is_the_next_that_does() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # at one o'clock the clock goes from 2 to 3
    assert parse("daily 02:30", berlin, NOW).after(before, berlin) == datetime(2027, 3, 28, 1, tzinfo=UTC)
