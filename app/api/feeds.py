"""Any search as a feed (Atom, RFC 4287, paged by RFC 5005) and as JSON, at the address of its page with a suffix."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from feedgen.entry import FeedEntry
from flask import Blueprint, Response, request

from app.api.portal import portal
from app.api.search import body
from app.i18n import pick
from app.search.parameters import parameters_of, query_from
from app.web import atom, language
from app.web.answers import answer
from app.web.atom import LONG_AGO, fit
from app.web.labels import label_in
from app.web.language import gettext as _
from app.web.links import address
from app.web.pages import VARY
from app.web.permissions import public
from indexer.query import Query, Sort
from indexer.results import Hit, Results

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/dataset.json")
@public
def as_json() -> Response:
    query = query_from(request.args.getlist)
    found = json.dumps(body(portal().search.search(query)), ensure_ascii=False)
    response = answer(found, "application/json", vary=VARY)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/dataset.atom")
@public
def as_atom() -> Response:
    """Newest first unless another order is asked for: a feed is read for what is new."""
    query = query_from(request.args.getlist)
    if "sort" not in request.args:
        query = replace(query, sort=Sort.MODIFIED)
    results = portal().search.search(replace(query, facets=(), highlight=False))
    response = answer(_feed(query, results), atom.MEDIA_TYPE, vary=VARY)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _feed(query: Query, results: Results) -> bytes:
    base = portal().settings.base_url
    same = parameters_of(replace(query, page=1))
    page = base + address("/dataset", same)
    name = _("穗数")
    title = _("%(name)s：“%(text)s”") % {"name": name, "text": query.text} if query.text else name
    itself = base + address("/dataset.atom", [*same, ("cursor", query.cursor)])
    feed = atom.begin(title, id_=page, page=page, itself=itself, base_url=base)
    if results.next:
        feed.link(href=base + address("/dataset.atom", [*same, ("cursor", results.next)]), rel="next")
    for hit in results.hits:
        feed.add_entry(_entry(hit), order="append")
    return atom.end(feed)


def _entry(hit: Hit) -> FeedEntry:
    shown: dict[str, Any] = hit.display
    reader = language.current()
    entry = FeedEntry()
    entry.id(fit(hit.uri))
    entry.title(fit(pick(shown.get("titles") or {}, reader)[0]) or hit.id)
    entry.link(href=f"{portal().settings.base_url}/dataset/{hit.id}", rel="alternate", type="text/html")
    if summary := pick(shown.get("descriptions") or {}, reader)[0]:
        entry.summary(fit(summary))
    if publisher := shown.get("publisher"):
        entry.author({"name": fit(pick(publisher["names"], reader)[0]) or publisher["id"]})
    for theme in shown.get("themes") or ():
        entry.category(term=fit(theme), label=fit(label_in("theme", theme, reader.tag)))
    issued, modified = _moment(shown.get("issued")), _moment(shown.get("modified"))
    entry.updated(modified or issued or LONG_AGO)
    if issued:
        entry.published(issued)
    return entry


def _moment(day: str | None) -> datetime | None:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) if day else None
