"""Has a document read by a worker, one at a time for all web processes together."""

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
from typing import Any

import structlog

from app.errors import Busy, Invalid
from app.harvesting.mapping.model import (
    TIME_LIMIT_S,
    Asked,
    Finding,
    Heading,
    Look,
    Preview,
    PreviewedEntry,
)
from harvest.mapping.meanings import Code, How


class Reading:
    def __init__(self, locks: Path, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._locks = locks
        self._time_limit_s = time_limit_s

    def look(self, asked: Asked) -> Look:
        """Raises `Invalid` where the document or the mapping can't be read, `Busy` while another one is read."""
        said = self._answer(asked)
        said["headings"] = [
            Heading(**{**each, "samples": [tuple(sample) for sample in each["samples"]]}) for each in said["headings"]
        ]
        said["codes"] = [Code(**{**each, "how": How(each["how"])}) for each in said["codes"]]
        said["records"] = [(position, texts) for position, texts in said["records"]]
        return Look(**said)

    def preview(self, asked: Asked) -> Preview:
        said = self._answer(asked)
        said["entries"] = [
            PreviewedEntry(
                **{
                    **each,
                    "facts": [(name, texts) for name, texts in each["facts"]],
                    "findings": [Finding(**finding) for finding in each["findings"]],
                }
            )
            for each in said["entries"]
        ]
        return Preview(**said)

    def _answer(self, asked: Asked) -> dict[str, Any]:
        with self._turn(), TemporaryDirectory(prefix="suishu-mapping-") as scratch:
            # The worker reads strangers' documents: it gets none of our settings.
            environment = {name: value for name, value in os.environ.items() if not name.startswith("SUISHU_")}
            environment["TMPDIR"] = scratch
            try:
                run = subprocess.run(
                    [sys.executable, "-m", "app.harvesting.mapping.worker"],
                    input=json.dumps(asdict(asked)).encode(), capture_output=True, timeout=self._time_limit_s,
                    env=environment, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise _too_much() from None
        try:
            answer = json.loads(run.stdout)
        except ValueError:
            words = run.stderr.decode(errors="replace").strip().splitlines()[-1:]
            structlog.get_logger().warning("a document was not read", status=run.returncode, said=words)
            raise _too_much() from None
        if answer["kind"] == "Failed":
            raise Invalid(answer["said"]["zh"], answer["said"]["en"])
        said: dict[str, Any] = answer["said"]
        return said

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._locks.mkdir(parents=True, exist_ok=True)
        with (self._locks / "mapping.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(
                    "正在读取另一份文档，请几秒后再试。", "Another document is being read; try again in a few seconds."
                ) from None
            yield


def _too_much() -> Invalid:
    return Invalid(
        "读取这份文档需要的时间或内存超过上限。请拆分文档，或用其中一部分建立映射。",
        "Reading this document takes more time or memory than it may. Split it, or make the mapping from a part of it.",
    )
