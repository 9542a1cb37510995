"""What helps where a search finds nothing: words that are near, and filters that stand in the way."""

from dataclasses import dataclass

from app.pages.facets import Addresses, Option, labels_of, star_label, title_of_years, year_label
from app.pages.portal import portal
from app.search.filters import BY_NAME
from app.web.language import gettext as _
from app.web.pages import grouped
from indexer.query import Query


@dataclass(frozen=True, slots=True)
class Help:
    """`nearest`: searches that find something. `fewer`: filters, each with how much is found without it."""

    nearest: list[Option]
    fewer: list[Option]


def help_with(query: Query, addresses: Addresses) -> Help:
    """Raises SearchUnavailable, like the search before it."""
    search = portal().search
    nearest = [Option(each.text, addresses.words(each.text)) for each in search.nearest(query.text)]
    fewer = []
    for name, value, found in search.without(query):
        if value:
            each = BY_NAME[name]
            label, title = labels_of(each, [value])[value], _(each.label)
        elif name == "rating":
            label, title = star_label(*query.stars), _("评分")
        else:
            label, title = year_label(*query.years[name]), title_of_years(name)
        fewer.append(Option(label, addresses.without(name, value), grouped(found), title=title))
    return Help(nearest, fewer)
