"""Pure work on many things, half of it done on another core."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")

ENOUGH = 1_000
"""Below so many, starting a process takes longer than it saves."""
_BLOCK = 64
_PIPE_BYTES = 1 << 20


def in_halves(work: Callable[[Thing], Result], things: Sequence[Thing]) -> Iterator[Result]:
    """
    `map(work, things)`, every second block of it by a forked process. Where that ends before its time, all is done
    here, so `work` must change nothing. What it raises passes through.
    """
    if len(things) < ENOUGH or len(os.sched_getaffinity(0)) < 2:
        return map(work, things)
    return _in_halves(work, [things[start : start + _BLOCK] for start in range(0, len(things), _BLOCK)])


def _in_halves(work: Callable[[Thing], Result], blocks: Sequence[Sequence[Thing]]) -> Iterator[Result]:
    context = get_context("fork")  # the things are there already, and nothing has to be imported again
    here, there = context.Pipe(duplex=False)
    with suppress(OSError):  # the other runs some blocks ahead; with less room it only waits more often
        fcntl.fcntl(there.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    helper = context.Process(target=_help, args=(work, blocks[1::2], here, there), daemon=True)
    helper.start()
    there.close()
    try:
        yield from chain.from_iterable(_results(work, blocks, here))
    finally:
        here.close()  # the other finds nobody to talk to
        helper.kill()
        helper.join()


def _results(
    work: Callable[[Thing], Result], blocks: Sequence[Sequence[Thing]], here: Connection
) -> Iterator[list[Result]]:
    is_helped = True
    for number, block in enumerate(blocks):
        found: list[Result] | None = None
        if number % 2 and is_helped:
            try:
                found = here.recv()
            except (EOFError, OSError):
                is_helped = False
        yield [work(thing) for thing in block] if found is None else found


def _help(
    work: Callable[[Thing], Result], blocks: Sequence[Sequence[Thing]], here: Connection, there: Connection
) -> None:
    here.close()  # else a parent that is killed would leave this process waiting for ever
    with suppress(BrokenPipeError):
        for block in blocks:
            there.send([work(thing) for thing in block])
