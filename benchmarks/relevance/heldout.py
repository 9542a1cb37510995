"""
Queries that nobody wrote: titles and terms, bent by rule. What helps the judged queries alone does not help these.

`found`: share of records that their bent title brings into the first ten (any record of the same title counts).
`agreement`: of the first ten for a term, the share that its bent form finds too.
"""

import csv
import random
from collections.abc import Callable, Mapping, Sequence

import opencc
import rjieba
from pypinyin import Style, lazy_pinyin

from indexer.backend import SearchReader
from indexer.document import Document
from indexer.query import Query
from tests.shared_data import SHARED

_TITLES = 120
_TERMS = 45
_SEED = 20261124
_other_script = opencc.OpenCC("s2tw").convert

Bend = Callable[[str, random.Random], str]


def measure(reader: SearchReader, entries: Sequence[Document]) -> Mapping[str, float]:
    titles = sorted({entry.titles[0] for entry in entries if 8 <= len(entry.titles[0]) <= 30})
    bends = Bends(titles)
    chosen, terms = random.Random(_SEED).sample(titles, _TITLES), _terms()
    found = {f"found by its title, {what}": _found(reader, chosen, bend) for what, bend in bends.of_titles().items()}
    for what, bend in bends.of_terms().items():
        found[f"agreement on a term, {what}"] = _agreement(reader, terms, bend)
    return found


def _found(reader: SearchReader, titles: list[str], bend: Bend) -> float:
    chance = random.Random(_SEED)
    hits = 0
    for title in titles:
        results = reader.search(Query(bend(title, chance), size=10, facets=(), highlight=False))
        hits += any(title in hit.display["titles"].values() for hit in results.hits)  # type: ignore[attr-defined]
    return hits / len(titles)


def _agreement(reader: SearchReader, terms: list[str], bend: Bend) -> float:
    chance = random.Random(_SEED)
    shares = []
    for term in terms:
        clean, bent = (
            {hit.id for hit in reader.search(Query(text, size=10, facets=(), highlight=False)).hits}
            for text in (term, bend(term, chance))
        )
        shares.append(len(clean & bent) / len(clean) if clean else 1.0)
    return sum(shares) / len(shares)


def _terms() -> list[str]:
    assert SHARED
    with (SHARED / "derived_query_seeds.tsv").open(encoding="utf-8") as file:
        terms = [row["term"] for row in csv.DictReader(file, delimiter="\t") if 3 <= len(row["term"]) <= 8]
    return random.Random(_SEED).sample(terms, min(_TERMS, len(terms)))


class Bends:
    """Ways to bend a text; wrong characters are those of the titles."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._sounds: dict[str, list[str]] = {}
        for character in sorted({c for title in titles for c in title if "\u4e00" <= c <= "\u9fff"}):
            self._sounds.setdefault(lazy_pinyin(character)[0], []).append(character)

    def of_titles(self) -> dict[str, Bend]:
        return {
            "as it is": lambda text, _: text,
            "two thirds of its words": _shortened,
            "in the other script": lambda text, _: _other_script(text),
            "a homophone in it": self._homophone,
            "a wrong character in it": self._wrong,
            "in pinyin, word by word": _pinyin,
        }

    def of_terms(self) -> dict[str, Bend]:
        return {
            "other script": lambda text, _: _other_script(text),
            "pinyin": lambda text, _: "".join(lazy_pinyin(text)),
            "initials": lambda text, _: "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)),
            "homophone": self._homophone,
            "wrong character": self._wrong,
            "missing character": _missing,
            "two swapped": _swapped,
        }

    def _homophone(self, text: str, chance: random.Random) -> str:
        """One character in place of another of the same sound."""
        places = list(range(len(text)))
        chance.shuffle(places)
        for at in places:
            others = [c for c in self._sounds.get(lazy_pinyin(text[at])[0], ()) if c != text[at]]
            if others and "\u4e00" <= text[at] <= "\u9fff":
                return text[:at] + chance.choice(others) + text[at + 1 :]
        return text

    def _wrong(self, text: str, chance: random.Random) -> str:
        """One character in place of any other."""
        at = chance.randrange(len(text))
        return text[:at] + chance.choice(chance.choice(list(self._sounds.values()))) + text[at + 1 :]


def _missing(text: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(text))
    return text[:at] + text[at + 1 :]


def _swapped(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _shortened(text: str, chance: random.Random) -> str:
    """Two thirds of its words, in order, with spaces."""
    words = [word for word in rjieba.cut(text) if word[0].isalnum()]
    kept = (
        sorted(chance.sample(range(len(words)), max(2, len(words) * 2 // 3))) if len(words) > 2 else range(len(words))
    )
    return " ".join(words[place] for place in kept)


def _pinyin(text: str, _: random.Random) -> str:
    return " ".join("".join(lazy_pinyin(word)) for word in rjieba.cut(text) if word[0].isalnum())
