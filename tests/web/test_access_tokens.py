"""Making an access token, and what a program can do with one."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.access_tokens.model import Scope
from app.accounts.model import Account, Role
from app.factory import create_app
from app.web import bearer
from app.web.flood import Flood
from app.web.permissions import by_token, require_declarations
from app.wiring import Portal
from tests.factories.portals import BASE, numbered, portal_with
from tests.web.operators import browser

PASSWORD = "long and dry words"
ALL = tuple(Scope)


@dataclass
class House:
    portal: Portal
    application: Flask
    ids: list[str]
    ada: Account

    def signed_in(self) -> FlaskClient:
        client = browser(self.application)
        client.environ_base["wsgi.url_scheme"] = "https"
        client.post("/account/sign-in", data={"email": self.ada.email, "password": PASSWORD})
        return client

    def token(self, *scopes: Scope, name: str = "script") -> str:
        return self.portal.access_tokens.make(name, scopes or ALL, 30, by=self.ada)

    def ask(self, method: str, address: str, token: str = "", **more: Any) -> TestResponse:
        """As a program does, without any cookie."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.application.test_client().open(address, method=method, headers=headers, **more)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(bearer, "_flood", Flood(most=60, window_s=900))
    records = numbered(3)
    portal = portal_with(tmp_path / "home", records)
    ada = portal.accounts.add("ada@example.org", PASSWORD, "Ada", [(Role.DATA_USER, "")], by="test")
    yield House(portal, create_app(portal=portal), [record.id for record in records], ada)
    portal.close()


def send(client: FlaskClient, address: str, **form: str | list[str]) -> TestResponse:
    found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
    assert found
    return client.post(address, data={"form_token": found[1], **form})


def test_a_token_is_made_shown_once_used_and_revoked(house: House) -> None:
    client = house.signed_in()
    made = send(client, "/account/tokens", name="脚本 <b>", scope=["read:account", "read:ratings"], days="90")
    (token,) = re.findall(r"suishu_[A-Za-z0-9_-]{43}", made.text)
    assert made.headers["Cache-Control"] == "no-store"
    listed = client.get("/account/tokens").text
    assert token not in listed
    assert "脚本 &lt;b&gt;" in listed
    assert "尚未使用" in listed
    who = house.ask("GET", "/api/1/me", token)
    assert (who.status_code, who.json["name"], who.json["roles"]) == (200, "Ada", ["data-user"])  # type: ignore[index]
    assert who.json["token"]["scopes"] == ["read:account", "read:ratings"]  # type: ignore[index]
    assert "尚未使用" not in client.get("/account/tokens").text
    kept = json.loads(client.get("/account/export.json").text)["access_tokens"]
    assert [each["name"] for each in kept] == ["脚本 <b>"]
    assert token not in str(kept)
    revoke = re.search(r'action="(/account/tokens/\w+/revoke)"', listed)
    assert revoke
    assert client.post(revoke[1]).status_code == 403  # a form of another site
    assert house.ask("GET", "/api/1/me", token).status_code == 200
    assert send(client, revoke[1]).status_code == 303
    assert house.ask("GET", "/api/1/me", token).status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "scope": "read:account", "days": "30"},
        {"name": "a", "days": "30"},
        {"name": "a", "scope": "all", "days": "30"},
        {"name": "a", "scope": "read:account", "days": "366"},
        {"name": "a", "scope": "read:account", "days": "99999999999999999999999"},
        {"name": "a", "scope": "read:account", "days": "soon"},
        {"name": "a", "scope": "read:account"},
    ],
)
def test_a_wrong_form_makes_none(house: House, form: dict[str, str]) -> None:
    answer = send(house.signed_in(), "/account/tokens", **form)
    assert answer.status_code == 400
    assert "suishu_" not in answer.text
    assert house.portal.access_tokens.of_account(house.ada) == []


