"""When a record that its source no longer has loses its entry. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Verdict:
    """`withdrawn`: ids to withdraw now. `kept`: how many would be, but wait for a person."""

    withdrawn: tuple[str, ...] = ()
    kept: int = 0


def judge(
    missing: Mapping[str, datetime], total: int, now: datetime, *, grace: timedelta, limit_percent: float
) -> Verdict:
    """
    `missing`: id -> since when. `total`: records of the source that are not withdrawn, the missing ones among them.

    A source that suddenly lost a large part of its records has more likely a fault than a clear-out.
    """
    due = tuple(sorted(id_ for id_, since in missing.items() if now - since >= grace))
    if not due:
        return Verdict()
    if len(missing) * 100 > total * limit_percent:
        return Verdict(kept=len(due))
    return Verdict(withdrawn=due)
