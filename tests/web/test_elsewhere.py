"""
Signing in elsewhere, beside a provider that lies, falters and is asked for too much. What a real one does is in
tests/web/test_elsewhere_real.py.
"""

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from app.accounts import asking
from app.accounts import provider as providers
from app.accounts.model import Role
from app.accounts.tables import account, account_identity
from app.errors import Misconfigured
from tests.factories.elsewhere import cookie, finish, house_with, leave
from tests.services.provider import Provider, other_key, signed_by_what_all_know, unsigned
from tests.web.test_accounts import EMAIL, PASSWORD, House, send
from tests.web.test_second_factor import set_up


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture
def house(tmp_path: Path, provider: Provider) -> Iterator[House]:
    house = house_with(tmp_path / "home", provider.issuer)
    yield house
    house.portal.close()


def joined(house: House, provider: Provider) -> FlaskClient:
    client = house.browser()
    finish(client, client.get(provider.back(leave(client))))
    assert client.get("/account").status_code == 200
    return client


def accounts(house: House) -> list[str]:
    with house.portal.database.read() as connection:
        return list(connection.scalars(select(account.c.email)))


def identities(house: House) -> list[str]:
    with house.portal.database.read() as connection:
        return list(connection.scalars(select(account_identity.c.subject)))


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_somebody_new_signs_in_chooses_a_name_and_is_known_the_next_time(
    house: House, provider: Provider, language: str
) -> None:
    client = house.browser(language)
    assert "统一身份认证" in client.get("/account/sign-in").text
    address = leave(client, to="/account/security")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert asked["redirect_uri"] == ["https://data.example/account/elsewhere/back"]
    assert asked["scope"] == ["openid email"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert finish(client, client.get(provider.back(address))).location == "/account/security"
    who = client.get("/account").text
    assert "ada@example.org" in who
    assert "没有密码" in who or "has no password" in who
    again = house.browser(language)
    back = again.get(provider.back(leave(again, to="/account/security")))
    assert back.location == "/account/security"
    assert accounts(house) == ["ada@example.org"]
    kept = json.loads(again.get("/account/export.json").text)
    assert [each["subject"] for each in kept["sign_ins_elsewhere"]] == ["ada"]


LIES: dict[str, Callable[[Provider], object]] = {
    "another nonce": lambda p: p.claims.update(nonce="another"),
    "no nonce": lambda p: p.claims.update(nonce=None),
    "another audience": lambda p: p.claims.update(aud="another"),
    "no audience": lambda p: p.claims.update(aud=None),
    "two audiences and nobody named": lambda p: p.claims.update(aud=["suishu-test", "another"]),
    "for another party": lambda p: p.claims.update(aud=["suishu-test", "another"], azp="another"),
    "expired": lambda p: p.claims.update(exp=int(time.time()) - 120, iat=int(time.time()) - 420),
    "never expires": lambda p: p.claims.update(exp=None),
    "from tomorrow": lambda p: p.claims.update(iat=int(time.time()) + 86_400, exp=int(time.time()) + 90_000),
    "another issuer": lambda p: p.claims.update(iss="https://other.example"),
    "nobody": lambda p: p.claims.update(sub=None),
    "an empty subject": lambda p: p.claims.update(sub=""),
    "a subject that is too long": lambda p: p.claims.update(sub="a" * 256),
    "a subject that is no text": lambda p: p.claims.update(sub=["ada"]),
    "another key": lambda p: setattr(p, "signs", other_key()),
    "signed by nobody": lambda p: setattr(p, "forge", unsigned),
    "signed by what everybody knows": lambda p: setattr(p, "forge", signed_by_what_all_know(p)),
    "no token at all": lambda p: setattr(p, "token_answer", (200, {"access_token": "a", "token_type": "Bearer"})),
    "a subject with a NUL": lambda p: p.claims.update(sub="ada\0"),
    "no JSON web token": lambda p: setattr(p, "forge", lambda _: "a.b.c"),
    "a token that is no text": lambda p: setattr(p, "forge", lambda _: ["a"]),
    "a refusal": lambda p: setattr(p, "token_answer", (400, {"error": "invalid_grant", "error_description": "<b>"})),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_right_signs_nobody_in(house: House, provider: Provider, lie: str) -> None:
    client = house.browser()
    address = leave(client)
    LIES[lie](provider)
    back = client.get(provider.back(address))
    assert back.status_code == 400, back.location
    assert "没有完成登录" in back.text
    assert "<b>" not in back.text
    assert cookie(client) == cookie(client, "suishu_elsewhere") == ""
    assert accounts(house) == []


def test_a_state_of_another_browser_or_none_signs_nobody_in(house: House, provider: Provider) -> None:
    attacker, victim = house.browser(), house.browser()
    theirs = provider.back(leave(attacker))
    without = house.browser().get(theirs)
    assert without.status_code == 400
    leave(victim)
    assert victim.get(theirs).status_code == 400  # nobody is led into another's account
    mine = provider.answer(leave(victim))
    for state in ("", "x", mine["state"][:-1], "é"):
        leave(victim)
        assert victim.get("/account/elsewhere/back", query_string=mine | {"state": state}).status_code == 400
    assert "/token" not in provider.site.asked  # nothing of it got as far as the provider, which would refuse too
    assert accounts(house) == []


def test_what_was_brought_back_counts_once(house: House, provider: Provider) -> None:
    client = house.browser()
    address = leave(client)
    held = cookie(client, "suishu_elsewhere")
    back = provider.back(address)
    assert client.get(back).status_code == 303
    thief = house.browser()
    assert thief.get(back).status_code == 400
    thief.set_cookie("suishu_elsewhere", held, path="/account", domain="localhost", secure=True)
    assert thief.get(back).status_code == 400  # the provider has used the code up
    assert client.get(back).status_code == 400
    assert accounts(house) == []


def test_the_cookie_of_the_way_is_short_and_for_these_pages_alone(
    house: House, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = house.browser()
    said = client.get("/account/elsewhere").headers.getlist("Set-Cookie")
    (held,) = [each for each in said if each.startswith("suishu_elsewhere=")]
    assert {"Path=/account", "Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in held.split(";")}
    address = leave(client)
    tampered = cookie(client, "suishu_elsewhere")[:-2] + "xx"
    client.set_cookie("suishu_elsewhere", tampered, path="/account", domain="localhost", secure=True)
    assert client.get(provider.back(address)).status_code == 400
    address = leave(client)
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 601)
    assert client.get(provider.back(address)).status_code == 400


@pytest.mark.parametrize(("error", "words"), [("access_denied", "取消了登录"), ("server_error", "没有完成登录")])
def test_an_error_of_the_provider_is_said_in_words_of_ours(
    house: House, provider: Provider, error: str, words: str
) -> None:
    client = house.browser()
    state = provider.answer(leave(client))["state"]
    said = {"state": state, "error": error, "error_description": "<script>alert(1)</script> call 555"}
    back = client.get("/account/elsewhere/back", query_string=said)
    assert back.status_code == 400
    assert words in back.text
    assert "555" not in re.sub(r'href="[^"]*"', "", back.text)  # the switch of languages keeps the address


def test_an_answer_of_another_provider_is_refused(house: House, provider: Provider) -> None:
    client = house.browser()
    mixed = provider.answer(leave(client)) | {"iss": "https://evil.example"}
    assert client.get("/account/elsewhere/back", query_string=mixed).status_code == 400
    named = provider.answer(leave(client)) | {"iss": provider.issuer}
    assert client.get("/account/elsewhere/back", query_string=named).status_code == 303


def test_a_provider_that_says_who_it_is_must_say_so(house: House, provider: Provider) -> None:
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    client = house.browser()
    assert client.get(provider.back(leave(client))).status_code == 400


def test_a_provider_without_a_name_for_this_portal_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="SUISHU_OIDC_CLIENT_ID"):
        house_with(tmp_path / "home", "https://id.example", oidc_client_id="")


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_was_not_checked_makes_no_account(house: House, provider: Provider, verified: Any) -> None:
    provider.claims["email_verified"] = verified
    client = house.browser()
    back = client.get(provider.back(leave(client)))
    assert back.status_code == 400
    assert "经过核实的邮箱" in back.text
    assert accounts(house) == []


def test_an_address_that_has_an_account_here_is_not_taken_over_and_its_owner_links_it(
    house: House, provider: Provider
) -> None:
    owner = house.signed_in()
    provider.claims["email"] = EMAIL
    client = house.browser()
    back = client.get(provider.back(leave(client)))
    assert back.status_code == 400
    assert "已有账号" in back.text
    assert cookie(client) == ""
    assert identities(house) == []
    arrived = owner.get(provider.back(leave(owner, **{"for": "link"})))
    assert arrived.location == "/account/elsewhere/finish"
    assert "确认关联" in owner.get(arrived.location).text
    assert send(owner, "/account/elsewhere/finish", old="wrong").status_code == 400
    assert owner.post("/account/elsewhere/finish", data={"old": PASSWORD}).status_code == 400  # without the form's word
    assert identities(house) == []
    assert send(owner, "/account/elsewhere/finish", old=PASSWORD).location == "/account/security?saved=1"
    assert client.get(provider.back(leave(client))).location == "/account"
    page = owner.get("/account/security").text
    assert "关联于" in page
    assert send(owner, "/account/elsewhere/unlink", old=PASSWORD).status_code == 303
    assert identities(house) == []


def test_a_link_that_began_in_another_session_links_nothing(house: House, provider: Provider) -> None:
    owner = house.signed_in()
    address = leave(owner, **{"for": "link"})
    owner.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD})
    refused = owner.get(provider.back(address))
    assert refused.status_code == 400
    arrived = owner.get(provider.back(leave(owner, **{"for": "link"})))
    assert arrived.status_code == 303
    owner.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert send(owner, "/account/elsewhere/finish", old=PASSWORD).status_code == 400
    assert identities(house) == []


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/account/\\evil.example", "/dataset"])
def test_the_way_back_leads_nowhere_else(house: House, provider: Provider, to: str) -> None:
    client = joined(house, provider)
    assert client.get(provider.back(leave(client, to=to))).location == "/account"


