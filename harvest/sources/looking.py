"""Reads a table or a JSON as it is, before anybody said what its columns mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvest.errors import SourceFailed
from harvest.mapping import values
from harvest.mapping.rules import Rules
from harvest.source import Document
from harvest.sources import portal_json, table, workbook
from harvest.sources.json_document import loaded
from harvest.sources.workbook import Grid

_HEADER_WITHIN = 20


@dataclass(slots=True)
class Looked:
    """
    The rows under their headings, each with its place in words. `dialect` is what the source is harvested as; `list`
    the path to the list in a JSON, "" where it is found without.
    """

    dialect: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, Mapping[str, object]]]
    list: str = ""


def look(document: Document, how: Rules) -> Looked:
    """Raises SourceFailed for what is neither table nor JSON, or holds no rows."""
    head = document.head()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"[", b"{") and not workbook.is_workbook(head):
        return _json(document, how)
    if start[:1] == b"<" or _is_binary(head):
        raise SourceFailed(
            f"{document.name} 不是表格（CSV、XLSX）或 JSON。RDF 目录不需要映射，可以直接采集。",
            f"{document.name} is no table (CSV, XLSX) and no JSON. A catalogue in RDF needs no mapping: harvest it.",
        )
    return _table(document, how)


def _is_binary(head: bytes) -> bool:
    """A stray NUL is one of the things that tables hold; many are no text, but for UTF-16 and workbooks."""
    if workbook.is_workbook(head) or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    return head.count(0) * 50 > len(head)


def _json(document: Document, how: Rules) -> Looked:
    tree, _ = loaded(document)
    elements = portal_json._elements(tree, how.list)
    rows = [
        (f"record {index}", portal_json._flat(element))
        for index, element in enumerate(elements, 1)
        if isinstance(element, dict)
    ]
    if not rows:
        raise SourceFailed("JSON 的记录列表中没有对象。", "The list of records in this JSON holds no objects.")
    headings = dict.fromkeys(heading for _, row in rows for heading in row)
    return Looked("portal-json", list(headings), rows, how.list or _path(tree, elements))


def _path(tree: Any, wanted: list[Any], depth: int = 4) -> str:
    """Where in a JSON a list stands, as names with dots between."""
    if tree is wanted or not isinstance(tree, dict) or not depth:
        return ""
    for name, value in tree.items():
        if value is wanted:
            return str(name)
        if isinstance(value, dict) and (below := _path(value, wanted, depth - 1)):
            return f"{name}.{below}"
    return ""


def _table(document: Document, how: Rules) -> Looked:
    size = document.path.stat().st_size
    if size > table.MAX_BYTES:
        raise SourceFailed(
            f"表格过大（{size:,} 字节，上限 {table.MAX_BYTES:,}），请拆分。",
            f"The table is too large ({size:,} bytes, at most {table.MAX_BYTES:,}); split it.",
        )
    if workbook.is_workbook(document.head(8)):
        grids: Mapping[str, Grid] = workbook.sheets(document)
    else:
        grids = {"": table._csv(document)}
    best: tuple[int, str, int] = (0, "", -1)
    for name, grid in grids.items():
        at = _heading_row(grid, how)
        if at >= 0 and not table._is_items_sheet(name, table._headings(grid[at])) and len(grid) - at > best[0]:
            best = (len(grid) - at, name, at)
    _, name, at = best
    if at < 0:
        raise table._no_header(document.name, next(map(table._first_filled, grids.values()), []))
    headings = table._headings(grids[name][at])
    rows = list(table._rows(name, grids[name], at, headings))
    return Looked("table", [heading for heading in dict.fromkeys(headings) if heading], rows)


def _heading_row(grid: Grid, how: Rules) -> int:
    """The row that names a title; where none does, the first that could be headings: different short words."""
    at, _ = table._header(grid, how)
    if at >= 0:
        return at
    for index, row in enumerate(grid[:_HEADER_WITHIN]):
        words = [word for word in map(values.text, row) if word]
        plain = [
            word for word in words if values.number(word) is None and values.moment(word) is None and len(word) < 60
        ]
        if len(words) >= 2 and len(plain) == len(words) == len(set(words)):
            return index
    return -1
