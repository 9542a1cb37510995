"""
What a source that nobody has seen before probably means: a field for each column, a meaning for each code. A guess
says how sure it is and why, so that a person can confirm it; nothing is used before that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from harvest.mapping.evidence import evidence, later
from harvest.mapping.fields import LISTS, aliases, columns, key
from harvest.mapping.likeness import Names, nearest
from harvest.mapping.survey import Column

_LEAST = 0.4
_NAMED, _NAMED_AND_FIT = 0.9, 0.99
_CODED = frozenset({"frequency", "open_attribute", "format", "theme", "industry", "level", "district"})
_ONE_OF = "modified", "issued"


class Why(StrEnum):
    """What a guess stands on."""

    NAME = "name"
    """The heading is a usual name of the field."""
    LIKENESS = "likeness"
    """The heading is like one, and the words do not speak against it."""
    WORDS = "words"
    """The words of the column read as the field's."""
    BOTH = "both"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Guess:
    """
    `field` is "" where the column means nothing to the profile. `like`: the usual name that the heading is like.
    `share`: of the words of the column that read as this field.
    """

    heading: str
    field: str = ""
    confidence: float = 0.0
    why: Why = Why.NOTHING
    like: str = ""
    share: float = 0.0


def guess(found: Sequence[Column], names: Names | None = None) -> list[Guess]:
    """One guess a column, in their order. `names`: the usual names of fields, if not those of `fields.yaml`."""
    known = {field: keys for field, keys in (names or aliases()).items() if not field.startswith("item_")}
    named = _named(found, known, given=names is not None)
    candidates = [
        each for column in found for each in _candidates(column, known, named.get(column.heading, ""))
    ]  # fmt: skip
    chosen = _assigned(candidates, {column.heading: column for column in found})
    return [chosen.get(column.heading, Guess(column.heading)) for column in found]


def _named(found: Sequence[Column], known: Names, *, given: bool) -> dict[str, str]:
    """Heading -> the field that it is a usual name of."""
    headings = [column.heading for column in found]
    if not given:
        return {heading: field for field, each in columns(headings).items() for heading in each}
    return {
        heading: field for field, keys in reversed([*known.items()]) for heading in headings if key(heading) in keys
    }  # fmt: skip


def _candidates(column: Column, known: Names, named: str) -> list[Guess]:
    """Every field that a column may be."""
    says = evidence(column)
    if named:
        share = says.get(named, 0.0)
        agrees = share >= _LEAST or not says
        return [Guess(column.heading, named, _NAMED_AND_FIT if agrees else _NAMED, Why.NAME, column.heading, share)]
    found: dict[str, Guess] = {}
    for field, share in says.items():
        if field in known and share >= _LEAST:
            found[field] = Guess(column.heading, field, 0.8 * share, Why.WORDS, "", share)
    for field, likeness, name in nearest(column.heading, known):
        share = says.get(field, 0.0)
        doubt = _doubt(field, says, len(column.words))
        confidence = doubt * likeness + 0.25 * share * (1 - doubt * likeness)
        why = Why.BOTH if share >= _LEAST else Why.LIKENESS
        if confidence > (found[field].confidence if field in found else _LEAST):
            found[field] = Guess(column.heading, field, confidence, why, name, share)
    return list(found.values())


def _doubt(field: str, says: Mapping[str, float], words: int) -> float:
    """What the words say against a field that the heading is like: that they read as another, or as no code of it."""
    share = says.get(field, 0.0)
    if max(says.values(), default=0.0) > share + 0.5:
        return 0.6
    return 0.75 if field in _CODED and not share and words > 3 else 0.95


def _assigned(candidates: Sequence[Guess], found: Mapping[str, Column]) -> dict[str, Guess]:
    """The surest first. A field that is no list is taken once, but by as many headings as are its usual names."""
    chosen: dict[str, Guess] = {}
    taken: set[str] = set()
    for each in sorted(candidates, key=lambda each: -each.confidence):
        if each.heading in chosen or each.confidence < _LEAST:
            continue
        if each.field in taken and each.field not in LISTS and each.why is not Why.NAME:
            continue
        chosen[each.heading] = each
        taken.add(each.field)
    return _dates_in_order(chosen, found)


def _dates_in_order(chosen: dict[str, Guess], found: Mapping[str, Column]) -> dict[str, Guess]:
    """Of two columns of days that only their words speak for, the later is when the dataset changed."""
    guessed = {each.field: each for each in chosen.values() if each.field in _ONE_OF and each.why is Why.WORDS}
    if len(guessed) == 2:
        modified, issued = guessed["modified"], guessed["issued"]
        if later(found[issued.heading], found[modified.heading]):
            chosen[modified.heading] = replace(modified, field="issued")
            chosen[issued.heading] = replace(issued, field="modified")
    elif "issued" in guessed and not any(each.field == "modified" for each in chosen.values()):
        alone = guessed["issued"]
        chosen[alone.heading] = replace(alone, field="modified")
    return chosen
