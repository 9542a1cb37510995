"""What a program may do for whoever gave it an access token, under a path where nothing else opens anything."""

import json
import re
from typing import Any, cast

import orjson
from flask import Blueprint, Response, request

from app.accounts.access_tokens.model import Granted, Scope
from app.accounts.model import Account
from app.api.portal import portal
from app.errors import Invalid, NotFound
from app.ratings.model import Rating
from app.web import bearer
from app.web.permissions import TOKEN_PATH, by_token, takes

blueprint = Blueprint("api_mine", __name__)

MAX_BODY_BYTES = 4096
_RATING = f"{TOKEN_PATH}/ratings/<id_>"
_ID = re.compile(r"[a-z2-7]{16}")


@blueprint.before_request
def _refuse_what_is_no_id() -> None:
    if request.view_args and not _ID.fullmatch(request.view_args["id_"]):
        raise NotFound("没有这个数据集。", "There is no such dataset.")


@blueprint.get(TOKEN_PATH)
@by_token(Scope.READ_ACCOUNT)
def who() -> Response:
    granted = cast(Granted, bearer.grant())
    found, token = granted.account, granted.token
    return _answer(
        {
            "id": found.id,
            "name": found.name,
            "roles": sorted(found.roles),
            "real_named": found.is_real_named,
            "token": {
                "name": token.name,
                "scopes": sorted(token.scopes),
                "expires_at": token.expires_at.isoformat(),
            },
        }
    )


@blueprint.get(f"{TOKEN_PATH}/ratings")
@by_token(Scope.READ_RATINGS)
def ratings() -> Response:
    found = portal().ratings.of_account(_me())
    return _answer({"total": len(found), "ratings": [_body(each) for each in found]})


@blueprint.get(_RATING)
@by_token(Scope.READ_RATINGS)
def rating(id_: str) -> Response:
    return _answer(_body(_mine(id_)))


@blueprint.put(_RATING)
@by_token(Scope.WRITE_RATINGS)
@takes(MAX_BODY_BYTES)
def rate(id_: str) -> Response:
    try:
        said = orjson.loads(request.get_data())  # which bears brackets without end
    except orjson.JSONDecodeError:
        said = None
    stars = said.get("stars") if isinstance(said, dict) else None
    if type(stars) is not int:
        raise Invalid('请发送 JSON：{"stars": 5}。', 'Send JSON: {"stars": 5}.')
    portal().ratings.rate(id_, stars, by=_me())
    return _answer(_body(_mine(id_)))


@blueprint.delete(_RATING)
@by_token(Scope.WRITE_RATINGS)
def take_back(id_: str) -> Response:
    portal().ratings.take_back(id_, by=_me())
    return Response(status=204)


def _me() -> Account:
    return cast(Granted, bearer.grant()).account


def _mine(id_: str) -> Rating:
    found = portal().ratings.of(id_, _me())
    if found is None:
        raise NotFound("您没有给这个数据集评分。", "You have not rated this dataset.")
    return found


def _body(each: Rating) -> dict[str, Any]:
    return {
        "dataset": each.dataset_id,
        "uri": f"{portal().settings.base_url}/dataset/{each.dataset_id}",
        "stars": each.stars,
        "version": each.version,
        "at": each.at.isoformat(),
    }


def _answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
