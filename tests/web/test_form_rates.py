"""How often forms under /account may be sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.factory import create_app
from app.web import forms
from app.web.forms import Rate
from app.web.permissions import ACCOUNT_PATH
from app.web.private import is_below
from app.wiring import Portal
from tests.factories.portals import portal_with
from tests.web.operators import browser
from tests.web.test_accounts import PASSWORD, House, send


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    portal = portal_with(tmp_path / "home", [], followed=False, mail_url="folder:", trusted_proxies=1)
    yield portal
    portal.close()


def post(application: Flask, address: str, asker: str, **form: str) -> TestResponse:
    headers = {"X-Forwarded-For": asker}
    return browser(application).post(address, data=form, headers=headers)


def every_form(application: Flask) -> list[str]:
    rules = [rule for rule in application.url_map.iter_rules() if "POST" in (rule.methods or ())]
    below = [rule.rule for rule in rules if is_below(ACCOUNT_PATH, rule.rule)]
    return sorted(
        rule.replace("<secret>", "x").replace("<id_>", "a" * 16)
        for rule in below
        if "<" not in rule.replace("<secret>", "").replace("<id_>", "")
    )


def test_every_form_counts_for_the_address_that_sends_it(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "OF_ADDRESS", Rate("address", 2, 600))
    monkeypatch.setattr(forms, "HEAVY", Rate("heavy", 2, 600))
    application = create_app(portal=portal)
    addresses = every_form(application)
    assert len(addresses) >= 14
    for number, address in enumerate(addresses):
        asker = f"198.51.100.{number}"
        answers = [post(application, address, asker).status_code for _ in range(3)]
        assert 429 not in answers[:2], address
        refused = post(application, address, asker)
        assert (answers[2], refused.status_code) == (429, 429), address
        assert 0 < int(refused.headers["Retry-After"]) <= 300
        assert "分钟再试" in refused.text
        assert post(application, address, "198.51.100.200").status_code != 429 or number > 1


def test_an_account_counts_wherever_it_comes_from(
    tmp_path: Path, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "OF_ACCOUNT", Rate("account", 3, 600))
    house = House(portal, create_app(portal=portal), [])
    client = house.signed_in()
    for number in range(3):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        assert send(client, "/account/name", name="Ada").status_code == 303
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.9"
    assert send(client, "/account/name", name="Ada").status_code == 429
    assert client.get("/account").status_code == 200


def test_letters_to_one_address_are_few_and_it_is_the_same_without_an_account(portal: Portal) -> None:
    application = create_app(portal=portal)
    portal.accounts.add("known@example.org", PASSWORD, "Known", [], by="test")
    for email in ("known@example.org", "nobody@example.org"):
        answers = [
            post(application, "/account/forgotten", "198.51.100.1", email=said)
            for said in (email, email.upper(), f" {email} ", email, email, email)
        ]
        assert [each.status_code for each in answers] == [303] * 5 + [429]
        owner = post(application, "/account/forgotten", "198.51.100.2", email=email)
        assert owner.status_code == 303  # whom a stranger does not keep from a letter
    assert post(application, "/account/forgotten", "198.51.100.1", email="other@example.org").status_code == 303


def test_letters_to_one_address_are_few_from_everywhere_together(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "LETTERS", Rate("letters", 3, 3600))
    application = create_app(portal=portal)
    answers = [
        post(application, "/account/forgotten", f"198.51.100.{number}", email="ada@example.org").status_code
        for number in range(4)
    ]
    assert answers == [303] * 3 + [429]


def test_letters_are_as_few_however_the_domain_is_written(portal: Portal) -> None:
    application = create_app(portal=portal)
    written = [
        "ada@例子.广东",
        "ada@xn--fsqu00a.广东",
        "ada@例子.xn--xhq521b",
        "ada@例子。广东",
        "Ada@xn--fsqu00a.xn--xhq521b",
        "ada@ｘn--fsqu00a.广东",
    ]
    for address, statuses in (("/account/forgotten", [303] * 5 + [429]), ("/account/sign-up", [429] * 6)):
        answers = [
            post(application, address, "198.51.100.1", email=email, password=PASSWORD, name="Ada") for email in written
        ]
        assert [each.status_code for each in answers] == statuses


def test_an_address_that_the_sender_made_up_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "OF_ADDRESS", Rate("address", 2, 600))
    portal = portal_with(tmp_path / "home", [], followed=False)
    application = create_app(portal=portal)
    answers = [post(application, "/account/sign-in", f"198.51.100.{number}") for number in range(3)]
    assert [each.status_code for each in answers] == [400, 400, 429]
    portal.close()
