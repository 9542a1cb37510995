"""How a portal's JSON is asked for page by page, as a mapping says it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harvest.errors import SourceFailed

Send = Literal["query", "form", "json"]
Counts = Literal["pages", "records"]
_KEYS = ("page", "size", "of", "first", "counts", "total", "send", "with")
MAX_OF = 1_000


@dataclass(frozen=True, slots=True)
class Paging:
    """
    `page`: the parameter that says which page. `size`: the one that says how many records it has, "" for none; `of`
    is its value. `first`: the number of the first page. `counts`: whether `page` counts pages or records. `total`:
    dotted path to the number of all records in an answer, "" where none tells it. `send`: in the address, or posted as
    a form or as JSON. `also`: further parameters (`with` in the mapping).
    """

    page: str
    size: str = ""
    of: int = 100
    first: int = 1
    counts: Counts = "pages"
    total: str = ""
    send: Send = "query"
    also: Mapping[str, Any] = field(default_factory=dict)

    def asked(self, location: str, number: int) -> tuple[str, bytes | None, str]:
        """Address, body and content type of the request for page `number`, counted from 0."""
        at = self.first + number * (self.of if self.counts == "records" else 1)
        parameters = {**self.also, self.page: at, **({self.size: self.of} if self.size else {})}
        if self.send == "json":
            return location, json.dumps(_nested(parameters), ensure_ascii=False).encode(), "application/json"
        if self.send == "form":
            return location, urlencode(parameters).encode(), "application/x-www-form-urlencoded"
        parts = urlsplit(location)
        kept = [(name, value) for name, value in parse_qsl(parts.query, True) if name not in parameters]
        return urlunsplit(parts._replace(query=urlencode([*kept, *parameters.items()]))), None, ""


def paging(said: Any) -> Paging:
    """Checks that part of a mapping. Raises SourceFailed that names what is wrong in it."""
    if not isinstance(said, Mapping) or not said.get("page"):
        raise wrong("paging 应为键值映射，且至少写明 page", "paging must be a mapping that says at least page")
    for key in said:
        if key not in _KEYS:
            raise wrong(
                f"paging 中不认识的键 {key}；可用：{'、'.join(_KEYS)}",
                f"unknown key {key} in paging; known are {', '.join(_KEYS)}",
            )
    also = said.get("with") or {}
    if not isinstance(also, Mapping):
        raise wrong("paging.with 应为键值映射", "paging.with must be a mapping")
    counts: Counts = _one_of(said, "counts", "pages", get_args(Counts))
    send: Send = _one_of(said, "send", "query", get_args(Send))
    return Paging(
        page=str(said["page"]),
        size=str(said.get("size") or ""),
        of=_number(said, "of", 100, 1),
        first=_number(said, "first", 1 if counts == "pages" else 0, 0),
        counts=counts,
        total=str(said.get("total") or ""),
        send=send,
        also={str(name): value for name, value in also.items()},
    )


def _one_of(said: Mapping[str, Any], key: str, usual: str, known: tuple[str, ...]) -> Any:
    value = said.get(key) or usual
    if value not in known:
        raise wrong(f"paging.{key} 应为 {'、'.join(known)} 之一", f"paging.{key} must be one of {', '.join(known)}")
    return value


def _number(said: Mapping[str, Any], key: str, usual: int, least: int) -> int:
    value = said.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_OF:
        raise wrong(
            f"paging.{key} 应为 {least} 至 {MAX_OF} 的整数", f"paging.{key} must be a whole number, {least} to {MAX_OF}"
        )
    return value


def _nested(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """`page.current` becomes an object inside."""
    tree: dict[str, Any] = {}
    for name, value in parameters.items():
        *way, last = name.split(".")
        place = tree
        for step in way:
            inner = place.setdefault(step, {})
            if not isinstance(inner, dict):
                raise wrong(
                    f"paging 的参数 {name} 互相矛盾", f"the parameters of paging contradict each other at {name}"
                )
            place = inner
        place[last] = value
    return tree


def wrong(zh: str, en: str) -> SourceFailed:
    return SourceFailed(f"映射文件有误：{zh}。", f"The mapping is wrong: {en}.")
