"""
The pool of SPARQL workers: forks them, ends what runs too long, and forks anew what ended, whatever ended it.

A process of its own with one thread: it imports the engine and opens no store, since the engine's threads would not
survive a fork. The workers accept on one socket, so the kernel's backlog is the queue.

    python -m app.sparql.pool '{"socket": "…", "home": "…", …}'
"""

import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.sparql.confine import confine, die_with_parent
from app.sparql.kept import KeptAnswers
from app.sparql.remote import RemoteEngine
from app.sparql.wire import short_path
from app.sparql.worker import Engine, SnapshotEngine, Worker
from app.triplestore.server import Address, Server

_LOOK_EVERY_S = 0.05
_TRIM_EVERY_S = 1.0
_BACKLOG = 64
_MIN_LIFE_S = 0.2
"""A worker that ended sooner, without a question, is not forked anew before this time is over."""
_START_BYTES = 8


@dataclass(frozen=True, slots=True)
class PoolSettings:
    home: str
    socket: str
    workers: int = 2
    time_limit_s: float = 10.0
    row_limit: int = 100_000
    memory_limit_mb: int = 600
    prefixes: dict[str, str] = field(default_factory=dict)
    server: dict[str, Any] | None = None
    """The SPARQL server to ask in place of the snapshot, without its credentials: those stay in the environment."""

    def argument(self) -> str:
        return json.dumps(asdict(self))


@dataclass(slots=True)
class _Slot:
    """One worker. `began` lies in memory shared with it: when its question began, 0 while it has none."""

    began: "memoryview[float]"
    pid: int = 0
    forked_at: float = 0.0


class Pool:
    def __init__(self, settings: PoolSettings) -> None:
        self._settings = settings
        self._shared = memoryview(mmap.mmap(-1, settings.workers * _START_BYTES)).cast("d")
        self._slots = [_Slot(self._shared[index : index + 1]) for index in range(settings.workers)]
        self._listener = _listen(Path(settings.socket))
        self._kept = KeptAnswers.in_home(Path(settings.home))
        self._kept.clear()  # another version may have written them otherwise
        self._trimmed_at = 0.0

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        watched = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, watched)  # so that none is lost between two looks
        while True:
            self._fork_missing()
            came = signal.sigtimedwait(watched, _LOOK_EVERY_S)
            if came is not None and came.si_signo != signal.SIGCHLD:
                break
            self._reap()
            self._end_what_runs_too_long()
            self._trim_now_and_then()
        for slot in self._slots:
            _kill(slot.pid)
        Path(self._settings.socket).unlink(missing_ok=True)

    def _fork_missing(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.pid or now - slot.forked_at < _MIN_LIFE_S:
                continue
            slot.began[0] = 0.0
            parent = os.getpid()
            slot.forked_at = now
            slot.pid = os.fork()
            if slot.pid == 0:
                try:
                    self._work(slot, parent)
                finally:
                    os._exit(1)

    def _reap(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for slot in self._slots:
                if slot.pid == pid:
                    slot.pid = 0
                    if slot.began[0]:
                        slot.forked_at = 0.0  # a question ended it, so there is no reason to wait

    def _end_what_runs_too_long(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.pid and slot.began[0] and now - slot.began[0] > self._settings.time_limit_s:
                _kill(slot.pid)

    def _trim_now_and_then(self) -> None:
        now = time.monotonic()
        if now - self._trimmed_at > _TRIM_EVERY_S:
            self._kept.trim()
            self._trimmed_at = now

    def _work(self, slot: _Slot, parent: int) -> None:
        die_with_parent(parent)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        memory = self._settings.memory_limit_mb * 1_000_000
        for lack in confine(memory, may_connect=self._settings.server is not None):
            print(f"sparql worker: {lack}", file=sys.stderr, flush=True)
        scratch = Path(self._settings.socket).parent
        worker = Worker(self._engine(), scratch, self._kept, self._settings.row_limit, self._settings.prefixes)
        for connection in _accepted(self._listener):
            slot.began[0] = began = time.monotonic()
            worker.serve_one(connection, began)
            slot.began[0] = 0.0

    def _engine(self) -> Engine:
        if self._settings.server is None:
            return SnapshotEngine(Path(self._settings.home))
        address = Address.from_public(self._settings.server)
        return RemoteEngine(Server(address), self._settings.time_limit_s)


def _accepted(listener: socket.socket) -> Iterator[socket.socket]:
    """
    Connections for this process. Of those that wait the system wakes the one that came first, where accept would take
    turns: a worker that was just busy has its code and the store's pages at hand, the others are there when it is busy.
    """
    with select.epoll() as waiting:
        waiting.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        while True:
            waiting.poll()
            with suppress(BlockingIOError):  # another one was quicker
                yield listener.accept()[0]


def _listen(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with short_path(path) as address:
        listener.bind(address)
    path.chmod(0o600)
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def _kill(pid: int) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def main() -> None:
    settings = PoolSettings(**json.loads(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Pool(settings).run()


if __name__ == "__main__":
    main()
