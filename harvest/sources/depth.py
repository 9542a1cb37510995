"""
JSON that nests deeper than any reader goes. Whoever writes it must spoil one record with it, not a catalogue.
"""

import re

MAX_DEPTH = 150
"""Portals nest three or four levels; a reader of JSON-LD gives up at 200, Python's own near 1,000."""
MARK = "suishu-nested-too-deep"
"""Stands where something too deep was."""
REASON = (
    f"记录嵌套过深（超过 {MAX_DEPTH} 层），已拒绝；同一来源的其他记录不受影响。",
    f"The record nests more than {MAX_DEPTH} levels deep and is refused; the others of its source are not touched.",
)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def shallow(data: bytes) -> bytes | None:
    """The same JSON with `MARK` for whatever lies deeper than `MAX_DEPTH`; None where nothing does."""
    depth = 0
    kept: list[bytes] = []
    begins = ends = 0
    for token in _TOKEN.finditer(data):
        sign = token[0]
        if sign in (b"[", b"{"):
            depth += 1
            if depth == MAX_DEPTH + 1:
                begins = token.start()
        elif sign in (b"]", b"}"):
            depth -= 1
            if depth == MAX_DEPTH:
                kept += (data[ends:begins], b'"%s"' % MARK.encode())
                ends = token.end()
    return b"".join((*kept, data[ends:])) if kept else None
