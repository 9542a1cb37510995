"""What is indexed of one public entry. Built by the caller from what anyone may see, and from nothing else."""

from dataclasses import dataclass, field
from datetime import date

STAR, MOST_STARS = 100, 5


@dataclass(frozen=True, slots=True)
class Document:
    """
    One entry as search knows it. Facet fields hold notations or ids, never labels.

    `places` and `topics` are names in words: of the area that an entry is about or comes from, of its themes and
    industries. `titles` has every language's title, the display title first; `display` is a small JSON-able mapping
    that a result list shows as it is (title and summary in each language, publisher name …) without asking the record.

    `rating`: the mean of its ratings in hundredths of a star (`STAR`), 0 where nobody rated.

    What ranks among equals: `quality` is how completely the entry is described, 0 to 1; `uses` how often it was
    downloaded or called, as far as anyone has counted; `due` the day until which it is as fresh as it promised.
    """

    id: str
    uri: str
    identifiers: tuple[str, ...]
    titles: tuple[str, ...]
    descriptions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    publisher_id: str = ""
    publisher_names: tuple[str, ...] = ()
    data_items: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    open_attribute: str = ""
    formats: tuple[str, ...] = ()
    frequency: str = ""
    districts: tuple[str, ...] = ()
    source_id: str = ""
    issued: date | None = None
    modified: date | None = None
    due: date | None = None
    quality: float = 0.0
    uses: int = 0
    rating: int = 0
    display: dict[str, object] = field(default_factory=dict)
