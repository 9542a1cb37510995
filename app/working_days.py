"""
Working days in mainland China, by the calendar that the `holidays` library keeps: weekends, public holidays, and what
the State Council's yearly notice moves. For a year whose notice the installed version does not know yet, the statutory
holidays count and nothing is moved; a term over the turn of a year may then be off by a few days.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

HERE = ZoneInfo("Asia/Shanghai")


def after(start: datetime, days: int) -> date:
    """The last day of a term of `days` working days, which begins on the day after `start` in the city's time."""
    day = start.astimezone(HERE).date()
    return _calendar(day.year).get_nth_working_day(day, days)


@lru_cache(maxsize=8)
def _calendar(year: int) -> "HolidayBase":
    from holidays import country_holidays  # a quarter of a second, for the first term alone

    return country_holidays("CN", years=(year, year + 1))
