"""Has a document checked by a worker, two at a time for all web processes together."""

import json
from dataclasses import asdict
from pathlib import Path

from app import sandbox
from app.checking.model import MAX_BYTES, TIME_LIMIT_S, Asked, Checked, Failed, Found

_WORKER = "app.checking.worker"
_AT_ONCE = 2


class CheckingService:
    def __init__(self, home: Path, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._locks = home / "locks"
        self._time_limit_s = time_limit_s

    def check(self, asked: Asked, document: bytes = b"") -> Checked | Failed:
        """Blocks for as long as the check takes, at most `time_limit_s`. Raises nothing."""
        if len(document) > MAX_BYTES:
            return Failed("large")
        with sandbox.turn(self._locks, "check", _AT_ONCE) as free:
            if not free:
                return Failed("busy")
            question = json.dumps(asdict(asked)).encode() + b"\n" + document
            try:
                said = sandbox.ask(_WORKER, question, self._time_limit_s)
            except sandbox.Ended as ended:
                return Failed("time" if ended.is_late else "memory")
        if said.pop("failed"):
            return Failed(**said)
        said["results"] = [Found(**each) for each in said["results"]]
        said["notes"] = [(zh, en) for zh, en in said["notes"]]
        return Checked(**said)
