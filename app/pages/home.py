"""The first page: what there is, in numbers, by theme, and what is new."""

from flask import Blueprint, Response
from markupsafe import Markup

from app.pages import namesakes
from app.pages.cards import briefs
from app.pages.ears import ears
from app.pages.origins import federated
from app.pages.portal import portal
from app.web.labels import all_labels
from app.web.language import gettext as _
from app.web.language import pgettext
from app.web.pages import page
from app.web.permissions import public
from indexer.errors import SearchUnavailable
from indexer.query import Query, Sort

blueprint = Blueprint("home", __name__)

_NEWEST = 7
_PUBLISHERS = 9


@blueprint.get("/")
@public
def home() -> Response:
    catalogue = portal().catalogue
    totals = catalogue.totals()
    try:
        results = portal().search.search(
            Query(sort=Sort.MODIFIED, size=_NEWEST, facets=("theme", "format"), facet_size=100, highlight=False)
        )
        counts = {value.value: value.count for value in results.facets.get("theme", ())}
        apis = next((value.count for value in results.facets.get("format", ()) if value.value == "api"), 0)
        newest = briefs(results.hits)
        search_down = False
    except SearchUnavailable:
        counts, apis, newest, search_down = {}, None, Markup(""), True
    return page(
        "home.html",
        # the last is counted as the facet that it leads to counts it, and not told where that can't be asked
        totals=[
            (_("数据集"), totals.datasets),
            (pgettext("many", "开放主体"), totals.publishers),
            (_("数据项"), totals.data_items),
            (_("数据行数"), totals.rows),
            (_("下载与接口"), totals.distributions),
            *([(_("有接口的数据集"), apis)] if apis is not None else []),
        ],
        ears=ears([(code, label, counts.get(code, 0)) for code, label in all_labels("theme")]),
        newest=newest,
        behind=namesakes.behind,
        publishers=catalogue.publishers()[:_PUBLISHERS],
        search_down=search_down,
        has_federated=bool(federated()),
    )
