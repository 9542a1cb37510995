"""What keeps pages and sessions safe: transport, cookies, redirects, sizes, and what an answer tells of accounts."""

import io
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from app.accounts.model import Role
from app.factory import MAX_BODY_BYTES, create_app
from app.processes.keeper import catch_up
from app.settings import Settings
from app.web import forms
from app.web.permissions import Access, access, max_body_bytes
from app.wiring import Portal, build
from tests.factories.portals import keep, numbered
from tests.factories.records import add_source
from tests.security.attacks import ATTACKS
from tests.web.operators import browser, entered

PASSWORD = "a long dry password"
EMAIL = "ada@example.org"


def opened(home: Path, **settings: object) -> Portal:
    return build(Settings(home=home, mail_url=SecretStr("folder:"), **settings))  # type: ignore[arg-type]


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setattr(forms, "count", lambda rate, asker: None)
    portal = opened(tmp_path / "home", base_url="https://data.example", staff_needs_totp=False)
    add_source(portal.database)
    keep(portal, numbered(2))
    assert catch_up(portal)
    portal.accounts.add(EMAIL, PASSWORD, "Ada", [(role, "") for role in Role], by="test")
    yield portal
    portal.close()


@pytest.fixture
def application(portal: Portal) -> Flask:
    return create_app(portal=portal)


def signed_in(application: Flask) -> FlaskClient:
    client = browser(application)
    client.environ_base["wsgi.url_scheme"] = "https"
    assert client.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 303
    return client


@pytest.mark.parametrize(
    ("base_url", "days", "said"),
    [
        ("https://data.example", 365, "max-age=31536000"),
        ("https://data.example", 0, None),
        ("http://data.example", 365, None),  # RFC 6797 7.2: not over plain http
    ],
)
def test_browsers_are_told_to_keep_to_https_where_the_settings_say_so(
    tmp_path: Path, base_url: str, days: int, said: str | None
) -> None:
    portal = opened(tmp_path / "home", base_url=base_url, hsts_max_age_days=days)
    client = browser(create_app(portal=portal))
    for address in ("/about", "/nowhere", "/static/suishu.css", "/account/sign-in"):
        assert client.get(address).headers.get("Strict-Transport-Security") == said
    portal.close()


def test_every_cookie_is_for_its_path_for_https_and_no_script_but_the_choice_of_language(
    application: Flask, portal: Portal
) -> None:
    for client, address, number in (
        (signed_in(application), "/account", 2),
        (entered(application, portal), "/operator", 1),
    ):
        cookies = [cookie for cookie in client._cookies.values() if cookie.path == address]  # type: ignore[union-attr]
        assert len(cookies) == number
        for cookie in cookies:
            assert cookie.secure
            assert cookie.http_only
            assert cookie.same_site == "Lax"
    said = browser(application).get("/about?lang=en").headers.getlist("Set-Cookie")
    assert all("SameSite=Lax" in each for each in said)


