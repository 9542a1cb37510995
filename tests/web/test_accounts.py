"""Signing up, rating, and what of it others can see."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from rdflib import Graph, Literal, URIRef
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from app.accounts.failures import MOST_ANYWHERE
from app.accounts.model import Account, Role
from app.factory import create_app
from app.processes.keeper import catch_up
from app.ratings.service import RatingService
from app.wiring import Portal
from tests.factories.portals import BASE, numbered, portal_with
from tests.web.operators import browser
from vocab.namespaces import SCHEMA

MARK = "marked-7c1e"
EMAIL = f"{MARK}@example.org"
PASSWORD = f"{MARK[:4]} long and dry"


@dataclass
class House:
    portal: Portal
    application: Flask
    ids: list[str]

    def browser(self, language: str = "zh-Hans") -> FlaskClient:
        client = browser(self.application, language)
        client.environ_base["wsgi.url_scheme"] = "https"
        return client

    def letter(self) -> str:
        """The newest letter's text."""
        office = self.portal.post_office()
        assert office is not None
        office.deliver()
        files = sorted((self.portal.settings.home / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        sent = message_from_bytes(files[-1].read_bytes(), policy=policy.default)
        assert sent["To"] == EMAIL
        body = sent.get_body()
        assert body is not None
        return str(body.get_content())

    def link(self) -> str:
        found = re.search(rf"{BASE}(/account/\w+/[\w-]+)", self.letter())
        assert found
        return found[1]

    def signed_in(self, language: str = "zh-Hans") -> FlaskClient:
        client = self.browser(language)
        sign_up(client)
        assert client.post(self.link(), data={"password": PASSWORD}).location.endswith("/account?welcome=1")
        return client


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("SUISHU_MAIL_URL", "folder:")
    records = numbered(3)
    portal = portal_with(tmp_path / "home", records)
    yield House(portal, create_app(portal=portal), [record.id for record in records])
    portal.close()


def sign_up(client: FlaskClient, **form: str) -> TestResponse:
    return client.post("/account/sign-up", data={"email": EMAIL, "password": PASSWORD, "name": MARK, **form})


def send(client: FlaskClient, address: str, **form: str) -> TestResponse:
    found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
    assert found
    return client.post(address, data={"form_token": found[1], **form})


@pytest.mark.parametrize(("language", "words"), [("zh-Hans", "1 人评分"), ("en", "1 rating")])
def test_somebody_signs_up_follows_the_letter_and_rates(house: House, language: str, words: str) -> None:
    client = house.browser(language)
    asked = client.get(f"/account/rating/{house.ids[0]}")
    assert asked.status_code == 303
    page = client.get(asked.location.removeprefix(BASE))
    assert page.status_code == 200
    assert sign_up(client).status_code == 303
    link = house.link()
    assert client.get(link).status_code == 200  # looked at by a mail program first
    assert client.post(link, data={"password": PASSWORD}).status_code == 303
    rated = send(client, f"/account/rating/{house.ids[0]}", stars="5")
    assert rated.location == f"/dataset/{house.ids[0]}#rating"
    shown = client.get(f"/dataset/{house.ids[0]}").text
    assert words in shown
    assert "<strong>3.3</strong>" in shown  # five stars of one are no five
    assert 'value="5" required checked' in client.get(f"/account/rating/{house.ids[0]}").text


def test_signing_in_leads_back_and_nowhere_else(house: House) -> None:
    house.signed_in()
    for to, place in (
        (f"/account/rating/{house.ids[0]}", f"/account/rating/{house.ids[0]}"),
        ("https://evil.example/", "/account"),
        ("//evil.example/", "/account"),
        ("/account/\\evil.example", "/account"),
        ("/dataset", "/account"),
        ("/accounts.evil.example", "/account"),
    ):
        client = house.browser()
        found = client.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD, "to": to})
        assert found.location == place


def test_pages_say_the_same_of_an_address_with_and_without_an_account(house: House) -> None:
    house.signed_in()
    client = house.browser()
    for address, form in (
        ("/account/forgotten", {}),
        ("/account/sign-up", {"password": "a long dry word", "name": "x"}),
        ("/account/sign-in", {"password": "a wrong password"}),
    ):
        known, unknown = (
            client.post(address, data={"email": email, **form}) for email in (EMAIL, "nobody@example.org")
        )
        assert known.status_code == unknown.status_code
        assert known.headers.get("Location") == unknown.headers.get("Location")
        assert known.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.org", "")


def test_forms_of_other_sites_are_refused(house: House) -> None:
    client = house.signed_in()
    address = f"/account/rating/{house.ids[0]}"
    assert client.post(address, data={"stars": "5"}).status_code == 403
    assert client.post(address, data={"stars": "5", "form_token": "0" * 64}).status_code == 403
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://["},
    ):
        assert (
            client.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers=headers).status_code
            == 403
        )
    assert house.portal.ratings.summary(house.ids[0]).count == 0


