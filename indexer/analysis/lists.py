"""The word lists of `data/`, read once: synonyms, agencies, places, words of asking. Sources stand in the files."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from indexer.analysis.folding import fold

EQUAL = 0.8
"""What another word for the same is worth, of the word that was typed."""

NARROWER = 0.6
FORMER = 0.4
"""Of a department, what it was called before a reform."""

_BODIES = (("委员会", "委"), ("局", "局"), ("厅", "厅"), ("部", "部"))
_WHOLE = ("会", "室", "中心", "队", "局", "署", "厅", "部", "银行", "社", "馆", "团")
"""Ends of names that are written to their end."""

Alternatives = tuple[tuple[str, float], ...]


@cache
def synonyms() -> dict[str, Alternatives]:
    """A word, folded -> other words that find what it means, and what each is worth."""
    found: dict[str, dict[str, float]] = {}
    for line in _lines("synonyms.txt"):
        equal, narrower = ([fold(word.strip()) for word in side.split(",") if word.strip()] for side in _two(line, ">"))
        for word in equal:
            others = found.setdefault(word, {})
            for other, worth in (*((each, EQUAL) for each in equal), *((each, NARROWER) for each in narrower)):
                if other != word:
                    others[other] = max(worth, others.get(other, 0.0))
    for full, shorts, former in _agencies():
        for word in (full, *shorts):
            others = found.setdefault(word, {})
            others.update({other: EQUAL for other in (full, *shorts) if other != word})
            others.update({other: FORMER for other in former if other not in others})
        for word in former:
            found.setdefault(word, {}).setdefault(full, FORMER)
    return {word: tuple(others.items()) for word, others in found.items()}


@cache
def places() -> frozenset[str]:
    """Names of counties, cities of their rank and districts, whole."""
    return frozenset(name for line in _lines("places.txt") for name in line.split())


@cache
def words_of_asking() -> frozenset[str]:
    return frozenset(fold(word) for line in _lines("stopwords.txt") for word in line.split())


@cache
def words_of_catalogues() -> frozenset[str]:
    return frozenset(fold(word) for line in _lines("weakwords.txt") for word in line.split())


@cache
def names_of_columns() -> frozenset[str]:
    return frozenset(fold(word) for line in _lines("columns.txt") for word in line.split())


@cache
def known_terms() -> frozenset[str]:
    """Terms of government and places: one word each, however a dictionary cuts them."""
    return frozenset(synonyms()) | names_of_columns() | places()


def _agencies() -> Iterator[tuple[str, list[str], list[str]]]:
    """Full name, short names, former names."""
    for line in _lines("agencies.txt"):
        full, *rest = (part.strip() for part in line.split("|"))
        shorts, former = ([word.strip() for word in part.split(",") if word.strip()] for part in (*rest, "")[:2])
        for long, short in _BODIES:
            body = "" if full.endswith(_WHOLE) else long
            end = short if body else ""
            yield full + body, [each + end for each in shorts], [each + tail for each in former for tail in {body, end}]
            if not body:
                break


def _lines(name: str) -> Iterator[str]:
    for line in files("indexer.analysis").joinpath("data", name).read_text(encoding="utf-8").splitlines():
        if said := line.partition("#")[0].strip():
            yield said


def _two(line: str, mark: str) -> tuple[str, str]:
    before, _, after = line.partition(mark)
    return before, after
