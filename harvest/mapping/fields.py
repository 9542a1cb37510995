"""Which field of the metadata profile a column heading or a JSON key names."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import yaml

LISTS = frozenset(
    {"theme", "industry", "keyword", "format", "identifier", "landing_page", "download", "api", "condition", "district"}
)
"""Fields that may be said in several columns at once."""

_CONDITION = "开放条件"
_BRACKETED = re.compile(r"[(（\[【].*?[)）\]】]")
_IGNORED = re.compile(r"[\s*＊:：\"'_\-./]+")


def key(heading: str) -> str:
    """The heading as it is compared."""
    return _IGNORED.sub("", _BRACKETED.sub("", unicodedata.normalize("NFKC", heading))).lower()


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """Field -> keys of its aliases, in the order of `fields.yaml`; the field's own name is one of them."""
    text = resources.files(__package__).joinpath("fields.yaml").read_text(encoding="utf-8")
    return {field: tuple(map(key, (*names, field))) for field, names in yaml.safe_load(text).items()}


def columns(
    headings: Iterable[str], rename: Mapping[str, str] | None = None, *, items: bool = False
) -> dict[str, list[str]]:
    """
    Field -> the headings that name it, best alias first; a heading serves one field.

    `rename` (heading -> field) goes before the aliases. With `items`, the fields of a data item's row instead of
    those of an entry. 开放条件 is the open attribute on most portals, and the condition beside a real 开放属性.
    """
    keys: dict[str, list[str]] = {}
    for heading in headings:
        keys.setdefault(key(heading), []).append(heading)
    found: dict[str, list[str]] = {}
    present = {heading for same in keys.values() for heading in same}
    for heading, field in (rename or {}).items():
        if heading in present:  # or every row of a table would look like its headings
            found.setdefault(field, []).append(heading)
    taken = set(rename or ())
    for field, names in aliases().items():
        if field.startswith("item_") is not items:
            continue
        for name in names:
            if name == _CONDITION and field == "open_attribute" and found.get(field):
                continue
            fresh = [heading for heading in keys.get(name, ()) if heading not in taken]
            if fresh:
                found.setdefault(field, []).extend(fresh)
                taken.update(fresh)
    return found
