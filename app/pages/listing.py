"""The datasets of one publisher or theme, newest first, as its page shows them."""

from typing import Any

from flask import request
from markupsafe import Markup

from app.pages.cards import cards
from app.pages.facets import Option, labels_of
from app.pages.portal import portal
from app.pages.search import DEPTH
from app.search.filters import BY_NAME
from app.web.links import address
from app.web.pages import grouped, root
from app.web.paging import Pager, last_page, number
from indexer.errors import SearchUnavailable
from indexer.query import Query, Sort

SIZE = 20
_SPREAD = 10


def listing(facet: str, value: str, path: str, *, spread: str) -> dict[str, Any]:
    """
    What `listing.html` needs. `spread` is another facet, counted within: the themes of a publisher, say.
    """
    below = root()
    shown = number(request.args.get("page"), most=DEPTH // SIZE)
    here = [(facet, value)]
    context: dict[str, Any] = {
        "address": f"{below}{path}",
        "search_address": f"{below}{address('/dataset', here)}",
        "feed_address": f"{below}{address('/dataset.atom', here)}",
        "follow": f"kind={facet}&id={value}",
        "spread": [],
        "total": 0,
        "total_markup": "…",
    }
    try:
        results = portal().search.search(
            Query(
                filters={facet: (value,)}, sort=Sort.MODIFIED, page=shown, size=SIZE, facets=(spread,), highlight=False
            )
        )
    except SearchUnavailable:
        return context | {"search_down": True}
    values = results.facets.get(spread, ())[:_SPREAD]
    named = labels_of(BY_NAME[spread], [each.value for each in values])
    return context | {
        "cards": cards(results.hits),
        "total": results.total,
        "total_markup": Markup("<strong>{}</strong>").format(grouped(results.total)),
        "pager": Pager(
            shown,
            min(last_page(results.total, SIZE), DEPTH // SIZE),
            lambda page: f"{below}{address(path, [('page', str(page) if page > 1 else '')])}",
        ),
        "spread": [
            Option(
                named[each.value],
                f"{below}{address('/dataset', [*here, (spread, each.value)])}",
                grouped(each.count),
            )
            for each in values
        ],
    }