def test_a_program_rates_reads_and_takes_back(house: House) -> None:
    token, id_ = house.token(), house.ids[0]
    address = f"/api/1/me/ratings/{id_}"
    assert house.ask("GET", address, token).status_code == 404
    rated = house.ask("PUT", address, token, json={"stars": 4})
    assert rated.status_code == 200
    assert {**rated.json, "at": ""} == {  # type: ignore[dict-item]
        "dataset": id_, "uri": f"{BASE}/dataset/{id_}", "stars": 4, "version": 1, "at": "",
    }  # fmt: skip
    assert house.ask("PUT", address, token, json={"stars": 2}).status_code == 200
    listed = house.ask("GET", "/api/1/me/ratings", token).json
    assert [(each["dataset"], each["stars"]) for each in listed["ratings"]] == [(id_, 2)]  # type: ignore[index]
    assert listed["total"] == 1  # type: ignore[index]
    assert house.ask("GET", address, token).json == listed["ratings"][0]  # type: ignore[index]
    for _ in range(2):  # the same again changes nothing
        gone = house.ask("DELETE", address, token)
        assert (gone.status_code, gone.data) == (204, b"")
    assert house.portal.ratings.summary(id_).count == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"stars=5", b"[]", b"5", b"null", b'{"stars": "5"}', b'{"stars": true}', b'{"stars": 4.5}', b'{"stars": 6}',
     b'{"stars": 0}', b'{"stars": -99999999999999999999999}', b"\xff\xfe", b"[" * 4000],
)  # fmt: skip
def test_a_body_that_says_no_stars_is_refused(house: House, body: bytes) -> None:
    answer = house.ask("PUT", f"/api/1/me/ratings/{house.ids[0]}", house.token(), data=body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert house.portal.ratings.summary(house.ids[0]).count == 0


def test_a_body_that_is_too_long_is_not_read(house: House) -> None:
    body = b'{"stars": 5, "more": "' + b"x" * 5000 + b'"}'
    answer = house.ask("PUT", f"/api/1/me/ratings/{house.ids[0]}", house.token(), data=body)
    assert answer.status_code == 413
    assert house.portal.ratings.summary(house.ids[0]).count == 0


@pytest.mark.parametrize("id_", ["nothing", "a" * 16, "%00", "x" * 3000, "..%2f..", "' OR 1=1"])
def test_what_is_no_dataset_can_not_be_rated(house: House, id_: str) -> None:
    answer = house.ask("PUT", f"/api/1/me/ratings/{id_}", house.token(), json={"stars": 5})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (None, 'Bearer realm="suishu"'),
        ("Basic YTpi", 'Bearer realm="suishu"'),
        ("Bearer", 'Bearer realm="suishu", error="invalid_token"'),
        ("Bearer suishu_nothing", 'Bearer realm="suishu", error="invalid_token"'),
        ("bearer suishu_" + "x" * 43, 'Bearer realm="suishu", error="invalid_token"'),
        ("Bearer \xe9\xe8", 'Bearer realm="suishu", error="invalid_token"'),
        ("Bearer suishu_" + "x" * 20_000, 'Bearer realm="suishu", error="invalid_token"'),
    ],
)
def test_who_has_no_token_is_told_how_to_come(house: House, header: str | None, challenge: str) -> None:
    headers = {"Authorization": header} if header else {}
    for language in ("zh", "en"):
        answer = house.application.test_client().get("/api/1/me", headers={**headers, "Accept-Language": language})
        assert answer.status_code == 401
        assert answer.headers.getlist("WWW-Authenticate") == [challenge]
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "suishu_" not in answer.text


@pytest.mark.parametrize(
    ("method", "address", "scope"),
    [
        ("GET", "/api/1/me", Scope.READ_ACCOUNT),
        ("GET", "/api/1/me/ratings", Scope.READ_RATINGS),
        ("GET", "/api/1/me/ratings/x", Scope.READ_RATINGS),
        ("PUT", "/api/1/me/ratings/x", Scope.WRITE_RATINGS),
        ("DELETE", "/api/1/me/ratings/x", Scope.WRITE_RATINGS),
    ],
)
def test_a_token_does_nothing_beyond_its_scopes(house: House, method: str, address: str, scope: Scope) -> None:
    token = house.token(*(each for each in ALL if each is not scope))
    answer = house.ask(method, address, token)
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == f'Bearer realm="suishu", error="insufficient_scope", scope="{scope}"'
    assert answer.json["status"] == 403  # type: ignore[index]
    assert scope in answer.json["detail"]  # type: ignore[index]


