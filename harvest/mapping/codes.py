"""Finds the codes behind a source's words; what is no code is handed back in the source's own words."""

import re
from functools import lru_cache

from vocab import codelists
from vocab.codelists import Concept

EU = "http://publications.europa.eu/resource/authority/"
_SUBJECTS = ("theme", "theme-gbt21063", "industry")
_COUNTED = re.compile(r"\s*[(（]\d+[)）]$")
_LETTERED = re.compile(r"^[A-Z]\s*[.、:：-]\s*")
_SEPARATORS = re.compile(r"[，；;,|\r\n\t]+")


@lru_cache(maxsize=20_000)
def concept(scheme: str, word: str) -> Concept | None:
    return codelists.scheme(scheme).find(word)


def eu_iri(found: Concept) -> str:
    """The concept's IRI in the EU's authority tables, "" where it has none."""
    return next((iri for iri in found.matches if iri.startswith(EU)), "")


def is_preferred(found: Concept, word: str) -> bool:
    """Is the word just what the concept is called, but for its case?"""
    return word in found.labels.values() or word.lower() == found.notation.lower()


@lru_cache(maxsize=20_000)
def subjects(text: str, schemes: tuple[str, ...]) -> tuple[tuple[Concept, ...], tuple[str, ...]]:
    """
    The concepts that a cell of themes names, and the words that are none.

    Labels contain the separators that lists are written with (农、林、牧、渔业), so the whole comes first, then its
    parts, and parts of parts only where all of them are known. A count in brackets (`公共資訊 (948)`) is no word.
    """
    found: list[Concept] = []
    unknown: list[str] = []
    for part in [text] if _subject(text, schemes) else _SEPARATORS.split(text):
        word = _COUNTED.sub("", part.strip())
        if not word:
            continue
        one = _subject(word, schemes)
        several = [_subject(piece, schemes) for piece in word.split("、")] if one is None and "、" in word else []
        if one:
            found.append(one)
        elif several and all(several):
            found += [each for each in several if each]
        else:
            unknown.append(word)
    return tuple({each.iri: each for each in found}.values()), tuple(dict.fromkeys(unknown))


def elements(text: str) -> list[str]:
    """The words of a cell of themes as `subjects` looks them up first: what a mapping says the meaning of."""
    return [word for part in _SEPARATORS.split(text) if (word := _COUNTED.sub("", part.strip()))]


@lru_cache(maxsize=20_000)
def keywords(text: str) -> tuple[str, ...]:
    """Keywords of a cell; a code's label that has a separator in it (水利、环境和公共设施管理业) stays whole."""
    found: list[str] = []
    for part in _SEPARATORS.split(text):
        word = part.strip(" '\"‘’“”「」[]")
        found += [word] if _subject(word, _SUBJECTS) else [piece.strip() for piece in word.split("、")]
    return tuple(dict.fromkeys(word for word in found if word))


def _subject(word: str, schemes: tuple[str, ...]) -> Concept | None:
    for scheme in schemes:
        if found := concept(scheme, word) or concept(scheme, _LETTERED.sub("", word)):
            return found
    return None
