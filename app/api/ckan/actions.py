"""The actions by name. What an action's docstring says is what `help_show` answers."""

from collections.abc import Callable
from typing import Any

from app.api.ckan import packages
from app.api.ckan.arguments import Arguments
from app.api.ckan.faults import Gone, NotFound, NotValid
from app.api.ckan.search import ALL_VALUES, FACETS, Found, asked, find
from app.api.portal import portal
from app.catalogue.browsing import Order
from app.catalogue.choice import EVERYTHING, Has
from app.catalogue.heading import DESCRIPTIONS, TITLES
from app.catalogue.model import PublicEntry, Tombstone
from app.search.filters import BY_NAME
from app.web.labels import label_in
from vocab import codelists

MAX_ROWS = 1_000
MAX_NAMES = 1_000_000
_MAX_START = 10_000_000
_MAX_LISTED = 1_000
_SPOKEN_VERSION = "2.11.0"
"""Of CKAN: clients decide by it which actions there are."""

Action = Callable[[Arguments], Any]


def status_show(arguments: Arguments) -> Any:
    """What this site is, and which version of CKAN's API it speaks."""
    return {
        "ckan_version": _SPOKEN_VERSION,
        "site_url": portal().settings.base_url,
        "site_title": TITLES["zh-Hans"],
        "site_description": DESCRIPTIONS["zh-Hans"],
        "locale_default": "zh_Hans_CN",
        "error_emails_to": None,
        "extensions": [],
    }


def site_read(arguments: Arguments) -> Any:
    """Whether anybody may read this site: true."""
    return True


def help_show(arguments: Arguments) -> Any:
    """What an action does. Parameter: name."""
    name = arguments.required("name")
    if name not in ACTIONS:
        raise NotFound(f"Action name not known: {name}")
    return " ".join((ACTIONS[name].__doc__ or "").split())


def package_list(arguments: Arguments) -> Any:
    """The names of all datasets, in their order. Parameters: limit, offset."""
    limit = arguments.number("limit", MAX_NAMES, MAX_NAMES)
    return portal().browsing.ids(EVERYTHING, Order.ID, arguments.number("offset", 0, _MAX_START), limit)


def current_package_list_with_resources(arguments: Arguments) -> Any:
    """Datasets with their resources, latest change first. Parameters: limit (at most 1,000), offset."""
    limit = arguments.number("limit", MAX_ROWS, MAX_ROWS)
    ids = portal().browsing.ids(EVERYTHING, Order.RECORDED_DOWN, arguments.number("offset", 0, _MAX_START), limit)
    return _packages(ids)


def package_show(arguments: Arguments) -> Any:
    """One dataset. Parameter: id, which is its name too."""
    return packages.package(_entry(arguments.required("id", "name_or_id", "name")))


def resource_show(arguments: Arguments) -> Any:
    """One resource of a dataset. Parameter: id."""
    id_ = arguments.required("id")
    entry = _entry(id_.partition("-")[0])
    for place, each in enumerate(entry.view.distributions):
        if packages.resource_id(entry.view.id, each) == id_:
            return packages.resource(each, entry.view, place)
    raise NotFound("Not found: Resource was not found.")


def package_search(arguments: Arguments) -> Any:
    """
    Datasets that are asked for. Parameters: q, fq, fq_list, rows (at most 1,000), start, sort, facet, facet.field,
    facet.limit, facet.mincount.
    """
    wants_facets = arguments.flag("facet", default=True)
    limit = arguments.text("facet.limit")
    sort = arguments.text("sort")
    question = asked(
        arguments.text("q"),
        [*arguments.words("fq"), *arguments.words("fq_list")],
        sort,
        start=arguments.number("start", 0, _MAX_START),
        rows=arguments.number("rows", 10, MAX_ROWS),
        facets=tuple(arguments.words("facet.field")[:20]) if wants_facets else (),
        facet_limit=ALL_VALUES if limit.startswith("-") else arguments.number("facet.limit", 50, ALL_VALUES),
    )
    found = find(question)
    return {
        "count": found.count,
        "sort": sort or "score desc, metadata_modified desc",
        "results": _packages(found.ids),
        **_facets(found, arguments.number("facet.mincount", 1, _MAX_START)),
    }


def _facets(found: Found, least: int) -> dict[str, Any]:
    facets, explained = {}, {}
    for name, values in found.facets.items():
        values = [(value, count) for value, count in values if count >= least]
        names = _names(name, [value for value, _ in values])
        facets[name] = dict(values)
        items = [{"name": value, "display_name": names[value], "count": count} for value, count in values]
        explained[name] = {"title": name, "items": items}
    return {"facets": facets, "search_facets": explained}


