"""
A keeper for the length of one command: it projects on the other core what a harvest records, while it records it.

It is forked before there is anything to do and waits for a word, so that a harvest that changes nothing opens neither
store nor index. The search index follows meanwhile. The graph has a process of its own, which begins when all is
recorded: its engine merges what it has with each load, so that one load on both cores costs least.
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
            graph = start("companion-graph", partial(_follow, settings, GraphProjection, _at_the_end, reader))
            try:
                _follow(settings, SearchProjection, _meanwhile, reader)
            finally:
                graph.join()


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


def _meanwhile(follower: Follower, ended: threading.Event) -> None:
    os.nice(_NICE)
    follower.follow_until(ended)


def _at_the_end(follower: Follower, ended: threading.Event) -> None:
    ended.wait()
    follower.catch_up()
