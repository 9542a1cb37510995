"""Maps the records of a JSON list one by one: whatever one holds, the others go on."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from harvest.mapping.made import Made
from harvest.record import Incoming, Unreadable
from harvest.sources import depth


def mapped(element: Any, position: str, read: Callable[[Mapping[str, Any]], Made]) -> Incoming | Unreadable:
    """The record of one element. What is no object, nests too deep or can't be mapped is refused in words."""
    excerpt = _excerpt(element)
    key = "content " + hashlib.sha256(excerpt.encode("utf-8", "replace")).hexdigest()[:16]
    if not isinstance(element, dict):
        zh, en = (
            "列表中的这一项不是对象，无法作为目录记录。",
            "This element of the list is no object and can't be a record.",
        )
        return Unreadable(key, position, zh, en, excerpt)
    try:
        made = read(element)
    except Exception as error:
        words = f"{type(error).__name__}: {error}"[:300]
        return Unreadable(
            key, position, f"此记录无法映射（{words}）。", f"This record can't be mapped ({words}).", excerpt
        )
    if depth.MARK in excerpt or depth.MARK.encode() in made.ntriples:
        return Unreadable(made.key or key, position, *depth.REASON, excerpt, made.subject, made.ntriples)
    return Incoming(made.key or key, made.subject, made.ntriples, position, made.notes, lasting=bool(made.key))


def _excerpt(element: Any) -> str:
    try:
        return json.dumps(element, ensure_ascii=False, default=str)[:2000]
    except (RecursionError, ValueError):
        return str(type(element).__name__)
