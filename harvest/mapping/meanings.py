"""The codes that a column holds: what each means in our code lists, and which of them mean nothing yet."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from harvest.mapping import codes, values
from harvest.mapping.survey import Column
from vocab import codelists
from vocab.codelists import Concept

SCHEMES: Mapping[str, tuple[str, ...]] = {
    "theme": ("theme", "theme-gbt21063", "industry"),
    "industry": ("industry", "theme-gbt21063", "theme"),
    "frequency": ("frequency",),
    "open_attribute": ("open-attribute",),
    "format": ("format",),
    "level": ("level",),
    "district": ("district",),
    "ground": ("grounds",),
}
"""Field -> the code lists that its words are looked up in, as `statements` does."""

_LEAST_LIKE = 2
_NUMBERED = re.compile(r"\d+")


class How(StrEnum):
    KNOWN = "known"
    """A word of the code list."""
    SAID = "said"
    """The mapping says what it means."""
    LIKE = "like"
    """It holds a word of the code list; a person has to confirm that."""
    UNKNOWN = "unknown"


_RANKS = {How.UNKNOWN: 0, How.LIKE: 0, How.SAID: 1, How.KNOWN: 2}


@dataclass(frozen=True, slots=True)
class Code:
    """One word of a coded field. `means` is a label or notation that the code list knows, "" where nothing is known."""

    field: str
    word: str
    count: int
    means: str
    how: How


def meanings(found: Iterable[tuple[str, Column]], said: Mapping[str, Mapping[str, str]]) -> list[Code]:
    """
    The codes of all columns of coded fields; those that a person must look at first, then by how often. `said`: what
    the mapping says, field -> word -> meaning; a word that it names stands here even where no row has it.
    """
    counts: dict[str, Counter[str]] = {field: Counter(dict.fromkeys(table, 0)) for field, table in said.items()}
    for field, column in found:
        if field in SCHEMES:
            table = counts.setdefault(field, Counter())
            for cell, count in column.words.items():
                for word in _words(field, cell, said.get(field, {})):
                    table[word] += count
    known = [_code(field, word, n, said.get(field, {})) for field, table in counts.items() for word, n in table.items()]
    return sorted(known, key=lambda code: (_RANKS[code.how], -code.count, code.field, code.word))


def concept(field: str, word: str) -> Concept | None:
    """What a word of a field means, as the mapping of records finds it."""
    if field in ("theme", "industry"):
        found, unknown = codes.subjects(word, SCHEMES[field])
        return found[0] if len(found) == 1 and not unknown else None
    return next((each for scheme in SCHEMES.get(field, ()) if (each := codes.concept(scheme, word))), None)


def _words(field: str, cell: str, said: Mapping[str, str]) -> Iterator[str]:
    """The words of a cell that are looked up one by one."""
    if cell in said:
        yield cell
    elif field in ("theme", "industry"):
        for element in values.listed(cell):
            found, unknown = codes.subjects(element.strip("，,；; "), SCHEMES[field])
            yield from unknown
            if found and not unknown:
                yield element.strip("，,；; ")
    elif field in ("format", "district"):
        yield from values.words(cell)
    else:
        yield cell.strip("‘’'\"“”")


def _code(field: str, word: str, count: int, said: Mapping[str, str]) -> Code:
    if word in said:
        return Code(field, word, count, said[word], How.SAID)
    if field in ("theme", "industry"):
        found, unknown = codes.subjects(word, SCHEMES[field])
        if found and not unknown:
            return Code(field, word, count, "；".join(each.label("zh-Hans") for each in found), How.KNOWN)
    elif one := concept(field, word):
        return Code(field, word, count, one.label("zh-Hans"), How.KNOWN)
    if near := _like(field, word):
        return Code(field, word, count, near.label("zh-Hans"), How.LIKE)
    return Code(field, word, count, "", How.UNKNOWN)


def _like(field: str, word: str) -> Concept | None:
    """The one concept of which the word holds a name, the longest that it holds; a number is like nothing."""
    if _NUMBERED.fullmatch(word) or len(word) <= _LEAST_LIKE:
        return None
    best: tuple[int, Concept | None] = (0, None)
    for name, each in _names(SCHEMES.get(field, ())):
        if len(name) > best[0] and name in word.lower():
            best = (len(name), each)
    return best[1]


@cache
def _names(schemes: tuple[str, ...]) -> list[tuple[str, Concept]]:
    return [
        (name.lower(), each)
        for scheme in schemes
        for each in codelists.scheme(scheme)
        for name in (*each.labels.values(), *each.aliases)
        if len(name) >= _LEAST_LIKE and not name.isascii()
    ]
