"""What the figures were measured on, and running the portal's own commands with their peak memory."""

import contextlib
import os
import platform
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

_MEASURED_S = 600.0
SUISHU = str(Path(sys.executable).with_name("suishu"))


def describe() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


@dataclass
class Run:
    seconds: float
    peak_mb: float
    stdout: str


def run(home: Path, *arguments: str) -> Run:
    """Run one `suishu` command to its end; peak memory is that of its largest process."""
    start = time.perf_counter()
    process = subprocess.Popen([SUISHU, *arguments], env=_env(home), stdout=subprocess.PIPE, text=True)
    with _watch(process.pid) as peak:
        out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"suishu {' '.join(arguments)} ended with {process.returncode}\n{out}")
    return Run(time.perf_counter() - start, peak(), out)


@contextlib.contextmanager
def serving(home: Path, port: int, **settings: str) -> Iterator[tuple[float, subprocess.Popen[str]]]:
    """Serve the portal, with settings by their names in the environment; gives the seconds until /health answered, and the process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [SUISHU, "serve", "--port", str(port)],
        env=_env(home) | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield time.perf_counter() - start, process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(url: str, process: subprocess.Popen[str], timeout_s: float = 60) -> None:
    until = time.perf_counter() + timeout_s
    while time.perf_counter() < until:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the server ended before it answered") from None
            time.sleep(0.02)
    raise TimeoutError(url)


def tree_mb(pid: int) -> float:
    """Resident memory of a process and all below it, shared pages counted once a process, in MB."""
    try:
        root = psutil.Process(pid)
        return max((p.memory_info().rss for p in [root, *root.children(recursive=True)]), default=0) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


@contextlib.contextmanager
def _watch(pid: int):
    peak = 0.0
    stop = threading.Event()

    def look() -> None:
        nonlocal peak
        while not stop.wait(0.05):
            peak = max(peak, tree_mb(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield lambda: max(peak, 0.0)
    finally:
        stop.set()
        thread.join()


def _env(home: Path) -> dict[str, str]:
    # One base URL whatever the port: with another, the next start would make graph and index anew beside the load.
    return {**os.environ, "SUISHU_HOME": str(home), "SUISHU_BASE_URL": "http://127.0.0.1:8080"}


def wait_until_measured(home: Path, pid: int) -> None:
    """Figures and saved queries are worked out once after a snapshot was published; that is not what is timed here."""
    from app.triplestore import figures
    from app.triplestore.places import Places

    until = time.monotonic() + _MEASURED_S
    while time.monotonic() < until:
        known = figures.kept(home)
        if known is not None and known.state == Places.in_home(home).published_name():
            break
        time.sleep(0.5)
    quiet = 0
    while quiet < 3 and time.monotonic() < until:
        quiet = quiet + 1 if _busy(pid) < 0.2 else 0


def _busy(pid: int) -> float:
    """Cores that the portal uses."""

    def spent() -> float:
        total = 0.0
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            try:
                times = process.cpu_times()
                total += times.user + times.system
            except psutil.Error:
                continue
        return total

    before = spent()
    time.sleep(1)
    return spent() - before
