"""What a search box offers while somebody types. An error is nobody's business there: the list is then empty."""

import json

import structlog
from flask import Blueprint, Response, request

from app.api.portal import portal
from app.web.flood import Flood, asker
from app.web.permissions import public
from indexer.errors import SearchUnavailable
from indexer.query import MAX_QUERY_CHARACTERS
from indexer.results import Suggestion

blueprint = Blueprint("api_suggest", __name__, url_prefix="/api")

MAX_SUGGESTIONS = 20
_MAX_AGE_S = 60

# A fast typist with many words; a program that takes the whole vocabulary is better served by the dump.
_flood = Flood(most=150, window_s=15)


@blueprint.get("/suggest")
@public
def suggest() -> Response:
    if not _flood.allows(asker()):
        response = _answer([], 429)
        response.headers["Retry-After"] = str(int(_flood.window_s))
        return response
    text = request.args.get("q", "")[:MAX_QUERY_CHARACTERS]
    limit = request.args.get("limit", type=int)
    try:
        found = portal().search.suggest(text, *([] if limit is None else [max(0, min(limit, MAX_SUGGESTIONS))]))
    except SearchUnavailable as error:
        structlog.get_logger().warning("no suggestions: search does not answer", error=str(error))
        return _answer([], 200)
    response = _answer([_shown(each) for each in found], 200)
    response.headers["Cache-Control"] = f"public, max-age={_MAX_AGE_S}"
    return response


def _shown(each: Suggestion) -> dict[str, str]:
    shown = {"text": each.text, "kind": each.kind}
    if each.id:
        shown["uri"] = f"{portal().settings.base_url}/dataset/{each.id}"
    return shown


def _answer(found: list[dict[str, str]], status: int) -> Response:
    body = json.dumps({"suggestions": found}, ensure_ascii=False)
    response = Response(body, status, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-store"
    return response
