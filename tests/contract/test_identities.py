"""Signing in elsewhere, on every database: what a provider says opens its own account and no other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.accounts.access_tokens.service import AccessTokenService
from app.accounts.identities import Identity
from app.accounts.model import Account, Half, Role, Session
from app.accounts.tables import account, account_identity
from app.audit import service as audit
from app.audit.events import Action
from app.db import Database, metadata
from app.errors import Invalid, TooMany
from app.mail.tables import letter
from tests.contract.test_accounts import PASSWORD, START
from tests.factories.doors import STAFF, Doors

ADA = Identity("https://id.example", "4711", "ada@example.org")


@pytest.fixture
def doors(database: Database) -> Doors:
    return Doors(database)


def joined(doors: Doors, identity: Identity = ADA) -> tuple[Account, str]:
    session = doors.identities.join(identity, "Ada", language="en")
    who = doors.accounts.who(session.secret)
    assert who is not None
    return who, session.secret


def test_somebody_new_gets_an_account_without_a_password(doors: Doors) -> None:
    assert doors.identities.enter(ADA) is None
    doors.identities.may_join(ADA)
    who, _ = joined(doors)
    assert (who.email, who.name, set(who.roles), who.has_password) == (ADA.email, "Ada", {Role.DATA_USER}, False)
    again = doors.identities.enter(replace(ADA, email=""))  # the subject tells, not the address
    assert isinstance(again, Session)
    assert doors.accounts.who(again.secret) == who
    for password in ("", PASSWORD):
        with pytest.raises(Invalid):
            doors.accounts.sign_in(ADA.email, password, address="a")


@pytest.mark.parametrize("other", [{"subject": "4712"}, {"issuer": "https://other.example"}])
def test_another_subject_or_issuer_is_somebody_else(doors: Doors, other: dict[str, str]) -> None:
    joined(doors)
    stranger = replace(ADA, **other)
    assert doors.identities.enter(stranger) is None
    with pytest.raises(Invalid):
        doors.identities.may_join(stranger)  # whose address is taken
    with pytest.raises(Invalid):
        doors.identities.join(stranger, "Eve", language="en")


def test_an_address_that_has_an_account_opens_it_to_nobody(doors: Doors) -> None:
    who = doors.member()
    assert doors.identities.enter(ADA) is None
    for attempt in (lambda: doors.identities.may_join(ADA), lambda: doors.identities.join(ADA, "Ada", language="en")):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert "password" in refused.value.en
    with doors.database.read() as connection:
        assert connection.execute(select(account_identity)).all() == []
    session = doors.session(who.email)
    with pytest.raises(Invalid):
        doors.identities.link(who, ADA, "not the password", session=session, address="a")
    doors.letters()
    doors.identities.link(who, ADA, PASSWORD, session=session, address="a")
    assert len(doors.letters()) == 1
    entered = doors.identities.enter(ADA)
    assert entered is not None
    assert doors.accounts.who(entered.secret) == who


def test_an_address_that_the_provider_has_not_checked_makes_no_account(doors: Doors) -> None:
    with pytest.raises(Invalid):
        doors.identities.may_join(replace(ADA, email=""))
    with pytest.raises(Invalid):
        doors.identities.join(replace(ADA, email=""), "Ada", language="en")
    with pytest.raises(Invalid):
        doors.identities.join(replace(ADA, email="no address"), "Ada", language="en")


def test_whoever_signed_up_first_with_a_strangers_address_keeps_nothing_of_it(doors: Doors) -> None:
    doors.accounts.sign_up(ADA.email, PASSWORD, "Eve", language="en")
    secret = doors.secret()
    who, _ = joined(doors)
    assert who.name == "Ada"
    with pytest.raises(Invalid):
        doors.accounts.sign_in(ADA.email, PASSWORD, address="a")
    with pytest.raises(Exception, match="used already"):
        doors.accounts.confirm(secret, PASSWORD)


def test_an_identity_leads_into_one_account(doors: Doors) -> None:
    joined(doors)
    other = doors.member("bo@example.org", "Bo")
    with pytest.raises(Invalid):
        doors.identities.link(other, ADA, PASSWORD, session="", address="a")
    doors.identities.join(ADA, "Ada", language="en")  # a form sent twice
    with doors.database.read() as connection:
        assert len(connection.execute(select(account)).all()) == 2


def test_the_last_way_into_an_account_stays(doors: Doors) -> None:
    now = START
    who, session = joined(doors, replace(ADA, proved_at=now))
    with pytest.raises(Invalid):
        doors.identities.unlink(who, "", session=session, address="a")
    doors.accounts.ask_for_reset(who.email)
    doors.accounts.reset(doors.secret(), PASSWORD)
    session = doors.session(who.email)
    again = doors.accounts.who(session)
    assert again is not None
    assert again.has_password
    doors.identities.unlink(again, PASSWORD, session=session, address="a")
    assert doors.identities.enter(ADA) is None


def test_a_new_password_by_a_letter_ends_what_a_thief_linked(doors: Doors) -> None:
    who = doors.member()
    thief = replace(ADA, subject="666", email="eve@example.org")
    doors.identities.link(who, thief, PASSWORD, session=doors.session(who.email), address="b")
    (told,) = doors.letters()
    assert "set a new password" in told.body
    doors.accounts.ask_for_reset(who.email)
    doors.accounts.reset(doors.secret(), "a new long password")
    assert doors.identities.enter(thief) is None
    (told,) = doors.letters()
    assert "elsewhere" in told.body
    with doors.database.read() as connection:
        actions = [event.action for _, event in audit.of_subject(connection, f"account/{who.id}")]
    assert Action.SIGN_IN_UNLINKED in actions


def test_without_a_password_a_fresh_sign_in_proves_who_it_is_and_nothing_older(doors: Doors) -> None:
    who, session = joined(doors)
    for password in ("", PASSWORD):
        with pytest.raises(Invalid):
            doors.accounts.erase(who, password, session=session)  # the provider did not say when
    for said in (
        replace(ADA, proved_at=None),
        replace(ADA, proved_at=doors.clock.now - timedelta(minutes=11)),
        replace(ADA, subject="4712", proved_at=doors.clock.now),
    ):
        with pytest.raises(Invalid):
            doors.identities.prove(who, said, session=session)
    doors.identities.prove(who, replace(ADA, proved_at=doors.clock.now + timedelta(hours=1)), session=session)
    doors.clock.now += timedelta(minutes=11)
    with pytest.raises(Invalid):
        doors.accounts.erase(who, "", session=session)  # what the provider says of the future counts as now
    other = doors.identities.enter(ADA)
    assert other is not None
    doors.identities.prove(who, replace(ADA, proved_at=doors.clock.now), session=session)
    with pytest.raises(Invalid):
        doors.accounts.erase(who, "", session=other.secret)  # another browser's
    doors.accounts.erase(who, "", session=session)
    with doors.database.read() as connection:
        assert connection.execute(select(account_identity)).all() == []
        kept = str(connection.execute(text("SELECT * FROM audit_event")).all())
    assert "4711" not in kept
    assert "example.org" not in kept


def test_an_account_with_a_password_is_proved_by_that_alone(doors: Doors) -> None:
    who = doors.member()
    session = doors.session(who.email)
    doors.identities.link(who, ADA, PASSWORD, session=session, address="a")
    doors.identities.prove(who, replace(ADA, proved_at=doors.clock.now), session=session)
    with pytest.raises(Invalid):
        doors.accounts.erase(who, "", session=session)


def test_staff_shows_the_second_factor_unless_the_provider_asked_for_one_that_counts(doors: Doors) -> None:
    doors.staff()
    _, session, _ = doors.set_up(doors.half())
    who = doors.accounts.who(session)
    assert who is not None
    doors.identities.link(who, ADA, PASSWORD, session=session, address="a")
    assert isinstance(doors.identities.enter(ADA), Half)
    assert isinstance(doors.identities.enter(replace(ADA, both=True)), Session)
    doors.accounts.grant(STAFF, [(Role.DATA_USER, "")], by="test")
    assert isinstance(doors.identities.enter(ADA), Half)  # who has one shows it


def test_wrong_passwords_are_counted_where_accounts_are_linked(doors: Doors) -> None:
    who = doors.member()
    for _ in range(10):
        with pytest.raises(Invalid):
            doors.identities.link(who, ADA, "a wrong guess", session="", address="a")
    with pytest.raises(TooMany):
        doors.identities.link(who, ADA, PASSWORD, session="", address="a")


def test_an_account_ends_once_however_often_it_is_clicked_and_no_row_of_it_stays(database: Database) -> None:
    doors = Doors(database)
    who = doors.member()
    code = doors.second_factor.begin(who, PASSWORD, session=doors.session(who.email), address="a")
    doors.set_up(code.secret)
    doors.half(who.email)
    doors.identities.link(who, Identity("https://id.example", "1"), PASSWORD, session="", address="a")
    AccessTokenService(database, doors.clock, "https://data.example").make("t", ["read:account"], 30, by=who)
    doors.accounts.ask_for_reset(who.email)
    row = doors.accounts.proofs.require(who, PASSWORD)
    doors.accounts.proofs.require = lambda *_, **__: row  # type: ignore[method-assign]  # both clicks were proved
    for _ in range(2):
        doors.accounts.erase(who, PASSWORD)
    owned = [table for table in metadata.sorted_tables if "account_id" in table.c]
    assert len(owned) >= 13
    with database.read() as connection:
        for table in owned:
            assert connection.scalar(select(func.count()).where(table.c.account_id == who.id)) == 0, table.name
        actions = [event.action for _, event in audit.of_subject(connection, f"account/{who.id}")]
        assert connection.scalar(select(func.count()).select_from(letter)) == 0
    assert actions.count(Action.ACCOUNT_ERASED) == 1