def test_another_site_begins_nothing(house: House, provider: Provider) -> None:
    client = house.browser()
    begun = client.get("/account/elsewhere", headers={"Sec-Fetch-Site": "cross-site"})
    assert begun.location == "/account/sign-in"
    assert client.get("/account/elsewhere?for=link").location == "/account/sign-in"
    finished = client.post("/account/elsewhere/finish", headers={"Sec-Fetch-Site": "cross-site"})
    assert finished.status_code == 403


def test_a_session_that_was_planted_or_left_behind_is_not_the_one_that_begins(house: House, provider: Provider) -> None:
    client = joined(house, provider)
    left_behind = cookie(client)
    assert client.get(provider.back(leave(client))).status_code == 303
    assert cookie(client) not in ("", left_behind)
    assert house.portal.accounts.who(left_behind) is None
    client.set_cookie("suishu_account", "planted", path="/account", domain="localhost", secure=True)
    client.get(provider.back(leave(client)))
    assert cookie(client) not in ("", "planted")


def test_signing_out_ends_our_session(house: House, provider: Provider) -> None:
    client = joined(house, provider)
    held = cookie(client)
    send(client, "/account/sign-out")
    assert house.portal.accounts.who(held) is None


def test_without_a_password_a_fresh_sign_in_is_the_proof(house: House, provider: Provider) -> None:
    provider.claims["auth_time"] = None
    client = joined(house, provider)
    assert "重新登录以确认身份" in client.get("/account").text
    assert send(client, "/account/erase").status_code == 400
    address = leave(client, **{"for": "proof", "to": "/account/security"})
    asked = parse_qs(urlsplit(address).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert client.get(provider.back(address)).status_code == 400  # it does not say when
    provider.claims["auth_time"] = int(time.time()) - 3600
    assert client.get(provider.back(leave(client, **{"for": "proof"}))).status_code == 400  # it asked nobody anew
    provider.claims["auth_time"] = int(time.time())
    back = client.get(provider.back(leave(client, **{"for": "proof", "to": "/account/security"})))
    assert back.location == "/account/security"
    assert send(client, "/account/erase").status_code == 303
    assert accounts(house) == []


def test_staff_shows_its_second_factor_here_unless_the_provider_asked_for_one_that_counts(
    tmp_path: Path, provider: Provider
) -> None:
    house = house_with(
        tmp_path / "home", provider.issuer, staff_needs_totp=True, oidc_second_factor="mfa, https://id.example/high"
    )
    client = joined(house, provider)
    house.portal.accounts.grant("ada@example.org", [(Role.OPERATOR, "")], by="test")
    for claims in ({}, {"amr": ["pwd"]}, {"acr": 5}):
        provider.claims = dict(claims)
        place = client.get(provider.back(leave(client, to="/account/desk/said"))).location
        assert place == "/account/second-factor?to=%2Faccount%2Fdesk%2Fsaid"
    for claims in ({"amr": ["pwd", "mfa"]}, {"acr": "https://id.example/high"}):
        provider.claims = dict(claims)
        assert client.get(provider.back(leave(client))).location == "/account"
    provider.claims = {}
    client.get(provider.back(leave(client)))
    set_up(client)
    assert client.get("/account").status_code == 200
    house.portal.close()


def test_a_provider_that_is_down_is_said_and_passwords_go_on(house: House, provider: Provider) -> None:
    owner = house.signed_in()
    provider.site.pages["/.well-known/openid-configuration"] = (500, {}, b"")
    for _ in range(3):
        down = house.browser().get("/account/elsewhere")
        assert down.status_code == 503
        assert "没有正常回应" in down.text
        assert 'name="password"' in down.text
    assert provider.site.asked.count("/.well-known/openid-configuration") == 1  # then it is left alone
    assert owner.get("/account").status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        (302, {"Location": "/elsewhere"}, b""),
        (200, {}, b"no JSON"),
        (200, {}, b"[]"),
        (200, {}, b'{"issuer": "https://evil.example"}'),
        (200, {}, b" " * 600_000),
        (200, {}, b"[" * 200_000),
        (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"),
    ],
)
def test_what_is_no_description_of_the_provider_is_none(
    house: House, provider: Provider, page: tuple[int, dict[str, str], bytes]
) -> None:
    provider.site.pages["/.well-known/openid-configuration"] = page
    assert house.browser().get("/account/elsewhere").status_code == 503
    assert "/elsewhere" not in provider.site.asked


