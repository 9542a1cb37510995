"""Words of others in letters. Pure."""

import re

_LINK = re.compile(r"(?<=\w)\.(?=[^\W\d_])")
"""In a.example, and not in 3.5: mail programs make a link also of what has no scheme."""


def one_line(text: str, most: int) -> str:
    """Text of others as one line in which nothing hides: no control characters, none that turn the direction."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def without_links(text: str, most: int) -> str:
    """One line of which no mail program makes a link."""
    return _LINK.sub("．", one_line(text, most).replace("://", "：//"))
