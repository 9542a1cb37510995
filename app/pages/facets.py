"""
The facets of a search as lists of links that look and work like check boxes without a script.

Written here and not in a template for the same reason as the cards: a page has a hundred of these links.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape

from markupsafe import Markup

from app.pages.portal import portal
from app.search.filters import BY_NAME, FILTERS, Filter
from app.search.parameters import parameters_of
from app.search.years import RANGES
from app.web import language
from app.web.labels import label_in
from app.web.language import gettext as _
from app.web.links import address, parameter
from app.web.pages import root, words
from app.web.remembered import Remembered
from indexer.query import Query, Sort
from indexer.results import FacetValue, Results
from vocab import codelists

_SHOWN_AT_FIRST = 7
_ORDER = ("open_attribute", "theme", "publisher", "format", "frequency", "district")


@dataclass(frozen=True, slots=True)
class Facet:
    """
    Its options as list items: those shown at once, and those behind "more". `whole` leads to all values where there
    are more than were counted.
    """

    name: str
    title: str
    first: Markup
    rest: Markup
    whole: str


@dataclass(frozen=True, slots=True)
class Option:
    """A choice and the address after it: a filter that was chosen, an order, a publisher of a theme …"""

    label: str
    href: str
    count: str = ""
    selected: bool = False
    title: str = ""


class Addresses:
    """Addresses of one search with one thing changed."""

    def __init__(self, query: Query) -> None:
        self._root = root()
        self._query = query
        self.parameters = parameters_of(replace(query, page=1) if query.page != 1 else query)
        """Of the first page."""
        self._start = self.path(self.parameters)
        self._joint = "&" if "?" in self._start else "?"
        self.longer = escape(self._start + self._joint)
        """The address to which one more parameter may be added, as it stands in an attribute."""

    def path(self, arguments: Sequence[tuple[str, str]]) -> str:
        return f"{self._root}{address('/dataset', arguments)}"

    def page(self, number: int) -> str:
        return self._start if number == 1 else f"{self._start}{self._joint}page={number}"

    def without(self, name: str, value: str) -> str:
        """Without a value of a filter, or, where there is none, without the years of a day or the stars."""
        if value:
            return self.path([pair for pair in self.parameters if pair != (name, value)])
        return self.path([pair for pair in self.parameters if pair[0] not in (f"{name}_from", f"{name}_to")])

    def words(self, text: str) -> str:
        return self.path(
            parameters_of(replace(self._query, text=text, filters={}, years={}, stars=(None, None), page=1))
        )

    def whole(self, facet: str) -> str:
        return self.path([*self.parameters, ("all", facet)]) + f"#facet-{facet}"

    def sorted(self, sort: Sort) -> str:
        return self.path(parameters_of(replace(self._query, sort=sort, page=1)))


_publishers = Remembered(lambda ids, tag: portal().search.labels("publisher", ids, tag))


def labels_of(each: Filter, values: Sequence[str]) -> dict[str, str]:
    """A label for each value in the reader's language."""
    tag = language.current().tag
    if not each.scheme:
        return _publishers.labels(values, tag)
    return {value: label_in(each.scheme, value, tag) for value in values}


def facets(results: Results, addresses: Addresses, query: Query) -> list[Facet]:
    """The facets that have something to choose, chosen values first."""
    chosen_words = escape(words().selected)
    start = f'<li><a class="tick" rel="nofollow" href="{addresses.longer}'
    found = []
    for name in _ORDER:
        values = results.facets.get(name, ())
        if not values:
            continue
        each = BY_NAME[name]
        named = labels_of(each, [value.value for value in values])
        chosen = [value for value in values if value.selected]
        ordered = chosen + [value for value in values if not value.selected] if chosen else list(values)
        ordered, below = nested(ordered, each.scheme)
        items = [
            _chosen_item(named[value.value], addresses.without(name, value.value), value.count, chosen_words)
            if value.selected
            else f"{start}{_option(name, value.value, named[value.value])}{value.count:,}</span></a></li>"
            for value in ordered
        ]
        if below:
            pairs = zip(ordered, items, strict=True)
            items = [_indented(item) if value.value in below else item for value, item in pairs]
        cut = max(_SHOWN_AT_FIRST, len(chosen))
        if len(items) == cut + 1 or name in query.whole:
            cut = len(items)
        more = addresses.whole(name) if len(values) >= query.facet_size and name not in query.whole else ""
        found.append(Facet(name, _(each.label), _joined(items[:cut]), _joined(items[cut:]), more))
    return found


def nested(values: Sequence[FacetValue], scheme: str) -> tuple[list[FacetValue], frozenset[str]]:
    """Values with what is narrower below its broader, where both are there; and which those are."""
    if not scheme:
        return list(values), frozenset()
    there = {value.value for value in values}
    above = {name: broader for name in there if (broader := _broader(scheme, name)) in there}
    if not above:
        return list(values), frozenset()
    ordered = []
    for value in values:
        if value.value not in above:
            ordered += [value, *(other for other in values if above.get(other.value) == value.value)]
    return ordered, frozenset(above)


@lru_cache(maxsize=4_096)
def _broader(scheme: str, notation: str) -> str:
    concept = codelists.scheme(scheme).get(notation)
    return (concept.broader or "") if concept else ""


def _joined(items: list[str]) -> Markup:
    return Markup("".join(items))  # noqa: S704 (escaped where they are made)


@lru_cache(maxsize=8_192)
def _option(name: str, value: str, label: str) -> str:
    """Of an option's link what is the same in every search: from its parameter to its count."""
    return f'{parameter(name, value)}"><span>{escape(label)}</span><span class="number">'


def _chosen_item(label: str, href: str, count: int, chosen_words: str) -> str:
    return (
        f'<li><a class="tick" aria-current="true" rel="nofollow" href="{escape(href)}"><span>{escape(label)}'
        f'<span class="aside">{chosen_words}</span></span><span class="number">{count:,}</span></a></li>'
    )


def _indented(item: str) -> str:
    return item.replace("<li>", '<li class="below">', 1)


def chosen(query: Query, addresses: Addresses) -> list[Option]:
    """The filters that hold, each with the address without it."""
    found = []
    for each in FILTERS:
        values = query.filters.get(each.name, ())
        named = labels_of(each, values) if values else {}
        found += [Option(named[value], addresses.without(each.name, value), title=_(each.label)) for value in values]
    for year in RANGES:
        if year.name in query.years:
            found.append(
                Option(
                    year_label(*query.years[year.name]),
                    addresses.without(year.name, ""),
                    title=title_of_years(year.name),
                )
            )
    if query.stars != (None, None):
        found.append(Option(star_label(*query.stars), addresses.without("rating", ""), title=_("评分")))
    return found


def star_label(least: int | None, most: int | None) -> str:
    """4 stars and more, up to 3 stars, 3–4 stars, 4 stars."""
    if most is None:
        return _("%(stars)s 星及以上") % {"stars": least}
    if least is None:
        return _("%(stars)s 星及以下") % {"stars": most}
    return _("%(stars)s 星") % {"stars": least if least == most else f"{least}–{most}"}


def title_of_years(name: str) -> str:
    return _("更新年份") if name == "modified" else _("发布年份")


def year_label(first: int | None, last: int | None) -> str:
    """2020–2023, 2020, from 2020, to 2023."""
    if first == last or first is None or last is None:
        if first == last:
            return str(first)
        return _("%(year)s 年起") % {"year": first} if last is None else _("%(year)s 年止") % {"year": last}
    return f"{first}–{last}"
