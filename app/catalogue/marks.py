"""By what lists find a published entry: its themes, formats, keywords, and what it may share with another. Pure."""

from typing import Final

from app.catalogue import parts, sameness
from app.catalogue.model import Publisher
from app.catalogue.profiles import DCATAP
from app.catalogue.reading import Node, last_part, unique
from app.catalogue.terms import DCAT
from app.catalogue.view import themes

MAX_CHARACTERS: Final = 200
"""A keyword that is longer is a sentence; nobody asks for it."""


def of(node: Node, publisher: Publisher | None = None) -> list[tuple[str, str]]:
    """
    (kind, value) of each, as the entry's view has them; kinds are "theme", "format", "tag", "hvd" for a category of
    high value, and those of `sameness`. The view itself would be ten times the work, which every record that is kept
    would wait for.
    """
    found = [("theme", theme) for theme in themes(node)]
    formats = list(parts.formats(node)[0])
    for file in node.nodes(DCAT + "distribution"):
        formats += parts.formats(file)[0][:1]
    found += [("format", format_) for format_ in unique(formats)]
    # what the database would not take as it is can't be asked for either
    found += [("hvd", category) for category in map(last_part, node.iris(DCATAP + "hvdCategory")) if category]
    words = node.words(DCAT + "keyword")
    found = [(kind, value[:MAX_CHARACTERS]) for kind, value in found]
    found += [("tag", word) for word in words if len(word) <= MAX_CHARACTERS and _is_plain(word)]
    return found + sameness.of(node, publisher)


def _is_plain(word: str) -> bool:
    return "\0" not in word and not any("\ud800" <= character <= "\udfff" for character in word)
