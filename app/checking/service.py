"""Has a document checked by a worker, two at a time for all web processes together."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from app.checking.model import MAX_BYTES, TIME_LIMIT_S, Asked, Checked, Failed, Found

_AT_ONCE = 2


class CheckingService:
    def __init__(self, home: Path, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._locks = home / "locks"
        self._time_limit_s = time_limit_s

    def check(self, asked: Asked, document: bytes = b"") -> Checked | Failed:
        """Blocks for as long as the check takes, at most `time_limit_s`. Raises nothing."""
        if len(document) > MAX_BYTES:
            return Failed("large")
        with self._turn() as free:
            if not free:
                return Failed("busy")
            # What a worker that was ended leaves behind goes with its folder.
            with TemporaryDirectory(prefix="suishu-check-") as scratch:
                return self._run(asked, document, scratch)

    def _run(self, asked: Asked, document: bytes, scratch: str) -> Checked | Failed:
        question = json.dumps(asdict(asked)).encode() + b"\n" + document
        # The worker reads strangers' documents: it gets none of our settings.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SUISHU_")}
        environment["TMPDIR"] = scratch
        try:
            run = subprocess.run(
                [sys.executable, "-m", "app.checking.worker"],
                input=question, capture_output=True, timeout=self._time_limit_s, env=environment, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Failed("time")
        try:
            said = json.loads(run.stdout)
        except ValueError:
            words = run.stderr.decode(errors="replace").strip().splitlines()[-1:]
            structlog.get_logger().warning("a check ended without an answer", status=run.returncode, said=words)
            return Failed("memory")
        if said.pop("failed"):
            return Failed(**said)
        said["results"] = [Found(**each) for each in said["results"]]
        said["notes"] = [(zh, en) for zh, en in said["notes"]]
        return Checked(**said)

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        self._locks.mkdir(parents=True, exist_ok=True)
        for number in range(_AT_ONCE):
            with (self._locks / f"check-{number}.lock").open("a") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield True
                return
        yield False
