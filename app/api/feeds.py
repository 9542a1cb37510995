"""Any search as a feed (Atom, RFC 4287, paged by RFC 5005) and as JSON, at the address of its page with a suffix."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, request

from app.api.portal import portal
from app.api.search import body
from app.i18n import pick
from app.search.parameters import parameters_of, query_from
from app.web import language
from app.web.answers import answer
from app.web.labels import label_in
from app.web.language import gettext as _
from app.web.links import address
from app.web.pages import VARY
from app.web.permissions import public
from indexer.query import Query, Sort
from indexer.results import Hit, Results

blueprint = Blueprint("feeds", __name__)

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a date that an entry does not give; Atom demands one."""


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
    response = answer(_feed(query, results), "application/atom+xml", vary=VARY)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _feed(query: Query, results: Results) -> bytes:
    base = portal().settings.base_url
    same = parameters_of(replace(query, page=1))
    feed = FeedGenerator()
    feed.id(base + address("/dataset", same))
    name = _("穗数")
    feed.title(_fit(_("%(name)s：“%(text)s”") % {"name": name, "text": query.text} if query.text else name))
    feed.author({"name": name, "uri": base})
    feed.generator("Suishu 穗数")
    feed.language(language.current().tag)
    feed.link(href=base + address("/dataset", same), rel="alternate", type="text/html")
    feed.link(href=base + address("/dataset.atom", [*same, ("cursor", query.cursor)]), rel="self")
    if results.next:
        feed.link(href=base + address("/dataset.atom", [*same, ("cursor", results.next)]), rel="next")
    entries = [_entry(hit) for hit in results.hits]
    for entry in entries:
        feed.add_entry(entry, order="append")
    feed.updated(max((entry.updated() for entry in entries), default=_LONG_AGO))
    return bytes(feed.atom_str(pretty=True))


def _entry(hit: Hit) -> FeedEntry:
    shown: dict[str, Any] = hit.display
    reader = language.current()
    entry = FeedEntry()
    entry.id(_fit(hit.uri))
    entry.title(_fit(pick(shown.get("titles") or {}, reader)[0]) or hit.id)
    entry.link(href=f"{portal().settings.base_url}/dataset/{hit.id}", rel="alternate", type="text/html")
    if summary := pick(shown.get("descriptions") or {}, reader)[0]:
        entry.summary(_fit(summary))
    if publisher := shown.get("publisher"):
        entry.author({"name": _fit(pick(publisher["names"], reader)[0]) or publisher["id"]})
    for theme in shown.get("themes") or ():
        entry.category(term=_fit(theme), label=_fit(label_in("theme", theme, reader.tag)))
    issued, modified = _moment(shown.get("issued")), _moment(shown.get("modified"))
    entry.updated(modified or issued or _LONG_AGO)
    if issued:
        entry.published(issued)
    return entry


def _moment(day: str | None) -> datetime | None:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) if day else None


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
