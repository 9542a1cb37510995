"""The OpenAPI document of what programs can read, from the same definitions that read it; and a page of it."""

import json
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response

from app.api import openapi_outward as outward
from app.api.portal import portal
from app.search.filters import FILTERS
from app.search.parameters import DEFAULT_SIZE
from app.web.answers import answer
from app.web.language import gettext as _
from app.web.pages import page
from app.web.permissions import public
from app.web.problems import MEDIA_TYPE as PROBLEM
from app.web.rdf import SYNTAXES
from indexer.query import MAX_PAGE_SIZE, MAX_QUERY_CHARACTERS, Sort

blueprint = Blueprint("openapi", __name__, url_prefix="/api")

Schema = dict[str, Any]


@blueprint.get("/openapi.json")
@public
def show() -> Response:
    response = answer(
        json.dumps(document(portal().settings.base_url), ensure_ascii=False, indent=1), "application/json"
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/docs")
@public
def docs() -> Response:
    return page("docs.html", document=document(portal().settings.base_url), summaries=_summaries(), helps=_helps())


def document(base_url: str) -> Schema:
    """OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html)."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Suishu 穗数",
            "version": version("suishu"),
            "summary": "Search and linked data of a city's open public data catalogue.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url}],
        "paths": {
            "/api/search": {"get": _search()},
            "/dataset/{id}": {"get": _linked("dataset", "One dataset", "A dataset's id.")},
            "/publisher/{id}": {"get": _linked("publisher", "One publisher", "A publisher's id.")},
            "/theme/{code}": {"get": _linked("theme", "One theme", "A notation of the 22 domains.", name="code")},
            "/catalog": {"get": _catalogue()},
            "/dump/catalog.{syntax}": {"get": _dump()},
            **outward.paths(),
            "/health": {"get": _health()},
        },
        "components": {"schemas": _schemas(), "responses": {"Problem": _problem()}},
    }


def _summaries() -> dict[str, str]:
    """What each path is for, in the reader's language; the document itself is in English alone."""
    return {
        "/api/search": _("检索数据集，返回结果、分面和下一页游标。任何检索词都不会报错。"),
        "/dataset/{id}": _("一个数据集的目录信息。已撤回的返回 410。"),
        "/publisher/{id}": _("一个开放主体。"),
        "/theme/{code}": _("一个领域。"),
        "/catalog": _("开放目录，按 Hydra 分页，供其他门户采集。"),
        "/dump/catalog.{syntax}": _("全部公开的目录信息，流式下载；后缀加 .gz 为压缩文件。"),
        "/health": _("运行状态。"),
        **outward.summaries(),
    }


def _helps() -> dict[str, str]:
    """The same for parameters."""
    ids = {"id": _("地址中的编号。"), "code": _("领域的代码。"), "syntax": _("格式的后缀。")}
    return ids | {
        "q": _("检索词，简体、繁体均可；过长的部分会被截去。"),
        "theme": _("领域的代码或名称。"),
        "publisher": _("开放主体地址中的编号。"),
        "open_attribute": _("开放属性：WTJ 无条件开放，YTJ 有条件开放，BKF 非开放。"),
        "format": _("数据格式的代码或别名。"),
        "frequency": _("更新频率的代码或名称。"),
        "district": _("行政区划代码（GB/T 2260）或名称。"),
        "sort": _("排序：relevance 相关度，modified 最近更新，issued 最近发布。"),
        "size": _("每页条数。"),
        "page": _("页码，从 1 起；靠后的结果请用 cursor。"),
        "cursor": _("同一查询上一次返回的 next。"),
        **outward.helps(),
    }


def _search() -> Schema:
    text = {"type": "string", "maxLength": MAX_QUERY_CHARACTERS}
    parameters = [
        _parameter("q", "Words, in any script; longer texts are cut.", text),
        *(each.openapi() for each in FILTERS),
        _parameter(
            "sort",
            "Order; `relevance` where it is none of these.",
            {"enum": [s.value for s in Sort], "default": "relevance"},
        ),
        _parameter("size", "Results a page.", _integer(1, MAX_PAGE_SIZE, DEFAULT_SIZE)),
        _parameter("page", "Page number, from 1. Far pages are reached by `cursor`.", _integer(1, None, 1)),
        _parameter("cursor", "`next` of the answer before, with the same query.", {"type": "string"}),
    ]
    return {
        "operationId": "search",
        "summary": "Search datasets",
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "Results, best first.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Results"}}},
            },
            "400": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
        },
    }


