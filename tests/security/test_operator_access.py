"""Whoever has no session of the command line's gets nothing of the operator's, and can make nobody do anything."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.pages.operator import entry
from app.settings import Settings
from app.web.flood import Flood
from app.web.permissions import Access, access, operator, require_declarations
from app.wiring import Portal, build
from tests.web.operators import browser, entered, send, token_of

START = datetime(2026, 11, 27, 8, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(tmp_path: Path, clock: Clock) -> Iterator[Portal]:
    portal = build(Settings(home=tmp_path, base_url="https://data.example"), clock)
    yield portal
    portal.close()


@pytest.fixture
def application(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(entry, "_flood", Flood(most=20, window_s=600))
    return create_app(portal=portal)


@pytest.fixture
def client(application: Flask, portal: Portal) -> FlaskClient:
    return entered(application, portal)


def _operators_routes(application: Flask) -> list[tuple[str, str]]:
    found = []
    for rule in application.url_map.iter_rules():
        if access(application.view_functions[rule.endpoint]) is Access.OPERATOR:
            address = rule.rule
            for argument in rule.arguments:
                for kind in ("", "int:", "path:"):
                    address = address.replace(f"<{kind}{argument}>", "1")
            found += [(method, address) for method in (rule.methods or set()) & {"GET", "POST"}]
    return sorted(found)


def test_every_route_of_the_operator_refuses_a_stranger_in_words(application: Flask) -> None:
    routes = _operators_routes(application)
    assert ("GET", "/operator") in routes
    for method, address in routes:
        for language, words in (("zh-Hans", "suishu operator-link"), ("en", "suishu operator-link")):
            answer = browser(application, language).open(address, method=method)
            assert answer.status_code == 401, (method, address)
            assert words in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["WWW-Authenticate"]
            assert "Set-Cookie" not in answer.headers


def test_every_form_of_the_operator_needs_the_token_of_its_session(
    application: Flask, portal: Portal, client: FlaskClient
) -> None:
    other = token_of(entered(application, portal).get("/operator"))
    for method, address in _operators_routes(application):
        if method == "POST":
            for form in ({}, {"csrf_token": "x"}, {"csrf_token": other}):
                assert client.post(address, data=form).status_code == 403, (address, form)
    assert client.get("/operator").status_code == 200


def test_a_form_of_another_site_is_refused_even_with_the_token(client: FlaskClient) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        assert send(client, "/operator/leave", headers=headers).status_code == 403
    assert client.get("/operator").status_code == 200


def test_looking_at_a_link_does_not_use_it_up_and_opening_it_twice_does(application: Flask, portal: Portal) -> None:
    token = portal.access.make_link()
    for _ in range(3):
        shown = browser(application).get(f"/operator/enter?token={token}")
        assert shown.status_code == 200
        assert shown.headers.getlist("Referrer-Policy") == ["same-origin"]
        assert "Set-Cookie" not in shown.headers
    first, second = browser(application), browser(application)
    assert first.post("/operator/enter", data={"token": token}).status_code == 303
    again = second.post("/operator/enter", data={"token": token})
    assert again.status_code == 403
    assert "无效" in again.text
    assert second.get("/operator").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a" * 100_000, "\0", "' OR 1=1 --", "<script>"])
def test_what_is_no_link_opens_nothing(application: Flask, token: str) -> None:
    answer = browser(application).post("/operator/enter", data={"token": token})
    assert answer.status_code == 403
    assert "<script>" not in answer.text


def test_a_link_and_a_session_end_by_themselves(application: Flask, portal: Portal, clock: Clock) -> None:
    token = portal.access.make_link(timedelta(minutes=15))
    client = entered(application, portal)
    clock.now = START + timedelta(minutes=15)
    assert browser(application).post("/operator/enter", data={"token": token}).status_code == 403
    clock.now = START + timedelta(hours=7, minutes=59)
    assert client.get("/operator").status_code == 200
    clock.now = START + timedelta(hours=8)
    assert client.get("/operator").status_code == 401


def test_what_is_revoked_ends_at_once(application: Flask, portal: Portal, client: FlaskClient) -> None:
    token = portal.access.make_link()
    ended = portal.access.revoke()
    assert (ended.sessions, ended.links) == (1, 1)
    assert client.get("/operator").status_code == 401
    assert browser(application).post("/operator/enter", data={"token": token}).status_code == 403


def test_leaving_ends_the_session_and_not_only_the_cookie(application: Flask, portal: Portal) -> None:
    client = entered(application, portal)
    kept = client.get_cookie("suishu_operator", domain="localhost", path="/operator")
    assert kept is not None
    assert send(client, "/operator/leave").status_code == 303
    client.set_cookie("suishu_operator", kept.value, domain="localhost", path="/operator")
    assert client.get("/operator").status_code == 401


def test_a_session_known_before_entering_is_not_the_one_after(application: Flask, portal: Portal) -> None:
    """Session fixation: what was in the browser before opens nothing and is gone afterwards."""
    planted = entered(application, portal)
    before = planted.get_cookie("suishu_operator", domain="localhost", path="/operator")
    assert before is not None
    token = token_of(planted.get("/operator"))
    assert planted.post("/operator/enter", data={"token": portal.access.make_link()}).status_code == 303
    after = planted.get_cookie("suishu_operator", domain="localhost", path="/operator")
    assert after is not None
    assert after.value != before.value
    assert planted.post("/operator/leave", data={"csrf_token": token}).status_code == 403


def test_a_cookie_that_we_did_not_sign_opens_nothing(application: Flask, portal: Portal, client: FlaskClient) -> None:
    other = create_app(portal=build(Settings(home=portal.settings.home / "other", base_url="https://data.example")))
    forged = other.session_interface.get_signing_serializer(other).dumps({"operator": "x"})  # type: ignore[attr-defined]
    for value in (forged, "x", "", "a.b.c", "x" * 4000):
        stranger = browser(application)
        stranger.set_cookie("suishu_operator", value, domain="localhost", path="/operator")
        assert stranger.get("/operator").status_code == 401


def test_the_cookie_goes_to_the_operators_pages_alone(application: Flask, portal: Portal) -> None:
    answer = browser(application).post("/operator/enter", data={"token": portal.access.make_link()})
    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/operator"))
    assert answer.headers["Location"] == "/operator"


def test_nobody_is_sent_elsewhere(application: Flask, portal: Portal) -> None:
    form = {"token": portal.access.make_link(), "next": "https://evil.example", "url": "//evil.example"}
    answer = browser(application).post("/operator/enter?next=//evil.example", data=form)
    assert answer.headers["Location"] == "/operator"


def test_guesses_have_an_end(application: Flask, portal: Portal) -> None:
    answers = [browser(application).post("/operator/enter", data={"token": f"x{n}"}).status_code for n in range(21)]
    assert answers == [403] * 20 + [429]


def test_no_answer_of_the_operators_is_kept_and_no_machine_is_told_of_it(client: FlaskClient) -> None:
    for address in ("/operator", "/operator/enter", "/operator/nowhere"):
        headers = client.get(address).headers
        assert headers["Cache-Control"] == "no-store", address
        assert "noindex" in headers["X-Robots-Tag"], address
        assert "ETag" not in headers
    for address in ("/robots.txt", "/sitemap.xml", "/sitemap.xml?page=1", "/api/openapi.json", "/"):
        assert "operator/" not in client.get(address).text
        assert "/operator" not in client.get(address).text


def test_neither_token_nor_session_stands_in_the_database_or_the_audit_log(portal: Portal, clock: Clock) -> None:
    token = portal.access.make_link()
    secret, who = portal.access.enter(token)
    portal.access.leave(secret)
    for file in portal.settings.home.glob("record.sqlite*"):
        data = file.read_bytes()
        assert token.encode() not in data
        assert secret.encode() not in data
    assert who.actor.startswith("operator:")


def test_a_route_of_the_operators_in_another_place_stops_the_start() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/operators-too", "elsewhere", operator(lambda: "a"))
    with pytest.raises(RuntimeError, match="operators-too"):
        require_declarations(app)
