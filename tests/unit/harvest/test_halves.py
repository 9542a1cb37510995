"""Work that is shared with another process comes out as if it had been done here."""

import os
import signal
import time
from itertools import islice

import psutil
import pytest

from harvest.sources import halves
from harvest.sources.halves import in_halves

HERE = os.getpid()
MANY = range(5 * halves.ENOUGH)


def where(thing: int) -> tuple[int, bool]:
    return thing, os.getpid() == HERE


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


def slowly(thing: int) -> tuple[int, bool]:
    time.sleep(0.0002)
    return where(thing)


def test_all_comes_in_order_and_both_processes_do_some_of_it() -> None:
    found = list(in_halves(slowly, MANY))
    assert [thing for thing, _ in found] == list(MANY)
    assert {here for _, here in found} == {True, False}


def test_the_other_does_most_where_this_one_has_more_to_do() -> None:
    found = []
    for each in in_halves(slowly, MANY):
        time.sleep(0.0004)
        found.append(each)
    assert [thing for thing, _ in found] == list(MANY)
    assert sum(here for _, here in found) / len(found) < 0.5


def test_few_things_are_not_worth_a_process() -> None:
    assert all(here for _, here in in_halves(where, range(halves.ENOUGH - 1)))


def test_one_core_does_all_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert all(here for _, here in in_halves(where, MANY))


def test_where_the_helper_dies_the_rest_is_done_here() -> None:
    def work(thing: int) -> tuple[int, bool]:
        if thing >= 1_500 and os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return slowly(thing)

    found = list(in_halves(work, MANY))
    assert [thing for thing, _ in found] == list(MANY)
    assert not all(here for _, here in found[:1_000])
    assert all(here for _, here in found[1_600:])


def test_an_error_in_either_process_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    for wrong in (0, 100):  # of the first block, and of the second, which the helper does first

        def work(thing: int, wrong: int = wrong) -> int:
            if thing == wrong:
                raise LookupError(thing)
            return thing

        with pytest.raises(LookupError):
            list(in_halves(work, MANY))
    capfd.readouterr()  # what the helper said of it


def test_who_stops_early_leaves_no_process_behind() -> None:
    before = set(psutil.Process().children())
    results = in_halves(where, MANY)
    assert len(list(islice(results, 300))) == 300
    results.close()  # type: ignore[attr-defined]
    assert set(psutil.Process().children()) <= before
