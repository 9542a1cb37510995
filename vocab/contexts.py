"""
JSON-LD documents that name a context by its address.

Nothing is ever fetched (a harvested document must not make the portal call addresses of its choice). A few
well-known contexts are answered with our own short ones; any other is refused, by name.
"""

import json
from typing import Any

from vocab.errors import RdfError
from vocab.notes import Kind, Notes
from vocab.terms import plain_context


def inlined(data: bytes, notes: Notes) -> bytes:
    """
    The JSON-LD document with the contexts that it only names written into it.

    After this no context of the document has an address left. Raises RdfError for an unknown one, and for what is
    not JSON.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise RdfError(f"不是有效的 JSON：{error}", f"not valid JSON: {error}", line=line) from None
    found: set[str] = set()
    result = _walk(document, found)
    for address in sorted(found):
        notes.add(Kind.CONTEXT, f"以内置上下文代替 {address}", f"a bundled context stands in for {address}")
    return json.dumps(result, ensure_ascii=False).encode("utf-8", "replace")


def _walk(value: Any, found: set[str]) -> Any:
    if isinstance(value, list):
        return [_walk(item, found) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _context(item, found) if key == "@context" else _walk(item, found) for key, item in value.items()}


def _context(value: Any, found: set[str]) -> Any:
    if isinstance(value, str):
        bundled = _bundled(value)
        if bundled is None:
            raise _unknown(value)
        found.add(value)
        return bundled
    if isinstance(value, list):
        return [_context(item, found) for item in value]
    if isinstance(value, dict):
        if "@import" in value:
            imported = _bundled(str(value["@import"]))
            if imported is None:
                raise _unknown(str(value["@import"]))
            found.add(str(value["@import"]))
            value = {**imported, **{key: item for key, item in value.items() if key != "@import"}}
        return {key: _walk(item, found) for key, item in value.items()}
    return value


def _bundled(address: str) -> dict[str, Any] | None:
    return plain_context() if address.strip().rstrip("/#").endswith("/dcat-us-3.0.jsonld") else None


def _unknown(address: str) -> RdfError:
    return RdfError(
        f"文档引用了远程 JSON-LD 上下文 {address[:200]}，本系统从不联网读取；请把上下文写入文档，或改用 Turtle 提交",
        f"the document refers to the remote JSON-LD context {address[:200]}, and none is ever fetched: "
        "write the context into the document, or send Turtle",
    )
