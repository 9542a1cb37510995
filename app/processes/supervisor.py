"""
`suishu serve`: starts the keeper, the SPARQL workers and the web, starts anew what ends, and ends everything when it
is asked to, or ended itself.
"""

import fcntl
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from app.errors import Busy, Misconfigured
from app.processes.lifetime import environment, log_to_stderr, start, stop
from app.settings import Settings
from app.sparql.client import socket_path
from app.sparql.pool import PoolSettings
from vocab.namespaces import PREFIXES

_LOOK_EVERY_S = 0.1
_PATIENCE_S = 3.0
_MAX_PAUSE_S = 10.0
_SETTLED_S = 10.0
"""A process that has run so long is started anew at once when it ends."""
_READY_S = 30.0


@dataclass
class _Child:
    """One kind of process and how its last start went."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    again_at: float = field(default=0.0)

    def keep_alive(self) -> None:
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            if now - self.started_at > _SETTLED_S:
                self.failures = 0
            return
        if self.process is not None:
            status = self.process.returncode
            pause_s = min(_MAX_PAUSE_S, 0.1 * 2**self.failures) if self.failures else 0.0
            structlog.get_logger().warning(
                "a process ended and is started anew", process=self.name, status=status, in_s=pause_s
            )
            self.failures += 1
            self.again_at = now + pause_s
            self.process = None
        if now >= self.again_at:
            self.process = start(self.arguments, self.environment)
            self.started_at = now


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 8080) -> None:
    """
    Serves until SIGTERM or SIGINT. Raises `Misconfigured` when the address can't be listened on, `Busy` when another
    server has this home.
    """
    log_to_stderr(settings.log_level)
    stopping = threading.Event()
    with _alone(settings), _on_signals(stopping.set):
        _refuse_taken(host, port)
        children = _children(settings, host, port)
        watcher = threading.Thread(target=_announce, args=(settings, host, port, stopping), daemon=True)
        try:
            for child in children:
                child.keep_alive()
            watcher.start()
            while not stopping.wait(_LOOK_EVERY_S):
                for child in children:
                    child.keep_alive()
        finally:
            stopping.set()
            stop([child.process for child in children if child.process], _PATIENCE_S)


def _children(settings: Settings, host: str, port: int) -> list[_Child]:
    env = environment(settings)
    pool = PoolSettings(
        home=str(settings.home.resolve()),
        socket=str(socket_path(settings.home)),
        workers=settings.sparql_workers,
        time_limit_s=settings.sparql_time_limit_s,
        row_limit=settings.sparql_row_limit,
        memory_limit_mb=settings.sparql_memory_limit_mb,
        prefixes=PREFIXES,
    )
    web = ["-m", "app.processes.web", host, str(port), str(settings.web_workers), str(settings.web_threads)]
    return [
        _Child("keeper", ["-m", "app.processes.keeper"], env),
        _Child("sparql", ["-m", "app.sparql.pool", pool.argument()], env),
        _Child("web", web, env),
    ]


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
def _on_signals(act: Callable[[], None]) -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: act()) for number in numbers}
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


def _announce(settings: Settings, host: str, port: int, stopping: threading.Event) -> None:
    """Says where the portal is as soon as it answers."""
    near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    address = f"http://{near}:{port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _READY_S
    while not stopping.wait(0.05):
        try:
            with opener.open(f"{address}/health", timeout=2):
                break
        except urllib.error.HTTPError:
            if time.monotonic() > deadline:
                break  # it answers, and says itself what is missing
        except OSError:
            if time.monotonic() > deadline:
                structlog.get_logger().error("the portal does not answer", address=address)
                return
    if not stopping.is_set():
        print(f"穗数 Suishu: {address}/  ({settings.base_url})", file=sys.stderr, flush=True)
