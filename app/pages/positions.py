"""Where a record stands in its source, in words."""

import re

from app.web.language import gettext as _

_POSITION = re.compile(r"(?:(.*) )?(row|record|dataset) (\d{1,9})", re.DOTALL)
"""Such as `row 17`: a word of ours and a number. What stands before it is the name of a sheet."""


def in_words(position: str, *, sheet: bool = False) -> str:
    """ "" where that is not said by a number. The name of a `sheet` is the source's own word: not for the public."""
    found = _POSITION.fullmatch(position)
    if found is None:
        return ""
    words = _("第 %(number)s 行") if found[2] == "row" else _("第 %(number)s 条")
    said = words % {"number": found[3]}
    return f"{found[1]} {said}" if sheet and found[1] else said
