"""A mainland portal's own JSON: a list of records under the portal's field names."""

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from harvest.errors import SourceFailed
from harvest.fetch import Question
from harvest.mapping import values
from harvest.record import Incoming, Unreadable
from harvest.sources import depth, rowwise
from harvest.sources.json_document import loaded
from harvest.sources.visit import Visit, cut

_LISTS = ("data", "rows", "records", "result", "results", "list", "items", "content", "datasets", "dataset", "page")


class PortalJsonSource:
    def __init__(self, visit: Visit) -> None:
        self.name = visit.rules.title or visit.location
        self._visit = visit
        self._rules = visit.rules
        self._address = visit.location if visit.is_remote else ""

    def records(self) -> Iterator[Incoming | Unreadable]:
        """
        One record an element of the list, page after page; an element that is no object is refused in words. Raises
        SourceFailed at its end where a page could not be read.
        """
        deep: set[str] = set()
        headings: dict[str, None] = {}
        rows: list[tuple[str, Mapping[str, object]]] = []
        pages = self._pages()
        index = 0
        failure: SourceFailed | None = None
        while True:
            try:
                elements, has_marks = next(pages)
            except StopIteration:
                break
            except SourceFailed as error:
                failure = error
                break
            for element in elements:
                index += 1
                if not isinstance(element, dict):
                    yield _no_object(element, index)
                    continue
                if has_marks and depth.MARK in json.dumps(element):
                    deep.add(f"record {index}")
                row = _flat(element)
                headings.update(dict.fromkeys(row))
                rows.append((f"record {index}", row))
        if rows:
            sheets = [rowwise.Sheet(list(headings), rows)]
            for record in rowwise.records(sheets, self._rules, self._address, self._visit.memory):
                yield _refused(record) if isinstance(record, Incoming) and record.position in deep else record
        if failure:
            raise failure

    def _pages(self) -> Iterator[tuple[list[Any], bool]]:
        """The elements of each page, and whether something in them was too deep and is marked."""
        if self._rules.paging is None or not self._visit.is_remote:
            document = self._visit.first()
            self._address = document.address
            tree, has_marks = loaded(document)
            yield _elements(tree, self._rules.list), has_marks
            return
        given = 0
        longest = 0
        for number in count():
            address, body, content_type = self._rules.paging.asked(self._visit.location, number)
            question = Question("application/json, */*;q=0.1", body, content_type)
            with self._visit.page(address, question) as document:
                tree, has_marks = loaded(document)
            total = _total(tree, self._rules.paging.total)
            elements = _elements(tree, self._rules.list)
            if elements:
                self._visit.refuse_repetition(json.dumps(elements).encode(), f"{address} ({number + 1})")
            given += len(elements)
            yield elements, has_marks
            if len(elements) < longest or not elements or (total is not None and given >= total):
                if total is not None and given < total:
                    raise cut(total, given)
                return
            longest = max(longest, len(elements))


def _total(tree: Any, path: str) -> int | None:
    for step in path.split(".") if path else ():
        tree = tree.get(step) if isinstance(tree, dict) else None
    return values.number(tree) if path else None


def _no_object(element: Any, index: int) -> Unreadable:
    return Unreadable(
        f"element {index}",
        f"record {index}",
        "列表中的这一项不是对象，无法作为目录记录。",
        "This element of the list is no object and can't be a record.",
        json.dumps(element, ensure_ascii=False)[:2000],
    )


def _refused(record: Incoming) -> Unreadable:
    """What nests too deep is left out, but what the record says beside may still close its entry."""
    return Unreadable(record.key, record.position, *depth.REASON, "", record.subject, record.ntriples)


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
