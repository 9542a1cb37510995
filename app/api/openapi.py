"""The OpenAPI document of what programs can read, from the same definitions that read it; and a page of it."""

import json
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response

from app.api import feedback
from app.api import openapi_mine as mine
from app.api import openapi_outward as outward
from app.api.portal import portal
from app.api.suggest import MAX_SUGGESTIONS
from app.checking.model import MAX_BYTES
from app.search import stars
from app.search.filters import FILTERS
from app.search.parameters import DEFAULT_SIZE
from app.search.service import SUGGESTIONS
from app.search.years import RANGES
from app.web.answers import answer
from app.web.language import gettext as _
from app.web.pages import page
from app.web.permissions import public
from app.web.problems import MEDIA_TYPE as PROBLEM
from app.web.rdf import SYNTAXES
from indexer.query import MAX_PAGE_SIZE, MAX_QUERY_CHARACTERS, Sort
from shapes.profile import PROFILES

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
            "/api/suggest": {"get": _suggest()},
            "/dataset/{id}": {"get": _linked("dataset", "One dataset", "A dataset's id.")},
            "/publisher/{id}": {"get": _linked("publisher", "One publisher", "A publisher's id.")},
            "/theme/{code}": {"get": _linked("theme", "One theme", "A notation of the 22 domains.", name="code")},
            "/catalog": {"get": _catalogue()},
            "/dump/catalog.{syntax}": {"get": _dump()},
            "/api/check": {"post": _check()},
            **feedback.paths(),
            **outward.paths(),
            **mine.paths(),
            "/health": {"get": _health()},
        },
        "components": {
            "schemas": _schemas(),
            "responses": {"Problem": _problem()},
            "securitySchemes": mine.security(),
        },
    }


def _summaries() -> dict[str, str]:
    """What each path is for, in the reader's language; the document itself is in English alone."""
    return {
        "/api/search": _("检索数据集，返回结果、分面和下一页游标。任何检索词都不会报错。"),
        "/api/suggest": _("输入时的提示：词语、开放主体和数据集标题，可用汉字、拼音或拼音首字母。"),
        "/dataset/{id}": _("一个数据集的目录信息。已撤回的返回 410。"),
        "/publisher/{id}": _("一个开放主体。"),
        "/theme/{code}": _("一个领域。"),
        "/catalog": _("开放目录，按 Hydra 分页，供其他门户采集。"),
        "/dump/catalog.{syntax}": _("全部公开的目录信息，流式下载；后缀加 .gz 为压缩文件。"),
        "/api/check": _("检查一份目录是否符合规则。"),
        "/health": _("运行状态。"),
        **feedback.summaries(),
        **outward.summaries(),
        **mine.summaries(),
    }


def _helps() -> dict[str, str]:
    """The same for parameters, by name; with its path where one means something else there."""
    ids = {"id": _("地址中的编号。"), "code": _("领域的代码。"), "syntax": _("格式的后缀。")}
    return ids | {
        "/api/check profile": _("规则：guangzhou 本市目录规范，intake 采集的最低要求，dcat-ap 为 DCAT-AP 3.0.1。"),
        "url": _("文档的地址；正文为空时读取。"),
        "q": _("检索词，简体、繁体均可；过长的部分会被截去。"),
        "theme": _("领域的代码或名称。"),
        "publisher": _("开放主体地址中的编号。"),
        "open_attribute": _("开放属性：WTJ 无条件开放，YTJ 有条件开放，BKF 非开放。"),
        "format": _("数据格式的代码或别名。"),
        "frequency": _("更新频率的代码或名称。"),
        "district": _("行政区划代码（GB/T 2260）或名称。"),
        "sort": _("排序：relevance 相关度，modified 最近更新，issued 最近发布。"),
        "size": _("每页条数；0 表示只要总数和分面。"),
        "page": _("页码，从 1 起；靠后的结果请用 cursor。"),
        "all": _("要给出全部取值的分面（至多一千个）；其他分面给出前三十个。"),
        "modified_from": _("最后更新不早于这一年。"),
        "modified_to": _("最后更新不晚于这一年。"),
        "issued_from": _("首次发布不早于这一年。"),
        "issued_to": _("首次发布不晚于这一年。"),
        "insist": _("填任意值，按原样检索，不改正错字和拼音。"),
        "limit": _("最多返回几条。"),
        "cursor": _("同一查询上一次返回的 next。"),
        "/catalog size": _("每页的数据集数，用于 RDF。"),
        "/catalog page": _("页码，从 1 起；RDF 中超出最后一页时返回 404。"),
        **feedback.helps(),
        **outward.helps(),
    }


