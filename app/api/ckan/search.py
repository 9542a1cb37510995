"""
`package_search`: words by the search index, everything else by the record.

The index knows words, publishers, themes and formats. Keywords, times of change and the order of ids are the
record's: with words beside them, what the words find is looked through, up to a bound that is told when it is met.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.api.ckan.expression import choice_of, split
from app.api.ckan.faults import QueryNotValid, SearchFailed
from app.api.portal import portal
from app.catalogue.browsing import Kind, Order
from app.catalogue.choice import Among, Choice, Either, Every, Has
from indexer.query import MAX_PAGE_SIZE, MAX_QUERY_CHARACTERS, Query, Sort
from indexer.results import Results

MAX_LOOKED_THROUGH = 2_000
"""Entries that words find, where the index can't do the rest: twenty of its pages."""
FACETS: dict[str, Kind] = {
    "organization": "publisher", "groups": "theme", "tags": "tag", "res_format": "format",
    "open_attribute": "open_attribute", "extras_open_attribute": "open_attribute",
}  # fmt: skip
"""CKAN's name of a facet -> the catalogue's."""
ALL_VALUES = 1_000
_INDEXED = ("publisher", "theme", "format", "open_attribute")
_ORDERS = {
    ("id", "asc"): Order.ID, ("id", "desc"): Order.ID_DOWN, ("name", "asc"): Order.ID, ("name", "desc"): Order.ID_DOWN,
    ("metadata_modified", "asc"): Order.RECORDED, ("metadata_modified", "desc"): Order.RECORDED_DOWN,
}  # fmt: skip

Ranked = Literal["relevance"]


@dataclass(frozen=True, slots=True)
class Asked:
    words: str
    choice: Choice
    order: Order | Ranked
    start: int
    rows: int
    facets: tuple[str, ...] = ()
    facet_limit: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """`facets`: CKAN's name of a facet -> (value, number of entries), most first."""

    count: int
    ids: list[str]
    facets: dict[str, list[tuple[str, int]]]


def asked(q: str, fq: list[str], sort: str, **rest: object) -> Asked:
    """Raises `QueryNotValid`."""
    words, between = split(q)
    choice = choice_of([*fq, *between], portal().clock())
    return Asked(words[:MAX_QUERY_CHARACTERS], choice, _order(sort), **rest)  # type: ignore[arg-type]


def _order(sort: str) -> Order | Ranked:
    """The first key of CKAN's `sort`: later ones only break ties, and ties are broken by the id here."""
    first, _, direction = " ".join(sort.lower().split(",")[0].split()).partition(" ")
    if not first or first in ("score", "relevance"):
        return "relevance"
    if order := _ORDERS.get((first, direction or "asc")):
        return order
    known = ", ".join(sorted({name for name, _ in _ORDERS} | {"score"}))
    raise QueryNotValid(f"sort {sort!r} is not known; it knows {known} with asc or desc")


def find(question: Asked) -> Found:
    """Raises `SearchFailed`, `indexer.errors.SearchUnavailable`."""
    filters, is_all = _filters(question.choice)
    by_date = question.order is Order.RECORDED_DOWN and bool(question.words)
    if is_all and (question.order == "relevance" or by_date):
        return _by_index(question, filters)
    if not question.words:
        return _by_record(question, question.choice)
    ranked = list(_ranked(question.words, filters))
    choice = Every((Among(tuple(ranked)), question.choice))
    if question.order != "relevance":
        return _by_record(question, choice)
    kept = set(portal().browsing.ids(choice, limit=MAX_LOOKED_THROUGH))
    ids = [id_ for id_ in ranked if id_ in kept]
    page = ids[question.start : question.start + question.rows]
    return Found(len(ids), page, _values(question, choice))


