"""Harvests that `suishu serve` begins by itself, as programs that may be killed at any moment."""

import json
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from app import wiring
from app.catalogue.model import SourceKind
from app.settings import Settings
from app.wiring import Portal
from benchmarks import generate
from tests.processes.serving import Home
from tests.services.hostile import Hostile

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(1800)]

NICE = 1
"""By which the processes of runs are told from others; little, for the tests share their machine."""


def wait_until(true: Callable[[], Any], seconds: float = 200.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def source(home: Home, id_: str) -> dict[str, Any]:
    [found] = [each for each in json.loads(home.run("sources", "--json").stdout) if each["id"] == id_]
    return dict(found)


def ended_run(home: Home, id_: str, after: int) -> dict[str, Any] | None:
    """The newest run of a source, once it has ended."""
    with sqlite3.connect(f"file:{home.path / 'record.sqlite'}?mode=ro", uri=True) as connection:
        query = "SELECT id FROM run WHERE source_id = ? AND id > ? AND finished_at IS NOT NULL"
        if connection.execute(query, (id_, after)).fetchone() is None:
            return None
    last = source(home, id_)["last_run"]
    return dict(last) if last["finished_at"] else None


def workers(supervisor: psutil.Process) -> list[psutil.Process]:
    """The processes in which runs go on: the harvester's children. SPARQL workers have another parent."""
    found = []
    for child in supervisor.children():
        try:
            if child.nice() == 0 and "pool" not in " ".join(child.cmdline()):
                found += [each for each in child.children() if each.nice() == NICE]
        except psutil.Error:
            continue
    return found


def record(home: Home) -> list[tuple[Any, ...]]:
    """All that the record says of its entries, but for when it came."""
    with sqlite3.connect(f"file:{home.path / 'record.sqlite'}?mode=ro", uri=True) as connection:
        entries = connection.execute(
            "SELECT d.id, d.source_key, d.state, d.version, d.content_hash, d.title, d.missing_since IS NULL,"
            " (SELECT COUNT(*) FROM dataset_version v WHERE v.dataset_id = d.id) FROM dataset d ORDER BY d.id"
        ).fetchall()
        entries += connection.execute("SELECT id, source_key, content_hash FROM quarantine ORDER BY id").fetchall()
    return entries


def announced(home: Home) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{home.path / 'record.sqlite'}?mode=ro", uri=True) as connection:
        query = "SELECT action, subject FROM audit_event WHERE subject LIKE 'dataset/%' ORDER BY action, subject"
        return connection.execute(query).fetchall()


def test_a_scheduled_harvest_runs_in_a_process_of_its_own_and_is_told_of(tmp_path: Path) -> None:
    home = harvesting_home(tmp_path / "home")
    file = tmp_path / "catalogue.nt"
    file.write_text("".join(generate.entries(300)), encoding="utf-8")
    assert home.run("harvest", str(file), "--id", "bench").returncode == 0
    file.write_text("".join(generate.entries(350)), encoding="utf-8")
    with home.serving():
        assert home.run("schedule", "bench", "every", "6", "hours", "--now").returncode == 0
        run = wait_until(lambda: ended_run(home, "bench", 1))
        assert (run["outcome"], run["started_by"], run["new"], run["unchanged"]) == ("done", "command-line", 50, 300)
        plan = source(home, "bench")["plan"]
        assert plan["schedule"] == "every 6 hours"
        assert plan["next_at"]
    with sqlite3.connect(f"file:{home.path / 'record.sqlite'}?mode=ro", uri=True) as connection:
        query = "SELECT origin, COUNT(*) FROM audit_event WHERE subject LIKE 'dataset/%' GROUP BY origin"
        assert dict(connection.execute(query).fetchall()) == {"command-line": 300, "harvest": 50}
    assert home.run("audit", "verify").returncode == 0


def test_a_run_that_hangs_is_cancelled_where_it_waits(tmp_path: Path) -> None:
    home = harvesting_home(tmp_path / "home")
    with Hostile() as hostile, home.serving() as supervisor:
        add(home, "hang", hostile.url("hang"))
        assert home.run("schedule", "hang", "--now").returncode == 0
        wait_until(lambda: workers(supervisor))
        wait_until(lambda: "/hang" in hostile.asked)
        assert home.run("cancel", "hang").returncode == 0
        run = wait_until(lambda: ended_run(home, "hang", 0), 30)
        assert run["outcome"] == "cancelled"
        assert workers(supervisor) == []


def test_a_run_in_which_nothing_goes_on_is_ended_by_the_watchdog(tmp_path: Path) -> None:
    home = harvesting_home(tmp_path / "home", SUISHU_HARVEST_STALL_LIMIT_S="6")
    with Hostile() as hostile, home.serving():
        add(home, "drip", hostile.url("drip"))
        assert home.run("schedule", "drip", "--now").returncode == 0
        run = wait_until(lambda: ended_run(home, "drip", 0), 60)
        assert run["outcome"] == "stopped"
        assert "Nothing went on" in run["failure_en"]
        [alert] = source(home, "drip")["alerts"]
        assert alert["kind"] == "stopped"


def test_a_run_that_was_under_way_when_the_portal_ended_goes_on_with_the_next(tmp_path: Path) -> None:
    home = harvesting_home(tmp_path / "home")
    file = tmp_path / "catalogue.nt"
    file.write_text("".join(generate.entries(20)), encoding="utf-8")
    assert home.run("harvest", str(file), "--id", "bench").returncode == 0
    file.write_text("".join(generate.entries(3000)), encoding="utf-8")
    with home.serving() as supervisor:
        assert home.run("schedule", "bench", "--now").returncode == 0
        wait_until(lambda: workers(supervisor))
        time.sleep(2)
    assert source(home, "bench")["last_run"]["finished_at"] is None
    with home.serving():
        run = wait_until(lambda: ended_run(home, "bench", 1), 400)
        assert (run["run"], run["outcome"], run["attempts"]) == (2, "done", 2)
        assert (run["new"], run["unchanged"]) == (2980, 20)


def test_after_twenty_kills_of_the_worker_the_record_is_that_of_an_undisturbed_run(tmp_path: Path) -> None:
    """
    Set SUISHU_KILL_SEED to repeat a run; the seed stands in the failure's message. SUISHU_KILL_ENTRIES: 10000.
    """
    size = int(os.environ.get("SUISHU_KILL_ENTRIES", 10_000))
    seed = int(os.environ.get("SUISHU_KILL_SEED", time.time_ns() % 10**6))
    rng = random.Random(seed)
    file = tmp_path / "catalogue.nt"
    first = [entry for number, entry in enumerate(generate.entries(size // 3)) if number % 3]
    undisturbed, disturbed = harvesting_home(tmp_path / "undisturbed"), harvesting_home(tmp_path / "disturbed")
    for home in (undisturbed, disturbed):
        file.write_text("".join(first), encoding="utf-8")
        harvested = home.run("harvest", str(file), "--id", "bench", timeout_s=900)
        assert harvested.returncode == 0, harvested.stderr
    entries = list(generate.entries(size))
    few = size // 33
    entries[:few] = [entry.replace("数据经脱敏处理后发布", "又一次更新") for entry in entries[:few]]
    del entries[3 * few : 4 * few]
    file.write_text("".join(entries), encoding="utf-8")
    expected = json.loads(undisturbed.run("harvest", "bench", "--json", timeout_s=900).stdout)
    kills = 0
    with disturbed.serving() as supervisor:
        assert disturbed.run("schedule", "bench", "--now").returncode == 0
        while kills < 20:
            [worker] = wait_until(lambda: workers(supervisor))
            time.sleep(rng.uniform(0.05, 2.5))
            if ended_run(disturbed, "bench", 1):
                break
            worker.send_signal(signal.SIGKILL)
            kills += 1
            worker.wait(10)
        run = wait_until(lambda: ended_run(disturbed, "bench", 1), 900)
    assert kills == 20, f"seed {seed}: the run ended after {kills} kills"
    assert run["outcome"] == "done", f"seed {seed}: {run}"
    assert 10 < run["attempts"] <= 21, f"seed {seed}: {run}"  # a kill may come before an attempt has begun
    sums = ("seen", "new", "changed", "unchanged", "quarantined", "duplicate", "gone", "reasons", "samples", "recorded")
    assert {name: run[name] for name in sums} == {name: expected[name] for name in sums}, f"seed {seed}"
    assert record(disturbed) == record(undisturbed), f"seed {seed}"
    assert announced(disturbed) == announced(undisturbed), f"seed {seed}"


BAD = ("hang", "loop", "huge", "garbage", "flaky", "bomb", "shrinking")


def test_seven_bad_sources_are_told_in_words_and_hold_up_none_of_thirteen_good_ones(tmp_path: Path) -> None:
    """Of twenty at once. How long the good ones take beside the bad is measured in benchmarks/hostile_sources.py."""
    home = harvesting_home(tmp_path / "home", SUISHU_HARVEST_WORKERS="20", SUISHU_HARVEST_RUN_LIMIT_S="240")
    good = [f"good-{number}" for number in range(13)]
    with Hostile(records=40) as hostile:
        for name in (*good, *BAD):
            add(home, name, hostile.url(name))
        assert home.run("harvest", "shrinking").returncode == 0  # it has twenty now, and nothing the next time
        with home.serving() as supervisor, Memory(supervisor) as memory:
            for name in (*good, *BAD):
                want(home, name)
            after = {"shrinking": 1}
            names = (*good, *BAD)
            runs = {name: wait_until(lambda n=name: ended_run(home, n, after.get(n, 0))) for name in names}
    assert {name: (runs[name]["outcome"], runs[name]["new"]) for name in good} == dict.fromkeys(good, ("done", 120))
    for name in ("hang", "loop", "huge", "garbage", "bomb", "shrinking"):
        assert (runs[name]["outcome"], bool(runs[name]["failure_zh"])) == ("failed", True), runs[name]
    assert runs["flaky"]["outcome"] in ("failed", "done"), runs["flaky"]
    shrunk = source(home, "shrinking")["counts"]
    assert (shrunk["published"], shrunk["missing"]) == (20, 0)
    assert 0 < memory.most_bytes < 1024**3, f"{memory.most_bytes / 1024**2:.0f} MB"


class Memory:
    """The most that the harvester and its runs had together; what they share with each other is counted once."""

    def __init__(self, supervisor: psutil.Process) -> None:
        self._supervisor = supervisor
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.most_bytes = 0

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.5):
            found = workers(self._supervisor)
            try:
                family = [*found, *({each.ppid(): each.parent() for each in found}).values()]
                self.most_bytes = max(self.most_bytes, sum(each.memory_full_info().pss for each in family if each))
            except psutil.Error:
                continue


def want(home: Home, id_: str) -> None:
    with opened(home) as portal:
        portal.operation.want(id_, by="test")


def harvesting_home(path: Path, **more: str) -> Home:
    networks = {"SUISHU_HARVEST_PRIVATE_NETWORKS": "127.0.0.0/8", "SUISHU_HARVEST_NICE": str(NICE)}
    return Home(path, more={**networks, **more})


def add(home: Home, id_: str, location: str) -> None:
    """A source that nothing was ever read of."""
    with opened(home) as portal:
        portal.harvesting.add_source(location, kind=SourceKind.FEDERATED, id_=id_, title=id_, dialect="dcat")


@contextmanager
def opened(home: Home) -> Iterator[Portal]:
    portal = wiring.build(Settings(home=home.path, base_url=home.base_url))
    yield portal
    portal.close()
