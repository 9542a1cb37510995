"""Has a document read by a worker, one at a time for all web processes together."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app import sandbox
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

_WORKER = "app.harvesting.mapping.worker"


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
        with sandbox.turn(self._locks, "mapping", 1) as free:
            if not free:
                raise Busy(
                    "正在读取另一份文档，请几秒后再试。", "Another document is being read; try again in a few seconds."
                )
            try:
                answer = sandbox.ask(_WORKER, json.dumps(asdict(asked)).encode(), self._time_limit_s)
            except sandbox.Ended:
                raise _too_much() from None
        if answer["kind"] == "Failed":
            raise Invalid(answer["said"]["zh"], answer["said"]["en"])
        said: dict[str, Any] = answer["said"]
        return said


def _too_much() -> Invalid:
    return Invalid(
        "读取这份文档需要的时间或内存超过上限。请拆分文档，或用其中一部分建立映射。",
        "Reading this document takes more time or memory than it may. Split it, or make the mapping from a part of it.",
    )
