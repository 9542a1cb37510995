"""One analysis of text for every backend: what is indexed, what is asked and what is marked agree by construction."""

from indexer.analysis.asking import Asked, Instead, Phrase, Within, Word, understand, warm
from indexer.analysis.folding import aligned, clean, fold, key_of_folded, title_key
from indexer.analysis.marking import FRAGMENT_CHARACTERS, Needle, Run, mark, needles
from indexer.analysis.splitting import Terms, pairs, split, version, words_of

__all__ = [
    "FRAGMENT_CHARACTERS",
    "Asked",
    "Instead",
    "Needle",
    "Phrase",
    "Run",
    "Terms",
    "Within",
    "Word",
    "aligned",
    "clean",
    "fold",
    "key_of_folded",
    "mark",
    "needles",
    "pairs",
    "split",
    "title_key",
    "understand",
    "version",
    "warm",
    "words_of",
]
