"""A document as every backend indexes it: its texts cut once, its facet values, and what a hit shows and marks."""

import math
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from indexer.analysis import (
    FRAGMENT_CHARACTERS,
    Needle,
    Run,
    Terms,
    aligned,
    clean,
    key_of_folded,
    mark,
    split,
)
from indexer.document import Document
from indexer.suggesting import phrase_terms
from indexer.weights import POPULARITY, QUALITY

MARKED = ("title", "keywords", "data_items", "description")
"""Fields of a hit that are marked, in the order of `Entry.marked`."""

MARKED_CHARACTERS = 2_000
"""Of a description or a list, kept for marking."""

_MOST_USES = 1_000_000

Marked = tuple[str, str | None]
"""A text as it is shown, and as it is compared where that differs."""


class Entry(NamedTuple):
    """
    `texts`: words and codes of each scored field, a field of several texts once for each. `parts`: all that is
    searched; `within`: of it, what can be asked for by the name of a field. `said`: phrases for a search box and for
    correction. `exact` and `ident`: whole titles and identifiers
    as they are compared. `marked`: texts of each field of `MARKED`. `standing`: what its score is multiplied by.
    """

    titles: Terms
    parts: list[Terms]
    texts: list[tuple[str, str]]
    within: dict[str, Terms]
    said: str
    exact: set[str]
    ident: set[str]
    facets: dict[str, tuple[str, ...]]
    marked: list[list[Marked]]
    standing: float


def entry(document: Document) -> Entry:
    shown = document.titles, ("、".join(document.keywords),), ("、".join(document.data_items),), document.descriptions
    parts = split([*shown, document.publisher_names, document.places, document.identifiers, document.topics])
    titles, identifiers = parts[0], parts[6]
    names = ("title", "keywords", "about", "description", "about", "about")
    return Entry(
        titles=titles,
        parts=parts,
        texts=[(name, f"{terms.words} {terms.codes}") for name, terms in zip(names, parts, strict=False)],
        within={"publisher": parts[4], "item": parts[2]},
        said=phrase_terms(document, titles, parts[1]),
        exact={key_of_folded(title) for title in titles.folded if title},
        ident={"".join(identifier.split()) for identifier in identifiers.folded if identifier},
        facets=_facet_values(document),
        marked=[_marked(texts, terms.folded) for texts, terms in zip(shown, parts, strict=False)],
        standing=_standing(document),
    )


def highlight(marked: Iterable[Sequence[Marked]], wanted: Sequence[Needle]) -> dict[str, tuple[Run, ...]]:
    """Of each field the first text with a match, a title whole, of others a fragment."""
    found: dict[str, tuple[Run, ...]] = {}
    if wanted:
        for name, variants in zip(MARKED, marked, strict=True):
            for shown, compared in variants:
                if runs := mark(shown, compared or shown, wanted, None if name == "title" else FRAGMENT_CHARACTERS):
                    found[name] = runs
                    break
    return found


def _standing(document: Document) -> float:
    """From 1 upwards; the first thousand uses say as much as the next million less a thousand."""
    quality = max(0.0, min(document.quality, 1.0))
    popularity = math.log1p(max(0, min(document.uses, _MOST_USES))) / math.log1p(_MOST_USES)
    return 1 + QUALITY * quality + POPULARITY * popularity


def _facet_values(document: Document) -> dict[str, tuple[str, ...]]:
    """Values of each facet, sorted, without blanks."""
    return {
        "theme": _set(document.themes),
        "publisher": _set((document.publisher_id,)),
        "open_attribute": _set((document.open_attribute,)),
        "format": _set(document.formats),
        "frequency": _set((document.frequency,)),
        "district": _set(document.districts),
    }


def _set(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > 1:
        values = tuple(sorted(set(values)))
    return tuple(clean(value) for value in values if value)


def _marked(texts: Sequence[str], folded: Sequence[str]) -> list[Marked]:
    found: list[Marked] = []
    for text, other in zip_longest(texts, folded[: len(texts)]):
        shown = text[:MARKED_CHARACTERS]
        compared = aligned(shown, other[:MARKED_CHARACTERS] if other and len(other) == len(text) else None)
        found.append((shown, None if compared == shown else compared))
    return found
