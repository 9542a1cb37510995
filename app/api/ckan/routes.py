"""Actions by HTTP, at CKAN's two addresses: GET with parameters, POST with a JSON object or a form."""

import json
from typing import Any

from flask import Blueprint, Response, request, url_for

from app.api.ckan.actions import ACTIONS
from app.api.ckan.arguments import read
from app.api.ckan.faults import Fault, SearchDown
from app.web.answers import answer
from app.web.permissions import public
from indexer.errors import SearchUnavailable

blueprint = Blueprint("ckan", __name__)


@blueprint.route("/api/3/action/<name>", methods=["GET", "POST"])
@blueprint.route("/api/action/<name>", methods=["GET", "POST"])
@public
def act(name: str) -> Response:
    """Success and failure alike are CKAN's object of `help`, `success` and `result` or `error`."""
    try:
        if name not in ACTIONS:
            raise Fault(f"Bad request - Action name not known: {name[:100]}")
        body, status = {"success": True, "result": ACTIONS[name](read(request))}, 200
    except Fault as fault:
        body, status = {"success": False, "error": fault.body()}, fault.status
    except SearchUnavailable:
        down = SearchDown("The search index can't be read now; try again in a moment.")
        body, status = {"success": False, "error": down.body()}, down.status
    return _respond(name, body, status)


@blueprint.after_request
def _for_everyone(response: Response) -> Response:
    """Scripts of other sites may ask; before they send JSON, a browser asks whether they may."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _respond(name: str, body: dict[str, Any], status: int) -> Response:
    told = url_for("ckan.act", name="help_show", _external=False)
    whole = {"help": f"{told}?name={name}" if name in ACTIONS else told, **body}
    response = answer(json.dumps(whole, ensure_ascii=False), "application/json", status=status)
    response.content_type = "application/json;charset=utf-8"
    if status == 503:
        response.headers["Retry-After"] = "10"
    if request.method == "POST" or status != 200:
        response.headers["Cache-Control"] = "no-store"
    return response
