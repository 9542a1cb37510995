"""Reads a JSON document of a portal, or one JSON value a line, whatever its encoding and however deep it nests."""

import json
from typing import Any

from harvest.errors import SourceFailed
from harvest.source import Document
from harvest.sources import depth
from harvest.sources.encoding import decoded

MAX_BYTES = 512 * 1024 * 1024


def loaded(document: Document) -> tuple[Any, bool]:
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
