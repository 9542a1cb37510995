"""Real names on every database that can hold them."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text, update

from app.accounts.model import Account, Role
from app.accounts.realname.desk import RealNameDesk
from app.accounts.realname.model import Claim, Kind, State
from app.accounts.realname.sealing import Sealer
from app.accounts.realname.service import MOST_A_DAY, RealNameService
from app.accounts.realname.tables import real_name
from app.accounts.realname.verifier import Desk, Verdict, Verifier
from app.audit import service as audit
from app.audit.events import Action
from app.db import Database
from app.errors import Forbidden, Invalid, NotFound, TooMany, Unavailable
from tests.contract.test_accounts import PASSWORD, House
from tests.factories.records import add_source

NUMBER = "11010519491231002X"
OTHER = "440524188001010014"
CODE = "91350100M000100Y43"
NAME = "张三丰"
KEY, NEWER = (Fernet.generate_key().decode() for _ in range(2))


class Register:
    """A verifier that says what it was told to, or fails."""

    name = "register"

    def __init__(self, verdict: Verdict | None = None) -> None:
        self.verdict = verdict

    def judge(self, claim: Claim) -> Verdict | None:
        if self.verdict is None:
            raise ConnectionError(f"{claim.number} {claim.name}")
        return self.verdict


class Office(House):
    """A house with a desk, an operator at it, and two people."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ada, self.bo = self.person("ada"), self.person("bo")
        self.verifier = self.person("op", Role.OPERATOR)
        self.use(KEY)

    def use(self, *keys: str, verifier: Verifier | None = None) -> None:
        sealer = Sealer(keys)
        url = "https://data.example"
        self.names = RealNameService(self.database, self.clock, sealer, verifier or Desk(), url)
        self.desk = RealNameDesk(self.database, self.clock, sealer, url)

    def person(self, name: str, role: Role = Role.DATA_USER) -> Account:
        return self.accounts.add(f"{name}@example.org", PASSWORD, name, [(role, "")], by="test")

    def again(self, who: Account) -> Account:
        """The account as it is now."""
        found = self.accounts.who(self.accounts.sign_in(who.email, PASSWORD, address="a").secret)
        assert found is not None
        return found

    def apply(self, who: Account, number: str = NUMBER, kind: Kind = Kind.PERSON) -> None:
        self.clock.now += timedelta(seconds=1)
        self.names.apply(kind, number, NAME, by=who)

    def waits(self, who: Account, number: str = NUMBER) -> str:
        """The id of a new application."""
        self.apply(who, number)
        newest = self.names.of_account(who)[0]
        assert newest.state is State.WAITING
        return newest.id

    def everything(self) -> str:
        """All that the database holds."""
        with self.database.read() as connection:
            tables = ("account", "real_name", "audit_event", "letter")
            return str([connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables])

    def actions(self, who: Account) -> list[tuple[str, Action, dict[str, object]]]:
        with self.database.read() as connection:
            found = audit.of_subject(connection, f"account/{who.id}")
        return [(event.actor, event.action, event.details) for _, event in found]


@pytest.fixture
def office(database: Database) -> Office:
    add_source(database)
    return Office(database)


def test_an_account_is_real_named_once_a_person_has_verified_it(office: Office) -> None:
    id_ = office.waits(office.ada)
    assert not office.again(office.ada).is_real_named
    waiting = office.desk.waiting(by=office.verifier)
    assert len(waiting) == office.desk.count() == 1
    assert (waiting[0].application.number, waiting[0].application.name) == ("1101**********002X", "**丰")
    assert (waiting[0].account_name, waiting[0].elsewhere) == ("ada", 0)
    office.desk.approve(id_, by=office.verifier)
    assert office.again(office.ada).real_named_at == office.clock.now
    assert office.names.of_account(office.ada)[0].state is State.APPROVED
    (sent,) = office.letters()
    assert (sent.recipient, "实名认证已通过" in sent.subject) == ("ada@example.org", True)
    assert office.actions(office.ada)[0] == (office.verifier.id, Action.REAL_NAME_APPROVED, {"elsewhere": 0})


