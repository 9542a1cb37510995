"""What a search box offers: words and titles of the index for what is being typed."""

from indexer.suggesting.completing import suggest
from indexer.suggesting.phrases import FIELD, Vocabulary, phrase_terms, tokens

__all__ = ["FIELD", "Vocabulary", "phrase_terms", "suggest", "tokens"]
