"""
A keeper for the length of one command: it projects on the other core what a harvest records, while it records it.

It is forked before there is anything to do and waits for a word, so that a harvest that changes nothing opens neither
store nor index. The graph goes first: its engine sorts and merges with threads of its own, which takes as long as
recording. The search index has a process to itself and follows in one go when all is recorded, beside the last of the
graph: nobody searches before.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from app.db import open_database
from app.processes.follower import Follower
from app.processes.keeper import LEASE
from app.processes.lifetime import start
from app.processes.projections import GraphProjection, Kind, SearchProjection
from app.settings import Settings

_NICE = 10
_PILE = 4_000


@contextmanager
def companion(settings: Settings) -> Iterator[Callable[[], None]]:
    """
    Gives a function to call when there is something to project, as often as one likes.

    The block's end waits until all is projected. Where it fails, or a server's keeper does the work, nothing is said:
    whoever harvests looks afterwards whether everything was followed. This process has no other thread and no open
    engine yet.
    """
    reader, writer = os.pipe()
    process = start("companion", partial(_accompany, settings, reader, writer))
    os.close(reader)
    begun = False

    def begin() -> None:
        nonlocal begun
        if not begun:
            begun = True
            with suppress(BrokenPipeError):  # somebody ended it: the command projects by itself
                os.write(writer, b"!")

    try:
        yield begin
    finally:
        os.close(writer)
        process.join()


def _accompany(settings: Settings, reader: int, writer: int) -> None:
    os.close(writer)  # else the end of the other's would never be seen here
    if not os.read(reader, 1):
        return
    with open_database(settings).lock(LEASE) as held:
        if held:
            search = start("companion-search", partial(_follow, settings, SearchProjection, _at_the_end, reader))
            try:
                _follow(settings, GraphProjection, _in_piles, reader)
            finally:
                search.join()


def _follow(settings: Settings, kind: Kind, way: Callable[[Follower, threading.Event], None], reader: int) -> None:
    from app.wiring import build

    ended = threading.Event()

    def wait() -> None:
        os.read(reader, 1)
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    follower = Follower(build(settings), kind)
    try:
        way(follower, ended)
        follower.close()
    finally:
        follower.reset()


def _in_piles(follower: Follower, ended: threading.Event) -> None:
    follower.follow_until(ended, _PILE)


def _at_the_end(follower: Follower, ended: threading.Event) -> None:
    os.nice(_NICE)
    ended.wait()
    follower.catch_up()
