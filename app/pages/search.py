"""The search page. Everything it shows comes from the index; labels of publishers are remembered for a minute."""

from dataclasses import replace

from flask import Blueprint, Response, request
from markupsafe import Markup

from app.pages.cards import cards
from app.pages.facets import Addresses, Option, chosen, facets
from app.pages.portal import portal
from app.search.parameters import parameters_of, query_from
from app.web.language import gettext as _
from app.web.pages import grouped, page
from app.web.paging import Pager, last_page
from app.web.permissions import public
from indexer.errors import CursorInvalid, SearchUnavailable
from indexer.query import Query, Sort
from indexer.results import Results

blueprint = Blueprint("search", __name__)

DEPTH = 10_000
"""Page numbers reach this many results; who wants more follows the API's cursor."""


@blueprint.get("/dataset")
@public
def search() -> Response:
    query = query_from(request.args.getlist)
    query = replace(query, page=min(query.page, DEPTH // query.size), cursor="")
    if not query.text and query.sort is Sort.RELEVANCE:  # without words everything is equally relevant
        query = replace(query, sort=Sort.MODIFIED)
    addresses = Addresses(query)
    try:
        results = portal().search.search(query)
    except CursorInvalid:
        results = Results(0, ())
    except SearchUnavailable:
        return page("search.html", status=503, query=query, search_down=True, kept=())
    return page(
        "search.html",
        query=query,
        results=results,
        cards=cards(results.hits),
        facets=facets(results, addresses),
        chosen=chosen(query, addresses),
        clear=addresses.path([("q", query.text)]),
        orders=_orders(query, addresses),
        pager=Pager(query.page, min(last_page(results.total, query.size), DEPTH // query.size), addresses.page),
        first_page=addresses.page(1),
        capped=results.total > DEPTH and query.page >= DEPTH // query.size - 2,
        depth=grouped(DEPTH),
        total_markup=Markup("<strong>{}</strong>").format(grouped(results.total)),
        kept=parameters_of(replace(query, text="", page=1)),
    )


def _orders(query: Query, addresses: Addresses) -> list[Option]:
    names = {Sort.RELEVANCE: _("相关度"), Sort.MODIFIED: _("最近更新"), Sort.ISSUED: _("最近发布")}
    if not query.text:
        del names[Sort.RELEVANCE]
    return [Option(name, addresses.sorted(sort), selected=query.sort is sort) for sort, name in names.items()]
