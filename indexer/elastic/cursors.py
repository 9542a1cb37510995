"""Where a page of Elasticsearch ended: the sort values of its last hit, as a cursor may hold them."""

import math
from typing import Any

_MAX_ID_CHARACTERS = 512
_MAX_DAY = 3_652_059
"""The ordinal of 9999-12-31."""


def is_place(found: list[Any], *, ranked: bool) -> bool:
    """Can these be sort values: [score,] day, id?"""
    if len(found) != (3 if ranked else 2):
        return False
    *score, day, identifier = found
    return (
        all(type(number) in (int, float) and math.isfinite(number) and abs(number) < 1e30 for number in score)
        and type(day) is int
        and 0 <= day <= _MAX_DAY
        and isinstance(identifier, str)
        and len(identifier) <= _MAX_ID_CHARACTERS
        and identifier.isprintable()
    )
