"""The search page. Everything it shows comes from the index; labels of publishers are remembered for a minute."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from app.pages import empty
from app.pages.cards import cards
from app.pages.facets import Addresses, Option, chosen, facets, star_label, title_of_years
from app.pages.portal import portal
from app.search.parameters import parameters_of, query_from, saved
from app.search.stars import LEAST, MOST
from app.search.years import RANGES
from app.web.language import gettext as _
from app.web.links import address
from app.web.pages import grouped, page, root
from app.web.paging import Pager, last_page, number
from app.web.permissions import public
from indexer.errors import SearchUnavailable
from indexer.query import Query, Sort
from indexer.results import Results

blueprint = Blueprint("search", __name__)

DEPTH = 10_000
"""Page numbers reach this many results; who wants more follows the API's cursor."""

_RETRY_AFTER_S = 10
_RANGES = frozenset((LEAST, MOST, *(name for each in RANGES for name in (each.first, each.last))))


@blueprint.get("/dataset")
@public
def search() -> Response:
    with portal().search.turn():
        return _search()


def _search() -> Response:
    asked = query_from(request.args.getlist)
    last_shown = DEPTH // asked.size
    wanted = number(request.args.get("page"))
    query = replace(asked, page=min(wanted, last_shown), cursor="")
    if not query.text and query.sort is Sort.RELEVANCE:  # without words everything is equally relevant
        query = replace(query, sort=Sort.MODIFIED)
    try:
        return page("search.html", **_context(asked, query, portal().search.search(query), wanted))
    except SearchUnavailable:
        response = page("search.html", status=503, query=query, search_down=True, kept=(), feeds=())
        response.headers["Retry-After"] = str(_RETRY_AFTER_S)
        return response


def _context(asked: Query, query: Query, results: Results, wanted: int) -> dict[str, Any]:
    addresses = Addresses(query)
    pages = last_page(results.total, query.size)
    return {
        "query": asked,
        "results": results,
        "cards": cards(results.hits),
        "meant": _meant(asked, results, addresses),
        "facets": facets(results, addresses, query),
        "ranges": [(each, title_of_years(each.name), query.years.get(each.name, (None, None))) for each in RANGES],
        "stars": [(stars, star_label(stars, None), query.stars[0] == stars) for stars in (4, 3, 2)],
        "most_stars": query.stars[1],
        "kept_by_ranges": [pair for pair in addresses.parameters if pair[0] not in _RANGES],
        "chosen": chosen(query, addresses),
        "clear": addresses.path([("q", query.text)]),
        "orders": _orders(query, addresses),
        "pager": Pager(query.page, min(pages, DEPTH // query.size), addresses.page),
        "first_page": addresses.page(1),
        "beyond": results.total > 0 and wanted > min(pages, DEPTH // query.size),
        "wanted": grouped(wanted),
        "last": grouped(pages),
        "capped": results.total > DEPTH and query.page >= DEPTH // query.size - 2,
        "depth": grouped(DEPTH),
        "total_markup": Markup("<strong>{}</strong>").format(grouped(results.total)),
        "kept": [pair for pair in addresses.parameters if pair[0] != "q"],
        "help": None if results.total else empty.help_with(query, addresses),
        "feeds": _feeds(addresses),
        "follow": "&".join(filter(None, ("kind=search", saved(replace(asked, text=results.corrected or asked.text))))),
    }


def _meant(asked: Query, results: Results, addresses: Addresses) -> dict[str, str] | None:
    """What was searched in place of what was typed, and where to search that all the same."""
    if not results.corrected:
        return None
    insisting = parameters_of(replace(asked, page=1, literal=True))
    return {"text": results.corrected, "typed": asked.text, "href": addresses.path(insisting)}


def _feeds(addresses: Addresses) -> list[tuple[str, str, str]]:
    """Name, media type and address of the same search for programs."""
    same = addresses.parameters
    return [
        ("Atom", "application/atom+xml", f"{root()}{address('/dataset.atom', same)}"),
        ("JSON", "application/json", f"{root()}{address('/dataset.json', same)}"),
    ]


def _orders(query: Query, addresses: Addresses) -> list[Option]:
    names = {
        Sort.RELEVANCE: _("相关度"),
        Sort.MODIFIED: _("最近更新"),
        Sort.ISSUED: _("最近发布"),
        Sort.RATING: _("评分最高"),
    }
    if not query.text:
        del names[Sort.RELEVANCE]
    return [Option(name, addresses.sorted(sort), selected=query.sort is sort) for sort, name in names.items()]
