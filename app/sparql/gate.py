"""
How many SPARQL requests a web process lets in, so that its other threads stay free for pages. granian gives one thread
to an answer for as long as its reader takes it, so evaluating and giving are counted apart: slow readers of long
answers keep nobody from asking.
"""

import threading

_AT_ONCE = 2
_LONG_AT_ONCE = 2
_PATIENCE_S = 0.3


class Gate:
    """Two are inside and one may wait a moment; everybody else is turned away at once. Two long answers are given."""

    def __init__(self) -> None:
        self._inside = threading.BoundedSemaphore(_AT_ONCE)
        self._waiting = threading.BoundedSemaphore(1)
        self._giving = threading.BoundedSemaphore(_LONG_AT_ONCE)

    def enter(self) -> bool:
        if self._inside.acquire(blocking=False):
            return True
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._inside.acquire(timeout=_PATIENCE_S)
        finally:
            self._waiting.release()

    def leave(self) -> None:
        self._inside.release()

    def begin_long(self) -> bool:
        return self._giving.acquire(blocking=False)

    def end_long(self) -> None:
        self._giving.release()
