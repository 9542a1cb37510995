"""
How long thirteen good sources take beside seven that hang, loop, send too much, noise, errors or nothing, all at once
in `suishu serve`; the floor is the same thirteen alone, in the same run, before and after.

    python -m benchmarks.hostile_sources [--records 100] [--rounds 3]
"""

import argparse
import sqlite3
import tempfile
import time
from pathlib import Path

from app import wiring
from app.catalogue.model import SourceKind
from app.settings import Settings
from benchmarks import machine
from tests.processes.serving import Home
from tests.services.hostile import Hostile

GOOD = [f"good-{number}" for number in range(13)]
BAD = ["hang", "loop", "huge", "garbage", "flaky", "bomb", "shrinking"]


def measure(folder: Path, names: list[str], records: int) -> float:
    """Seconds until every good source is read and kept."""
    settings = {"SUISHU_HARVEST_PRIVATE_NETWORKS": "127.0.0.0/8", "SUISHU_HARVEST_WORKERS": "20"}
    home = Home(folder, more=settings)
    portal = wiring.build(Settings(home=home.path, base_url=home.base_url))
    with Hostile(records=records) as hostile:
        for name in names:
            portal.harvesting.add_source(hostile.url(name), kind=SourceKind.FEDERATED, id_=name, dialect="dcat")
        with home.serving():
            for name in names:
                portal.operation.want(name, by="benchmark")
            began = time.monotonic()
            while _ended(home) < len(GOOD):
                time.sleep(0.05)
            seconds = time.monotonic() - began
    failed = [run for run in portal.operation.newest_runs(50) if run.source_id in GOOD and run.outcome != "done"]
    portal.close()
    assert not failed, failed
    return seconds


def _ended(home: Home) -> int:
    with sqlite3.connect(f"file:{home.path / 'record.sqlite'}?mode=ro", uri=True) as connection:
        query = "SELECT COUNT(*) FROM run WHERE source_id LIKE 'good-%' AND finished_at IS NOT NULL"
        return int(connection.execute(query).fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile_sources", description=__doc__)
    parser.add_argument("--records", type=int, default=100, help="records a page; a good source has three pages")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"Measured on {machine.describe()}")
    with tempfile.TemporaryDirectory(prefix="suishu-bench-") as place:
        for number in range(options.rounds):
            before = measure(Path(place) / f"{number}-before", GOOD, options.records)
            beside = measure(Path(place) / f"{number}-beside", [*GOOD, *BAD], options.records)
            after = measure(Path(place) / f"{number}-after", GOOD, options.records)
            alone = (before + after) / 2
            print(
                f"alone {before:.1f} s and {after:.1f} s, beside seven bad ones {beside:.1f} s: {beside / alone:.2f} times"
            )


if __name__ == "__main__":
    main()
