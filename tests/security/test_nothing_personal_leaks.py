"""What people leave when they use the portal stays where it belongs; marked.py beside has what and where."""

import re
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr

from app.factory import create_app
from app.pages import data_request
from app.pages.operator import entry as operator_entry
from app.processes.keeper import catch_up
from app.settings import Settings
from app.web import forms
from app.web.flood import Flood
from app.wiring import build
from tests.factories.portals import keep, numbered
from tests.factories.records import add_source
from tests.security.marked import BASE, MAY_BE, PLACES, SEEDS, House, Place, readable, seeded


@pytest.fixture(scope="module")
def logged() -> Iterator[list[str]]:
    """Every line that the portal logs while this module's tests run, from the first seed on."""
    lines: list[str] = []

    def keep_line(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        lines.append(repr(event))
        return event

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[keep_line, *before])
    yield lines
    structlog.configure(processors=before)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, logged: list[str]) -> Iterator[House]:
    home = tmp_path_factory.mktemp("leaks") / "home"
    records = numbered(3)
    with pytest.MonkeyPatch.context() as patch:
        for module in (data_request, operator_entry):
            patch.setattr(module, "_flood", Flood(most=1000, window_s=60))
        patch.setattr(forms, "count", lambda rate, asker: None)
        portal = build(Settings(home=home, base_url=BASE, mail_url=SecretStr("folder:"), staff_needs_totp=False))
        add_source(portal.database)
        keep(portal, records)
        assert catch_up(portal)
        yield seeded(House(portal, create_app(portal=portal), [record.id for record in records]))
        portal.close()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_no_mark_is_at_this_place(house: House, place: Place) -> None:
    looked_at = 0
    for where, body in place(house):
        looked_at += 1
        text = readable(body)
        for what, mark in house.marks.items():
            if (what, place) not in MAY_BE:
                assert mark.encode() not in text, f"{what} is at {where}"
    assert looked_at


def test_no_mark_is_in_the_log_not_even_when_something_fails(
    house: House, logged: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object, **named: object) -> None:
        raise RuntimeError("failed")

    client = house.browser()
    for service, name in (
        (house.portal.accounts, "sign_in"), (house.portal.accounts, "sign_up"), (house.portal.accounts, "reset"),
        (house.portal.accounts, "confirm"), (house.portal.accounts, "ask_for_reset"), (house.portal.accounts, "who"),
        (house.portal.data_requests, "ask"), (house.portal.ratings, "of_account"),
    ):  # fmt: skip
        monkeypatch.setattr(service, name, fails)
    marks = house.marks
    form = {"email": marks["mail address"], "password": marks["password"], "name": marks["name"]}
    for address, sent in (
        ("/account/sign-in", form), ("/account/sign-up", form), ("/account/forgotten", form),
        (f"/account/reset/{marks['link for a new password']}", form),
        (f"/account/confirm/{marks['link of a sign-up']}", form),
        ("/data-request", {"q": marks["data request"], "description": marks["phone in it"]}),
    ):  # fmt: skip
        assert client.post(address, data=sent).status_code == 500
    client.set_cookie("suishu_account", marks["session"], domain="localhost", path="/account")
    assert client.get("/account").status_code == 500
    assert sum("request failed" in line for line in logged) >= 7
    text = "\n".join(logged) + "".join(capfd.readouterr())
    for what, mark in marks.items():
        assert mark not in text, f"{what} is in the log"


def test_the_seeds_are_there_to_be_found(house: House) -> None:
    """In the database, or in the browser of whoever they belong to: else nothing was looked for."""
    assert len(SEEDS) >= 7
    with house.portal.database.read() as connection:
        kept = "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {name}").all())
            for name in ("account", "rating", "data_request", "audit_event", "letter")
        )
    for what in ("mail address", "name", "account's id", "data request", "staff's address"):
        assert house.marks[what] in kept, what
    for what in ("password", "session", "link of a sign-up", "network address", "operator's link", "mistyped password"):
        assert house.marks[what] not in kept, what
    assert all(len(mark) >= 5 for mark in house.marks.values())
    assert not [mark for mark in house.marks.values() if re.fullmatch(r"[a-z]{1,6}", mark)]
