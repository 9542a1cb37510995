"""
A keeper for the length of one command: it projects on the other core what a harvest records, while it records it.

It is forked before there is anything to do and waits for a word, so that a harvest that changes nothing opens neither
store nor index.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from app.processes.keeper import follow_until
from app.processes.lifetime import start
from app.settings import Settings


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
    from app.wiring import build

    ended = threading.Event()

    def wait() -> None:
        os.read(reader, 1)
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    follow_until(build(settings), ended)
