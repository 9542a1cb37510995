"""The one protocol that every search backend fulfils: reads, writes and failure."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from indexer.document import Document
from indexer.query import Query
from indexer.results import Results, Suggestion


class SearchReader(Protocol):
    """Any process may hold one. Every method may raise `indexer.errors.SearchUnavailable`."""

    def search(self, query: Query) -> Results: ...

    def among(self, query: Query, ids: Sequence[str]) -> set[str]:
        """
        Which of these records have every word of the query (or what stands in its place) and pass its filters, years
        and stars. No word is corrected. What it costs grows with `ids`.
        """
        ...

    def turn(self) -> AbstractContextManager[object]:
        """Held while a page is made of what is found: where one process does both, one page at a time is faster."""
        ...

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        """What a person who has typed `text` so far may mean: at most `limit`, () for what nothing begins with."""
        ...

    def count(self) -> int: ...

    def ids(self) -> Iterable[str]:
        """Every id in the index, for `suishu check`."""
        ...

    def unindexed(self) -> dict[str, str]:
        """Why records were refused when they were written, by id; at most a thousand."""
        ...


class SearchWriter(Protocol):
    """One process at a time holds one. Nothing is visible before `commit`; repeating a batch changes nothing."""

    def apply(self, upserts: Iterable[Document], deletes: Iterable[str]) -> None: ...

    def commit(self) -> None: ...

    def clear(self) -> None: ...

    def close(self) -> None: ...
