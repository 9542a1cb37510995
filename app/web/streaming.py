"""Long answers in constant memory: what writes to a stream, read by the server chunk by chunk."""

import io
import queue
import threading
from collections.abc import Callable
from typing import IO, cast

from app.errors import Busy

_CHUNK_BYTES = 64 * 1024
_WAITING_CHUNKS = 8
_TURN_S = 0.5
_AT_ONCE = 2
"""Long answers a process gives at the same time: its other threads stay free for everybody else."""

_places = threading.BoundedSemaphore(_AT_ONCE)


class _Abandoned(Exception):
    """Nobody reads any more."""


class _Outlet(io.RawIOBase):
    """A stream to write to, whose bytes another thread takes; writing waits while too much lies there."""

    def __init__(self) -> None:
        self.chunks: queue.Queue[bytes | BaseException | None] = queue.Queue(_WAITING_CHUNKS)
        self.abandoned = threading.Event()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        block = bytes(cast(bytes, data))
        self._held += block
        if len(self._held) >= _CHUNK_BYTES:
            self.give(bytes(self._held))
            self._held.clear()
        return len(block)

    def finish(self) -> None:
        if self._held:
            self.give(bytes(self._held))
        self.give(None)

    def give(self, item: bytes | BaseException | None) -> None:
        while True:
            if self.abandoned.is_set():
                raise _Abandoned
            try:
                self.chunks.put(item, timeout=_TURN_S)
                return
            except queue.Full:
                continue


class Pulled:
    """
    What `produce` writes, as an iterator. It runs in a thread of its own and stops when the reader goes away.

    Raises Busy at once when enough long answers are under way. An error of `produce` ends the iteration with it, so
    that a cut answer never looks whole.
    """

    def __init__(self, produce: Callable[[IO[bytes]], None]) -> None:
        self._outlet = _Outlet()
        if not _places.acquire(blocking=False):
            raise Busy(
                "整库下载和导出正忙，请稍后再试。",
                "The portal is busy with other downloads of the whole catalogue; try again in a moment.",
            )
        # the thread must not hold this object: that it is dropped tells that nobody reads
        threading.Thread(target=_run, args=(produce, self._outlet), name="long-answer", daemon=True).start()

    def __iter__(self) -> "Pulled":
        return self

    def __next__(self) -> bytes:
        item = self._outlet.chunks.get()
        if item is None:
            raise StopIteration
        if isinstance(item, BaseException):
            raise item
        return item

    def close(self) -> None:
        """The server calls this when it has sent all, and when the reader has gone."""
        self._outlet.abandoned.set()

    def __del__(self) -> None:
        self.close()


def _run(produce: Callable[[IO[bytes]], None], outlet: _Outlet) -> None:
    try:
        try:
            produce(cast(IO[bytes], outlet))
            outlet.finish()
        except _Abandoned:
            pass
        except BaseException as error:
            outlet.give(error)
    except _Abandoned:
        pass
    finally:
        _places.release()