def test_a_token_does_nothing_that_its_owner_may_not(house: House) -> None:
    token = house.token()
    house.portal.accounts.grant(house.ada.email, [(Role.AUTHORITY, "")], by="test")
    answer = house.ask("PUT", f"/api/1/me/ratings/{house.ids[0]}", token, json={"stars": 5})
    assert answer.status_code == 403
    assert answer.json["detail"] == "这类账号不能评分。"  # type: ignore[index]


def test_cookies_open_nothing_there_and_tokens_nothing_elsewhere(house: House) -> None:
    client = house.signed_in()
    cookie = client.get_cookie("suishu_account", path="/account")
    assert cookie is not None
    said = {"Cookie": f"suishu_account={cookie.value}"}
    assert client.get("/api/1/me").status_code == 401
    assert client.get("/api/1/me", headers=said).status_code == 401
    token = house.token()
    for address in ("/account", "/account/tokens", "/account/export.json"):
        assert house.ask("GET", address, token).status_code == 303
    assert house.ask("GET", f"/api/1/me?access_token={token}").status_code == 401


def test_nothing_there_is_kept_by_a_cache(house: House) -> None:
    token = house.token()
    for address in ("/api/1/me", "/api/1/me/ratings", "/api/1/me/nowhere"):
        headers = house.ask("GET", address, token).headers
        assert headers["Cache-Control"] == "no-store"
        assert "ETag" not in headers
        assert "Access-Control-Allow-Origin" not in headers
        assert "Set-Cookie" not in headers


def test_changes_of_one_account_are_limited_whatever_its_tokens(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [house.token(name="a"), house.token(name="b")]
    address = f"/api/1/me/ratings/{house.ids[0]}"
    statuses = [house.ask("DELETE", address, tokens[number % 2]).status_code for number in range(90)]
    assert 204 in statuses
    late = house.ask("PUT", address, tokens[0], json={"stars": 5})
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 60
    assert statuses.count(204) <= bearer.CHANGES_A_MINUTE + 15  # and what became free meanwhile
    assert house.ask("GET", address, tokens[0]).status_code == 404  # reading goes on
    assert house.portal.ratings.summary(house.ids[0]).count == 0


def test_wrong_tokens_of_one_address_come_to_an_end_and_right_ones_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bearer, "_flood", Flood(most=3, window_s=900))
    statuses = [house.ask("GET", "/api/1/me", f"suishu_{number}").status_code for number in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    answer = house.ask("GET", "/api/1/me", "suishu_wrong")
    assert int(answer.headers["Retry-After"]) == 900
    assert house.ask("GET", "/api/1/me", house.token()).status_code == 200  # of a neighbour


def test_the_openapi_document_tells_what_the_routes_do(house: House) -> None:
    document = house.ask("GET", "/api/openapi.json").json
    assert document is not None
    told = {
        (path, method)
        for path, methods in document["paths"].items()
        if path.startswith("/api/1/")
        for method, operation in methods.items()
        if operation["security"]
    }
    served = {
        (rule.rule.replace("<id_>", "{id}"), method.lower())
        for rule in house.application.url_map.iter_rules()
        if rule.rule.startswith("/api/1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == served
    who = house.ask("GET", "/api/1/me", house.token()).json
    assert who is not None
    assert sorted(document["components"]["schemas"]["TokenOwner"]["required"]) == sorted(who)


def test_a_route_for_tokens_that_lies_elsewhere_stops_the_start() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/api/1/me/inside", "inside", by_token("read:account")(lambda: "a"))
    require_declarations(app)
    app.add_url_rule("/api/1/mean", "outside", by_token("read:account")(lambda: "b"))
    with pytest.raises(RuntimeError, match="/api/1/mean"):
        require_declarations(app)


def test_no_token_reaches_the_log(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    token = house.token()
    monkeypatch.setattr(house.portal.ratings, "of_account", fails)
    answer = house.ask("GET", "/api/1/me/ratings", token)
    assert answer.status_code == 500
    logged = "".join(capfd.readouterr())
    assert "request failed" in logged
    assert token not in logged + answer.text
