"""How many SPARQL requests a web process lets in, so that its other threads stay free for pages."""

import threading

_AT_ONCE = 2
_PATIENCE_S = 0.3


class Gate:
    """Two are inside and one may wait a moment; everybody else is turned away at once."""

    def __init__(self) -> None:
        self._inside = threading.BoundedSemaphore(_AT_ONCE)
        self._waiting = threading.BoundedSemaphore(1)

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
