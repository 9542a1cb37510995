"""Ends a request whose time is over, whatever it waits for: a socket's own timeout never counts a server that drips."""

import contextlib
import socket
import threading
import time
from typing import Any, Self


class Deadline:
    """Used as a context manager around one request; `trace` is its httpcore trace extension. `ends`: monotonic."""

    def __init__(self, ends: float) -> None:
        self._ends = ends
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(ends - time.monotonic(), 0.0), self._end)
        self._timer.daemon = True

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """https://www.encode.io/httpcore/extensions/#trace: takes note of each connection when it stands."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.is_over:
                self._end()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._sockets.clear()

    def _end(self) -> None:
        with self._lock:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
