"""Totals and facets, exact, in as few passes as they allow."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tantivy

from indexer.embedded.ranking import any_of, filtered
from indexer.results import FacetValue

_SINGLE = frozenset({"publisher", "open_attribute", "frequency"})
"""Facets of which a record has one value at most, so that a set's count is its value's."""

_MAX_SETS = 20_000
"""Of one facet in one answer; tantivy refuses more than 65,000 in all."""

_SPARE = 20

Sets = Mapping[str, list[tuple[str, ...]]]
Counted = tuple[int, dict[str, tuple[FacetValue, ...]]]


def count(
    searcher: tantivy.Searcher,
    sets: Sets,
    match: tantivy.Query,
    chosen: Mapping[str, tuple[str, ...]],
    wanted: Sequence[str],
    sizes: Mapping[str, int],
) -> Counted:
    """
    How many records match and pass all filters, and the counts of each facet without its own filter.

    One pass counts the total and every facet that has no filter of its own; each other facet needs one more.
    """
    filters = {facet: any_of(facet, values) for facet, values in chosen.items()}
    free = [facet for facet in wanted if facet not in chosen]
    everything = filtered(match, filters.values())
    counts: dict[str, dict[str, int]] = {}
    if free:
        total, counts = _pass(searcher, sets, everything, free, sizes)
    else:
        total = total_of(searcher, everything)
    for facet in wanted:
        if facet in chosen:
            others = filtered(match, (each for name, each in filters.items() if name != facet))
            counts.update(_pass(searcher, sets, others, [facet], sizes)[1])
            _add_missing(searcher, others, facet, chosen[facet], counts[facet])
    return total, {facet: _top(counts[facet], chosen.get(facet, ()), sizes[facet]) for facet in wanted}


def total_of(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    result: Any = searcher.search(query, 1)
    return int(result.count)


def _pass(
    searcher: tantivy.Searcher, sets: Sets, query: tantivy.Query, facets: list[str], sizes: Mapping[str, int]
) -> tuple[int, dict[str, dict[str, int]]]:
    request = {}
    for facet in facets:
        known = min(max(1, len(sets[facet])), _MAX_SETS)
        most = min(sizes[facet] + _SPARE, known) if facet in _SINGLE else known
        request[facet] = {"terms": {"field": f"set_{facet}", "size": most, "segment_size": known}}
    answer = searcher.aggregate(query, request)
    total = 0
    counts = {}
    for facet in facets:
        numbers: dict[str, Any] = answer[facet]
        values_of = sets[facet]
        total = numbers["sum_other_doc_count"]
        found: dict[str, int] = {}
        for bucket in numbers["buckets"]:
            records = bucket["doc_count"]
            total += records
            for value in values_of[bucket["key"]]:
                found[value] = found.get(value, 0) + records
        counts[facet] = found
    return total, counts


def _add_missing(
    searcher: tantivy.Searcher, others: tantivy.Query, facet: str, values: Iterable[str], counts: dict[str, int]
) -> None:
    """Chosen values that are too rare to be among the counted ones."""
    for value in values:
        if value not in counts:
            counts[value] = total_of(searcher, filtered(others, [any_of(facet, [value])]))


def _top(counts: dict[str, int], chosen: tuple[str, ...], size: int) -> tuple[FacetValue, ...]:
    """The largest, chosen ones always among them, by count and then by value."""
    ordered = sorted(sorted(counts), key=counts.__getitem__, reverse=True)
    kept = ordered[:size] + [value for value in ordered[size:] if value in chosen]
    return tuple([FacetValue(value, counts[value], value in chosen) for value in kept])
