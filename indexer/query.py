"""What a reader asks of search. Pure: a backend translates it, nothing here knows a backend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FACETS = ("theme", "publisher", "open_attribute", "format", "frequency", "district")
"""Facets that every backend counts; each is also the name of a filter and of a URL parameter."""

DAYS = ("modified", "issued")
"""What years can be asked of."""

MAX_PAGE_SIZE = 100
MAX_QUERY_CHARACTERS = 200


class Sort(StrEnum):
    RELEVANCE = "relevance"
    MODIFIED = "modified"
    ISSUED = "issued"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Query:
    """
    `filters`: facet name -> chosen values (OR inside a facet, AND between facets; several words of one value are never
    split). `years`: "modified" or "issued" -> the first and the last year, None for any; a record without that day
    passes neither. `stars`: the least and the most stars of the mean of its ratings, None for any; a record that nobody
    rated passes neither. `whole` names facets of which all values are given, to a thousand. A facet's counts ignore its
    own filter. `text` is what the person typed, any string; it never makes an error; `literal` searches it uncorrected.
    `page` counts from 1; a `cursor` from earlier results takes its place for deep paging.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 20
    cursor: str = ""
    facets: tuple[str, ...] = FACETS
    facet_size: int = 30
    whole: tuple[str, ...] = ()
    years: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    stars: tuple[int | None, int | None] = (None, None)
    highlight: bool = True
    literal: bool = False