def test_nothing_that_is_kept_tells_number_or_name(office: Office) -> None:
    office.desk.approve(office.waits(office.ada), by=office.verifier)
    office.desk.read(office.waits(office.bo, OTHER), by=office.verifier)
    kept = office.everything()
    for word in (NUMBER, OTHER, NAME, "1101", "19491231"):
        assert word not in kept
    assert not any(NAME in sent.body or "1101" in sent.body for sent in office.letters())


def test_what_is_refused_is_deleted_and_its_owner_is_told_why(office: Office) -> None:
    id_ = office.waits(office.ada)
    for reason in ("", " \n ", "x" * 501, f"号码 {NUMBER} 不符", f"不是{NAME}本人", "号码 110105 19491231 002x 不符"):
        with pytest.raises(Invalid) as refused:
            office.desk.refuse(id_, reason, by=office.verifier)
        assert NUMBER not in refused.value.zh + refused.value.en
        assert NAME not in refused.value.zh
    office.desk.refuse(id_, "姓名与证件不符。\r\nBcc: all@example.org", by=office.verifier)
    (sent,) = office.letters()
    assert "姓名与证件不符。 Bcc" in sent.body
    (mine,) = office.names.of_account(office.ada)
    assert (mine.state, mine.number, mine.name) == (State.REFUSED, "", "")
    with office.database.read() as connection:
        assert connection.execute(select(real_name.c.sealed, real_name.c.mark)).all() == [(None, None)]
    assert not office.again(office.ada).is_real_named
    assert "不符" not in str(office.actions(office.ada))
    for gone in (id_, "nothing", "\0", "' OR 1=1"):
        with pytest.raises(NotFound):
            office.desk.approve(gone, by=office.verifier)


def test_without_a_key_nothing_is_taken(office: Office) -> None:
    office.use()
    assert not office.names.is_offered
    with pytest.raises(Unavailable):
        office.names.apply(Kind.PERSON, NUMBER, NAME, by=office.ada)
    assert office.names.of_account(office.ada) == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUTHORITY, Role.PUBLISHER])
def test_accounts_of_an_office_have_no_real_name(office: Office, role: Role) -> None:
    with pytest.raises(Forbidden):
        office.names.apply(Kind.PERSON, NUMBER, NAME, by=office.person("office", role))


