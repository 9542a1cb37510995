"""
Digests for many followers over catalogues of several sizes, the changes the same: what they cost must not grow with
the catalogue. Each person follows three datasets, a publisher, a theme and two searches.

    python -m benchmarks.following [FOLLOWERS] [CHANGES] [SIZE…]
"""

import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import insert, select

from app.accounts.tables import account
from app.catalogue.decision import Arrival
from app.catalogue.tables import dataset
from app.follow.model import Kind, mark_of
from app.follow.tables import followed, follower
from app.processes.digests import indexed
from app.processes.keeper import catch_up
from app.settings import Settings
from app.wiring import Portal, build
from benchmarks import generate, machine
from harvest.record import dataset_id
from tests.factories.portals import keep
from tests.factories.records import SOURCE, add_source, arrival, ntriples

_WORDS = [*generate.SUBJECTS, *generate.KINDS]
_THEME = "<https://w3id.org/suishu/scheme/theme/{}>"
_DCAT_THEME = "http://www.w3.org/ns/dcat#theme"


def _record(number: int, edition: str = "") -> Arrival:
    theme = _THEME.format(generate.THEMES[number % len(generate.THEMES)])
    agency = number % len(generate.AGENCIES)
    data = ntriples(
        dataset_id(SOURCE, f"entry-{number}"),
        title=f"{generate.title(number)}{edition}",
        agency=generate.AGENCIES[agency],
        also=[("", _DCAT_THEME, theme)],
    )
    return arrival(f"entry-{number}", data=data.replace(b"publisher/bus", b"publisher/%d" % agency))


def _follow(portal: Portal, people: int, now: datetime) -> None:
    pick = random.Random(generate.SEED)
    with portal.database.read() as connection:
        rows = connection.execute(select(dataset.c.id, dataset.c.publisher_id)).all()
    ids, publishers = [row.id for row in rows], sorted({row.publisher_id for row in rows})
    with portal.database.write() as connection:
        for number in range(people):
            id_ = f"{number:016d}"
            row = {"name": "x", "password_hash": "x", "language": "zh-Hans", "created_at": now, "confirmed_at": now}
            connection.execute(insert(account).values(id=id_, email=f"p{number}@example.org", **row))
            told = {"every": "daily", "language": "zh-Hans", "told_seq": len(ids), "told_at": now}
            connection.execute(insert(follower).values(account_id=id_, due_at=now, **told))
            what = [(Kind.DATASET, each) for each in pick.sample(ids, 3)]
            what += [(Kind.PUBLISHER, pick.choice(publishers)), (Kind.THEME, pick.choice(generate.THEMES))]
            what += [(Kind.SEARCH, f"q={quote(word)}") for word in pick.sample(_WORDS, 2)]
            rows = [
                {"account_id": id_, "mark": mark_of(kind, target), "kind": kind, "target": target, "name": "x",
                 "since": now, "since_seq": 0}
                for kind, target in what
            ]  # fmt: skip
            connection.execute(insert(followed), rows)


def measure(size: int, people: int, changed: int) -> None:
    with tempfile.TemporaryDirectory(prefix="suishu-follow-") as folder:
        portal = build(Settings(home=Path(folder) / "home", base_url="https://data.example"))
        add_source(portal.database)
        keep(portal, (_record(number) for number in range(size)))
        now = datetime.now(UTC) - timedelta(hours=1)
        _follow(portal, people, now)
        half = changed // 2
        keep(portal, (_record(number, "（新）") for number in range(half)))
        keep(portal, (_record(size + number) for number in range(changed - half)))
        catch_up(portal)
        portal.search.reader.count()
        upto = indexed(portal)
        assert upto is not None
        began = time.perf_counter()
        letters = portal.digests.make_due(upto)
        took = time.perf_counter() - began
        began = time.perf_counter()
        assert portal.digests.make_due(upto) == 0
        idle = time.perf_counter() - began
        print(
            f"{size:>8,} entries, {changed:,} changed, {people:,} followers: {letters:,} letters in {took:.2f} s; "
            f"nothing due {idle * 1000:.1f} ms",
            flush=True,
        )
        portal.close()


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    print(f"Measured on {machine.describe()}\n")
    for each in numbers[2:] or [1_000, 10_000]:
        measure(each, numbers[0] if numbers else 1_000, numbers[1] if len(numbers) > 1 else 300)
