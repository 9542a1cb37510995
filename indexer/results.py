"""What search answers."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hit:
    """
    `display` is what the document carried. `highlight` maps "title", "description", "keywords" or "data_items" to
    a fragment as a tuple of (text, is_match) runs, so that the page escapes the text itself.
    """

    id: str
    uri: str
    identifiers: tuple[str, ...]
    score: float
    display: dict[str, object]
    highlight: dict[str, tuple[tuple[str, bool], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """
    `total` is exact. `next` is a cursor for the following page, "" at the end. `corrected` is what was searched in
    place of what was typed, "" where that is the same.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    next: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is what may have been meant. `kind` is "word", "publisher" or "dataset"; a dataset has its `id`."""

    text: str
    kind: str
    id: str = ""
