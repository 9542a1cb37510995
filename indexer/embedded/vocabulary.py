"""The phrases and titles of the embedded index, as suggestions and corrections ask for them."""

import json
from collections.abc import Sequence
from typing import Any

import tantivy

from indexer.analysis.folding import clean, fold
from indexer.embedded.schema import schema
from indexer.suggesting import FIELD, tokens

_MUST = tantivy.Occur.Must
_Q = tantivy.Query


class EmbeddedVocabulary:
    """Of one commit. Fulfils `indexer.suggesting.Vocabulary`."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher

    def starting(self, prefixes: Sequence[str], most: int) -> list[list[tuple[str, int]]]:
        return [self._starting(clean(prefix), most) for prefix in prefixes]

    def titles(self, folded: str, most: int) -> list[tuple[str, str]]:
        wanted = tokens(folded, "title_pairs", "title")
        if not wanted:
            return []
        hits = self._searcher.search(_all(wanted), most, count=False).hits
        return [_title(self._searcher.doc(address), folded) for _, address in hits]

    def _starting(self, prefix: str, most: int) -> list[tuple[str, int]]:
        """
        Frequencies of the dictionary count entries that were removed until files merge; so each term that is shown
        must have one that is there.
        """
        terms = self._searcher.terms_with_prefix(FIELD, prefix, limit=most)
        return [(term, records) for term, records in terms if self._lives(term)]

    def _lives(self, term: str) -> bool:
        return bool(self._searcher.search(_term(FIELD, term), 1, count=False).hits)


def _all(wanted: Sequence[tuple[str, str]]) -> tantivy.Query:
    return _Q.boolean_query([(_MUST, _term(field, token)) for field, token in wanted])


def _term(field: str, text: str) -> tantivy.Query:
    return _Q.term_query(schema(), field, clean(text), "freq" if field == "title" else "basic")


def _title(found: tantivy.Document, folded: str) -> tuple[str, str]:
    """Id, and of the titles in all languages the one that was asked for."""
    stored: Any = found.get_first("shown")
    identifier, _, _, _, titles, *_ = json.loads(stored)
    shown = [str(title) for title, _ in titles]
    return identifier, next((title for title in shown if folded in fold(title)), shown[0] if shown else identifier)
