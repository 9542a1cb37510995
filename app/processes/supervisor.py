"""
`suishu serve`: starts the keeper, the harvester, the SPARQL workers and the web, starts anew what ends, and ends
everything when it is asked to, or ended itself. It has one thread, for it forks.
"""

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import ForkProcess

import structlog

from app.errors import Busy, Misconfigured
from app.processes import harvester, keeper, web
from app.processes.lifetime import log_to_stderr, start, stop
from app.settings import Settings
from app.sparql.client import socket_path
from app.sparql.pool import PoolSettings
from app.wiring import sparql_server
from vocab.namespaces import PREFIXES

_LOOK_EVERY_S = 0.05
_PATIENCE_S = 2.5
_MAX_PAUSE_S = 10.0
_SETTLED_S = 10.0
"""A process that has run so long is started anew at once when it ends."""
_READY_S = 30.0
_HEAD_START_S = 4.0
"""So long at most the processes that nobody waits for leave the cores to the web, until it answers: what they do at
their start grows with the catalogue, and on two cores visitors would wait for it."""


@dataclass
class _Child:
    """One kind of process and how its last start went."""

    name: str
    work: Callable[[], None]
    can_wait: bool = False
    process: ForkProcess | None = None
    started_at: float = 0.0
    failures: int = 0
    again_at: float = 0.0

    def keep_alive(self) -> None:
        now = time.monotonic()
        if self.process is not None and self.process.exitcode is None:
            if now - self.started_at > _SETTLED_S:
                self.failures = 0
            return
        if self.process is not None:
            pause_s = min(_MAX_PAUSE_S, 0.1 * 2**self.failures) if self.failures else 0.0
            structlog.get_logger().warning(
                "a process ended and is started anew", process=self.name, status=self.process.exitcode, in_s=pause_s
            )
            self.failures += 1
            self.again_at = now + pause_s
            self.process = None
        if now >= self.again_at:
            self.process = start(self.name, self.work)
            self.started_at = now


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 8080) -> None:
    """
    Serves until SIGTERM or SIGINT. Raises `Misconfigured` when the address can't be listened on, `Busy` when another
    server has this home.
    """
    log_to_stderr(settings.log_level)
    asked: list[int] = []
    with _alone(settings), _on_signals(asked.append):
        _refuse_taken(host, port)
        children = _children(settings, host, port)
        announcement = _Announcement(settings, host, port)
        head_start_until = time.monotonic() + _HEAD_START_S
        try:
            while not asked:
                ahead = not announcement.answered and time.monotonic() < head_start_until
                for child in children:
                    if not (ahead and child.can_wait):
                        child.keep_alive()
                announcement.try_now()
                time.sleep(_LOOK_EVERY_S)
        finally:
            stop([child.process for child in children if child.process], _PATIENCE_S)


def _children(settings: Settings, host: str, port: int) -> list[_Child]:
    return [
        _Child("web", partial(web.serve, settings, host, port)),
        _Child("sparql", partial(_become_pool, settings)),
        _Child("keeper", partial(keeper.serve, settings), can_wait=True),
        *([_Child("harvester", partial(harvester.serve, settings), can_wait=True)] if settings.harvest_workers else []),
    ]


def _become_pool(settings: Settings) -> None:
    """The pool as a program of its own: small, and with no engine's thread before it forks."""
    pool = PoolSettings(
        home=str(settings.home.resolve()),
        socket=str(socket_path(settings.home)),
        workers=settings.sparql_workers,
        time_limit_s=settings.sparql_time_limit_s,
        row_limit=settings.sparql_row_limit,
        memory_limit_mb=settings.sparql_memory_limit_mb,
        prefixes=PREFIXES,
        server=None if (server := sparql_server(settings)) is None else server.address.public(),
    )
    os.environ["SUISHU_SPARQL_USER"] = settings.sparql_user
    os.environ["SUISHU_SPARQL_PASSWORD"] = settings.sparql_password.get_secret_value()
    os.execv(sys.executable, [sys.executable, "-m", "app.sparql.pool", pool.argument()])  # noqa: S606


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two servers in one home would take each other's SPARQL workers away."""
    path = settings.home / "locks" / "serve.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"{settings.home.resolve()} 已有一个门户在运行。请先停止它，或用 SUISHU_HOME 指定另一个文件夹。",
                f"A portal already runs in {settings.home.resolve()}. Stop it, or set SUISHU_HOME to another folder.",
            ) from None
        yield


@contextmanager
def _on_signals(act: Callable[[int], None]) -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, lambda came, _: act(came)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse_taken(host: str, port: int) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Misconfigured(
            f"无法监听 {host}:{port}（{error.strerror or error}）。请用 --port 换一个端口，或先停止占用它的程序。",
            f"Can't listen on {host}:{port} ({error.strerror or error}). Choose another --port, or stop what uses it.",
        ) from error


class _Announcement:
    """Says where the portal is as soon as it answers; `answered`: it does, if only to say that it is not ready."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        self._address = f"http://{near}:{port}"
        self._base_url = settings.base_url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._deadline = time.monotonic() + _READY_S
        self._done = False
        self.answered = False

    def try_now(self) -> None:
        if self._done:
            return
        late = time.monotonic() > self._deadline
        try:
            with self._opener.open(f"{self._address}/health", timeout=1):
                pass
        except urllib.error.HTTPError:
            self.answered = True
            if not late:
                return  # it answers that it is not ready; when it never is, it says itself what is missing
        except OSError:
            if late:
                structlog.get_logger().error("the portal does not answer", address=self._address)
                self._done = True
            return
        self._done = self.answered = True
        print(f"穗数 Suishu: {self._address}/  ({self._base_url})", file=sys.stderr, flush=True)