def test_a_provider_that_drips_is_given_up(house: House, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    monkeypatch.setattr(asking, "SECONDS", 0.5)
    provider.site.pages["/.well-known/openid-configuration"] = drip
    began = time.monotonic()
    assert house.browser().get("/account/elsewhere").status_code == 503
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("place", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/in", "file:///etc", "https://[", "https://a b\0", "https://", 5]
)
def test_an_address_without_tls_or_that_is_none_is_not_asked(
    house: House, provider: Provider, place: str, address: Any
) -> None:
    provider.metadata[place] = address
    provider.claims["email"] = None  # so that it is asked for it
    client = house.browser()
    begun = client.get("/account/elsewhere")
    found = begun if begun.status_code == 503 else client.get(provider.back(begun.location))
    assert found.status_code == 503


@pytest.mark.parametrize("place", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]"])
def test_what_the_provider_names_reaches_nothing_inside(
    house: House, provider: Provider, place: str, host: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        provider.metadata[place] = f"https://{host}:{inside.getsockname()[1]}/in"
        provider.claims["email"] = None
        client = house.browser()
        begun = client.get("/account/elsewhere")
        found = begun if begun.status_code == 503 else client.get(provider.back(begun.location))
        assert found.status_code == 503
        inside.settimeout(0.1)
        with pytest.raises(TimeoutError):
            inside.accept()


def test_keys_that_nobody_knows_keep_no_other_from_being_used(house: House, provider: Provider) -> None:
    strange = [
        {"kty": "quantum", "kid": "q"},
        {"kty": "RSA"},
        "no key",
        None,
        {"kty": "oct", "k": "AAAA", "kid": "one"},
    ]
    provider.more_keys = strange
    client = house.browser()
    assert client.get(provider.back(leave(client))).status_code == 303


def test_a_provider_may_change_its_keys(house: House, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    joined(house, provider)
    provider.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    provider.header["kid"] = "two"
    client = house.browser()
    assert client.get(provider.back(leave(client))).status_code == 400  # not so soon after it was asked
    monkeypatch.setattr(providers, "_REST_S", 0.0)
    assert client.get(provider.back(leave(client))).location == "/account"


def test_what_the_token_leaves_out_is_asked_for_of_the_same_person(house: House, provider: Provider) -> None:
    provider.claims |= {"email": None, "email_verified": None}
    client = house.browser()
    provider.userinfo = {"sub": "eve", "email": "eve@example.org", "email_verified": True}
    assert client.get(provider.back(leave(client))).status_code == 400
    provider.userinfo = {"email": "ada@example.org", "email_verified": True}
    finish(client, client.get(provider.back(leave(client))))
    assert accounts(house) == ["ada@example.org"]


def test_a_provider_that_takes_the_secret_in_the_form_alone_gets_it_there(house: House, provider: Provider) -> None:
    provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    client = house.browser()
    assert client.get(provider.back(leave(client))).status_code == 303
    assert b"client_secret=only" in provider.site.bodies[-1]
    assert "authorization" not in provider.site.headers[-1]


def test_nothing_that_opens_something_is_logged(
    house: House, provider: Provider, capfd: pytest.CaptureFixture[str]
) -> None:
    client = joined(house, provider)
    provider.claims["nonce"] = "marked-nonce"
    address = leave(client)
    back = provider.answer(address)
    client.get("/account/elsewhere/back", query_string=back)
    logged = "".join(capfd.readouterr())
    assert "sign-in elsewhere came to nothing" in logged
    for word in (back["code"], back["state"], "marked-nonce", "only between us", "ada@example.org"):
        assert word not in logged


def test_without_a_provider_nothing_of_it_is_there(tmp_path: Path) -> None:
    house = house_with(tmp_path / "home", "")
    client = house.browser()
    assert "elsewhere" not in client.get("/account/sign-in").text
    for address in ("/account/elsewhere", "/account/elsewhere/back?state=x"):
        assert client.get(address).status_code in (400, 404)
    assert "elsewhere" not in house.signed_in().get("/account/security").text
    house.portal.close()


def test_the_form_for_a_name_asks_again(house: House, provider: Provider) -> None:
    client = house.browser()
    arrived = client.get(provider.back(leave(client)))
    assert finish(client, arrived, name=" ").status_code == 400
    assert finish(client, arrived, name="Ada").location == "/account?welcome=1"
    assert client.post("/account/elsewhere/finish", data={"name": "Eve"}).location == "/account/sign-in?late=1"
    assert re.search("欢迎", client.get("/account?welcome=1").text)
    assert accounts(house) == ["ada@example.org"]
