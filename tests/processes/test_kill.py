"""
`kill -9` of the portal and of a harvest, at points that a seed chooses; then a start. Record, graph and index agree.

Set SUISHU_KILL_SEED to repeat a run; the seed stands in the failure's message.
"""

import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from benchmarks import generate
from tests.processes.serving import Home

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(900)]

ENTRIES = 600
POINTS = 10


def settled(home: Home, seed: int) -> None:
    """A start on what the kill left, until `suishu check` has compared everything."""
    with home.serving():
        checked = home.run("check", "--json", timeout_s=200)
        assert checked.returncode == 0, f"seed {seed}: {checked.stdout}\n{checked.stderr}\n{home.log()}"
        recorded = home.run("export", timeout_s=200).stdout.count("<http://www.w3.org/ns/dcat#Dataset>")
        answered = int(home.ask("SELECT (COUNT(?d) AS ?n) { ?d a <http://www.w3.org/ns/dcat#Dataset> }"))
        assert recorded == answered >= ENTRIES // 2, f"seed {seed}"


def changed(folder: Path, generation: int) -> Path:
    """The catalogue as the source gives it the next time: some entries changed, some gone, some new."""
    rng = random.Random(generation)
    lines = []
    for entry in generate.entries(ENTRIES + 20 * generation):
        fate = rng.random()
        if generation and fate < 0.1:
            continue
        if generation and fate < 0.5:
            lines.append(entry.replace("数据经脱敏处理后发布", f"第{generation}次更新"))
        else:
            lines.append(entry)
    path = folder / "catalogue.nt"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_after_ten_kills_record_graph_and_index_agree(tmp_path: Path) -> None:
    seed = int(os.environ.get("SUISHU_KILL_SEED", time.time_ns() % 10**6))
    rng = random.Random(seed)
    home = Home(tmp_path / "home")
    source = changed(tmp_path, 0)
    assert home.run("harvest", str(source), "--id", "bench", timeout_s=200).returncode == 0
    for point in range(POINTS):
        changed(tmp_path, point + 1)
        server = home.serve()
        harvest = home.begin("harvest", "bench")
        time.sleep(rng.uniform(0.5, 6.0))
        victims = rng.choice(["all", "keeper", "portal", "harvest"])
        if victims in ("all", "portal"):
            server.send_signal(signal.SIGKILL)
        elif victims == "keeper":
            for child in psutil.Process(server.pid).children():
                if child.nice() == 5:
                    child.kill()
        if victims in ("all", "harvest"):
            harvest.send_signal(signal.SIGKILL)
        harvest.wait(200)
        if server.poll() is None:
            server.send_signal(signal.SIGKILL)
        server.wait()
        psutil.wait_procs(home.processes(), timeout=10)
        settled(home, seed)


def test_a_rebuild_that_is_killed_leaves_what_was_there(tmp_path: Path) -> None:
    seed = int(os.environ.get("SUISHU_KILL_SEED", time.time_ns() % 10**6))
    rng = random.Random(seed)
    home = Home(tmp_path / "home")
    assert home.run("harvest", str(changed(tmp_path, 0)), "--id", "bench", timeout_s=200).returncode == 0
    for command in ("rebuild-graph", "reindex"):
        for _ in range(3):
            process = home.begin(command)
            time.sleep(rng.uniform(0.5, 4.0))
            process.kill()
            process.wait()
            checked = home.run("check", timeout_s=200)
            assert checked.returncode == 0, f"seed {seed}: {checked.stdout}"
    assert len(list((home.path / "graph" / "stores").iterdir())) <= 4
    settled(home, seed)
    assert len(list((home.path / "graph" / "stores").iterdir())) == 1
