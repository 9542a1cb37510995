"""Text into the tokens that are indexed: words, codes, and the CJK text whose neighbouring characters make pairs."""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.metadata import version as installed
from operator import add
from typing import NamedTuple

from indexer.analysis.folding import fold

_VERSION = 2
"""Raise when the same text begins to give other tokens: indexes made before are then refused and rebuilt."""

MAX_CHARACTERS = 20_000
"""Of one text; what follows is not searched."""

MAX_CODE_CHARACTERS = 100

# Scripts written without spaces between words: ideographs, kana, and Hangul, whose particles cling to the word.
_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"[^\W_{_CJK}]"
_CODE = rf"{_LETTER}+(?:[-./_&+:@#'’·]{_LETTER}+)*(?:\+\+|#)?"
_CODES = re.compile(_CODE)
_RUN = re.compile(rf"[{_CJK}]+|{_CODE}")
_BORDER, _SEAM = "\x1e", "\x1f"
"""Between texts, and between the strings of a text."""

_NEITHER = re.compile(rf"[^{_CJK}{_BORDER}]+")
_IS_CJK = re.compile(rf"[{_CJK}]").match
_JOINT = re.compile(r"[-./_&+:@#'’·]+")


class Terms(NamedTuple):
    """
    Tokens of one text, each field split by white space. `words`: as jieba's search mode cuts CJK text, a long word
    together with the words inside it. `codes`: COVID-19, GB/T, 2023 and words of other scripts, whole, in parts and
    without joints. `cjk`: the unbroken stretches of CJK characters, for an index of single characters and pairs.
    `folded`: each of the strings that made the text, folded.
    """

    words: str
    codes: str
    cjk: str
    folded: list[str]


class Engine(NamedTuple):
    name: str
    cut: Callable[[str], Iterable[str]]
    cut_for_search: Callable[[str], Iterable[str]]
    tag: Callable[[str], Iterable[tuple[str, str]]]
    """Words with their part of speech; `ns` is the name of a place."""


@cache
def engine() -> Engine:
    """rjieba, or jieba where rjieba has no build; both cut CJK text alike, rjieba twelve times faster or more."""
    try:
        import rjieba
    except ImportError:
        import jieba
        import jieba.posseg

        jieba.setLogLevel(logging.WARNING)
        return Engine(f"jieba {installed('jieba')}", jieba.lcut, jieba.lcut_for_search, jieba.posseg.lcut)
    return Engine(f"rjieba {installed('rjieba')}", rjieba.cut, rjieba.cut_for_search, rjieba.tag)


@cache
def version() -> str:
    """Names everything that decides on tokens. An index made under another version must be rebuilt."""
    return f"analysis {_VERSION}, {engine().name}, opencc {installed('opencc')}, pypinyin {installed('pypinyin')}"


def split(texts: Sequence[Sequence[str]]) -> list[Terms]:
    """
    Tokens of each text, which is any number of strings; of each text the first 20,000 characters.

    A record's texts go through in one pass, since each by itself would cost more in calls than in work.
    """
    whole = _BORDER.join([_SEAM.join(strings) for strings in texts])
    seams = sum(len(strings) - 1 for strings in texts if strings)
    if len(whole) > MAX_CHARACTERS or whole.count(_BORDER) != len(texts) - 1 or whole.count(_SEAM) != seams:
        whole = _BORDER.join([_SEAM.join(map(_without_borders, strings))[:MAX_CHARACTERS] for strings in texts])
    folded = fold(whole)
    cjk = _NEITHER.sub("\n", folded)
    words = " ".join(engine().cut_for_search(cjk))
    return [
        Terms(words_of, " ".join(_codes(text)), cjk_of, text.split(_SEAM))
        for words_of, text, cjk_of in zip(words.split(_BORDER), folded.split(_BORDER), cjk.split(_BORDER), strict=True)
    ]


def _without_borders(text: str) -> str:
    return text.replace(_BORDER, " ").replace(_SEAM, " ")


def runs(folded: str) -> list[str]:
    """Unbroken stretches of `folded` in order: CJK text, or one code or word of another script."""
    return [run if is_cjk(run) else run[:MAX_CODE_CHARACTERS] for run in _RUN.findall(folded)]


def words_of(run: str) -> list[str]:
    """The words of a CJK run, one after the other."""
    return list(engine().cut(run))


def is_cjk(run: str) -> bool:
    return _IS_CJK(run) is not None


def pairs(run: str) -> list[str]:
    """Neighbouring characters of a CJK run; the character itself where it stands alone."""
    return list(map(add, run, run[1:])) or [run]


def code_forms(code: str) -> list[str]:
    """`covid-19` → covid-19, covid, 19, covid19; `c++` → c++, c. The one that stands for the whole: `code_key`."""
    if code.isalnum():
        return [code]
    parts = [part for part in _JOINT.split(code.rstrip("+#")) if part]
    return list(dict.fromkeys([code, *parts, code_key(code)]))


def code_key(code: str) -> str:
    """Without joints, so that COVID19 finds COVID-19; a number keeps them: 3.0.1 is not 301, nor is C++ C."""
    return code if code[0].isdigit() or code[-1] in "+#" else _JOINT.sub("", code)


def _codes(folded: str) -> Iterable[str]:
    for code in _CODES.findall(folded):
        if code.isalnum() and len(code) <= MAX_CODE_CHARACTERS:
            yield code
        else:
            yield from code_forms(code[:MAX_CODE_CHARACTERS])