def test_no_redirect_leaves_the_portal(application: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in an address, a form or a header."""
    monkeypatch.setattr("app.accounts.service.is_right", lambda *_: True)  # hashing a password a hundred times is slow
    anybody, member = browser(application), signed_in(application)
    places = [attack.text for attack in ATTACKS] + [
        "//evil.example", "/\\evil.example", "https://evil.example/", "/account//evil.example",
        "/account/@evil.example",
        "/account/../..//evil.example", "/account?x=//evil.example", "\\\\evil.example", "https:evil.example",
        "/account/\t/evil.example", "/account/%0d%0aLocation:%20//evil.example",
    ]  # fmt: skip
    seen = 0
    for place in places:
        headers = {"Referer": re.sub(r"[\r\n\0]|[^\x00-\xff]", "", place), "X-Forwarded-Host": "evil.example"}
        for client in (anybody, member):
            answers = [
                client.get("/account/sign-in", query_string={"to": place, "next": place}, headers=headers),
                client.post(
                    "/account/sign-in", data={"email": EMAIL, "password": PASSWORD, "to": place}, headers=headers
                ),
                client.get("/account", query_string={"to": place}, headers=headers),
                client.get("/validate", query_string={"url": place}, headers=headers),
                client.get(f"/account/rating/{place.replace('?', '').replace('#', '')}"),
                client.get(f"//evil.example/{len(place)}"),
            ]
            for answer in answers:
                if not 300 <= answer.status_code < 400:
                    continue
                seen += 1
                location = answer.headers["Location"]
                assert urlsplit(location).netloc in ("", "data.example", "localhost"), (place, location)
                assert re.match(r"/(?![/\\])|https?://(?:localhost|data\.example)/", location), (place, location)
                assert not re.search(r"[\x00-\x20\x7f]", location), (place, location)
    assert seen > 2 * len(places)


def test_no_route_takes_more_than_it_needs(application: Flask, portal: Portal) -> None:
    """What says that it is larger is refused before it is read; a stream that claims nothing is cut off there too."""
    member, operator = signed_in(application), entered(application, portal)
    refused = 0
    for rule in application.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        view = application.view_functions[rule.endpoint]
        client = {Access.ACCOUNT: member, Access.OPERATOR: operator}.get(
            access(view) or Access.PUBLIC, browser(application)
        )
        address = re.sub(r"<int:[^>]+>", "1", rule.rule)
        address = re.sub(r"<[^>]+>", "x", address)
        most = max_body_bytes(view) or MAX_BODY_BYTES
        for kind in (
            "application/x-www-form-urlencoded",
            "text/turtle",
            "application/json",
            "multipart/form-data; boundary=b",
        ):
            body = _Endless()
            environ = {"CONTENT_LENGTH": str(10**12), "CONTENT_TYPE": kind, "wsgi.input": body}
            answer = client.post(address, environ_overrides=environ)
            assert answer.status_code in (303, 308, 400, 403, 404, 411, 413, 415), (address, kind, answer.status_code)
            assert body.taken <= most + 70_000 or body.taken <= 16_000_000, (address, body.taken)
            refused += answer.status_code == 413
    assert refused > 20


class _Endless(io.RawIOBase):
    """A body without an end."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        size = len(buffer)  # type: ignore[arg-type]
        self.taken += size
        assert self.taken < 10**8, "it reads without an end"
        buffer[:] = b"a" * size  # type: ignore[index]
        return size


@pytest.mark.usefixtures("dear_passwords")
def test_how_long_an_answer_takes_does_not_tell_of_an_account(application: Flask) -> None:
    """Within what a network hides: a hash of a password is twenty milliseconds and more, and is made for nobody too."""

    def median_s(address: str, form: dict[str, str]) -> float:
        client, times = browser(application), []
        for _ in range(9):
            began = time.perf_counter()
            client.post(address, data=form)
            times.append(time.perf_counter() - began)
        return statistics.median(times)

    for address, form in (
        ("/account/sign-in", {"password": "a wrong password"}),
        ("/account/sign-up", {"password": "a long dry word", "name": "x"}),
        ("/account/forgotten", {}),
    ):
        known = median_s(address, {"email": EMAIL, **form})
        unknown = median_s(address, {"email": "nobody@example.org", **form})
        assert 0.5 < known / unknown < 2, (address, known, unknown)


def test_an_error_tells_nothing_of_the_inside(
    application: Flask, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object, **named: object) -> None:
        raise RuntimeError(f"secret-7f3a {portal.settings.home} {portal.settings.secret()}")

    monkeypatch.setattr(portal.catalogue, "entry", fails)
    for accept in ("text/html", "application/json"):
        answer = browser(application).get(f"/dataset/{numbered(1)[0].id}", headers={"Accept": accept})
        assert answer.status_code == 500
        for word in ("secret-7f3a", "Traceback", "RuntimeError", str(portal.settings.home), ".py"):
            assert word not in answer.text
