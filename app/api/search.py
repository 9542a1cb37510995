"""The search as JSON. No words that a person can type are an error here; a size that only a program gives may be."""

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from app.api.portal import portal
from app.i18n import pick
from app.search.parameters import query_from
from app.web import language
from app.web.paging import stated
from app.web.permissions import public
from app.web.remembered import Remembered
from indexer.document import STAR
from indexer.query import MAX_PAGE_SIZE
from indexer.results import Hit, Results

blueprint = Blueprint("api_search", __name__, url_prefix="/api")

_publishers = Remembered(lambda ids, tag: portal().search.labels("publisher", ids, tag))


@blueprint.get("/search")
@public
def search() -> Response:
    query = query_from(request.args.getlist)
    size = stated("size", request.args.get("size"), default=query.size, least=0, most=MAX_PAGE_SIZE)
    results = portal().search.search(replace(query, size=size or 1))
    if size == 0:  # who asks for none wants the total and the facets
        results = replace(results, hits=(), next="")
    response = Response(json.dumps(body(results), ensure_ascii=False), mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def body(results: Results) -> dict[str, Any]:
    """Labels and the plain title are in the reader's language; everything else is the same in every language."""
    return {
        "total": results.total,
        "results": [_hit(hit) for hit in results.hits],
        "facets": {name: _facet(name, results) for name in results.facets},
        "next": results.next or None,
        "corrected": results.corrected or None,
    }


def _hit(hit: Hit) -> dict[str, Any]:
    shown: dict[str, Any] = hit.display
    reader = language.current()
    publisher = shown.get("publisher")
    return {
        "id": hit.id,
        "uri": hit.uri,
        "identifiers": list(hit.identifiers),
        "title": pick(shown.get("titles") or {}, reader)[0],
        "titles": shown.get("titles") or {},
        "description": pick(shown.get("descriptions") or {}, reader)[0],
        "publisher": {"id": publisher["id"], "name": pick(publisher["names"], reader)[0]} if publisher else None,
        "themes": shown.get("themes") or [],
        "open_attribute": shown.get("open_attribute") or None,
        "formats": shown.get("formats") or [],
        "frequency": shown.get("frequency") or None,
        "issued": shown.get("issued"),
        "modified": shown.get("modified"),
        "rating": {"mean": rated[0] / STAR, "count": rated[1]} if (rated := shown.get("rating")) else None,
        "score": hit.score,
        "highlight": {
            field: [{"text": text, "match": is_match} for text, is_match in runs]
            for field, runs in hit.highlight.items()
        },
    }


def _facet(name: str, results: Results) -> list[dict[str, Any]]:
    values = results.facets[name]
    named = [value.value for value in values]
    tag = language.current().tag
    labels = _publishers.labels(named, tag) if name == "publisher" else portal().search.labels(name, named, tag)
    return [
        {"value": value.value, "label": labels[value.value], "count": value.count, "selected": value.selected}
        for value in values
    ]
