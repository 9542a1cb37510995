"""Signing in at a real, certified provider, which tests/services/oidc starts: the whole way, as a browser goes it."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from flask.testing import FlaskClient

from tests.factories.elsewhere import cookie, finish, house_with, leave
from tests.factories.portals import BASE
from tests.services import oidc_provider
from tests.web.test_accounts import House, send

pytestmark = pytest.mark.oidc


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider.running(f"{BASE}/account/elsewhere/back") as issuer:
        yield issuer


@pytest.fixture
def house(tmp_path: Path, issuer: str) -> Iterator[House]:
    house = house_with(tmp_path / "home", issuer)
    yield house
    house.portal.close()


@pytest.fixture
def there() -> Iterator[httpx.Client]:
    """The browser at the provider, with the provider's cookies."""
    with httpx.Client(trust_env=False, timeout=20) as client:
        yield client


def sign_in(there: httpx.Client, address: str, name: str) -> str:
    """Goes through the provider's own pages; the address of the portal that they lead back to."""
    for _ in range(12):
        page = there.get(address)
        if page.is_redirect:
            address = urljoin(address, page.headers["Location"])
        else:
            form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
            assert form, page.text
            fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page.text))
            if 'name="login"' in page.text:
                fields |= {"login": name, "password": "any"}
            sent = there.post(urljoin(address, unescape(form[1])), data=fields)
            assert sent.is_redirect, sent.text
            address = urljoin(address, sent.headers["Location"])
        if address.startswith(BASE):
            parts = urlsplit(address)
            return f"{parts.path}?{parts.query}"
    raise AssertionError("no end")


def joined(house: House, there: httpx.Client) -> FlaskClient:
    client = house.browser()
    assert finish(client, client.get(sign_in(there, leave(client), "ada"))).location == "/account?welcome=1"
    return client


def test_somebody_signs_in_and_is_known_the_next_time(house: House, there: httpx.Client) -> None:
    client = joined(house, there)
    assert "ada@example.org" in client.get("/account").text
    send(client, "/account/sign-out")
    assert client.get("/account").status_code == 303
    again = house.browser()
    back = again.get(sign_in(there, leave(again, to="/account/security"), "ada"))
    assert back.location == "/account/security"
    assert again.get("/account/security").status_code == 200


def test_an_address_that_the_provider_has_not_checked_makes_no_account(house: House, there: httpx.Client) -> None:
    client = house.browser()
    back = client.get(sign_in(there, leave(client), "unchecked-ada"))
    assert back.status_code == 400
    assert "经过核实的邮箱" in back.text


def test_a_code_is_taken_once(house: House, there: httpx.Client) -> None:
    client = house.browser()
    address = leave(client)
    held = cookie(client, "suishu_elsewhere")
    back = sign_in(there, address, "ada")
    assert client.get(back).status_code == 303
    thief = house.browser()
    thief.set_cookie("suishu_elsewhere", held, path="/account", domain="localhost", secure=True)
    assert thief.get(back).status_code == 400


def test_a_code_of_another_browser_fits_no_verifier_of_ours(house: House, there: httpx.Client) -> None:
    theirs = dict(httpx.URL(sign_in(there, leave(house.browser()), "ada")).params)
    client = house.browser()
    mine = dict(httpx.URL(sign_in(there, leave(client), "ada")).params)
    mixed = client.get("/account/elsewhere/back", query_string=mine | {"code": theirs["code"]})
    assert mixed.status_code == 400  # PKCE: the provider refuses


def test_whoever_cancels_there_is_told_so(house: House, there: httpx.Client) -> None:
    client = house.browser()
    page = there.get(leave(client), follow_redirects=True)
    abort = re.search(r'href="([^"]*/abort)"', page.text)
    assert abort, page.text
    gone = there.get(urljoin(str(page.url), abort[1]))
    while not gone.headers["Location"].startswith(BASE):
        gone = there.get(urljoin(str(gone.url), gone.headers["Location"]))
    back = client.get(gone.headers["Location"].removeprefix(BASE))
    assert back.status_code == 400
    assert "取消了登录" in back.text


def test_a_proof_asks_anew_although_somebody_is_signed_in_there(house: House, there: httpx.Client) -> None:
    client = joined(house, there)
    address = leave(client, **{"for": "proof"})
    asked = there.get(address, follow_redirects=True)
    assert 'name="login"' in asked.text
    assert client.get(sign_in(there, leave(client, **{"for": "proof"}), "ada")).location == "/account"
    assert send(client, "/account/erase").status_code == 303


def test_a_proof_by_somebody_else_is_none(house: House, there: httpx.Client) -> None:
    client = joined(house, there)
    back = client.get(sign_in(there, leave(client, **{"for": "proof"}), "eve"))
    assert back.status_code == 400