def _search() -> Schema:
    text = {"type": "string", "maxLength": MAX_QUERY_CHARACTERS}
    facets = {"type": "array", "items": {"enum": [each.name for each in FILTERS]}}
    parameters = [
        _parameter(
            "q", 'Words, in any script; longer texts are cut. "A phrase", -without, publisher:, format:, field:.', text
        ),
        *(each.openapi() for each in FILTERS),
        *(parameter for each in RANGES for parameter in each.openapi()),
        *stars.openapi(),
        _parameter("insist", "With any value, search for `q` as it is, uncorrected.", {"type": "string"}),
        _parameter("all", "Facets of which all values are given, to a thousand; else the largest thirty.", facets),
        _parameter(
            "sort",
            "Order; `relevance` where it is none of these.",
            {"enum": [s.value for s in Sort], "default": "relevance"},
        ),
        _parameter(
            "size",
            "Results a page; 0 gives the total and the facets alone. More than the maximum counts as the maximum.",
            _integer(0, MAX_PAGE_SIZE, DEFAULT_SIZE),
        ),
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


def _suggest() -> Schema:
    limit = _integer(0, MAX_SUGGESTIONS, SUGGESTIONS)
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Suggestions"}}}
    return {
        "operationId": "suggest",
        "summary": "What a search box offers",
        "parameters": [
            _parameter("q", "What has been typed: characters, pinyin, initials, or a mixture.", {"type": "string"}),
            _parameter("limit", "At most so many.", limit),
        ],
        "responses": {
            "200": {"description": "Words before titles; none while search is down.", "content": content},
            "429": {"description": "Too many from one address; see Retry-After.", "content": content},
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
            "404": {"$ref": "#/components/responses/Problem"},
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


def _check() -> Schema:
    problem = {"$ref": "#/components/responses/Problem"}
    report = {"application/json": {"schema": {"$ref": "#/components/schemas/Check"}}}
    return {
        "operationId": "check",
        "summary": "Check a DCAT document against a profile",
        "description": f"At most {MAX_BYTES:,} bytes. The report is JSON, or a sh:ValidationReport in RDF by Accept.",
        "parameters": [
            _parameter("profile", "The rules.", {"enum": list(PROFILES), "default": "guangzhou"}),
            _parameter("url", "Where the document is, if there is no body.", {"type": "string", "format": "uri"}),
        ],
        "requestBody": {"content": _rdf_content({})},
        "responses": {
            "200": {"description": "The report; `conforms` is false where something must be mended.",
                    "content": _rdf_content(report)},
            **dict.fromkeys(("400", "406", "413", "422", "429", "503"), problem),
        },
    }  # fmt: skip


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


def _finding() -> Schema:
    text = {"type": "string"}
    properties = {
        "severity": {"enum": ["violation", "warning", "info"]},
        "message": {"type": "object", "additionalProperties": text},
        **dict.fromkeys(("focus", "path", "value", "rule", "article"), text),
        "line": {"type": ["integer", "null"], "description": "Of the document, from 1; null where none was found."},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


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
    suggestion = {
        "type": "object",
        "properties": {
            "text": text,
            "kind": {"enum": ["word", "publisher", "dataset"]},
            "uri": {"type": "string", "format": "uri", "description": "Of a dataset."},
        },
        "required": ["text", "kind"],
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
        "rating": {
            "type": ["object", "null"],
            "properties": {"mean": {"type": "number"}, "count": {"type": "integer"}},
            "description": "The Bayesian mean of the ratings and their number; null where nobody rated.",
        },
        "score": {"type": "number"},
        "highlight": {"type": "object", "additionalProperties": {"type": "array", "items": run}},
    }
    return {
        "Results": {
            "type": "object",
            "required": ["total", "results", "facets", "next", "corrected"],
            "properties": {
                "total": whole,
                "results": {"type": "array", "items": {"$ref": "#/components/schemas/Hit"}},
                "facets": {"type": "object", "additionalProperties": {"type": "array", "items": value}},
                "next": {"type": ["string", "null"], "description": "`cursor` of the page after; null at the end."},
                "corrected": {
                    "type": ["string", "null"],
                    "description": "What was searched in place of `q`, if not that.",
                },
            },
        },
        "Hit": {"type": "object", "properties": hit, "required": list(hit)},
        "Suggestions": {
            "type": "object",
            "required": ["suggestions"],
            "properties": {"suggestions": {"type": "array", "items": suggestion}},
        },
        "Check": {
            "type": "object",
            "required": ["profile", "format", "statements", "datasets", "conforms", "cut", "results", "notes"],
            "properties": {
                "profile": text,
                "format": text,
                "statements": whole,
                "datasets": whole,
                "conforms": {"type": "boolean"},
                "cut": {"type": "boolean", "description": "There were more results."},
                "results": {"type": "array", "items": _finding()},
                "notes": {"type": "array", "items": texts},
            },
        },
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {"type": text, "title": text, "status": whole, "detail": text, "instance": text},
        },
        "Health": {
            "type": "object",
            "required": ["status", "parts", "unindexed", "harvest"],
            "properties": {
                "status": {"enum": ["ok", "degraded"]},
                "parts": {"type": "object", "additionalProperties": text},
                "unindexed": {
                    "type": "object",
                    "description": "Entries that the search engine refuses: kind of reason to how many.",
                    "additionalProperties": whole,
                },
                "harvest": {
                    "type": "object",
                    "description": "What a person should look at; empty where the record does not answer.",
                    "properties": {
                        "alerts": {"type": "object", "additionalProperties": whole},
                        "held_deletions": whole,
                    },
                },
            },
        },
        **feedback.schemas(),
        **outward.schemas(),
        **mine.schemas(),
    }
