"""A recorder that is a batch behind keeps all, in order, and hides no failure."""

import threading
from collections.abc import Sequence

import pytest

from app.audit import origin
from app.harvesting.behind import Behind
from harvest.record import Accepted, Known, Quarantined

BATCHES = [[Quarantined(f"{number}", "", "", "", ())] for number in range(5)]


class Kept:
    def __init__(self) -> None:
        self.said: list[object] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.fails_at = -1

    def known(self) -> dict[str, Known]:
        return {}

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
        self.go_on.wait(10)
        if len(self.said) == self.fails_at:
            raise RuntimeError("disk full")
        self.said.append((batch, origin.current()))

    def seen_all(self, gone: Sequence[str]) -> None:
        self.said.append(gone)


@pytest.fixture
def kept() -> Kept:
    return Kept()


def keep_all(kept: Kept) -> None:
    with Behind(kept) as behind:
        for batch in BATCHES:
            behind.keep(batch)


def break_off(kept: Kept) -> None:
    with Behind(kept) as behind:
        behind.keep(BATCHES[0])
        raise LookupError


def test_all_is_kept_in_order_before_it_is_told_what_is_gone(kept: Kept) -> None:
    origin.come_from("here")
    with Behind(kept) as behind:
        for batch in BATCHES:
            behind.keep(batch)
        behind.seen_all(["gone"])
    assert kept.said == [*((batch, "here") for batch in BATCHES), ["gone"]]


def test_the_next_batch_is_read_while_one_is_kept_and_no_more(kept: Kept) -> None:
    kept.go_on.clear()
    with Behind(kept) as behind:
        behind.keep(BATCHES[0])
        assert kept.said == []  # and we are here already
        threading.Timer(0.1, kept.go_on.set).start()
        behind.keep(BATCHES[1])
        assert [batch for batch, _ in kept.said][:1] == BATCHES[:1]  # type: ignore[misc]


@pytest.mark.parametrize("fails_at", [0, 1, 4])
def test_a_failure_ends_the_run_wherever_it_comes(kept: Kept, fails_at: int) -> None:
    kept.fails_at = fails_at
    with pytest.raises(RuntimeError, match="disk full"):
        keep_all(kept)
    assert len(kept.said) == fails_at


def test_what_is_being_kept_when_the_reading_fails_is_waited_for(kept: Kept) -> None:
    kept.go_on.clear()
    threading.Timer(0.1, kept.go_on.set).start()
    with pytest.raises(LookupError):
        break_off(kept)
    assert len(kept.said) == 1
