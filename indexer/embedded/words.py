"""What the embedded index's own term dictionaries tell."""

from collections.abc import Sequence

import tantivy

from indexer.analysis import clean
from indexer.plan import Term
from indexer.suggesting import FIELD


class Words:
    """An `indexer.correction.Index`: microseconds a question."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher

    def frequency(self, term: Term) -> int:
        return self._searcher.doc_freq(term.field, term.text)

    def frequencies(self, terms: Sequence[Term]) -> dict[Term, int]:
        return {term: self.frequency(term) for term in terms}

    def starting(self, beginnings: Sequence[str], limit: int) -> dict[str, list[tuple[str, int]]]:
        find = self._searcher.terms_with_prefix
        return {beginning: find(FIELD, clean(beginning), limit=limit) for beginning in beginnings}
