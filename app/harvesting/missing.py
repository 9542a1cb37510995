"""When a record that its source no longer has loses its entry. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Verdict:
    """`withdrawn`: ids to withdraw now. `held`: ids of all that is missing, where a person must say if it is gone."""

    withdrawn: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


def judge(
    missing: Mapping[str, datetime],
    total: int,
    now: datetime,
    *,
    grace: timedelta,
    limit_percent: float,
    spared: Collection[str] = (),
) -> Verdict:
    """
    `missing`: id -> since when. `total`: records of the source that are not withdrawn, the missing ones among them.
    `spared`: those that a person said are not gone.

    A source that suddenly lost a large part of its records has more likely a fault than a clear-out: that is held at
    once, and nothing is withdrawn meanwhile.
    """
    left = {id_: since for id_, since in missing.items() if id_ not in spared}
    if len(left) * 100 > total * limit_percent:
        return Verdict(held=tuple(sorted(left)))
    return Verdict(withdrawn=tuple(sorted(id_ for id_, since in left.items() if now - since >= grace)))
