"""
When a source is harvested by itself: cron's words, or plain ones in Chinese and English. Pure.

Plain words become cron's; `cronsim` works out the moments as Debian's cron does, changes of the clock included.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from app.errors import Invalid

MAX_CHARACTERS = 200
_LEAST = timedelta(minutes=10)
"""A source is asked no more often than that."""
_LOOKED_AT = 50
_TIME_ALONE = "3:00"
"""When nobody says at what time of the day."""
_ALIASES = {
    "@hourly": "0 * * * *", "@daily": "0 3 * * *", "@midnight": "0 0 * * *", "@weekly": "0 3 * * 1",
    "@monthly": "0 3 1 * *",
}  # fmt: skip
_ZH_DAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 0, "天": 0, "末": 0}
_ZH_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
               "十二": 12}  # fmt: skip
_EN_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

_TIME = r"(?P<time>(?:上午|下午|晚上|凌晨|早上)?\s*\d{1,2}(?::\d{2}|\s*点(?:半|\d{1,2}分)?|\s*时)?\s*(?:am|pm)?)"
_AT = rf"(?:\s*(?:at\s+)?{_TIME})?"
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`words` as a person wrote them, `cron` what they mean."""

    words: str
    cron: str

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The first moment after another; both with their zones."""
        return next(CronSim(self.cron, moment.astimezone(zone)))


def parse(words: str, zone: ZoneInfo, now: datetime) -> Schedule:
    """Raises `Invalid`, with examples, for words that name no moments, moments that never come, or come too often."""
    plain = " ".join(unicodedata.normalize("NFKC", words[: 2 * MAX_CHARACTERS]).lower().split())
    cron = _ALIASES.get(plain) or _from_words(plain) or plain
    if len(words) > MAX_CHARACTERS or len(cron.split()) != 5:
        raise _unknown(words)
    try:
        moments = list(islice(CronSim(cron, now.astimezone(zone)), _LOOKED_AT))
    except (CronSimError, ValueError, OverflowError):
        raise _unknown(words) from None
    if not moments:
        raise Invalid(f"“{words}”这个时间不会到来，请换一个。", f'The time "{words}" never comes; choose another.')
    if any(later - earlier < _LEAST for earlier, later in pairwise(moments)):
        raise Invalid(
            "采集过于频繁，会给来源增加负担：两次之间至少间隔 10 分钟。",
            "That is too often for a source to bear: leave at least 10 minutes between two harvests.",
        )
    return Schedule(words.strip(), cron)


def _unknown(words: str) -> Invalid:
    shown = words[:60]
    return Invalid(
        f"无法识别采集时间“{shown}”。可以写：每天 03:00、每周一 08:30、每6小时、每月1日，或 cron 格式，如 0 3 * * *。",
        f'"{shown}" is no time that is understood. Write: daily 03:00, every monday 08:30, every 6 hours, monthly, '
        "or cron's words such as 0 3 * * *.",
    )


def _from_words(plain: str) -> str:
    for pattern, meant in _FORMS:
        if found := re.fullmatch(pattern, plain):
            try:
                return meant(found)
            except ValueError:
                return ""
    return ""


def _daily(found: re.Match[str]) -> str:
    return f"{_time(found)} * * *"


def _weekdays(found: re.Match[str]) -> str:
    return f"{_time(found)} * * 1-5"


def _weekly(found: re.Match[str]) -> str:
    said = found.groupdict().get("days") or "一"
    days = {_ZH_DAYS[each] for each in said if each in _ZH_DAYS}
    days |= {_EN_DAYS[each[:3]] for each in re.findall(r"[a-z]{3,}", said) if each[:3] in _EN_DAYS}
    return f"{_time(found)} * * {','.join(map(str, sorted(days)))}"


def _monthly(found: re.Match[str]) -> str:
    day = int(found.groupdict().get("day") or 1)
    if not 1 <= day <= 31:
        raise ValueError
    return f"{_time(found)} {day} * *"


def _hours(found: re.Match[str]) -> str:
    number = _number(found)
    if number < 1 or number > 24 or 24 % number:  # else two would be closer together around midnight
        raise ValueError
    return f"0 */{number} * * *" if number < 24 else "0 3 * * *"


def _minutes(found: re.Match[str]) -> str:
    number = _number(found)
    if number < 1 or number > 60 or 60 % number:
        raise ValueError
    return f"*/{number} * * * *" if number < 60 else "0 * * * *"


def _number(found: re.Match[str]) -> int:
    said = found.groupdict().get("number") or "1"
    return _ZH_NUMBERS[said] if said in _ZH_NUMBERS else int(said)


def _time(found: re.Match[str]) -> str:
    """`minute hour` of a time of the day."""
    said = (found.groupdict().get("time") or _TIME_ALONE).strip()
    hour, minute = _clock(said)
    if ("下午" in said or "晚上" in said or said.endswith("pm")) and hour < 12:
        hour += 12
    if said.endswith("am") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        raise ValueError
    return f"{minute} {hour}"


def _clock(said: str) -> tuple[int, int]:
    numbers = [int(each) for each in re.findall(r"\d+", said)]
    return numbers[0], numbers[1] if len(numbers) > 1 else 30 if "半" in said else 0


_FORMS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (rf"(?:每天|每日){_AT}", _daily),
    (rf"(?:daily|every\s*day|each day){_AT}", _daily),
    (rf"(?:每个?)?工作日{_AT}", _weekdays),
    (rf"(?:on |every )?weekdays?{_AT}", _weekdays),
    (rf"每(?:周|星期|礼拜)(?P<days>[一二三四五六日天末](?:[、,和及 ]*(?:周|星期)?[一二三四五六日天])*)?{_AT}", _weekly),
    (rf"weekly(?: on (?P<days>{_DAY}(?:(?:\s*,\s*|\s+and\s+|\s+){_DAY})*))?{_AT}", _weekly),
    (rf"(?:on |every |each )?(?P<days>{_DAY}(?:(?:\s*,\s*|\s+and\s+|\s+){_DAY})*){_AT}", _weekly),
    (rf"every week{_AT}", _weekly),
    (rf"每个?月(?:(?P<day>\d{{1,2}})\s*[日号])?{_AT}", _monthly),
    (rf"(?:monthly|every month)(?: on (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?)?{_AT}", _monthly),
    (r"每隔?\s*(?P<number>\d{1,2}|十二|[一二两三四五六七八九十])?\s*个?(?:小时|钟头)", _hours),
    (r"hourly|every\s*(?P<number>\d{1,2})?\s*(?:hours?|h)", _hours),
    (r"每隔?\s*(?P<number>\d{1,2}|[一二两三四五六七八九十])?\s*分钟?", _minutes),
    (r"every\s*(?P<number>\d{1,2})?\s*(?:minutes?|min)", _minutes),
)