def _filters(choice: Choice) -> tuple[dict[str, tuple[str, ...]], bool]:
    """What of the choice are filters of the index (any of some values of a field, and all fields); whether all is."""
    found: dict[str, tuple[str, ...]] = {}
    is_all = True
    for part in _parts(choice):
        either = part.parts if isinstance(part, Either) else (part,)
        has = [each for each in either if isinstance(each, Has) and each.field in _INDEXED]
        fields = {each.field for each in has}
        if len(has) == len(either) and len(fields) == 1 and not fields & found.keys():
            found[fields.pop()] = tuple(each.value for each in has)
        else:
            is_all = False
    return found, is_all


def _parts(choice: Choice) -> Iterator[Choice]:
    """What has to hold all together."""
    if isinstance(choice, Every):
        for part in choice.parts:
            yield from _parts(part)
    else:
        yield choice


def _by_index(question: Asked, filters: dict[str, tuple[str, ...]]) -> Found:
    first = question.start // MAX_PAGE_SIZE
    last = max(first, (question.start + question.rows - 1) // MAX_PAGE_SIZE)
    sort = Sort.RELEVANCE if question.order == "relevance" else Sort.MODIFIED
    kinds = {FACETS[name] for name in question.facets if name in FACETS}
    counted = tuple(kind for kind in _INDEXED if kind in kinds)
    ids: list[str] = []
    results = Results(0, ())
    for page in range(first, last + 1):
        answer = portal().search.search(
            Query(
                text=question.words,
                filters=filters,
                sort=sort,
                page=page + 1,
                size=MAX_PAGE_SIZE,
                facets=counted if page == first else (),
                facet_size=question.facet_limit,
                highlight=False,
            )
        )
        results = answer if page == first else results
        ids += [hit.id for hit in answer.hits]
        if (page + 1) * MAX_PAGE_SIZE >= answer.total:
            break
    begin = question.start - first * MAX_PAGE_SIZE
    return Found(results.total, ids[begin : begin + question.rows], _of_index(question, filters, results))


def _of_index(
    question: Asked, filters: dict[str, tuple[str, ...]], results: Results
) -> dict[str, list[tuple[str, int]]]:
    """
    The index counts a facet without its own filter, CKAN with it: what was not chosen is left out. Keywords are
    counted by the record, with words among what these find, as far as that is looked through.
    """
    found: dict[str, list[tuple[str, int]]] = {}
    for name in question.facets:
        kind = FACETS.get(name)
        if kind == "tag":
            if not question.words:
                found[name] = portal().browsing.values("tag", question.choice, question.facet_limit)
            elif results.total <= MAX_LOOKED_THROUGH:
                among = Among(tuple(_ranked(question.words, filters)))
                found[name] = portal().browsing.values("tag", among, question.facet_limit)
            else:
                found[name] = []
        else:
            values = results.facets.get(kind or "", ())
            chosen = filters.get(kind or "")
            found[name] = [(each.value, each.count) for each in values if not chosen or each.value in chosen]
    return found


def _by_record(question: Asked, choice: Choice) -> Found:
    order = Order.RECORDED_DOWN if question.order == "relevance" else Order(question.order)
    browsing = portal().browsing
    ids = browsing.ids(choice, order, question.start, question.rows) if question.rows else []
    return Found(browsing.count(choice), ids, _values(question, choice))


def _values(question: Asked, choice: Choice) -> dict[str, list[tuple[str, int]]]:
    return {
        name: portal().browsing.values(FACETS[name], choice, question.facet_limit) if name in FACETS else []
        for name in question.facets
    }


def _ranked(words: str, filters: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Ids that words find, best first. Raises `SearchFailed` when they are too many."""
    cursor = ""
    while True:
        answer = portal().search.search(
            Query(text=words, filters=filters, size=MAX_PAGE_SIZE, cursor=cursor, facets=(), highlight=False)
        )
        if answer.total > MAX_LOOKED_THROUGH:
            raise SearchFailed(
                f"These words find {answer.total} datasets, too many to go through for tags, metadata_modified, "
                f"negations or this sort (at most {MAX_LOOKED_THROUGH}). Use more words, or leave q empty."
            )
        yield from (hit.id for hit in answer.hits)
        if not answer.next:
            return
        cursor = answer.next
