"""Search as pages, the API and the command line ask for it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property

from app.catalogue.service import CatalogueService
from app.search.filters import BY_NAME
from app.search.parameters import query_of
from indexer.analysis import understand
from indexer.backend import SearchReader
from indexer.query import Query
from indexer.results import Results, Suggestion

SUGGESTIONS = 8

_BEGINNING = 2
_MAX_PIECES = 6
_MAX_FILTERS_TRIED = 12


class SearchService:
    """The index is opened at the first question. What a backend raises (`SearchUnavailable`) passes through."""

    def __init__(self, open_reader: Callable[[], SearchReader], catalogue: CatalogueService) -> None:
        self._open_reader = open_reader
        self._catalogue = catalogue

    @cached_property
    def reader(self) -> SearchReader:
        return self._open_reader()

    def search(self, query: Query) -> Results:
        return self.reader.search(query)

    def among(self, saved: str, ids: Sequence[str]) -> set[str]:
        """Which of these entries a saved search finds (see `parameters.saved`)."""
        return self.reader.among(query_of(saved), ids)

    def turn(self) -> AbstractContextManager[object]:
        """To be held while a page is made of what is found."""
        return self.reader.turn()

    def suggest(self, text: str, limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        return self.reader.suggest(text, limit)

    def nearest(self, text: str, limit: int = SUGGESTIONS) -> tuple[Suggestion, ...]:
        """Words and publishers near to a text that finds nothing: what its words, or their beginnings, lead to."""
        words = sorted((word.text for word in understand(text).words), key=len, reverse=True)
        beginnings = [word[:_BEGINNING] for word in words if len(word) > _BEGINNING and not word.isascii()]
        found: dict[str, Suggestion] = {}
        for piece in list(dict.fromkeys([*words, *beginnings]))[:_MAX_PIECES]:
            found |= {each.text: each for each in self.reader.suggest(piece, limit) if each.kind != "dataset"}
            if len(found) >= limit:
                break
        found.pop(text, None)
        return tuple(found.values())[:limit]

    def without(self, query: Query) -> list[tuple[str, str, int]]:
        """
        How many results there were without each filter: (filter, value, results), of a range of years or stars (day
        or "rating", "", results); the most helpful first, useless ones left out.
        """
        fewer = [
            (name, value, replace(query, filters={**query.filters, name: _without(values, value)}))
            for name, values in query.filters.items()
            for value in values
        ]
        for name in query.years:
            rest = {other: ends for other, ends in query.years.items() if other != name}
            fewer.append((name, "", replace(query, years=rest)))
        if query.stars != (None, None):
            fewer.append(("rating", "", replace(query, stars=(None, None))))
        counted = [(name, value, self._count(each)) for name, value, each in fewer[:_MAX_FILTERS_TRIED]]
        return sorted((each for each in counted if each[2]), key=lambda each: -each[2])

    def unindexed(self) -> dict[str, str]:
        """Entries that the search engine refuses, by id, each with its reason."""
        return self.reader.unindexed()

    def _count(self, query: Query) -> int:
        return self.search(replace(query, size=0, page=1, cursor="", facets=(), highlight=False)).total

    def labels(self, facet: str, values: Iterable[str], language: str) -> dict[str, str]:
        """A label for each value of a facet, in the reader's language where there is one."""
        wanted = list(values)
        if facet == "publisher":
            names = self._catalogue.publisher_names(wanted)
            return {value: _name(names.get(value, {}), language) or value for value in wanted}
        return {value: BY_NAME[facet].value_label(value, language) for value in wanted}


def _without(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(other for other in values if other != value)


def _name(names: dict[str, str], language: str) -> str:
    for tag in (language, "zh-Hans", "zh", "", "zh-Hant"):
        if tag in names:
            return names[tag]
    return next(iter(names.values()), "")
