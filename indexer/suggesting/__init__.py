"""What a search box offers: words and titles of the index for what is being typed, and what was probably meant."""

from indexer.suggesting.completing import suggest
from indexer.suggesting.correcting import correct
from indexer.suggesting.phrases import FIELD, Vocabulary, phrase_terms, tokens

__all__ = ["FIELD", "Vocabulary", "correct", "phrase_terms", "suggest", "tokens"]