def _names(facet: str, values: list[str]) -> dict[str, str]:
    kind = FACETS.get(facet, "tag")
    if kind == "tag":
        return {value: value for value in values}
    if kind == "publisher":
        known = portal().catalogue.publisher_names(values)
        return {value: packages.text(known.get(value, {})) or value for value in values}
    scheme = BY_NAME[kind].scheme
    return {value: label_in(scheme, value, "zh-Hans") for value in values}


def organization_list(arguments: Arguments) -> Any:
    """Publishers, those with most datasets first. Parameters: all_fields, organizations, limit, offset."""
    wanted = set(arguments.words("organizations"))
    offset = arguments.number("offset", 0, _MAX_START)
    found = [pair for pair in portal().catalogue.publishers() if not wanted or pair[0].id in wanted]
    found = found[offset : offset + arguments.number("limit", MAX_NAMES, MAX_NAMES)]
    if not arguments.flag("all_fields"):
        return [publisher.id for publisher, _ in found]
    return [packages.organization(publisher, entries) for publisher, entries in found]


def organization_show(arguments: Arguments) -> Any:
    """One publisher. Parameters: id, include_datasets (its first 1,000)."""
    found = portal().catalogue.publisher(arguments.required("id"))
    if found is None:
        raise NotFound("Not found: Organization was not found.")
    shown = packages.organization(*found)
    if arguments.flag("include_datasets"):
        shown["packages"] = _packages(portal().browsing.ids(Has("publisher", found[0].id), limit=MAX_ROWS))
    return shown


def group_list(arguments: Arguments) -> Any:
    """The themes of the catalogue. Parameters: all_fields, groups, limit, offset."""
    wanted = set(arguments.words("groups"))
    offset = arguments.number("offset", 0, _MAX_START)
    codes = [concept.notation for concept in codelists.scheme("theme")]
    codes = [code for code in codes if not wanted or code in wanted]
    codes = codes[offset : offset + arguments.number("limit", MAX_NAMES, MAX_NAMES)]
    if not arguments.flag("all_fields"):
        return codes
    counts = dict(portal().browsing.values("theme", limit=ALL_VALUES))
    return [packages.whole_group(code, counts.get(code, 0)) for code in codes]


def group_show(arguments: Arguments) -> Any:
    """One theme. Parameters: id, include_datasets (its first 1,000)."""
    code = arguments.required("id")
    if codelists.scheme("theme").get(code) is None:
        raise NotFound("Not found: Group was not found.")
    choice = Has("theme", code)
    shown = packages.whole_group(code, portal().browsing.count(choice))
    if arguments.flag("include_datasets"):
        shown["packages"] = _packages(portal().browsing.ids(choice, limit=MAX_ROWS))
    return shown


def tag_list(arguments: Arguments) -> Any:
    """Keywords in their order. Parameters: query (a part of the word), all_fields, limit (at most 1,000), offset."""
    words = portal().browsing.tags(
        arguments.text("query")[:200],
        arguments.number("offset", 0, _MAX_START),
        arguments.number("limit", _MAX_LISTED, _MAX_LISTED),
    )
    return [packages.tag(word) for word in words] if arguments.flag("all_fields") else words


def tag_show(arguments: Arguments) -> Any:
    """One keyword. Parameters: id, include_datasets (its first 1,000)."""
    word = arguments.required("id")
    choice = Has("tag", word)
    ids = portal().browsing.ids(choice, limit=MAX_ROWS if arguments.flag("include_datasets") else 1)
    if not ids:
        raise NotFound("Not found: Tag was not found.")
    more = {"packages": _packages(ids)} if arguments.flag("include_datasets") else {}
    return {**packages.tag(word), **more}


def _entry(id_: str) -> PublicEntry:
    found = portal().catalogue.entry(id_) if "\0" not in id_ and len(id_) <= 32 else None
    if isinstance(found, Tombstone):
        raise Gone("Not found: the dataset was withdrawn.")
    if found is None:
        raise NotFound("Not found: Dataset was not found.")
    return found


def _packages(ids: list[str]) -> list[packages.Shown]:
    if len(ids) > MAX_ROWS:
        raise NotValid("Too many datasets", limit=[f"At most {MAX_ROWS}"])
    return [packages.package(entry) for entry in portal().catalogue.some(ids)]


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        status_show, site_read, help_show, package_list, current_package_list_with_resources, package_show,
        package_search, resource_show, organization_list, organization_show, group_list, group_show, tag_list,
        tag_show,
    )
}  # fmt: skip
