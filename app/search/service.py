"""Search as pages, the API and the command line ask for it."""

from collections.abc import Callable, Iterable
from functools import cached_property

from app.catalogue.service import CatalogueService
from app.search.filters import BY_NAME
from indexer.backend import SearchReader
from indexer.query import Query
from indexer.results import Results


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

    def labels(self, facet: str, values: Iterable[str], language: str) -> dict[str, str]:
        """A label for each value of a facet, in the reader's language where there is one."""
        wanted = list(values)
        if facet == "publisher":
            names = self._catalogue.publisher_names(wanted)
            return {value: _name(names.get(value, {}), language) or value for value in wanted}
        return {value: BY_NAME[facet].value_label(value, language) for value in wanted}


def _name(names: dict[str, str], language: str) -> str:
    for tag in (language, "zh-Hans", "zh", "", "zh-Hant"):
        if tag in names:
            return names[tag]
    return next(iter(names.values()), "")
