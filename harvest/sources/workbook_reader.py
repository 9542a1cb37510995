"""
A program of its own that reads a workbook: `python -I workbook_reader.py FILE BYTES CELLS MEMORY SECONDS`.

What a workbook's reader needs is said by the workbook: one cell in the last column of the last row asks for terabytes,
and the compiled reader ends the process that can't give them. So it is not the process that harvests.

Writes JSON, one array a line: `[name]` begins a sheet, any other is a row of the last one's cells. Ends with 0 or with
one of the statuses below; with TOO_LARGE or UNREADABLE the last line is why. Knows nothing of the other packages.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

TOO_LARGE = 3
UNREADABLE = 4


class _TooLarge(Exception):
    pass


def main() -> int:
    path, (max_bytes, max_cells, memory, seconds) = sys.argv[1], map(int, sys.argv[2:6])
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_DATA, memory)
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_FSIZE, 4 * max_bytes)  # of what is written: cells may repeat a text that is stored once
    try:
        _check_archive(path, max_bytes)
        for line in _lines(path, max_cells):
            sys.stdout.write(json.dumps(line, default=_tagged) + "\n")
        sys.stdout.flush()
        return 0
    except _TooLarge as error:
        status, why = TOO_LARGE, str(error)
    except MemoryError:
        return TOO_LARGE
    except BaseException as error:  # what the compiled reader raises shares no base class
        status, why = UNREADABLE, f"{type(error).__name__}: {error}"[:300]
    print(json.dumps([why]), flush=True)
    return status


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def _check_archive(path: str, max_bytes: int) -> None:
    """Unpacks once for nothing: what an archive says of its own size is only believed where it is true."""
    with open(path, "rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > max_bytes:
            raise _TooLarge(f"{unpacked:,}")
        if broken := archive.testzip():
            raise zipfile.BadZipFile(broken)


def _lines(path: str, max_cells: int) -> Iterator[list[Any]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        max_cells -= sheet.total_height * sheet.total_width
        if max_cells < 0:
            raise _TooLarge(f"{sheet.total_height:,} × {sheet.total_width:,}")
        yield [name]
        for row in _grid(sheet):
            yield [*row, ""]  # never of length one, which would be a sheet


def _grid(sheet: Any) -> list[list[object]]:
    """The sheet's cells, a merged range saying its value in each of its cells, as a reader of the table sees it."""
    grid = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if right > left and bottom == top:
            continue  # a title across columns is said once
        for row in range(top, min(bottom + 1, len(grid))):
            for column in range(left, min(right + 1, len(grid[row]))):
                grid[row][column] = grid[top][left]
    return grid


def _tagged(value: object) -> dict[str, object]:
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    return {"text": str(value)}


if __name__ == "__main__":
    sys.exit(main())
