"""The OpenAPI entries of what programs do with an access token."""

from typing import Any

from app.accounts.access_tokens.model import PREFIX, Scope
from app.ratings.model import STARS
from app.web.language import gettext as _
from app.web.permissions import TOKEN_PATH

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_STARS: Schema = {"type": "integer", "minimum": STARS[0], "maximum": STARS[-1]}
_RATINGS, _RATING = f"{TOKEN_PATH}/ratings", f"{TOKEN_PATH}/ratings/{{id}}"
_PROBLEM = {"$ref": "#/components/responses/Problem"}


def paths() -> dict[str, Schema]:
    return {
        TOKEN_PATH: {"get": _operation("whoAmI", "Whose token this is", Scope.READ_ACCOUNT, _answer("TokenOwner"))},
        _RATINGS: {"get": _operation("myRatings", "My ratings", Scope.READ_RATINGS, _answer("MyRatings"))},
        _RATING: {
            "get": _of_dataset("myRating", "My rating of a dataset", Scope.READ_RATINGS, _answer("MyRating")),
            "put": _of_dataset("rate", "Rate a dataset", Scope.WRITE_RATINGS, _answer("MyRating"))
            | {"requestBody": {"required": True, "content": _content({"$ref": "#/components/schemas/Stars"})}},
            "delete": _of_dataset(
                "takeBack", "Take my rating back", Scope.WRITE_RATINGS, {"204": {"description": "There is none now."}}
            ),
        },
    }


def security() -> dict[str, Schema]:
    said = f"An access token from /account/tokens: {PREFIX}…"
    return {"accessToken": {"type": "http", "scheme": "bearer", "description": said}}


def summaries() -> dict[str, str]:
    return {
        TOKEN_PATH: _("令牌属于哪个账号，有哪些权限。需要 read:account 权限的访问令牌。"),
        _RATINGS: _("本人的全部评分，最新的在前。需要 read:ratings 权限的访问令牌。"),
        _RATING: _(
            '本人对一个数据集的评分。GET 需要 read:ratings 权限；PUT（正文如 {"stars": 5}）和 DELETE 需要 '
            "write:ratings 权限。"
        ),
    }


def schemas() -> dict[str, Schema]:
    uri = {"type": "string", "format": "uri"}
    rating = {"dataset": _TEXT, "uri": uri, "stars": _STARS, "version": {"type": "integer"}, "at": _MOMENT}
    words = {"type": "array", "items": _TEXT}
    ratings = {"type": "array", "items": {"$ref": "#/components/schemas/MyRating"}}
    token = _object({"name": _TEXT, "scopes": words, "expires_at": _MOMENT})
    owner = {"id": _TEXT, "name": _TEXT, "roles": words, "real_named": {"type": "boolean"}, "token": token}
    return {
        "TokenOwner": _object(owner),
        "MyRating": _object(rating),
        "MyRatings": _object({"total": {"type": "integer"}, "ratings": ratings}),
        "Stars": _object({"stars": _STARS}),
    }


def _of_dataset(operation: str, summary: str, scope: Scope, answer: Schema) -> Schema:
    id_: Schema = {"name": "id", "in": "path", "required": True, "description": "A dataset's id.", "schema": _TEXT}
    made = _operation(operation, summary, scope, answer | {"404": _PROBLEM})
    return made | {"parameters": [id_]}


def _operation(operation: str, summary: str, scope: Scope, answer: Schema) -> Schema:
    refusals = dict.fromkeys(("400", "401", "403", "429"), _PROBLEM)
    return {
        "operationId": operation,
        "summary": summary,
        "security": [{"accessToken": [scope]}],
        "responses": answer | refusals,
    }


def _answer(schema: str) -> Schema:
    return {"200": {"description": "OK", "content": _content({"$ref": f"#/components/schemas/{schema}"})}}


def _content(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}
