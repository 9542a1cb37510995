"""Cursors: the sort values of the last hit shown, good for one question."""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from indexer.errors import CursorInvalid
from indexer.query import Sort

_MAX_ID_CHARACTERS = 512
_MAX_DAY = 3_652_059
"""The ordinal of 9999-12-31."""


def fingerprint(text: str, chosen: Mapping[str, tuple[str, ...]], sort: Sort) -> str:
    """Of what decides on the order of results; a cursor is good for one of them."""
    asked = json.dumps([text, sorted((facet, sorted(values)) for facet, values in chosen.items()), sort])
    return hashlib.blake2b(asked.encode(), digest_size=8).hexdigest()


def write(after: list[Any], mark: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([mark, *after]).encode()).decode().rstrip("=")


def read(text: str, mark: str, order: Sort) -> list[Any]:
    """Raises CursorInvalid for anything that `write` didn't give for this question."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        given, *after = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise CursorInvalid("游标无效；请从第一页开始。Not a cursor; start at the first page.") from error
    if not _is_place(after, ranked=order is Sort.RELEVANCE):
        raise CursorInvalid("游标无效；请从第一页开始。Not a cursor; start at the first page.")
    if given != mark:
        raise CursorInvalid(
            "游标属于另一个检索；请从第一页开始。The cursor is of another search; start at the first page."
        )
    return list(after)


def _is_place(after: list[Any], *, ranked: bool) -> bool:
    """[score,] day, id."""
    if len(after) != (3 if ranked else 2):
        return False
    *score, day, identifier = after
    return (
        all(type(number) in (int, float) and math.isfinite(number) and abs(number) < 1e30 for number in score)
        and type(day) is int
        and 0 <= day <= _MAX_DAY
        and isinstance(identifier, str)
        and len(identifier) <= _MAX_ID_CHARACTERS
        and identifier.isprintable()
    )