def test_the_cookie_is_for_these_pages_alone_and_no_script_reads_it(house: House) -> None:
    client = house.browser()
    sign_up(client)
    said = client.post(house.link(), data={"password": PASSWORD}).headers["Set-Cookie"]
    assert "Path=/account;" in said
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in said.split(";")}
    page = client.get("/account")
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers


def test_a_browser_is_known_again_after_signing_out_and_after_a_reset(house: House) -> None:
    client, stranger = house.signed_in(), house.browser()
    send(client, "/account/sign-out")

    def crowd() -> None:
        with house.portal.database.write() as connection:
            for number in range(MOST_ANYWHERE):
                house.portal.accounts.failures.add(connection, EMAIL, f"192.0.2.{number}", house.portal.clock())

    crowd()
    form = {"email": EMAIL, "password": PASSWORD}
    assert stranger.post("/account/sign-in", data=form).status_code == 429
    assert client.post("/account/sign-in", data=form).status_code == 303
    stranger.post("/account/forgotten", data={"email": EMAIL})
    said = stranger.post(house.link(), data={"password": "a new long password"}).headers["Set-Cookie"]
    for part in ("suishu_known=", "Path=/account", "HttpOnly", "Secure", "SameSite=Lax"):
        assert part in said
    crowd()
    form["password"] = "a new long password"
    assert house.browser().post("/account/sign-in", data=form).status_code == 429
    assert stranger.post("/account/sign-in", data=form).status_code == 303


def test_the_address_of_a_link_in_a_letter_is_told_to_no_other_site(house: House) -> None:
    for address in (f"/account/reset/{MARK}", f"/account/confirm/{MARK}", "/account/sign-in"):
        headers = house.browser().get(address).headers
        assert headers.getlist("Referrer-Policy") == ["same-origin"]
        assert len(headers.getlist("Content-Security-Policy")) == 1


def test_signing_out_and_changing_the_password_end_other_sessions(house: House) -> None:
    first = house.signed_in()
    second = house.browser()
    second.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD})
    wrong = send(second, "/account/password", old="not the old one", password="another long word")
    assert wrong.status_code == 400
    assert send(second, "/account/password", old=PASSWORD, password="another long word").status_code == 303
    assert first.get("/account").status_code == 303
    assert second.get("/account").status_code == 200
    assert send(second, "/account/sign-out").status_code == 303
    assert second.get("/account").status_code == 303


def test_a_password_is_reset_by_a_letter(house: House) -> None:
    house.signed_in()
    client = house.browser()
    assert client.post("/account/forgotten", data={"email": EMAIL}).location.endswith("?sent=1")
    link = house.link()
    assert client.post(link, data={"password": "short"}).status_code == 400
    assert client.post(link, data={"password": "another long word"}).status_code == 303
    assert client.post(link, data={"password": "another long word"}).status_code == 404
    assert client.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 400


def test_what_is_kept_of_somebody_can_be_taken_along_and_ended(house: House) -> None:
    client = house.signed_in()
    send(client, f"/account/rating/{house.ids[0]}", stars="2")
    kept = json.loads(client.get("/account/export.json").text)
    assert kept["account"]["email"] == EMAIL
    assert [(each["dataset"], each["stars"]) for each in kept["ratings"]] == [(house.ids[0], 2)]
    assert len(kept["sessions"]) == 1
    assert kept["recovery_codes_left"] == 0
    assert kept["account"]["real_named_at"] is None
    assert send(client, "/account/erase", old="wrong").status_code == 400
    assert send(client, "/account/erase", old=PASSWORD).status_code == 303
    assert client.get("/account").status_code == 303
    assert house.portal.ratings.summary(house.ids[0]).count == 0


def test_whoever_rates_while_the_account_ends_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client, id_ = house.signed_in(), house.ids[0]
    rate = RatingService.rate

    def late(self: RatingService, id_: str, stars: int, *, by: Account) -> None:
        house.portal.accounts.erase(by, PASSWORD)
        rate(self, id_, stars, by=by)

    monkeypatch.setattr(RatingService, "rate", late)
    answer = send(client, f"/account/rating/{id_}", stars="4")
    assert answer.status_code == 403
    assert "这个账号已经注销" in answer.text
    assert client.get("/account").location.startswith("/account/sign-in")


def test_nothing_of_an_account_is_public(house: House, capfd: pytest.CaptureFixture[str]) -> None:
    client = house.signed_in()
    id_ = house.ids[0]
    send(client, f"/account/rating/{id_}", stars="4")
    assert catch_up(house.portal)
    account = house.portal.accounts.who(client.get_cookie("suishu_account", path="/account").value)  # type: ignore[union-attr]
    stranger = house.browser()
    found = ""
    for address in (
        "/", "/dataset", f"/dataset/{id_}", f"/dataset/{id_}.ttl", f"/dataset/{id_}.jsonld", "/catalog", "/catalog.nt",
        "/dump/catalog.nt", "/dataset.atom", "/dataset.json", "/api/search", "/data.json", "/sitemap.xml",
        "/api/3/action/current_package_list_with_resources", "/health", "/nowhere", "/account/nowhere",
        f"/api/search?q={MARK}", "/account/sign-in",
    ):  # fmt: skip
        found += stranger.get(address).get_data(as_text=True)
    graph = house.portal.published_graph()
    found += "".join(line.decode() for name in graph.names() for line in graph.graph(name))
    graph.close()
    found += "".join(capfd.readouterr())
    assert account is not None
    assert found.count(MARK) == found.count(f"q={MARK}") + found.count(f'value="{MARK}"')
    assert account.id not in found  # type: ignore[attr-defined]


