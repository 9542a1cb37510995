"""
The few signs that narrow a question: "a phrase", -without, publisher:name, format:csv, field:name.

All of it is optional and none of it can be wrong: a sign without its counterpart is a character like any other.
"""

import re
from dataclasses import dataclass

FIELDS = {
    "publisher": ("publisher", "发布者", "开放主体", "发布机构"),
    "format": ("format", "格式", "数据格式"),
    "item": ("field", "item", "字段", "数据项"),
}
"""What may be named before a colon, and its names as they are compared: either script and width will do."""

QUOTES = (('"', '"'), ("“", "”"), ("„", "”"), ("「", "」"), ("『", "』"), ("«", "»"))

_MAX_NARROWED = 12
"""Of each kind; who pastes a text with more has not thought of a search."""

_QUOTED = "|".join(f"{first}([^{first}{last}]+){last}" for first, last in QUOTES)
_MINUS = "[-−]"
_START = r"(?:^|(?<=\s))"
_NAMES = {name: field for field, names in FIELDS.items() for name in names}
_NARROWED = re.compile(
    rf"{_START}({_MINUS}?)({'|'.join(sorted(_NAMES, key=len, reverse=True))}):\s*(?:{_QUOTED}|([^\s:]\S*))"
)
_WITHOUT = re.compile(rf"{_START}{_MINUS}(?:{_QUOTED}|([^\s\-−]\S*))")
_PHRASE = re.compile(_QUOTED)


@dataclass(frozen=True, slots=True)
class Named:
    """`text` is asked for in one field, or, with `without`, must not be there."""

    field: str
    text: str
    without: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """`rest` is what remains to be searched for, phrases included."""

    rest: str
    phrases: tuple[str, ...]
    without: tuple[str, ...]
    named: tuple[Named, ...]


def read_signs(folded: str) -> Signs:
    named = []
    if ":" in folded:
        named = [_named(match) for match in _NARROWED.finditer(folded)]
        named = [each for each in named if any(character.isalnum() for character in each.text)]
        if named:
            folded = _NARROWED.sub(" ", folded)
    without = []
    if "-" in folded or "−" in folded:
        without = [_one(match) for match in _WITHOUT.finditer(folded)]
        folded = _WITHOUT.sub(" ", folded)
    phrases = [_one(match) for match in _PHRASE.finditer(folded)]
    return Signs(folded, tuple(phrases[:_MAX_NARROWED]), tuple(without[:_MAX_NARROWED]), tuple(named[:_MAX_NARROWED]))


def _named(match: re.Match[str]) -> Named:
    minus, name, *texts = match.groups()
    return Named(_NAMES[name], next(filter(None, texts)), bool(minus))


def _one(match: re.Match[str]) -> str:
    texts: tuple[str | None, ...] = match.groups()
    return next(text for text in texts if text)
