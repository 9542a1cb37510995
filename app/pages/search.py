"""The search page. Everything it shows comes from the index; labels of publishers are remembered for a minute."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, current_app, request
from markupsafe import Markup

from app.pages.cards import cards
from app.pages.portal import portal
from app.search.filters import BY_NAME, FILTERS, Filter
from app.search.parameters import parameters_of, query_from
from app.web import language
from app.web.labels import label_in
from app.web.language import gettext as _
from app.web.links import address
from app.web.pages import grouped, page
from app.web.paging import Pager, last_page
from app.web.permissions import public
from indexer.errors import CursorInvalid, SearchUnavailable
from indexer.query import Query, Sort
from indexer.results import FacetValue, Results
from vocab import codelists

blueprint = Blueprint("search", __name__)

DEPTH = 10_000
"""Page numbers reach this many results; who wants more follows the API's cursor."""
_SHOWN_AT_FIRST = 7
_NAMES_KEPT_S = 60
_MAX_NAMES = 20_000
_ORDER = ("open_attribute", "theme", "publisher", "format", "frequency", "district")


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet, or a filter or order that was chosen; `href` is the address after a click on it."""

    label: str
    href: str
    count: str = ""
    selected: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    title: str
    first: tuple[Option, ...]
    rest: tuple[Option, ...]


class _Names:
    """Labels of publishers by language, so that a search page asks no database; a minute late is soon enough."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}
        self._until = 0.0

    def of(self, ids: Iterable[str], tag: str) -> dict[str, str]:
        now = time.monotonic()
        if now > self._until or len(self._known) > _MAX_NAMES:
            self._known, self._until = {}, now + _NAMES_KEPT_S
        known = self._known
        ids = list(ids)
        if missing := [id_ for id_ in ids if (id_, tag) not in known]:
            found = portal().search.labels("publisher", missing, tag)
            known |= {(id_, tag): found.get(id_, id_) for id_ in missing}
        return {id_: known[id_, tag] for id_ in ids}


_names = _Names()


@blueprint.get("/dataset")
@public
def search() -> Response:
    query = query_from(request.args.getlist)
    query = replace(query, page=min(query.page, DEPTH // query.size), cursor="")
    if not query.text and query.sort is Sort.RELEVANCE:  # without words everything is equally relevant
        query = replace(query, sort=Sort.MODIFIED)
    base = _Addresses(query)
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
        facets=facets(query, results, base),
        chosen=_chosen(query, base),
        clear=base.path([("q", query.text)]),
        orders=_orders(query, base),
        pager=Pager(query.page, min(last_page(results.total, query.size), DEPTH // query.size), base.page),
        first_page=base.page(1),
        capped=results.total > DEPTH and query.page >= DEPTH // query.size - 2,
        depth=grouped(DEPTH),
        total_markup=Markup("<strong>{}</strong>").format(grouped(results.total)),
        kept=parameters_of(replace(query, text="", page=1)),
    )


class _Addresses:
    """Addresses of this search with one thing changed."""

    def __init__(self, query: Query) -> None:
        self._root = current_app.jinja_env.globals["root"]
        self._query = query
        self._first = parameters_of(replace(query, page=1))
        self._start = self.path(self._first)
        self._joint = "&" if "?" in self._start else "?"

    def path(self, arguments: Sequence[tuple[str, str]]) -> str:
        return f"{self._root}{address('/dataset', arguments)}"

    def page(self, number: int) -> str:
        return self._start if number == 1 else f"{self._start}{self._joint}page={number}"

    def toggled(self, name: str, value: str) -> str:
        if value in self._query.filters.get(name, ()):
            return self.path([pair for pair in self._first if pair != (name, value)])
        return f"{self._start}{self._joint}{address('', [(name, value)])[2:]}"

    def sorted(self, sort: Sort) -> str:
        return self.path(parameters_of(replace(self._query, sort=sort, page=1)))


def facets(query: Query, results: Results, base: _Addresses) -> list[Facet]:
    """The facets that have something to choose, chosen values first."""
    found = []
    for name in _ORDER:
        values = results.facets.get(name, ())
        if not values:
            continue
        each = BY_NAME[name]
        named = labels_of(each, [value.value for value in values])
        options = [_option(value, named[value.value], base.toggled(name, value.value)) for value in values]
        options.sort(key=lambda option: not option.selected)
        cut = max(_SHOWN_AT_FIRST, sum(option.selected for option in options))
        if len(options) == cut + 1:
            cut += 1
        found.append(Facet(_(each.label), tuple(options[:cut]), tuple(options[cut:])))
    return found


def labels_of(each: Filter, values: Sequence[str]) -> dict[str, str]:
    tag = language.current().tag
    if not each.scheme:
        return _names.of(values, tag)
    return {value: label_in(each.scheme, value, tag) for value in values}


def _option(value: FacetValue, label: str, href: str) -> Option:
    return Option(label, href, grouped(value.count), value.selected)


def _chosen(query: Query, base: _Addresses) -> list[Option]:
    found = []
    for each in FILTERS:
        values = query.filters.get(each.name, ())
        named = labels_of(each, values) if values else {}
        found += [Option(named[value], base.toggled(each.name, value), title=_(each.label)) for value in values]
    return found


def _orders(query: Query, base: _Addresses) -> list[Option]:
    names = {Sort.RELEVANCE: _("相关度"), Sort.MODIFIED: _("最近更新"), Sort.ISSUED: _("最近发布")}
    if not query.text:
        del names[Sort.RELEVANCE]
    return [Option(name, base.sorted(sort), selected=query.sort is sort) for sort, name in names.items()]


def all_themes() -> list[tuple[str, str]]:
    """Notation and label of every theme, in the order of the code list."""
    tag = language.current().tag
    return [(concept.notation, concept.label(tag)) for concept in codelists.scheme("theme")]