@pytest.mark.parametrize("role", [Role.DATA_USER, Role.DATA_SUBJECT, Role.AUTHORITY, Role.PUBLISHER])
def test_only_the_operator_verifies(office: Office, role: Role) -> None:
    id_ = office.waits(office.ada)
    stranger = office.person("stranger", role)
    for attempt in (
        lambda: office.desk.waiting(by=stranger),
        lambda: office.desk.read(id_, by=stranger),
        lambda: office.desk.approve(id_, by=stranger),
        lambda: office.desk.refuse(id_, "no", by=stranger),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert office.names.of_account(office.ada)[0].state is State.WAITING


def test_nobody_verifies_their_own_name(office: Office) -> None:
    office.accounts.grant(office.ada.email, [(Role.DATA_USER, ""), (Role.OPERATOR, "")], by="test")
    both = office.again(office.ada)
    id_ = office.waits(both)
    for attempt in (
        lambda: office.desk.read(id_, by=both),
        lambda: office.desk.approve(id_, by=both, though_elsewhere=True),
        lambda: office.desk.refuse(id_, "no", by=both),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_a_number_that_two_accounts_have_is_seen_by_the_verifier_and_not_by_the_applicant(office: Office) -> None:
    office.desk.approve(office.waits(office.ada), by=office.verifier)
    id_ = office.waits(office.bo)
    alone = office.waits(office.person("cy"), OTHER)
    first, second = office.desk.waiting(by=office.verifier)
    assert {first.application.id: first.elsewhere, second.application.id: second.elsewhere} == {id_: 1, alone: 0}
    with pytest.raises(Invalid):
        office.desk.approve(id_, by=office.verifier)
    assert not office.again(office.bo).is_real_named
    office.desk.approve(id_, by=office.verifier, though_elsewhere=True)
    assert office.again(office.bo).is_real_named
    assert office.actions(office.bo)[0] == (office.verifier.id, Action.REAL_NAME_APPROVED, {"elsewhere": 1})


def test_a_number_that_was_refused_or_withdrawn_is_free_again(office: Office) -> None:
    office.desk.refuse(office.waits(office.ada), "证件过期。", by=office.verifier)
    office.waits(office.ada)
    office.names.withdraw(State.WAITING, by=office.ada)
    office.desk.approve(office.waits(office.bo), by=office.verifier)
    assert office.again(office.bo).is_real_named


def test_one_application_at_a_time_and_few_a_day_also_when_they_are_withdrawn(office: Office) -> None:
    for _ in range(MOST_A_DAY):
        office.waits(office.ada)
        with pytest.raises(Invalid):
            office.names.apply(Kind.PERSON, NUMBER, NAME, by=office.ada)
        office.names.withdraw(State.WAITING, by=office.ada)
        office.clock.now += timedelta(hours=1)
    with pytest.raises(TooMany) as refused:
        office.names.apply(Kind.PERSON, NUMBER, NAME, by=office.ada)
    assert refused.value.retry_after_s == (24 - MOST_A_DAY) * 3600 - MOST_A_DAY + 1
    office.clock.now += timedelta(seconds=refused.value.retry_after_s)
    office.waits(office.ada)


def test_who_sends_the_form_twice_at_once_applies_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[Exception] = []
    both, look = threading.Barrier(2), RealNameService._refuse_too_many

    def look_together(*said: Any) -> None:
        look(*said)
        with suppress(threading.BrokenBarrierError):  # the second waits for the first, as it should
            both.wait(1)

    def apply() -> None:
        try:
            office.names.apply(Kind.PERSON, NUMBER, NAME, by=office.ada)
        except Exception as error:
            refused.append(error)

    monkeypatch.setattr(RealNameService, "_refuse_too_many", look_together)
    together(apply, 2)
    assert [type(error) for error in refused] == [Invalid]
    assert len(office.names.of_account(office.ada)) == 1


def test_of_two_who_decide_at_once_one_does(office: Office) -> None:
    id_ = office.waits(office.ada)
    late: list[Exception] = []

    def approve() -> None:
        try:
            office.desk.approve(id_, by=office.verifier)
        except Exception as error:
            late.append(error)

    together(approve, 4)
    assert [type(error) for error in late] == [NotFound] * 3
    assert len(office.letters()) == 1


def test_a_newer_name_takes_the_place_of_the_old_one_once_it_is_verified(office: Office) -> None:
    office.desk.approve(office.waits(office.ada), by=office.verifier)
    second = office.waits(office.ada, OTHER)
    office.desk.refuse(second, "看不清。", by=office.verifier)
    assert office.again(office.ada).is_real_named
    office.apply(office.ada, CODE, Kind.ORGANISATION)
    office.desk.approve(office.names.of_account(office.ada)[0].id, by=office.verifier)
    assert office.again(office.ada).is_real_named
    states = {(each.state, each.number) for each in office.names.of_account(office.ada)}
    assert states == {(State.APPROVED, "9135**********0Y43"), (State.REFUSED, ""), (State.REPLACED, "")}


def test_a_real_name_is_taken_back_by_its_owner_or_by_the_operator_with_a_reason(office: Office) -> None:
    office.desk.approve(office.waits(office.ada), by=office.verifier)
    office.waits(office.ada, OTHER)
    office.names.withdraw(State.APPROVED, by=office.ada)
    assert not office.again(office.ada).is_real_named
    office.names.withdraw(State.APPROVED, by=office.ada)  # nothing is left to take back
    assert [action for _, action, _ in office.actions(office.ada)].count(Action.REAL_NAME_WITHDRAWN) == 1
    office.desk.approve(office.names.of_account(office.ada)[0].id, by=office.verifier)  # which went on waiting
    office.letters()
    with pytest.raises(NotFound):
        office.desk.revoke(office.bo.email, "冒用他人身份。", by="command-line")
    office.desk.revoke("Ada@Example.org", "冒用他人身份。", by="command-line")
    assert not office.again(office.ada).is_real_named
    assert "冒用他人身份。" in office.letters()[0].body
    assert {each.number for each in office.names.of_account(office.ada)} == {""}


def test_reading_a_number_in_full_stands_in_the_audit_log(office: Office) -> None:
    id_ = office.waits(office.ada)
    assert office.desk.read(id_, by=office.verifier) == Claim(Kind.PERSON, NUMBER, NAME)
    assert office.actions(office.ada)[0] == (office.verifier.id, Action.REAL_NAME_READ, {})
    office.desk.approve(id_, by=office.verifier)
    with pytest.raises(NotFound):
        office.desk.read(id_, by=office.verifier)


def test_keys_change_without_losing_what_is_kept_or_missing_who_is_there_twice(office: Office) -> None:
    office.waits(office.ada)
    office.use(NEWER, KEY)
    office.waits(office.bo)
    waiting = office.desk.waiting(by=office.verifier)
    assert [(each.application.number, each.elsewhere) for each in waiting] == [("1101**********002X", 1)] * 2
    office.use(NEWER)
    assert [each.number for each in office.names.of_account(office.ada)] == [""]
    with pytest.raises(Unavailable):
        office.desk.approve(office.names.of_account(office.ada)[0].id, by=office.verifier)
    assert office.desk.reseal(by="command-line") == (1, 1)  # and the one that no key opens stays as it is
    office.use(NEWER, KEY)
    assert office.desk.reseal(by="command-line") == (2, 0)
    office.use(NEWER)
    waiting = office.desk.waiting(by=office.verifier)
    assert [(each.application.number, each.elsewhere) for each in waiting] == [("1101**********002X", 1)] * 2


def test_what_is_copied_to_another_account_opens_for_nobody(office: Office) -> None:
    id_ = office.waits(office.ada)
    with office.database.write() as connection:
        connection.execute(update(real_name).where(real_name.c.id == id_).values(account_id=office.bo.id))
    assert [each.number for each in office.names.of_account(office.bo)] == [""]
    with pytest.raises(Unavailable):
        office.desk.approve(id_, by=office.verifier)


def test_an_account_that_ends_takes_its_real_name_along(office: Office) -> None:
    office.desk.approve(office.waits(office.ada), by=office.verifier)
    office.waits(office.ada, OTHER)
    office.accounts.erase(office.ada, PASSWORD)
    with office.database.read() as connection:
        assert connection.execute(select(real_name)).all() == []


def test_another_verifier_may_decide_at_once(office: Office) -> None:
    office.use(KEY, verifier=Register(Verdict(True)))
    office.apply(office.ada)
    assert office.again(office.ada).is_real_named
    assert office.actions(office.ada)[0][0] == "verifier:register"
    office.apply(office.bo)  # but a person looks at a number that is known
    assert not office.again(office.bo).is_real_named
    assert office.desk.count() == 1
    office.names.withdraw(State.WAITING, by=office.bo)
    office.use(KEY, verifier=Register(Verdict(False, "查无此人。")))
    office.apply(office.bo, OTHER)
    assert office.names.of_account(office.bo)[0].state is State.REFUSED


def test_a_verifier_that_fails_leaves_it_to_a_person_and_tells_the_log_nothing(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    office.use(KEY, verifier=Register())
    office.names.apply(Kind.PERSON, NUMBER, NAME, by=office.ada)
    assert office.desk.count() == 1
    logged = "".join(capfd.readouterr())
    assert "ConnectionError" in logged
    assert NUMBER not in logged
    assert NAME not in logged


def together(do: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=do) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