def _linked(operation: str, summary: str, help_: str, *, name: str = "id") -> Schema:
    parameter = {"name": name, "in": "path", "required": True, "description": help_, "schema": {"type": "string"}}
    suffixes = ", ".join(syntax.extension for syntax in SYNTAXES)
    return {
        "operationId": operation,
        "summary": summary,
        "description": f"By Accept, or with a suffix after the id: {suffixes}.",
        "parameters": [parameter, *([outward.profile_parameter()] if operation == "dataset" else [])],
        "responses": {
            "200": {"description": summary, "content": _rdf_content({"text/html": {}})},
            "304": {"description": "Not modified (ETag, Last-Modified)."},
            "404": {"$ref": "#/components/responses/Problem"},
            "406": {"$ref": "#/components/responses/Problem"},
            **({"410": {"description": "Withdrawn."}} if operation == "dataset" else {}),
        },
    }


def _catalogue() -> Schema:
    return {
        "operationId": "catalogue",
        "summary": "The open catalogue, in pages",
        "description": "As RDF paged with Hydra: follow hydra:next.",
        "parameters": [
            _parameter("page", "Page number, from 1.", _integer(1, None, 1)),
            _parameter("size", "Datasets a page, in RDF.", _integer(1, 500, 100)),
            *outward.catalogue_parameters(),
        ],
        "responses": {
            "200": {"description": "A page.", "content": _rdf_content({"text/html": {}})},
            "304": {"description": "Not modified (ETag, Last-Modified)."},
            "400": {"$ref": "#/components/responses/Problem"},
            "406": {"$ref": "#/components/responses/Problem"},
        },
    }


def _dump() -> Schema:
    names = [syntax.extension[1:] for syntax in SYNTAXES]
    parameter = {
        "name": "syntax",
        "in": "path",
        "required": True,
        "schema": {"enum": names + [f"{name}.gz" for name in names]},
    }
    return {
        "operationId": "dump",
        "summary": "The whole public graph",
        "parameters": [parameter],
        "responses": {
            "200": {"description": "Streamed.", "content": _rdf_content({"application/gzip": {}})},
            "503": {"$ref": "#/components/responses/Problem"},
        },
    }


def _health() -> Schema:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}
    return {
        "operationId": "health",
        "summary": "Whether the portal answers",
        "responses": {
            "200": {"description": "All parts answer.", "content": content},
            "503": {"description": "A part does not answer.", "content": content},
        },
    }


def _parameter(name: str, help_: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": help_, "schema": schema}


def _integer(least: int, most: int | None, default: int) -> Schema:
    schema: Schema = {"type": "integer", "minimum": least, "default": default}
    return schema if most is None else schema | {"maximum": most}


def _rdf_content(first: Schema) -> Schema:
    return first | {syntax.media_types[0]: {} for syntax in SYNTAXES}


def _problem() -> Schema:
    return {
        "description": "A problem document (RFC 9457).",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _schemas() -> Schema:
    text, whole = {"type": "string"}, {"type": "integer"}
    texts = {"type": "object", "description": "Language tag to text.", "additionalProperties": text}
    list_of_text = {"type": "array", "items": text}
    nullable = {"type": ["string", "null"]}
    run = {"type": "object", "properties": {"text": text, "match": {"type": "boolean"}}, "required": ["text", "match"]}
    value = {
        "type": "object",
        "properties": {"value": text, "label": text, "count": whole, "selected": {"type": "boolean"}},
        "required": ["value", "label", "count", "selected"],
    }
    hit = {
        "id": text,
        "uri": {"type": "string", "format": "uri"},
        "identifiers": list_of_text,
        "title": text,
        "titles": texts,
        "description": text,
        "publisher": {"type": ["object", "null"], "properties": {"id": text, "name": text}},
        "themes": list_of_text,
        "open_attribute": nullable,
        "formats": list_of_text,
        "frequency": nullable,
        "issued": nullable,
        "modified": nullable,
        "score": {"type": "number"},
        "highlight": {"type": "object", "additionalProperties": {"type": "array", "items": run}},
    }
    return {
        "Results": {
            "type": "object",
            "required": ["total", "results", "facets", "next"],
            "properties": {
                "total": whole,
                "results": {"type": "array", "items": {"$ref": "#/components/schemas/Hit"}},
                "facets": {"type": "object", "additionalProperties": {"type": "array", "items": value}},
                "next": {"type": ["string", "null"], "description": "`cursor` of the page after; null at the end."},
            },
        },
        "Hit": {"type": "object", "properties": hit, "required": list(hit)},
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {"type": text, "title": text, "status": whole, "detail": text, "instance": text},
        },
        "Health": {
            "type": "object",
            "required": ["status", "parts"],
            "properties": {
                "status": {"enum": ["ok", "degraded"]},
                "parts": {"type": "object", "additionalProperties": text},
            },
        },
        **outward.schemas(),
    }