def test_the_ratings_of_a_dataset_stand_in_its_rdf_everywhere(house: House) -> None:
    client = house.signed_in()
    id_ = house.ids[0]
    send(client, f"/account/rating/{id_}", stars="5")
    assert catch_up(house.portal)
    dataset = URIRef(f"{BASE}/dataset/{id_}")
    for address in (f"/dataset/{id_}.nt", "/catalog.nt", "/dump/catalog.nt"):
        graph = Graph().parse(data=client.get(address).get_data(), format="nt")
        node = graph.value(dataset, SCHEMA.aggregateRating)
        assert graph.value(node, SCHEMA.ratingCount) == Literal(1), address
    published = house.portal.published_graph()
    assert any(b"aggregateRating" in line for line in published.graph(str(dataset)))
    published.close()
    told = unescape(client.get(f"/dataset/{id_}").text)
    assert '"aggregateRating": {"@type": "AggregateRating", "ratingValue": 3.33, "ratingCount": 1' in told
    send(client, f"/account/rating/{id_}", **{"take-back": "1"})
    assert "aggregateRating" not in client.get(f"/dataset/{id_}.nt").text


def test_who_asks_by_time_alone_learns_of_another_mean(house: House) -> None:
    client, stranger, id_ = house.signed_in(), house.browser(), house.ids[0]
    for form, is_rated in ({"stars": "5"}, True), ({"stars": "2"}, True), ({"take-back": "1"}, False):
        pages = [f"/dataset/{id_}{suffix}" for suffix in ("", ".ttl")]
        since = {page: http_date(stranger.get(page).last_modified) for page in pages}
        for page in pages:
            assert stranger.get(page, headers={"If-Modified-Since": since[page]}).status_code == 304
        assert send(client, f"/account/rating/{id_}", **form).status_code == 303
        catch_up(house.portal)
        for page in pages:
            again = stranger.get(page, headers={"If-Modified-Since": since[page]})
            assert again.status_code == 200
        assert ("ratingCount" in again.text) == is_rated


def test_ratings_reach_the_authority_and_publishers_see_those_of_their_own_data(house: House) -> None:
    member = house.signed_in()
    send(member, f"/account/rating/{house.ids[0]}", stars="1")
    assert member.get("/account/desk/said").status_code == 403
    for name, roles, sees in (
        ("authority", [(Role.AUTHORITY, "")], True),
        ("elsewhere", [(Role.PUBLISHER, "nobody")], False),
    ):
        house.portal.accounts.add(f"{name}@example.org", PASSWORD, "Office", roles, by="test")
        client = house.browser()
        client.post("/account/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD})
        page = client.get("/account/desk/said?kind=rating").text
        assert (house.ids[0] in page) is sees
        assert MARK not in page
        assert "不能评分" in client.get(f"/account/rating/{house.ids[0]}").text


def test_nobody_signs_up_where_no_letter_can_leave(tmp_path: Path) -> None:
    portal = portal_with(tmp_path / "home", [])
    assert portal.settings.mail_url == SecretStr("")
    client = browser(create_app(portal=portal))
    assert "暂时不能注册" in client.get("/account/sign-up").text
    assert sign_up(client).status_code == 503
    portal.close()


def test_what_is_rated_is_found_by_its_stars(house: House) -> None:
    client = house.signed_in()
    for id_, stars in zip(house.ids, ("5", "1"), strict=False):
        send(client, f"/account/rating/{id_}", stars=stars)
    assert catch_up(house.portal)
    sorted_by_rating = json.loads(client.get("/api/search?sort=rating").text)["results"]
    assert [each["id"] for each in sorted_by_rating] == house.ids
    assert sorted_by_rating[0]["rating"] == {"mean": 3.33, "count": 1}
    assert sorted_by_rating[2]["rating"] is None
    page = client.get("/dataset?rating_from=3&sort=rating").text
    assert "★ 3.3" in page
    assert house.ids[1] not in page
    assert json.loads(client.get("/api/search?rating_from=nonsense").text)["total"] == 3


def test_a_failure_of_ours_writes_no_link_of_a_letter_to_the_log(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(secret: str, password: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(house.portal.accounts, "reset", fails)
    assert house.browser().post(f"/account/reset/{MARK}", data={"password": PASSWORD}).status_code == 500
    logged = "".join(capfd.readouterr())
    assert "/account/reset/" in logged
    assert MARK not in logged
