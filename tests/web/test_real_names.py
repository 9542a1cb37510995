"""Applying to be real-named, and the operator's desk, as browsers see them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.model import Role
from app.factory import create_app
from app.wiring import Portal
from tests.factories.portals import portal_with
from tests.web.operators import browser, entered

PASSWORD = "long and dry words"
NUMBER = "11010519491231002X"
NAME = "张三丰"
MASKED = "1101**********002X"
FORM = {"kind": "person", "number": NUMBER, "name": NAME, "consent": "1"}


@dataclass
class House:
    portal: Portal
    application: Flask

    def member(self, name: str, *roles: Role, language: str = "zh-Hans") -> FlaskClient:
        said = [(role, "") for role in roles or (Role.DATA_USER,)]
        self.portal.accounts.add(f"{name}@example.org", PASSWORD, name, said, by="test")
        client = browser(self.application, language)
        client.environ_base["wsgi.url_scheme"] = "https"
        client.post("/account/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD})
        return client


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("SUISHU_IDENTITY_KEYS", Fernet.generate_key().decode())
    portal = portal_with(tmp_path / "home", [])
    yield House(portal, create_app(portal=portal))
    portal.close()


def send(client: FlaskClient, address: str, **form: str) -> TestResponse:
    found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
    assert found
    return client.post(address, data={"form_token": found[1], **form})


def desk_address(client: FlaskClient, what: str) -> str:
    """Of the first application at the desk."""
    found = re.search(rf'action="(/account/verify/\w+/{what})["#]', client.get("/account/verify").text)
    assert found
    return found[1]


@pytest.mark.parametrize(("language", "word"), [("zh-Hans", "本账号已实名"), ("en", "This account is real-named")])
def test_somebody_applies_and_a_person_at_the_desk_approves(house: House, language: str, word: str) -> None:
    ada = house.member("ada", language=language)
    assert word not in ada.get("/account/real-name").text
    assert send(ada, "/account/real-name", **FORM).location == "/account/real-name?sent=1"
    mine = ada.get("/account/real-name").text
    assert MASKED in mine
    assert "**丰" in mine
    clerk = house.member("clerk", Role.OPERATOR)
    assert MASKED in clerk.get("/account/verify").text
    assert send(clerk, desk_address(clerk, "approve")).location == "/account/verify?done=approved"
    assert word in ada.get("/account/real-name").text
    assert MASKED not in clerk.get("/account/verify").text


def test_the_desk_shows_a_number_in_full_only_when_it_is_asked_and_only_once(house: House) -> None:
    send(house.member("ada"), "/account/real-name", **FORM)
    clerk = house.member("clerk", Role.OPERATOR)
    assert NUMBER not in clerk.get("/account/verify").text
    address = desk_address(clerk, "read")
    assert clerk.get(address).status_code == 405  # no link leads to it
    shown = send(clerk, address)
    assert NUMBER in shown.text
    assert NAME in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert NUMBER not in clerk.get("/account/verify").text


def test_a_refusal_says_why_and_what_was_given_is_gone(house: House) -> None:
    ada = house.member("ada")
    send(ada, "/account/real-name", **FORM)
    clerk = house.member("clerk", Role.OPERATOR)
    address = desk_address(clerk, "refuse")
    assert send(clerk, address, reason=f"{NUMBER} 不符").status_code == 400
    assert send(clerk, address, reason="姓名与证件<b>不符</b>").status_code == 303
    mine = ada.get("/account/real-name").text
    assert "姓名与证件&lt;b&gt;不符" in mine
    assert MASKED not in mine
    assert send(clerk, address, reason="again").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"number": "110105194912310021"},
        {"number": ""},
        {"name": "<script>alert(1)</script>3"},
        {"kind": "robot"},
        {"kind": "organisation"},
    ],
)
def test_a_wrong_form_is_refused_and_the_number_is_not_given_back(house: House, form: dict[str, str]) -> None:
    ada = house.member("ada")
    answer = send(ada, "/account/real-name", **{**FORM, **form})
    assert answer.status_code == 400
    for number in (NUMBER, form.get("number") or NUMBER):
        assert number not in answer.text
    assert "<script>alert" not in answer.text
    assert json.loads(ada.get("/account/export.json").text)["real_name"] == []


def test_nothing_is_taken_without_consent(house: House) -> None:
    ada = house.member("ada")
    answer = send(ada, "/account/real-name", kind="person", number=NUMBER, name=NAME)
    assert answer.status_code == 400
    assert "请勾选同意" in answer.text
    assert json.loads(ada.get("/account/export.json").text)["real_name"] == []


def test_where_there_is_no_key_the_page_says_so_and_nothing_is_taken(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUISHU_IDENTITY_KEYS")
    portal = portal_with(tmp_path / "other", [])
    keyless = House(portal, create_app(portal=portal))
    ada = keyless.member("ada")
    page = ada.get("/account/real-name").text
    assert "没有开通实名认证" in page
    assert 'name="number"' not in page
    assert send(ada, "/account/real-name", **FORM).status_code == 503
    assert "SUISHU_IDENTITY_KEYS" in keyless.member("clerk", Role.OPERATOR).get("/account/verify").text
    portal.close()


def test_a_number_that_two_accounts_have_is_told_at_the_desk_alone(house: House) -> None:
    clerk = house.member("clerk", Role.OPERATOR)
    ada, bo = house.member("ada"), house.member("bo")
    send(ada, "/account/real-name", **FORM)
    send(clerk, desk_address(clerk, "approve"))
    send(bo, "/account/real-name", **FORM)
    told = bo.get("/account/real-name").text
    assert "同一号码" not in told
    assert "同一号码" in clerk.get("/account/verify").text
    address = desk_address(clerk, "approve")
    assert send(clerk, address).status_code == 400
    assert send(clerk, address, known="1").status_code == 303


def test_the_desk_is_the_operators_alone_and_forms_of_other_sites_do_nothing(house: House) -> None:
    ada = house.member("ada")
    send(ada, "/account/real-name", **FORM)
    clerk = house.member("clerk", Role.OPERATOR)
    addresses = [desk_address(clerk, what) for what in ("read", "approve", "refuse")]
    assert ada.get("/account/verify").status_code == 403
    for address in addresses:
        assert send(ada, address, reason="because").status_code == 403
        assert clerk.post(address, data={"reason": "because"}).status_code == 403
    assert ada.post("/account/real-name", data=FORM).status_code == 403
    assert ada.post("/account/real-name/withdraw").status_code == 403
    assert browser(house.application).get("/account/verify").status_code == 303
    assert MASKED in ada.get("/account/real-name").text
    assert "/account/verify" not in ada.get("/account").text
    assert "/account/verify" in clerk.get("/account").text


def test_the_operators_first_page_says_that_somebody_waits(house: House) -> None:
    assert "/account/verify" not in entered(house.application, house.portal).get("/operator").text
    send(house.member("ada"), "/account/real-name", **FORM)
    assert "1 份申请等待核验" in entered(house.application, house.portal).get("/operator").text


def test_what_is_kept_can_be_taken_along_masked_and_is_deleted_at_once(house: House) -> None:
    ada = house.member("ada")
    send(ada, "/account/real-name", **FORM)
    (kept,) = json.loads(ada.get("/account/export.json").text)["real_name"]
    assert (kept["state"], kept["number"], kept["name"]) == ("waiting", MASKED, "**丰")
    for state in ("", "refused", "nonsense"):
        assert send(ada, "/account/real-name/withdraw", state=state).status_code == 400
    assert send(ada, "/account/real-name/withdraw", state="waiting").status_code == 303
    (kept,) = json.loads(ada.get("/account/export.json").text)["real_name"]
    assert (kept["state"], kept["number"]) == ("withdrawn", "")


def test_too_many_applications_a_day_are_told_when_to_come_again(house: House) -> None:
    ada = house.member("ada")
    for _ in range(3):
        send(ada, "/account/real-name", **FORM)
        send(ada, "/account/real-name/withdraw", state="waiting")
    answer = send(ada, "/account/real-name", **FORM)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 3600


def test_a_failure_of_ours_tells_the_log_no_number(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> list[str]:
        raise RuntimeError

    ada = house.member("ada")
    monkeypatch.setattr("app.accounts.realname.sealing.Sealer.marks", fails)
    answer = send(ada, "/account/real-name", **FORM)
    assert answer.status_code == 500
    logged = "".join(capfd.readouterr()) + answer.text
    assert "request failed" in logged
    assert NUMBER not in logged
    assert NAME not in logged
