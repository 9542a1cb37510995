"""
The phrases of an entry that a search box may offer, as terms of one field of the index.

They are terms of the entry itself, so that they come and go with it: nothing is offered that no public entry says,
and a commit costs what has changed. A term is `key|reading|kind and text`; looking up phrases is reading the term
dictionary from a prefix on.
"""

from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Protocol

from indexer.analysis.folding import fold, key_of_folded
from indexer.analysis.splitting import Terms, code_key, engine, is_cjk, pairs, runs
from indexer.document import Document
from indexer.suggesting.pinyin import initials, reading, units

FIELD = "said"

BY_TEXT, BY_LETTERS, BY_INITIALS, FROM_BEHIND = "t", "y", "i", "b"
"""The first letter of a key: what it is made of. FROM_BEHIND has the text backwards, for typos at its beginning."""

JOINED = "j"
"""The first letter of all keys of two neighbouring words, 人才公寓, known to correction and not offered: `key|text`."""

WORD, PUBLISHER = "w", "p"

MAX_CHARACTERS = 40
"""Of a phrase; what is longer is a sentence, and nobody types it to its end."""

_MAX_BACKWARDS = 12
_MAX_BEGINNINGS = 4
"""Words of a phrase at which it may begin to be typed."""

_PAIR = 2
_MAX_JOINED = 6
"""Characters of two neighbouring words that make one phrase."""

_MIN_LETTERS = 3
_BLANK = "\u2423"
"""Stands for a blank in a term, since blanks separate them."""


class Phrase(NamedTuple):
    """`records` have it. `text` is as people read it; `begins` are its units from where it was typed, `read` aloud."""

    text: str
    kind: str
    begins: list[str]
    read: list[str]
    records: int

    @property
    def key(self) -> str:
        return "".join(self.begins)


class Vocabulary(Protocol):
    """What suggestions ask of an index."""

    def starting(self, prefixes: Sequence[str], most: int) -> list[list[tuple[str, int]]]:
        """For each prefix the terms that begin with it, at most `most`, in most records first, each with how many."""
        ...

    def titles(self, folded: str, most: int) -> list[tuple[str, str]]:
        """Id and title of entries whose title has all characters and words of `folded`."""
        ...


def phrase_terms(document: Document, titles: Terms, keywords: Terms) -> str:
    """
    Split by blanks. Of the words within a longer one of the titles only those at its beginning, and what is left after
    one of them: 公交 and 线路 of 公交线路, but not 州市 of 广州市.
    """
    words = dict.fromkeys([*titles.words.split(), *titles.codes.split()])
    long = [word for word in words if len(word) > _PAIR]
    said = [word for word in words if _is_word(word) and not any(_is_scrap(word, each, words) for each in long)]
    found = [_terms(text, WORD) for text in dict.fromkeys((*said, *document.keywords, *document.topics))]
    found += [_terms(name, PUBLISHER) for name in document.publisher_names]
    found += dict.fromkeys(_neighbours(f"{titles.cjk}\n{keywords.cjk}"))
    return " ".join(found)


def _neighbours(cjk: str) -> Iterator[str]:
    for word, following in pairwise(engine().cut(cjk)):
        if _PAIR < len(word) + len(following) <= _MAX_JOINED and is_cjk(word) and is_cjk(following):
            yield _joined(word, following)


@lru_cache(maxsize=100_000)
def _joined(word: str, following: str) -> str:
    text = word + following
    read = reading([word, following])
    return " ".join(f"{JOINED}{key}|{text}" for key in dict.fromkeys((text, "".join(read), initials(read))))


def _is_scrap(word: str, of: str, words: Container[str]) -> bool:
    return of.find(word) > 0 and not (of.endswith(word) and of[: -len(word)] in words)


def _is_word(text: str) -> bool:
    if is_cjk(text):
        return len(text) >= _PAIR
    return len(text) >= _MIN_LETTERS and not text[0].isdigit()


@lru_cache(maxsize=100_000)
def _terms(text: str, kind: str) -> str:
    """A phrase is said again and again in a catalogue, so its terms are made once."""
    text = " ".join(text.split())
    folded = fold(text)
    key = key_of_folded(folded)
    if not 1 < len(key) <= MAX_CHARACTERS or not text.isprintable() or not runs(key):
        return ""
    words = [word for run in runs(key) for word in (engine().cut(run) if is_cjk(run) else (run,))]
    read = reading(words)
    found = []
    at_unit, at_character = 0, 0
    for number, word in enumerate(words[:_MAX_BEGINNINGS]):
        rest = read[at_unit:]
        if number == 0 or len(key) - at_character > 1:
            value = f"|{' '.join(rest)}|{kind}{text}"
            found += [BY_TEXT + key[at_character:] + value]
            if rest and rest != units(key[at_character:]):
                found += [BY_LETTERS + "".join(rest) + value, BY_INITIALS + initials(rest) + value]
        at_unit += len(units(word))
        at_character += len(word)
    if kind == WORD and _MIN_LETTERS <= len(key) <= _MAX_BACKWARDS:
        found.append(f"{FROM_BEHIND}{key[::-1]}|{' '.join(read)}|{kind}{text}")
    return " ".join(term.replace(" ", _BLANK) for term in found)


def phrase(term: str, records: int) -> Phrase:
    """What a term says."""
    _, read, said = term.replace(_BLANK, " ").split("|", 2)
    syllables = read.split(" ")
    text = said[1:]
    return Phrase(text, said[0], units(key_of_folded(fold(text)))[-len(syllables) :], syllables, records)


@lru_cache(maxsize=20_000)
def begun(term: str) -> str:
    """What of a term's phrase was begun with, folded, as it would be typed."""
    if term.startswith(BY_TEXT):
        return term[1:].partition("|")[0]
    if term.startswith(JOINED):
        return term.rpartition("|")[2]
    return phrase(term, 0).key


def tokens(folded: str, of_characters: str, of_codes: str) -> list[tuple[str, str]]:
    """(field, token) of everything that is searched in a text; the field of codes may be the one without joints."""
    found: dict[tuple[str, str], None] = {}
    for run in runs(folded):
        if is_cjk(run):
            found.update(dict.fromkeys((of_characters, pair) for pair in pairs(run)))
        else:
            found[of_codes, code_key(run) if of_codes == "codes" else run] = None
    return list(found)
