"""
The newest hashes, noted outside the database: a file of the home to which each process appends what it committed.

It is written after the commit, so it may lag when a process dies in between, and is never ahead; what it says must
stand in the database. Several machines with one database have a file each, and any of them tells.
"""

import json
import os
from pathlib import Path

import structlog

from app.audit.chain import Head

FILE = "audit-heads.jsonl"
_MAX_BYTES = 1024 * 1024
"""Then a new file is begun, and the one before the last goes: the newest head holds all rows before it."""


def note(home: Path, head: Head) -> None:
    """
    Appends one line. Where that fails the log says so, and the change of which it tells is kept all the same.
    """
    path = home / FILE
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)  # which only a database elsewhere does without
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, json.dumps({"id": head.id, "hash": head.hash}).encode() + b"\n")
            size = os.fstat(opened).st_size
        finally:
            os.close(opened)
        if size > _MAX_BYTES:
            path.replace(_earlier(home))  # who still writes to it writes to what is read too
    except OSError as error:
        structlog.get_logger().warning("audit: the newest hash can't be noted", why=error.strerror)


def noted(home: Path) -> list[Head]:
    """All that stands there; a line that was cut off by a power failure is left out."""
    found = []
    for path in (_earlier(home), home / FILE):
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                said = json.loads(line)
                found.append(Head(int(said["id"]), str(said["hash"])))
            except (ValueError, TypeError, KeyError):
                continue
    return found


def _earlier(home: Path) -> Path:
    return home / f"{FILE}.1"
