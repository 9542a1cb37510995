"""
Two hundred people who rate and comment at the same time, on SQLite and on PostgreSQL: how long each waits, and whether
every vote counts, and counts once.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.accounts import sessions
from app.accounts.model import Role
from app.accounts.tables import account
from app.catalogue.tables import dataset
from app.clock import system_clock
from app.feedback.tables import post
from app.ratings.model import summary
from app.ratings.tables import rating
from app.settings import Settings
from app.wiring import Portal, build
from benchmarks import machine
from benchmarks.harvest import prepare
from benchmarks.search import percentile
from benchmarks.table import Row
from tests.services import postgresql

PORT = 18084
PEOPLE, DATASETS, ROUNDS = 200, 5, 4
FIRST = 60
"""People who came before, once each: a server that runs has its connections, and PostgreSQL its plans."""
_ENTRIES = 1_000


def measure(place: Path, source: Path, size: int) -> Iterator[Row]:
    yield from _on("SQLite", place / "crowd", source)
    try:
        with postgresql.running() as url, _environment("SUISHU_DATABASE_URL", url):
            yield from _on("PostgreSQL", place / "crowd-postgresql", source)
    except pytest.skip.Exception as missing:
        print(f"PostgreSQL is left out: {missing}")


def _on(name: str, home: Path, source: Path) -> Iterator[Row]:
    few = home.with_suffix(".nt")
    with source.open() as whole, few.open("w") as out:
        out.writelines(line for line, _ in zip(whole, range(40 * _ENTRIES), strict=False))
    prepare(home, few)
    portal = build(Settings(home=home))
    people, ids = _people(portal)
    with machine.serving(home, PORT, SUISHU_TRUSTED_PROXIES="1") as (_, process):
        machine.wait_until_measured(home, process.pid)
        _come(people[PEOPLE:], 1)
        times = _come(people[:PEOPLE], ROUNDS)
    _require_right(portal, ids)
    portal.close()
    for kind, what in (("write", "send a form"), ("read", "open one")):
        ms = sorted(1000 * seconds for each, seconds in times if each == kind)
        for percent in (50, 95):
            limit = 300 if percent == 95 else None
            yield Row(
                f"{PEOPLE} people at once, {name}: {what}, p{percent}", percentile(ms, percent), "ms", limit=limit
            )


def _come(people: list[dict[str, object]], rounds: int) -> list[tuple[str, float]]:
    command = [sys.executable, "-m", "benchmarks.people", str(PORT), str(rounds)]
    done = subprocess.run(command, input=json.dumps(people), check=True, stdout=subprocess.PIPE, text=True)
    return [(kind, seconds) for kind, seconds in json.loads(done.stdout)]


def _people(portal: Portal) -> tuple[list[dict[str, object]], list[str]]:
    now = system_clock()
    with portal.database.read() as connection:
        ids = list(connection.scalars(select(dataset.c.id).order_by(dataset.c.id).limit(DATASETS)))
    people: list[dict[str, object]] = []
    for number in range(PEOPLE + FIRST):
        words = f"a long word for {number}"
        mine = portal.accounts.add(
            f"p{number}@example.org", words, f"甲{number}", [(Role.DATA_USER, "")], by="benchmark"
        )
        with portal.database.write() as connection:
            session = sessions.begin(connection, mine.id, mine.roles, now, proved_at=now)
        cared = [ids[(number + turn) % DATASETS] for turn in range(ROUNDS)]
        address = f"198.51.{100 + number // 100}.{number % 100}"
        people.append({"secret": session.secret, "address": address, "datasets": cared})
    return people, ids


def _require_right(portal: Portal, ids: list[str]) -> None:
    """No vote lost, none counted twice, every comment there once, and sums that say so. Raises `RuntimeError`."""
    expected: dict[str, Counter[int]] = {id_: Counter() for id_ in ids}
    came = [(number, turn) for number in range(PEOPLE) for turn in range(ROUNDS)] + [
        (number, 0) for number in range(FIRST)
    ]
    for number, turn in came:
        expected[ids[(number + turn) % DATASETS]][1 + (number + turn) % 5] += 1
    with portal.database.read() as connection:
        found: dict[str, Counter[int]] = {id_: Counter() for id_ in ids}
        for id_, stars in connection.execute(select(rating.c.dataset_id, rating.c.stars)):
            found[id_][stars] += 1
        comments = connection.scalar(select(func.count()).select_from(post))
        people = connection.scalar(select(func.count()).select_from(account))
    if people != PEOPLE + FIRST or found != expected:
        raise RuntimeError(f"votes: {found}, not {expected}")
    if comments != len(came):
        raise RuntimeError(f"{comments} comments, not {len(came)}")
    if portal.ratings.summaries(ids) != {id_: summary(stars) for id_, stars in expected.items() if stars}:
        raise RuntimeError("sums of ratings that are not those of the votes")


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
