"""What people say of a dataset, as JSON. Who said it is told on pages alone: a list of names is nobody's to copy."""

import json
import re
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.api.portal import portal
from app.catalogue.model import PublicEntry
from app.errors import Invalid
from app.feedback.model import Correction, Kind, Post, Standing, State
from app.web.language import gettext as _
from app.web.paging import stated
from app.web.permissions import public

blueprint = Blueprint("api_feedback", __name__, url_prefix="/api")

DEFAULT_SIZE = 20
MAX_SIZE = 100
_KINDS = (Kind.COMMENT, Kind.CORRECTION, Kind.USAGE)
_ID = re.compile(r"[a-z2-7]{16}")
_PATH = "/api/dataset/{id}/feedback"

Schema = dict[str, Any]


@blueprint.get("/dataset/<id_>/feedback")
@public
def show(id_: str) -> Response:
    if not _ID.fullmatch(id_) or not isinstance(portal().catalogue.entry(id_, alone=True), PublicEntry):
        raise NotFound
    kind = request.args.get("kind", "")
    if kind and kind not in _KINDS:
        raise Invalid(f"kind 须是 {'、'.join(_KINDS)} 之一。", f"kind must be one of {', '.join(_KINDS)}.")
    size = stated("size", request.args.get("size"), default=DEFAULT_SIZE, most=MAX_SIZE)
    page = stated("page", request.args.get("page"), default=1)
    posts, total = portal().feedback.of_dataset(id_, kind=Kind(kind) if kind else None, page=page, size=size)
    body = {"total": total, "results": [_post(each) for each in posts]}
    response = Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _post(said: Post) -> dict[str, Any]:
    return {
        "uri": f"{portal().settings.base_url}/dataset/{said.dataset_id}#{said.kind}-{said.id}",
        "kind": said.kind,
        "standing": said.standing,
        "created": said.at.isoformat(),
        "title": said.title,
        "text": said.body,
        "link": said.link or None,
        "correction": _correction(said.correction) if said.correction else None,
        "replies": [
            {"office": each.office, "created": each.at.isoformat(), "text": each.body} for each in said.replies
        ],
    }


def _correction(found: Correction) -> dict[str, Any]:
    return {
        "fault": found.wrong.fault,
        "item": found.wrong.item,
        "row": found.wrong.row,
        "expected": found.wrong.expected,
        "evidence": found.wrong.evidence,
        "state": found.state,
        "due": found.due_on.isoformat(),
        "answer": found.answer,
        "decided": found.decided_at.isoformat() if found.decided_at else None,
        "done": found.done_at.isoformat() if found.done_at else None,
    }


# What the OpenAPI document and its page say of this


def paths() -> dict[str, Schema]:
    whole = {"type": "integer", "minimum": 1}
    parameters = [
        {"name": "id", "in": "path", "required": True, "description": "A dataset's id.", "schema": {"type": "string"}},
        _query("kind", "Only this.", {"enum": list(_KINDS)}),
        _query("page", "Page number, from 1.", {**whole, "default": 1}),
        _query("size", "Posts a page.", {**whole, "maximum": MAX_SIZE, "default": DEFAULT_SIZE}),
    ]
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Feedback"}}}
    operation = {
        "operationId": "feedback",
        "summary": "Comments, corrections and usage notes of a dataset, newest first",
        "parameters": parameters,
        "responses": {
            "200": {"description": "A page of them, without the names of who said them.", "content": content},
            "400": {"$ref": "#/components/responses/Problem"},
            "404": {"$ref": "#/components/responses/Problem"},
        },
    }
    return {_PATH: {"get": operation}}


def schemas() -> dict[str, Schema]:
    text, nullable = {"type": "string"}, {"type": ["string", "null"]}
    reply = {"office": {"enum": ["publisher", "authority", "operator"]}, "created": text, "text": text}
    correction = {
        "fault": {"enum": ["error", "omission"]},
        **dict.fromkeys(("item", "row", "expected", "evidence", "due", "answer"), text),
        "state": {"enum": list(State)},
        "decided": nullable,
        "done": nullable,
    }
    post = {
        "uri": {"type": "string", "format": "uri"},
        "kind": {"enum": list(_KINDS)},
        "standing": {"enum": [Standing.SHOWN, Standing.HIDDEN, Standing.WITHDRAWN]},
        **dict.fromkeys(("created", "title", "text"), text),
        "link": nullable,
        "correction": {**_object(correction), "type": ["object", "null"]},
        "replies": {"type": "array", "items": _object(reply)},
    }
    results = {"type": "array", "items": _object(post)}
    return {"Feedback": _object({"total": {"type": "integer"}, "results": results})}


def summaries() -> dict[str, str]:
    return {_PATH: _("一个数据集的评论、纠错和利用说明，新的在前；不含提交人的名字。")}


def helps() -> dict[str, str]:
    return {
        "kind": _("只要这一类：comment 评论，correction 纠错，usage 利用说明。"),
        f"{_PATH} page": _("页码，从 1 起。"),
        f"{_PATH} size": _("每页条数。"),
    }


def _query(name: str, help_: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": help_, "schema": schema}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}
