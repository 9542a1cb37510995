"""What makes one record rank above another, the same for every backend: all weights are here."""

WEIGHTS = {"title": 4.0, "keywords": 2.5, "about": 1.25, "description": 0.75}
"""Of a word's BM25 score in each field."""

TITLE_PAIR = 5.0
"""Of the score of a pair of characters in a title, however its words are cut."""

PAIR_ACROSS = 3.0
"""Of the score, anywhere, of a pair that stands across two words: it tells a phrase from its words."""

INSIDE = 0.3
"""Of a shorter word within a word that was asked for, where any piece will do."""

ALL_WORDS = 40.0
EXACT_TITLE = 10_000.0
IDENTIFIER = 20_000.0
"""Added where a record has every word, or is what was named."""

PLACE = 60.0
"""Added where a record has the place that was named beside a subject."""

COLUMN = 60.0
"""Added where a record has the columns that were asked for, wherever it says so."""

LENGTH = 0.5

IN_PLACE = ("title", "keywords", "description")
"""Fields in which words that stand for others rank."""

MAX_WORDS = 24
"""Of a pasted text, the first words; the rest would cost more than it finds."""
