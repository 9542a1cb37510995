"""
The duplicates page over a catalogue that is there (SUISHU_HOME), beside the bare query that lists the groups: as many
pages as are asked for, each with its entries read.

    SUISHU_HOME=… python -m benchmarks.duplicates [PAGES]
"""

import sqlite3
import statistics
import sys
import time
from collections.abc import Callable

from app import settings
from app.catalogue.sameness import KINDS
from app.wiring import build

_BARE = "SELECT value, count(*) FROM dataset_term WHERE kind = ? AND value > ? GROUP BY value HAVING count(*) > 1 ORDER BY value LIMIT 21"


def _timed(work: Callable[[], object], times: int = 15) -> tuple[float, float]:
    """Median and worst, in ms."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), max(taken)


def main(pages: int) -> None:
    portal = build(settings.load())
    print(f"{portal.catalogue.totals().datasets:,} published entries; groups: {portal.duplicates.counts()}")
    print("counts      {:7.1f} ms median {:7.1f} worst".format(*_timed(portal.duplicates.counts)))
    bare = sqlite3.connect(portal.settings.home / "record.sqlite")
    for kind in KINDS:
        after, seen, ours, floor = "", 0, [], []
        for _ in range(pages):
            floor.append(_timed(lambda kind=kind, after=after: bare.execute(_BARE, (kind, after)).fetchall(), 5)[0])
            ours.append(_timed(lambda kind=kind, after=after: portal.duplicates.page(kind, after), 5)[0])
            groups, after = portal.duplicates.page(kind, after)
            seen += len(groups)
            if not after:
                break
        print(
            f"{kind:10}  {statistics.median(ours):7.1f} ms a page ({max(ours):.1f} worst), bare {statistics.median(floor):.1f}; {seen} groups"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
