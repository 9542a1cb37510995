"""Pure work on many things, shared with another core."""

import fcntl
import mmap
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
_AHEAD = 8
"""Blocks within which the next one is looked for while the other process is at the one that is wanted."""


def in_halves(work: Callable[[Thing], Result], things: Sequence[Thing]) -> Iterator[Result]:
    """
    `map(work, things)`, in blocks by whoever is free: this process or a forked one, which does most of it where this
    one has other work with each result. Where that ends before its time, all is done here, so `work` must change
    nothing. What it raises passes through.
    """
    if len(things) < ENOUGH or len(os.sched_getaffinity(0)) < 2:
        return map(work, things)
    return _in_halves(work, [things[start : start + _BLOCK] for start in range(0, len(things), _BLOCK)])


def _in_halves(work: Callable[[Thing], Result], blocks: Sequence[Sequence[Thing]]) -> Iterator[Result]:
    context = get_context("fork")  # the things are there already, and nothing has to be imported again
    here, there = context.Pipe(duplex=False)
    with suppress(OSError):  # the other runs some blocks ahead; with less room it only waits more often
        fcntl.fcntl(there.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    begun = mmap.mmap(-1, len(blocks))  # shared: a byte is set by whoever begins that block
    helper = context.Process(target=_help, args=(work, blocks, begun, here, there), daemon=True)
    helper.start()
    there.close()
    try:
        yield from chain.from_iterable(_results(work, blocks, begun, here))
    finally:
        here.close()  # the other finds nobody to talk to
        helper.kill()
        helper.join()


def _results(
    work: Callable[[Thing], Result], blocks: Sequence[Sequence[Thing]], begun: mmap.mmap, here: Connection
) -> Iterator[list[Result]]:
    is_helped = True
    ahead: dict[int, list[Result]] = {}
    for number, block in enumerate(blocks):
        found = ahead.pop(number, None)
        if found is None and begun[number] and is_helped:
            later = begun.find(b"\0", number, number + _AHEAD)
            if later > 0 and not here.poll():  # something to do in place of waiting
                begun[later] = 1
                ahead[later] = [work(thing) for thing in blocks[later]]
            try:
                found = _received(here, number)
            except (EOFError, OSError):
                is_helped = False
        begun[number] = 1
        yield [work(thing) for thing in block] if found is None else found


def _received(here: Connection, wanted: int) -> list[Result]:
    """Where both began a block at the same moment, the other's comes too late."""
    while True:
        number, found = here.recv()
        if number == wanted:
            return found  # type: ignore[no-any-return]


def _help(
    work: Callable[[Thing], Result],
    blocks: Sequence[Sequence[Thing]],
    begun: mmap.mmap,
    here: Connection,
    there: Connection,
) -> None:
    here.close()  # else a parent that is killed would leave this process waiting for ever
    with suppress(BrokenPipeError):
        for number, block in enumerate(blocks):
            if not begun[number]:
                begun[number] = 1
                there.send((number, [work(thing) for thing in block]))
