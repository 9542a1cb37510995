"""Signing in with a second factor, as people meet it."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from app.accounts.model import Role
from app.cli import main
from app.factory import create_app
from tests.factories.portals import portal_with
from tests.web.test_accounts import EMAIL, PASSWORD, House, send

STAFF = "office@example.org"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    portal = portal_with(tmp_path / "home", [], followed=False, staff_needs_totp=True, mail_url="folder:")
    portal.accounts.add(STAFF, PASSWORD, "Office", [(Role.AUTHORITY, "")], by="test")
    yield House(portal, create_app(portal=portal), [])
    portal.close()


def sign_in(client: FlaskClient, email: str = STAFF, to: str = "") -> str:
    """Where the browser is led to."""
    found = client.post("/account/sign-in", data={"email": email, "password": PASSWORD, "to": to})
    assert found.status_code == 303
    return found.location


def set_up(client: FlaskClient, to: str = "") -> tuple[str, list[str]]:
    """The secret in the app, and the recovery codes."""
    secret = re.search(r'class="secret">(\w+)<', client.get("/account/second-factor").text)
    assert secret
    done = client.post("/account/second-factor", data={"code": pyotp.TOTP(secret[1]).now(), "to": to})
    assert done.status_code == 200
    return secret[1], re.findall(r"<li><code>([\w-]+)</code>", done.text)


def cookie(client: FlaskClient, name: str) -> str:
    found = client.get_cookie(name, path="/account")
    return found.value if found else ""


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_staff_is_led_to_set_it_up_and_then_to_where_it_wanted_to_go(house: House, language: str) -> None:
    client = house.browser(language)
    place = sign_in(client, to="/account/desk/said")
    assert place == "/account/second-factor?to=%2Faccount%2Fdesk%2Fsaid"
    page = client.get(place)
    assert page.headers["Cache-Control"] == "no-store"
    assert 'src="data:image/svg+xml' in page.text
    assert client.get("/account").status_code == 303  # half a session opens nothing else
    assert client.get("/account/security").status_code == 303
    secret, codes = set_up(client, "/account/desk/said")
    assert len(codes) == 10
    assert client.get("/account/desk/said").status_code == 200
    assert cookie(client, "suishu_half") == ""
    again = house.browser(language)
    place = sign_in(again, to="/account/desk/said")
    assert secret not in again.get(place).text
    done = again.post("/account/second-factor", data={"code": codes[0], "to": "/account/desk/said"})
    assert done.location == "/account/desk/said"


def test_the_cookie_of_half_a_session_is_for_these_pages_alone(house: House) -> None:
    client = house.browser()
    said = client.post("/account/sign-in", data={"email": STAFF, "password": PASSWORD}).headers.getlist("Set-Cookie")
    (half,) = [each for each in said if each.startswith("suishu_half=")]
    assert {"Path=/account", "Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in half.split(";")}
    assert not any(each.startswith("suishu_account=") and "1970" not in each for each in said)


def test_the_way_on_leads_nowhere_else(house: House) -> None:
    client = house.browser()
    sign_in(client)
    _, codes = set_up(client)
    for to in ("https://evil.example/", "//evil.example", "/account/\\evil.example", "/dataset"):
        client = house.browser()
        assert sign_in(client, to=to) == "/account/second-factor"
        done = client.post("/account/second-factor", data={"code": codes.pop(), "to": to})
        assert done.location == "/account"


def test_wrong_codes_are_said_and_too_many_are_refused(house: House) -> None:
    client = house.browser()
    sign_in(client)
    set_up(client)
    client = house.browser()
    sign_in(client)
    for _ in range(5):
        wrong = client.post("/account/second-factor", data={"code": "000000"})
        assert wrong.status_code == 400
        assert "验证码不正确" in wrong.text
    refused = client.post("/account/second-factor", data={"code": "000000"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/account").status_code == 303


def test_without_half_a_session_the_page_leads_to_the_beginning(house: House) -> None:
    client = house.browser()
    for found in (client.get("/account/second-factor"), client.post("/account/second-factor", data={"code": "1"})):
        assert found.location == "/account/sign-in?late=1"
    client.set_cookie("suishu_half", "planted", path="/account", domain="localhost")
    assert client.get("/account/second-factor").location == "/account/sign-in?late=1"
    assert "超时" in client.get("/account/sign-in?late=1").text


def test_a_form_of_another_site_is_refused(house: House) -> None:
    client = house.browser()
    sign_in(client)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post("/account/second-factor", data={"code": "1"}, headers=headers).status_code == 403


def test_a_session_that_was_planted_or_left_behind_is_not_the_one_that_begins(house: House) -> None:
    client = house.browser()
    sign_in(client)
    _, codes = set_up(client)
    left_behind = cookie(client, "suishu_account")
    client.get_cookie("suishu_account", path="/account")
    sign_in(client)
    assert house.portal.accounts.who(left_behind) is None  # somebody else may be signing in
    client.set_cookie("suishu_account", "planted", path="/account", domain="localhost")
    client.post("/account/second-factor", data={"code": codes[0]})
    assert cookie(client, "suishu_account") not in ("", "planted", left_behind)


def test_anybody_may_switch_it_on_and_off(house: House) -> None:
    client = house.signed_in()
    assert "设置两步验证" in client.get("/account/security").text
    assert send(client, "/account/second-factor/begin", old="wrong").status_code == 400
    begun = send(client, "/account/second-factor/begin", old=PASSWORD)
    assert begun.location.startswith("/account/second-factor?to=")
    before = cookie(client, "suishu_account")
    _, codes = set_up(client, "/account/security")
    assert cookie(client, "suishu_account") != before
    page = client.get("/account/security").text
    assert "剩余恢复码 10 个" in unescape(page)
    new = send(client, "/account/second-factor/codes", old=PASSWORD, code=codes[0])
    codes = re.findall(r"<li><code>([\w-]+)</code>", new.text)
    assert len(codes) == 10
    assert send(client, "/account/second-factor/remove", old=PASSWORD, code="000000").status_code == 400
    assert send(client, "/account/second-factor/remove", old="wrong", code=codes[0]).status_code == 400
    assert send(client, "/account/second-factor/remove", old=PASSWORD, code=codes[0]).status_code == 303
    assert client.get("/account").status_code == 303
    assert sign_in(client, EMAIL) == "/account"


def test_the_command_line_resets_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = house.browser()
    sign_in(client)
    set_up(client)
    monkeypatch.setenv("SUISHU_HOME", str(house.portal.settings.home))
    done = CliRunner().invoke(main, ["account", "reset-second-factor", STAFF])
    assert done.exit_code == 0, done.output
    assert client.get("/account").status_code == 303
    client = house.browser()
    assert 'class="secret"' in client.get(sign_in(client)).text
    assert CliRunner().invoke(main, ["account", "reset-second-factor", "nobody@example.org"]).exit_code != 0
