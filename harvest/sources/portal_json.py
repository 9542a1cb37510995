"""A mainland portal's own JSON: a list of records under the portal's field names."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from harvest.errors import SourceFailed
from harvest.mapping.rules import Rules
from harvest.record import Incoming, Unreadable
from harvest.source import Document, Memory
from harvest.sources import depth, rowwise
from harvest.sources.encoding import decoded

MAX_BYTES = 512 * 1024 * 1024
_LISTS = ("data", "rows", "records", "result", "results", "list", "items", "content", "datasets", "dataset", "page")


class PortalJsonSource:
    def __init__(self, document: Document, rules: Rules, memory: Memory | None = None) -> None:
        self.name = rules.title or document.name
        self._document = document
        self._rules = rules
        self._memory = memory

    def records(self) -> Iterator[Incoming | Unreadable]:
        """One record an element of the list; an element that is no object is refused in words."""
        tree, has_marks = _loaded(self._document)
        elements = _elements(tree, self._rules.list)
        deep: set[str] = set()
        headings: dict[str, None] = {}
        rows: list[tuple[str, Mapping[str, object]]] = []
        for index, element in enumerate(elements, 1):
            if not isinstance(element, dict):
                yield Unreadable(
                    f"element {index}",
                    f"record {index}",
                    "列表中的这一项不是对象，无法作为目录记录。",
                    "This element of the list is no object and can't be a record.",
                    json.dumps(element, ensure_ascii=False)[:2000],
                )
                continue
            if has_marks and depth.MARK in json.dumps(element):
                deep.add(f"record {index}")
            row = _flat(element)
            headings.update(dict.fromkeys(row))
            rows.append((f"record {index}", row))
        if rows:
            sheets = [rowwise.Sheet(list(headings), rows)]
            for record in rowwise.records(sheets, self._rules, self._document.address, self._memory):
                yield _refused(record) if isinstance(record, Incoming) and record.position in deep else record


def _refused(record: Incoming) -> Unreadable:
    """What nests too deep is left out, but what the record says beside may still close its entry."""
    return Unreadable(record.key, record.position, *depth.REASON, "", record.subject, record.ntriples)


def _loaded(document: Document) -> tuple[Any, bool]:
    """The JSON, and whether something in it was too deep and is marked."""
    size = document.path.stat().st_size
    if size > MAX_BYTES:
        raise SourceFailed(
            f"文件过大（{size:,} 字节，上限 {MAX_BYTES:,}），请分页提供。",
            f"The file is too large ({size:,} bytes, at most {MAX_BYTES:,}); offer it in pages.",
        )
    text = decoded(document.path.read_bytes())
    less = None
    try:
        return json.loads(text), False
    except RecursionError:
        less = depth.shallow(text.encode("utf-8", "replace"))
    except ValueError:
        pass
    text = less.decode() if less else text
    try:
        return json.loads(text), True
    except (ValueError, RecursionError) as error:
        lines = _json_lines(text)
        if lines is not None:
            return lines, less is not None
        raise SourceFailed(
            f"{document.name} 不是有效的 JSON：{error}。", f"{document.name} is no valid JSON: {error}."
        ) from None


def _json_lines(text: str) -> list[Any] | None:
    """One JSON value a line; None when that is not what it is. A broken line is kept as text, to be refused alone."""
    lines = [line for line in text.splitlines() if line.strip()]
    found: list[Any] = []
    broken = 0
    for line in lines:
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError):
            broken += 1
            found.append(line)
    return found if len(lines) > 1 and broken * 2 < len(lines) and isinstance(found[0], dict) else None


def _elements(tree: Any, path: str) -> list[Any]:
    if path:
        for step in path.split("."):
            tree = tree.get(step) if isinstance(tree, dict) else None
        if isinstance(tree, list):
            return tree
        raise SourceFailed(
            f"JSON 中的 {path} 不是列表，请检查映射文件的 list。",
            f"{path} is no list in this JSON; check `list` in the mapping.",
        )
    found = _first_list(tree, 4)
    if found is None:
        keys = "、".join(list(tree)[:12]) if isinstance(tree, dict) else type(tree).__name__
        raise SourceFailed(
            f"JSON 中找不到记录列表（顶层：{keys}）。请在映射文件中用 list 指明路径。",
            f"No list of records in this JSON (top level: {keys}). Give its path as `list` in a mapping.",
        )
    return found


def _first_list(tree: Any, depth: int) -> list[Any] | None:
    """The list itself, or the one under a usual name, or under the only name that has one."""
    if isinstance(tree, list):
        return tree
    if not isinstance(tree, dict) or not depth:
        return None
    usual = [tree[name] for name in _LISTS if isinstance(tree.get(name), list | dict)]
    for value in (*usual, *(value for value in tree.values() if isinstance(value, list) and value)):
        found = _first_list(value, depth - 1)
        if found is not None:
            return found
    return None


def _flat(element: dict[str, Any]) -> dict[str, object]:
    """Fields of objects inside get the names of both: `org.name`."""
    flat: dict[str, object] = {}
    for name, value in element.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": each for inner, each in value.items()})
        else:
            flat[name] = value
    return flat
