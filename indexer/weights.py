"""What makes one record rank above another, the same for every backend: all weights are here."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from indexer.analysis import Word

WEIGHTS = {"title": 4.0, "keywords": 2.5, "about": 1.75, "description": 1.0}
"""Of a word's BM25 score in each field."""

TITLE_PAIR = 4.0
"""Of the score of a pair of characters in a title, however its words are cut."""

PAIR_ACROSS = 3.0
"""Of the score, anywhere, of a pair that stands across two words: it tells a phrase from its words."""

INSIDE = 0.3
"""Of a shorter word within a word that was asked for, where any piece will do."""

ALL_WORDS = 40.0
EXACT_TITLE = 10_000.0
IDENTIFIER = 20_000.0
"""Added where a record has every word, or is what was named."""

MAX_WORDS = 24
"""Of a pasted text, the first words; the rest would cost more than it finds."""


class Enough(NamedTuple):
    """A record matches with `at_least` so many of `words`."""

    words: Sequence[Word]
    at_least: int


def enough(required: Sequence[Word], frequency: Callable[[Word], int], records: int) -> Enough:
    """
    At least half of the words that were asked for, counting neither words that no record has nor words so common
    that they tell nothing. `frequency`: at most so many of `records` have the word.
    """
    if len(required) == 1:
        return Enough(required, 1)
    common = max(1_000, records // 8)
    known = [(word, found) for word in required if (found := frequency(word))]
    told = [word for word, found in known if found <= common]
    if not told:
        words = [word for word, _ in known] or required
        return Enough(words, len(words))
    return Enough(told, math.ceil(len(told) / 2))
