"""Differences that a searcher doesn't mean: width, case, accents, and the two Chinese scripts."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

_ACCENTED = re.compile(r"[\u00c0-\u024f\u1e00-\u1eff]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_WIDE = re.compile(r"[\uff01-\uff5e\u3000]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@cache
def _opencc(conversion: str = "t2s") -> Any:
    """Traditional to Simplified. Made at first use (20 ms); converting is safe from many threads."""
    import opencc

    return opencc.OpenCC(conversion)


@cache
def _plain_letters() -> dict[int, str]:
    """Latin letters with accents, each with its plain letter: é, ø has none."""
    found = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = unicodedata.normalize("NFD", chr(code))[0]
        if plain.isascii() and plain.isalpha():
            found[code] = plain
    return found


def fold(text: str) -> str:
    """`text` as it is compared: NFKC, case folded, Latin accents off, Simplified. Any string; never an error."""
    text = unicodedata.normalize("NFKC", text).casefold()
    if text.isascii():
        return text
    if _ACCENTED.search(text):
        text = text.translate(_plain_letters())
    return _simplified(text)


@lru_cache(maxsize=10_000)
def across_the_strait(folded: str) -> tuple[str, ...]:
    """What Taiwan calls this, and what the mainland does, in Simplified, where it is another word: 软件, 软体."""
    there = _simplified(str(_opencc("s2twp").convert(folded)))
    here = str(_opencc("tw2sp").convert(str(_opencc("s2t").convert(folded))))
    return tuple(word for word in dict.fromkeys((there, here)) if word != folded)


def aligned(text: str, folded: str | None = None) -> str:
    """`fold(text)` (or the `folded` already at hand) with exactly one character for each of `text`, for marking."""
    folded = fold(text) if folded is None else folded
    # But for wide forms, one for one, normal text folds a character at a time and never gets shorter: equal lengths
    # mean equal places.
    if len(folded) == len(text) and unicodedata.is_normalized("NFKC", _WIDE.sub(" ", text)):
        return folded
    single = "".join(_one(character) for character in text)
    simplified = _simplified(single)
    return simplified if len(simplified) == len(single) else single


def title_key(text: str) -> str:
    """What two titles share when they are the same title, whatever their punctuation and spaces."""
    return key_of_folded(fold(text))


def key_of_folded(folded: str) -> str:
    return _NOT_A_WORD.sub("", folded) or "".join(folded.split())


def clean(text: str) -> str:
    """`text` without lone surrogates, which no file and no UTF-8 can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _simplified(text: str) -> str:
    try:
        return str(_opencc().convert(text))
    except UnicodeEncodeError:
        return str(_opencc().convert(_SURROGATE.sub("\ufffd", text)))


def _one(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).casefold() or character
    return _plain_letters().get(ord(folded[0]), folded[0])
