import multiprocessing
from pathlib import Path

import pytest
from flask import Flask, request

from app.web import budget as budgets
from app.web.budget import Budget, client_of


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(budgets, "time", clock)
    return clock


def test_a_client_that_used_its_minute_waits_and_others_do_not(tmp_path: Path, clock: Clock) -> None:
    budget = Budget(tmp_path / "b", b"key", 10)
    assert budget.wait_s("192.0.2.1") == 0
    budget.charge("192.0.2.1", 9)
    assert budget.wait_s("192.0.2.1") == 0
    assert budget.left_s("192.0.2.1") == pytest.approx(1)
    budget.charge("192.0.2.1", 3)
    assert budget.wait_s("192.0.2.1") == 12  # two seconds too much, at a sixth of a second a second
    assert budget.left_s("192.0.2.1") == 0
    assert budget.wait_s("192.0.2.2") == 0
    clock.now += 12
    assert budget.wait_s("192.0.2.1") == 0


def test_nobody_waits_for_more_than_ten_minutes_even_when_the_clock_was_wrong(tmp_path: Path, clock: Clock) -> None:
    budget = Budget(tmp_path / "b", b"key", 1)
    budget.charge("x", 1_000_000)
    assert budget.wait_s("x") == 540
    clock.now -= 1_000_000
    assert budget.wait_s("x") == 540


def test_a_budget_of_nothing_refuses_nobody_and_keeps_no_file(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "b", b"key", 0)
    budget.charge("x", 1000)
    assert budget.wait_s("x") == 0
    assert not (tmp_path / "b").exists()


def test_pieces_are_counted_over_any_window_and_what_is_refused_costs_nothing(tmp_path: Path, clock: Clock) -> None:
    forms = Budget(tmp_path / "b", b"key", 20, window_s=3600)
    assert [forms.take("x") for _ in range(20)] == [0] * 20
    assert [forms.take("x") for _ in range(3)] == [180] * 3
    assert forms.take("y") == 0
    clock.now += 180
    assert forms.take("x") == 0
    assert forms.take("x") == 180
    clock.now += 3600
    assert [forms.take("x") for _ in range(20)] == [0] * 20


def _take(path: Path, most: int, found: "multiprocessing.Queue[int]") -> None:
    budget = Budget(path, b"key", most, window_s=36_000)
    found.put(sum(budget.take("x") == 0 for _ in range(100)))


def test_processes_together_take_no_more_than_there_is(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    processes = [context.Process(target=_take, args=(tmp_path / "b", 120, found)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sum(found.get(timeout=5) for _ in processes) == 120


def _spend(path: Path) -> None:
    budget = Budget(path, b"key", 1000)
    for _ in range(200):
        budget.charge("x", 0.5)


def test_processes_count_together_and_no_charge_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "b"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_spend, args=(path,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert Budget(path, b"key", 1000).left_s("x") == pytest.approx(600, abs=100)


def test_no_address_is_kept(tmp_path: Path) -> None:
    Budget(tmp_path / "b", b"key", 10).charge("192.0.2.77", 1)
    data = (tmp_path / "b").read_bytes()
    assert b"192.0.2" not in data
    assert sum(data[start : start + 8] != bytes(8) for start in range(0, len(data), 8)) == 1


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "client"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", 0, "192.0.2.1"),  # anybody may write this header
        ("10.0.0.1", "203.0.113.5, 198.51.100.7", 1, "198.51.100.7"),
        ("10.0.0.1", "203.0.113.5, 198.51.100.7, 10.0.0.2", 2, "198.51.100.7"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("10.0.0.1", "unknown", 1, "unknown"),
    ],
)
def test_a_client_is_who_asks_and_not_who_it_says_it_is(remote: str, forwarded: str, proxies: int, client: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with Flask("x").test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": remote}):
        assert client_of(request, proxies) == client
