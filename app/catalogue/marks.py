"""By what lists find a published entry: its themes, formats and keywords. Pure."""

from typing import Final

from app.catalogue import parts
from app.catalogue.reading import Node, unique
from app.catalogue.terms import DCAT
from app.catalogue.view import themes

MAX_CHARACTERS: Final = 200
"""A keyword that is longer is a sentence; nobody asks for it."""


def of(node: Node) -> list[tuple[str, str]]:
    """
    (kind, value) of each, as the entry's view has them; kinds are "theme", "format" and "tag". The view itself would
    be ten times the work, which every record that is kept would wait for.
    """
    found = [("theme", theme) for theme in themes(node)]
    formats = list(parts.formats(node)[0])
    for file in node.nodes(DCAT + "distribution"):
        formats += parts.formats(file)[0][:1]
    found += [("format", format_) for format_ in unique(formats)]
    # what the database would not take as it is can't be asked for either
    words = node.words(DCAT + "keyword")
    return found + [("tag", word) for word in words if len(word) <= MAX_CHARACTERS and _is_plain(word)]


def _is_plain(word: str) -> bool:
    return "\0" not in word and not any("\ud800" <= character <= "\udfff" for character in word)
