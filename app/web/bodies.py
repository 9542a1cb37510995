"""Answers made once for a state of the record, for one process: whoever walks the catalogue gets what others got."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

_MOST_BYTES = 32_000_000


class Bodies:
    """Those of the newest state alone; the least used go when there are too many bytes."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._state: Hashable = None
        self._bodies: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, state: Hashable, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """What `make` gives, or gave before. `state` has to be read before anything that `make` reads."""
        with self._lock:
            if state != self._state:
                self._state, self._bodies, self._bytes = state, OrderedDict(), 0
            elif (known := self._bodies.get(key)) is not None:
                self._bodies.move_to_end(key)
                return known
        body = make()
        with self._lock:
            if state == self._state and key not in self._bodies:
                self._bodies[key] = body
                self._bytes += len(body)
                while self._bytes > self._most_bytes:
                    self._bytes -= len(self._bodies.popitem(last=False)[1])
        return body
