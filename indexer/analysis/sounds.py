"""Pinyin of words: whole and by initials, as people type it without tones and spaces."""

import re
import unicodedata
from functools import cache, lru_cache

_ASCII = re.compile("[a-z]+").fullmatch
_LONGEST_SYLLABLE = 6
_COMMON = range(0x4E00, 0x9FA6)

_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_NEAR_FIRST = (("n", "l"), ("f", "h"), ("r", "l"))
"""Sounds that many speakers don't tell apart, the ones that input methods offer as "fuzzy"."""


@lru_cache(maxsize=100_000)
def syllables(word: str) -> tuple[str, ...]:
    """Of each character its reading in this word, without tone; () where one has none. ü is typed as v."""
    from pypinyin import lazy_pinyin

    found = tuple(lazy_pinyin(word))
    return found if len(found) == len(word) and all(map(_ASCII, found)) else ()


@cache
def all_syllables() -> frozenset[str]:
    """Every syllable that a common character may have."""
    from pypinyin.constants import PINYIN_DICT

    readings = {reading for code in _COMMON for reading in PINYIN_DICT.get(code, "").split(",")}
    plain = {unicodedata.normalize("NFD", reading).replace("u\u0308", "v") for reading in readings}
    bare = {"".join(c for c in reading if not unicodedata.combining(c)) for reading in plain}
    return frozenset(filter(_ASCII, bare)) - {"n", "m", "ng", "hm", "hng"}


def ends(typed: str) -> list[int]:
    """Places in a string of letters where a syllable may end, if it is pinyin all through; else []."""
    known = all_syllables()
    reached = {0}
    for at in range(len(typed)):
        if at in reached:
            reached |= {at + n for n in range(1, _LONGEST_SYLLABLE + 1) if typed[at : at + n] in known}
    if len(typed) not in reached:
        return []
    leads = {len(typed)}  # only places from which the end can be reached
    for at in range(len(typed) - 1, -1, -1):
        if any(typed[at : at + n] in known and at + n in leads for n in range(1, _LONGEST_SYLLABLE + 1)):
            leads.add(at)
    return sorted(reached & leads)


def near(syllable: str) -> list[str]:
    """Syllables that are easily taken for this one."""
    found = set()
    for long, short in _NEAR:
        if long in syllable:
            found.add(syllable.replace(long, short))
        elif syllable.startswith(short) and len(short) == 1:
            found.add(long + syllable[1:])
        elif syllable.endswith(short) and len(short) == 2:
            found.add(syllable[: -len(short)] + long)
    for one, other in _NEAR_FIRST:
        for this, that in ((one, other), (other, one)):
            if syllable.startswith(this):
                found.add(that + syllable[1:])
    return sorted((found & all_syllables()) - {syllable})
