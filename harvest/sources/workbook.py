"""Workbooks (xlsx, xls, ods), read by a process that may die of them."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from harvest.errors import Refused, SourceFailed
from harvest.source import Document
from harvest.sources import workbook_reader

Grid = Sequence[Sequence[object]]

MAX_UNPACKED_BYTES = 256 * 1024 * 1024
"""A catalogue of 100,000 entries with twenty columns unpacks to about 100 MB."""
MAX_CELLS = 10_000_000
MAX_MEMORY_BYTES = 1536 * 1024 * 1024
MAX_SECONDS = 120

_MADE: dict[str, Callable[[Any], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
    "text": str,
}


def is_workbook(head: bytes) -> bool:
    """A zip (xlsx, ods) or an OLE file (xls)."""
    return head[:4] == b"PK\x03\x04" or head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sheets(document: Document) -> dict[str, Grid]:
    """The cells of each sheet. Raises SourceFailed, Refused for one over a limit."""
    limits = (MAX_UNPACKED_BYTES, MAX_CELLS, MAX_MEMORY_BYTES, MAX_SECONDS)
    command = [sys.executable, "-I", workbook_reader.__file__, str(Path(document.path).resolve()), *map(str, limits)]
    with tempfile.TemporaryFile(prefix="suishu-workbook-") as said:
        try:
            status = subprocess.run(  # noqa: S603 (our own program, no shell)
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.DEVNULL, timeout=2 * MAX_SECONDS
            ).returncode
        except subprocess.TimeoutExpired:
            status = workbook_reader.TOO_LARGE
        said.seek(0)
        if status == 0:
            return _sheets(said)
        raise _failure(document.name, status, said)


def _sheets(said: IO[bytes]) -> dict[str, Grid]:
    found: dict[str, Grid] = {}
    rows: list[list[object]] = []
    for line in said:
        row = json.loads(line, object_hook=_untagged)
        if len(row) == 1:
            rows = []
            found[row[0]] = rows
        else:
            rows.append(row[:-1])
    return found


def _untagged(value: dict[str, str]) -> object:
    ((kind, said),) = value.items()
    return _MADE[kind](said)


def _failure(name: str, status: int, said: IO[bytes]) -> SourceFailed:
    if status == workbook_reader.UNREADABLE:
        why = "".join(json.loads((said.readlines() or [b'[""]'])[-1]))
        return SourceFailed(
            f"无法打开工作簿 {name}：{why}。请用 Excel 或 WPS 另存为 xlsx 后重试。",
            f"The workbook {name} can't be opened: {why}. Save it again as xlsx.",
        )
    return Refused(
        f"工作簿 {name} 过大（解压后超过 {MAX_UNPACKED_BYTES:,} 字节，或超过 {MAX_CELLS:,} 个单元格，"
        "或读取所需的内存、时间超过上限）。请删除表格之外的空白单元格，或拆分。",
        f"The workbook {name} is too large: over {MAX_UNPACKED_BYTES:,} bytes when unpacked, over {MAX_CELLS:,} cells, "
        "or more memory or time needed than a source may take. Delete cells beyond the table, or split it.",
    )
