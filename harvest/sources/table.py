"""编目表: a catalogue as a table, in CSV of any Chinese encoding or in a workbook."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from harvest.errors import SourceFailed
from harvest.mapping import values
from harvest.mapping.entry import Item
from harvest.mapping.fields import columns
from harvest.mapping.rows import Row, Settings, item
from harvest.mapping.rules import Rules
from harvest.record import Incoming, Unreadable
from harvest.source import Document, Memory
from harvest.sources import rowwise, workbook
from harvest.sources.encoding import decoded
from harvest.sources.workbook import Grid

MAX_BYTES = 256 * 1024 * 1024
MAX_CELL_CHARACTERS = 32 * 1024 * 1024
_HEADER_WITHIN = 20
_ITEMS_SHEET = re.compile(r"数据项|信息项|字段|数据元|資料項|欄位|items|columns|fields", re.IGNORECASE)
_REMARK = re.compile(r"^(?:注|註|备注|備註|说明|說明|填表|填报|制表|合计|合計|共计|总计)\s*[:：]?")


class TableSource:
    def __init__(self, document: Document, rules: Rules, memory: Memory | None = None) -> None:
        self.name = rules.title or document.name
        self._document = document
        self._rules = rules
        self._memory = memory

    def records(self) -> Iterator[Incoming | Unreadable]:
        """One record a row, sheet after sheet; rows of a 数据项 sheet join the record they name."""
        document = self._document
        size = document.path.stat().st_size
        if size > MAX_BYTES:
            raise SourceFailed(
                f"表格过大（{size:,} 字节，上限 {MAX_BYTES:,}），请拆分。",
                f"The table is too large ({size:,} bytes, at most {MAX_BYTES:,}); split it.",
            )
        grids = workbook.sheets(document) if workbook.is_workbook(document.head(8)) else {"": _csv(document)}
        yield from rowwise.records(self._sheets(grids), self._rules, document.address, self._memory)

    def _sheets(self, grids: Mapping[str, Grid]) -> Iterator[rowwise.Sheet]:
        catalogues: list[tuple[str, Grid, int]] = []
        items: dict[str, list[Item]] = {}
        best: tuple[int, list[str]] = (0, [])
        for name, grid in grids.items():
            at, count = _header(grid, self._rules)
            if at < 0:
                if count > best[0] or not best[1]:
                    best = (count, _first_filled(grid))
                continue
            if _is_items_sheet(name, _headings(grid[at])):
                _gather(grid, at, items)
                best = best if best[1] else (0, _headings(grid[at]))
            else:
                catalogues.append((name, grid, at))
        if not catalogues:
            raise _no_header(self._document.name, best[1])
        for name, grid, at in catalogues:
            headings = _headings(grid[at])
            yield rowwise.Sheet(headings, list(_rows(name, grid, at, headings)), items)


def _csv(document: Document) -> Grid:
    text = decoded(document.path.read_bytes()).replace("\x00", "")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;|", key=first.count)
    limit = csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise SourceFailed(
            f"{document.name} 不是有效的 CSV：{error}。请检查引号是否成对。",
            f"{document.name} is no valid CSV: {error}. Check that quotes are paired.",
        ) from None
    finally:
        csv.field_size_limit(limit)


def _header(grid: Grid, rules: Rules) -> tuple[int, int]:
    """(index of the heading row, recognised columns); index -1 where no row names a title."""
    best = (-1, 0)
    for index, row in enumerate(grid[:_HEADER_WITHIN]):
        headings = _headings(row)
        if _is_items_sheet("", headings):
            return index, len(headings)
        found = columns(headings, rules.rename)
        if "title" in found and len(found) > best[1] and len(found) >= 2:
            best = (index, len(found))
    return best


def _headings(row: Sequence[object]) -> list[str]:
    return [values.text(cell) for cell in row]


def _is_items_sheet(name: str, headings: Sequence[str]) -> bool:
    found = columns(headings, items=True)
    if "item_dataset" not in found or not ("item_name" in found or "item_title" in found):
        return False
    if name:
        return bool(_ITEMS_SHEET.search(name)) or "publisher" not in columns(headings)
    return "item_datatype" in found and "publisher" not in columns(headings)


def _gather(grid: Grid, at: int, items: dict[str, list[Item]]) -> None:
    """Adds the rows of a 数据项 sheet, by the dataset's identifier or title that each names."""
    headings = _headings(grid[at])
    found = columns(headings, items=True)
    for _, raw in _rows("", grid, at, headings):
        row = Row(raw, found, Settings())
        made = item(row)
        dataset = row.text("item_dataset")
        if made and dataset:
            items.setdefault(dataset, []).append(made)


def _rows(name: str, grid: Grid, at: int, headings: Sequence[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """(position, heading -> value) of each row that says something; of two equal headings the first with a value."""
    for index, row in enumerate(grid[at + 1 :], at + 2):
        filled = [cell for cell in row if values.text(cell)]
        if not filled or (len(filled) == 1 and _REMARK.match(values.text(filled[0]))):
            continue
        raw: dict[str, object] = {}
        for heading, cell in zip(headings, row, strict=False):
            if heading and not raw.get(heading):
                raw[heading] = cell
        yield (f"{name} row {index}" if name else f"row {index}"), raw


def _first_filled(grid: Grid) -> list[str]:
    """The cells that say something, of the first row that has any."""
    rows = ([cell for cell in map(values.text, row) if cell] for row in grid)
    return next(filter(None, rows), [])


def _no_header(name: str, headings: Sequence[str]) -> SourceFailed:
    if not headings:
        return SourceFailed(
            f"{name} 是空的，其中没有表格。请检查导出是否成功。",
            f"{name}: the file is empty, there is no table in it. Check that it was exported whole.",
        )
    seen = "、".join(headings[:12])
    return SourceFailed(
        f"表格中找不到名称列。第一行是：{seen}。请把名称列的标题写成“数据集名称”，或用映射文件（rename）指明。",
        f"No column of the table names the title. The first row is: {seen}. "
        "Head that column 数据集名称, or say which one it is in a mapping (rename).",
    )
