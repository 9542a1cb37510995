"""Access tokens on every database that can hold them."""

import re
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.accounts.access_tokens.model import Scope
from app.accounts.access_tokens.service import MAX_DAYS, MOST, AccessTokenService
from app.accounts.access_tokens.tables import access_token
from app.accounts.model import Account, Role
from app.db import Database
from app.errors import Invalid
from tests.contract.test_accounts import PASSWORD, House
from tests.factories.records import add_source


class Desk(House):
    """A house in which tokens are made."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.tokens = AccessTokenService(database, self.clock, "https://data.example")
        self.ada, self.bo = self.person("ada"), self.person("bo")

    def person(self, name: str) -> Account:
        return self.accounts.add(f"{name}@example.org", PASSWORD, name, [(Role.DATA_USER, "")], by="test")

    def made(self, name: str = "script", days: int = 30) -> str:
        return self.tokens.make(name, [Scope.READ_RATINGS, Scope.WRITE_RATINGS], days, by=self.ada)


@pytest.fixture
def desk(database: Database) -> Desk:
    add_source(database)
    return Desk(database)


def test_a_token_says_whose_it_is_and_what_it_may_do_and_its_owner_is_told(desk: Desk) -> None:
    token = desk.made()
    assert re.fullmatch(r"suishu_[A-Za-z0-9_-]{43}", token)
    found = desk.tokens.granted(token)
    assert found is not None
    assert (found.account.id, found.scopes) == (desk.ada.id, {"read:ratings", "write:ratings"})
    (sent,) = desk.letters()
    assert "script" in sent.body
    assert token not in sent.body


def test_a_token_is_kept_as_a_hash_alone(desk: Desk) -> None:
    token = desk.made()
    with desk.database.read() as connection:
        kept = str([connection.execute(text(f"SELECT * FROM {t}")).all() for t in ("access_token", "audit_event")])
    assert token.removeprefix("suishu_") not in kept
    assert desk.tokens.of_account(desk.ada)[0].hint == token[-4:]


def test_a_token_ends_by_itself_and_by_its_owners_word(desk: Desk) -> None:
    first, second = desk.made("a", 1), desk.made("b", MAX_DAYS)
    desk.clock.now += timedelta(days=1)
    assert desk.tokens.granted(first) is None
    assert desk.tokens.granted(second) is not None
    id_ = next(each.id for each in desk.tokens.of_account(desk.ada) if each.name == "b")
    desk.tokens.revoke(id_, by=desk.bo)  # is not his
    desk.tokens.revoke("\0", by=desk.ada)
    assert desk.tokens.granted(second) is not None
    desk.tokens.revoke(id_, by=desk.ada)
    assert desk.tokens.granted(second) is None


def test_tokens_end_with_the_password_and_with_the_account(desk: Desk) -> None:
    token = desk.made()
    desk.accounts.change_password(desk.ada, PASSWORD, "a new long password")
    assert desk.tokens.granted(token) is None
    desk.letters()
    token = desk.made()
    desk.letters()
    desk.accounts.ask_for_reset(desk.ada.email)
    desk.accounts.reset(desk.secret(), PASSWORD)
    assert desk.tokens.granted(token) is None
    token = desk.made()
    desk.accounts.erase(desk.ada, PASSWORD)
    assert desk.tokens.granted(token) is None
    with desk.database.read() as connection:
        assert connection.execute(select(access_token)).all() == []


def test_what_the_owner_may_do_is_asked_anew_each_time(desk: Desk) -> None:
    token = desk.made()
    desk.accounts.grant(desk.ada.email, [], by="test")
    found = desk.tokens.granted(token)
    assert found is not None
    assert found.account.rights == frozenset()


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ["read:ratings"], 30),
        (" \n", ["read:ratings"], 30),
        ("x" * 51, ["read:ratings"], 30),
        ("a", [], 30),
        ("a", ["write:everything"], 30),
        ("a", ["read:ratings", ""], 30),
        ("a", ["read:ratings"], 0),
        ("a", ["read:ratings"], -1),
        ("a", ["read:ratings"], MAX_DAYS + 1),
    ],
)
def test_what_can_be_no_token_is_refused(desk: Desk, name: str, scopes: list[str], days: int) -> None:
    with pytest.raises(Invalid):
        desk.tokens.make(name, scopes, days, by=desk.ada)
    assert desk.tokens.of_account(desk.ada) == []
    assert desk.letters() == []


def test_a_form_that_is_sent_twice_makes_one_token_and_there_are_not_too_many(desk: Desk) -> None:
    desk.made("one", 1)
    with pytest.raises(Invalid):
        desk.made("one")
    for number in range(MOST - 1):
        desk.made(f"{number}")
    with pytest.raises(Invalid):
        desk.made("another")
    desk.clock.now += timedelta(days=1)  # the first has expired, and makes room
    desk.made("another")
    desk.tokens.make("one", ["read:account"], 1, by=desk.bo)  # names are one's own


def test_a_form_that_is_sent_twice_at_once_makes_one_token(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[Exception] = []
    both, look = threading.Barrier(2), AccessTokenService._refuse_another

    def look_together(*said: Any) -> None:
        look(*said)
        with suppress(threading.BrokenBarrierError):  # the second waits for the first, as it should
            both.wait(1)

    def make() -> None:
        try:
            desk.made()
        except Exception as error:
            refused.append(error)

    monkeypatch.setattr(AccessTokenService, "_refuse_another", look_together)
    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in refused] == [Invalid]
    assert len(desk.tokens.of_account(desk.ada)) == 1


def test_when_a_token_was_used_is_not_written_with_each_request(desk: Desk) -> None:
    token = desk.made()
    assert desk.tokens.of_account(desk.ada)[0].used_at is None
    first = desk.clock.now
    for minutes, used in ((0, 0), (9, 0), (2, 11)):
        desk.clock.now += timedelta(minutes=minutes)
        desk.tokens.granted(token)
        assert desk.tokens.of_account(desk.ada)[0].used_at == first + timedelta(minutes=used)


@pytest.mark.parametrize("token", ["", "suishu_", "x" * 43, "suishu_" + "x" * 10_000_000, "suishu_\0\ud800", "'; --"])
def test_what_is_no_token_opens_nothing(desk: Desk, token: str) -> None:
    desk.made()
    assert desk.tokens.granted(token) is None
