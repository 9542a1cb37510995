"""The OpenAPI entries of what other portals read: CKAN's actions, data.json, changes, filters of the catalogue."""

from typing import Any

from app.api.ckan.actions import ACTIONS
from app.catalogue.profiles import PROFILES
from app.web.language import gettext as _
from app.web.rdf import SYNTAXES

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}


def paths() -> dict[str, Schema]:
    return {
        "/api/3/action/{action}": {"get": _action("ckanGet"), "post": _action("ckanPost", in_body=True)},
        "/data.json": {"get": _data_json()},
        "/changes": {"get": _changes()},
    }


def catalogue_parameters() -> list[Schema]:
    """Of `/catalog`, as RDF."""
    said = {"type": "string", "examples": ["2026-01-31", "2026-01-31T08:00:00Z"]}
    return [
        _query("modified-since", "Entries recorded then or later; a date or a time, UTC where no zone is said.", said),
        _query("theme", "One of the 22 national domains, by notation or label.", _TEXT),
        _query("publisher", "A publisher's id or address.", _TEXT),
        _query("after", "Where the page begins; taken from hydra:next.", _TEXT),
        profile_parameter(),
    ]


def profile_parameter() -> Schema:
    help_ = "Metadata profile of the RDF, by name here or by IRI in Accept-Profile."
    return _query("profile", help_, {"enum": [profile.token for profile in PROFILES], "default": "suishu"})


def summaries() -> dict[str, str]:
    return {
        "/api/3/action/{action}": _("与 CKAN 兼容的只读接口，ckanapi 和 CKAN 采集器可直接使用；也可用 /api/action/。"),
        "/data.json": _("全部数据集，按 DCAT-US 1.1 的 data.json 格式流式输出。"),
        "/changes": _("目录的变更流（LDES）：每个公开版本和撤回都按时间先后列出，供其他门户同步。"),
    }


def helps() -> dict[str, str]:
    return {
        "action": _("CKAN 的操作名，help_show 说明每个操作。"),
        "id": _("地址中的编号。"),
        "fq": _("CKAN 的筛选式，如 groups:jiaotong AND tags:公交；字段见文档。"),
        "rows": _("返回条数。"),
        "start": _("跳过的条数。"),
        "modified-since": _("此日期或时刻以后登记的条目；未写时区按 UTC。"),
        "after": _("本页从哪里开始，取自上一页的 hydra:next。"),
        "profile": _("RDF 的元数据规范，也可用 Accept-Profile 请求头按 IRI 选择。"),
    }


def schemas() -> dict[str, Schema]:
    error = {"type": "object", "properties": {"__type": _TEXT, "message": _TEXT}, "required": ["__type", "message"]}
    properties = {"help": _TEXT, "success": {"type": "boolean"}, "result": {}, "error": error}
    return {"CkanAnswer": {"type": "object", "required": ["help", "success"], "properties": properties}}


def _action(operation: str, *, in_body: bool = False) -> Schema:
    action: Schema = {"name": "action", "in": "path", "required": True, "schema": {"enum": list(ACTIONS)}}
    whole = {"type": "integer", "minimum": 0}
    said = [
        _query("id", "A dataset, publisher, theme, keyword or resource, where the action shows one.", _TEXT),
        _query("q", "Words, of package_search.", _TEXT),
        _query("fq", "Filter query, of package_search.", _TEXT),
        _query("rows", "Results, of package_search.", {**whole, "maximum": 1_000, "default": 10}),
        _query("start", "Results left out at the beginning, of package_search.", {**whole, "default": 0}),
        _query("sort", "id, name, metadata_modified or score, with asc or desc.", _TEXT),
    ]
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/CkanAnswer"}}}
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "operationId": operation,
        "summary": "CKAN's read API",
        "parameters": [action, *([] if in_body else said)],
        **({"requestBody": body} if in_body else {}),
        "responses": {
            "200": {"description": "The action's result.", "content": answer},
            **{
                status: {"description": description, "content": answer}
                for status, description in (
                    ("400", "An unknown action, or a query that can't be read."),
                    ("404", "There is no such thing."),
                    ("409", "A parameter is missing or not valid."),
                    ("410", "The dataset was withdrawn."),
                    ("503", "The search index can't be read now."),
                )
            },
        },
    }


def _data_json() -> Schema:
    return {
        "operationId": "dataJson",
        "summary": "The whole catalogue as data.json (DCAT-US 1.1)",
        "responses": {
            "200": {"description": "Streamed.", "content": {"application/json": {"schema": {"type": "object"}}}},
            "304": {"description": "Not modified (ETag, Last-Modified)."},
            "503": {"$ref": "#/components/responses/Problem"},
        },
    }


def _changes() -> Schema:
    content: Schema = {syntax.media_types[0]: {} for syntax in SYNTAXES}
    return {
        "operationId": "changes",
        "summary": "The stream of changes (LDES)",
        "description": "The root of a tree:Node tree; follow tree:relation.",
        "responses": {"200": {"description": "The root node.", "content": content}},
    }


def _query(name: str, help_: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": help_, "schema": schema}
