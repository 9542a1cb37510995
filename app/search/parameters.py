"""Between a URL's parameters and a query, both ways. Nothing that a person can type makes an error."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlencode

from app.search.filters import FILTERS
from app.search.stars import LEAST, MOST, stars_from
from app.search.years import RANGES, years_from
from indexer.query import MAX_PAGE_SIZE, MAX_QUERY_CHARACTERS, Query, Sort

DEFAULT_SIZE = 20
_MAX_CURSOR_CHARACTERS = 2_000

Values = Callable[[str], Sequence[str]]
"""Gives every value of a parameter, as `request.args.getlist` does."""


def query_from(values: Values, *, size: int = DEFAULT_SIZE) -> Query:
    """
    What `q`, `page`, `size`, `sort`, `cursor`, years, stars, `all` (facets), `insist` (no correction) and one
    parameter a filter ask for.
    """

    def last(name: str) -> str:
        given = values(name)
        return given[-1].strip() if given else ""

    filters = {each.name: chosen for each in FILTERS if (chosen := each.values(values(each.name)))}
    sort = last("sort").lower()
    return Query(
        text=" ".join(last("q").split())[:MAX_QUERY_CHARACTERS],
        filters=filters,
        sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
        page=_number(last("page"), 1, 10**6, 1),
        size=_number(last("size"), 1, MAX_PAGE_SIZE, size),
        cursor=last("cursor")[:_MAX_CURSOR_CHARACTERS],
        years=years_from(values),
        stars=stars_from(values),
        literal=bool(last("insist")),
        whole=tuple(each.name for each in FILTERS if each.name in values("all")),
    )


def parameters_of(query: Query, *, size: int = DEFAULT_SIZE) -> list[tuple[str, str]]:
    """The parameters that ask for this query; what is as by default is left out."""
    found = [("q", query.text)] if query.text else []
    if query.filters:
        found += [(each.name, value) for each in FILTERS for value in query.filters.get(each.name, ())]
    for year in RANGES if query.years else ():
        ends = zip((year.first, year.last), query.years.get(year.name, ()), strict=False)
        found += [(name, str(number)) for name, number in ends if number is not None]
    found += [(name, str(stars)) for name, stars in zip((LEAST, MOST), query.stars, strict=True) if stars is not None]
    found += [("all", name) for name in query.whole]
    if query.literal:
        found.append(("insist", "1"))
    if query.sort is not Sort.RELEVANCE:
        found.append(("sort", query.sort.value))
    if query.size != size:
        found.append(("size", str(query.size)))
    if query.page != 1:
        found.append(("page", str(query.page)))
    return found


def saved(query: Query) -> str:
    """What decides what a search finds, as a query string; order, page and size play no part."""
    filters = {name: tuple(sorted(values)) for name, values in query.filters.items()}
    bare = Query(query.text, filters, years=query.years, stars=query.stars)
    return urlencode(parameters_of(bare, size=bare.size), quote_via=quote)


def query_of(saved: str) -> Query:
    """The query of what `saved` gave, its words as they are."""
    given = parse_qs(saved)
    return replace(query_from(lambda name: given.get(name, [])), literal=True)


def _number(text: str, least: int, most: int, default: int) -> int:
    if not (text.isascii() and text.isdigit()):
        return default
    return max(least, min(most, int(text[:12])))
