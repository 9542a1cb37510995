"""
Strangers' documents are read in a process of its own, which has given up its memory and time before it reads a byte:
what is needed on both sides of that.
"""

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_NICE = 10


class Ended(Exception):
    """A worker ended without an answer; `is_late` where that was at its time limit, else it met its memory's."""

    def __init__(self, *, is_late: bool) -> None:
        super().__init__("late" if is_late else "no answer")
        self.is_late = is_late


@contextmanager
def turn(locks: Path, name: str, at_once: int) -> Iterator[bool]:
    """At most `at_once` work under this name, over all web processes; False where all of them are busy."""
    locks.mkdir(parents=True, exist_ok=True)
    for number in range(at_once):
        with (locks / f"{name}-{number}.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield True
            return
    yield False


def run(
    command: Sequence[str], time_limit_s: float, environment: Mapping[str, str], question: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """
    Runs a program of ours in a group of its own. All that it started ends with it: at its limit, and when the wait for
    it ends in any other way. Raises `subprocess.TimeoutExpired`.
    """
    with subprocess.Popen(  # noqa: S603 (our own program, no shell)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            stdout, stderr = process.communicate(question, timeout=time_limit_s)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def ask(module: str, question: bytes, time_limit_s: float) -> dict[str, Any]:
    """What a worker answers in JSON; `module` is run as a program of its own. Raises `Ended`."""
    # What a worker that was ended leaves behind goes with its folder.
    with TemporaryDirectory(prefix="suishu-worker-") as scratch:
        # The worker reads strangers' documents: it gets none of our settings.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SUISHU_")}
        environment["TMPDIR"] = scratch
        try:
            done = run([sys.executable, "-m", module], time_limit_s, environment, question)
        except subprocess.TimeoutExpired:
            raise Ended(is_late=True) from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        import structlog  # which takes a worker, who needs none, a tenth of its start

        words = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        structlog.get_logger().warning("a worker gave no answer", worker=module, status=done.returncode, said=words)
        raise Ended(is_late=False) from None
    return answer


def confine(memory_mb: int, time_limit_s: float) -> None:
    """Limits this process for good. Its parent ends it when the time is over; this is for when the parent is gone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 1_000_000,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time_limit_s) + 1,) * 2)
    os.nice(_NICE)
