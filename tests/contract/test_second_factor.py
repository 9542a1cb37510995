"""The second factor on every database: nobody of staff has a session without it, and its codes can't be guessed."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.accounts import failures
from app.accounts.entrance import Entrance
from app.accounts.model import Half, Role, Session
from app.accounts.second_factor import SecondFactorService
from app.accounts.service import AccountService
from app.accounts.tables import account_half, recovery_code, second_factor
from app.accounts.totp import Codes
from app.audit import service as audit
from app.audit.events import Action
from app.db import Database
from app.errors import Invalid, NotFound, TooMany
from tests.contract.test_accounts import PASSWORD
from tests.factories.doors import STAFF, Doors

STEP = timedelta(seconds=30)


@pytest.fixture
def doors(database: Database) -> Doors:
    return Doors(database)


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.AUTHORITY, Role.OPERATOR])
def test_staff_sets_a_second_factor_up_before_there_is_a_session(doors: Doors, role: Role) -> None:
    doors.staff(role)
    half = doors.half()
    assert doors.accounts.who(half) is None
    secret, session, codes = doors.set_up(half)
    who = doors.accounts.who(session)
    assert who is not None
    assert set(who.roles) == {role}
    assert len(set(codes)) == 10
    doors.clock.now += STEP
    again = doors.half()
    assert doors.second_factor.setup(again) is None  # nothing to be set up any more, and nothing told
    entered = doors.second_factor.enter(again, doors.code(secret), address="a")
    assert entered.codes == []
    assert doors.accounts.who(entered.session.secret) is not None


def test_others_need_none_and_may_have_one(doors: Doors) -> None:
    who = doors.member()
    session = doors.session(who.email)
    half = doors.second_factor.begin(who, PASSWORD, session=session, address="a")
    _, new, _ = doors.set_up(half.secret)
    assert doors.accounts.who(session) is None  # the sessions from before end
    assert doors.accounts.who(new) is not None
    assert isinstance(doors.accounts.sign_in(who.email, PASSWORD, address="a"), Half)


def test_where_the_setting_is_off_staff_may_do_without(database: Database) -> None:
    doors = Doors(database, staff_needs_second_factor=False)
    doors.staff()
    assert isinstance(doors.accounts.sign_in(STAFF, PASSWORD, address="a"), Session)


def test_whoever_becomes_staff_before_the_first_sign_in_gets_no_session_by_the_letter(doors: Doors) -> None:
    doors.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="en")
    secret = doors.secret()
    doors.accounts.grant("ada@example.org", [(Role.OPERATOR, "")], by="test")
    assert isinstance(doors.accounts.confirm(secret, PASSWORD), Half)


def test_a_code_counts_once_and_only_about_now(doors: Doors) -> None:
    doors.staff()
    secret, _, _ = doors.set_up(doors.half())
    used = doors.code(secret)
    half = doors.half()
    with pytest.raises(Invalid):
        doors.second_factor.enter(half, used, address="a")  # by which it was set up
    doors.clock.now += 3 * STEP
    with pytest.raises(Invalid):
        doors.second_factor.enter(half, doors.code(secret, steps=-2), address="a")
    late = doors.code(secret, steps=-1)
    newer = doors.code(secret)
    doors.second_factor.enter(half, f" {newer[:3]} {newer[3:]} ", address="a")
    with pytest.raises(Invalid):
        doors.second_factor.enter(doors.half(), newer, address="a")
    with pytest.raises(Invalid):
        doors.second_factor.enter(doors.half(), late, address="a")  # never used, but older than one that was


def test_of_two_who_send_one_code_at_once_one_gets_in(doors: Doors) -> None:
    doors.staff()
    secret, _, _ = doors.set_up(doors.half())
    doors.clock.now += STEP
    halves, code = [doors.half(), doors.half()], doors.code(secret)
    both, came = threading.Barrier(2), []

    def enter(half: str) -> None:
        both.wait(5)
        with suppress(Invalid, NotFound):
            came.append(doors.second_factor.enter(half, code, address="a"))

    threads = [threading.Thread(target=enter, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 1


def test_guessing_codes_ends_and_the_owner_is_told_that_the_password_is_known(doors: Doors) -> None:
    doors.staff()
    secret, _, _ = doors.set_up(doors.half())
    doors.letters()
    doors.clock.now += STEP
    for number in range(failures.MOST_OF_CODE):
        with pytest.raises(Invalid):
            doors.second_factor.enter(doors.half(), f"{number:06}", address=f"192.0.2.{number}")
    with pytest.raises(TooMany) as refused:
        doors.second_factor.enter(doors.half(), doors.code(secret), address="b")
    assert refused.value.retry_after_s == 900
    assert ["密码" in sent.body for sent in doors.letters()] == [True]
    doors.clock.now += failures.WINDOW + timedelta(seconds=1)
    assert doors.second_factor.enter(doors.half(), doors.code(secret), address="b")


def test_a_right_code_of_the_owner_forgives_no_guesser(doors: Doors) -> None:
    doors.staff()
    secret, _, _ = doors.set_up(doors.half())
    for number in range(failures.MOST_OF_CODE):
        if number == failures.MOST_OF_CODE - 1:
            doors.clock.now += STEP
            doors.second_factor.enter(doors.half(), doors.code(secret), address="home")
        with pytest.raises(Invalid):
            doors.second_factor.enter(doors.half(), f"{number:06}", address="stranger")
    with pytest.raises(TooMany):
        doors.second_factor.enter(doors.half(), "000009", address="another")


def test_half_a_session_ends_by_itself_by_a_new_password_and_by_its_use(doors: Doors) -> None:
    doors.staff()
    secret, _, _ = doors.set_up(doors.half())
    doors.clock.now += STEP
    late = doors.half()
    doors.clock.now += timedelta(minutes=15)
    with pytest.raises(NotFound):
        doors.second_factor.enter(late, doors.code(secret), address="a")
    stolen = doors.half()
    doors.letters()
    doors.accounts.ask_for_reset(STAFF)
    doors.accounts.reset(doors.secret(), "a new long password")
    with pytest.raises(NotFound):
        doors.second_factor.enter(stolen, doors.code(secret), address="a")
    with pytest.raises(NotFound):
        doors.second_factor.setup("anything")


def test_of_two_who_set_up_at_once_each_sees_another_secret_and_one_gets_in(doors: Doors) -> None:
    doors.staff()
    owner, thief = doors.half(), doors.half()
    shown = {doors.second_factor.setup(each).secret for each in (owner, thief)}  # type: ignore[union-attr]
    assert len(shown) == 2
    doors.set_up(owner)
    with pytest.raises(NotFound):
        doors.second_factor.setup(thief)


def test_a_recovery_code_opens_once_however_it_is_typed(doors: Doors) -> None:
    doors.staff()
    _, _, codes = doors.set_up(doors.half())
    doors.second_factor.enter(doors.half(), codes[0].upper().replace("-", " "), address="a")
    with pytest.raises(Invalid):
        doors.second_factor.enter(doors.half(), codes[0], address="a")
    entered = doors.second_factor.enter(doors.half(), codes[1], address="a")
    who = doors.accounts.who(entered.session.secret)
    assert who is not None
    assert doors.second_factor.state(who).codes_left == 8


def test_it_goes_with_password_and_code_alone_and_staff_sets_up_another(doors: Doors) -> None:
    doors.staff()
    secret, session, codes = doors.set_up(doors.half())
    who = doors.accounts.who(session)
    assert who is not None
    doors.clock.now += STEP
    for password, code in (("wrong", doors.code(secret)), (PASSWORD, "000000")):
        with pytest.raises(Invalid):
            doors.second_factor.remove(who, password, code, session=session, address="a")
    new = doors.second_factor.renew_codes(who, PASSWORD, doors.code(secret), session=session, address="a")
    assert not set(new) & set(codes)
    with pytest.raises(Invalid):
        doors.second_factor.remove(who, PASSWORD, codes[0], session=session, address="a")  # an old one
    doors.second_factor.remove(who, PASSWORD, new[0], session=session, address="a")
    assert doors.accounts.who(session) is None
    assert doors.second_factor.setup(doors.half()) is not None


def test_the_operator_resets_it_and_the_log_says_so(doors: Doors) -> None:
    doors.staff()
    _, session, _ = doors.set_up(doors.half())
    who = doors.accounts.who(session)
    assert who is not None
    doors.letters()
    doors.second_factor.reset("Office@Example.org", by="command-line")
    assert doors.accounts.who(session) is None
    assert doors.second_factor.setup(doors.half()) is not None
    assert len(doors.letters()) == 1
    with doors.database.read() as connection:
        (_, event), *_ = audit.of_subject(connection, f"account/{who.id}")
    assert (event.action, event.actor) == (Action.SECOND_FACTOR_RESET, "command-line")
    for email in (STAFF, "nobody@example.org"):
        with pytest.raises(NotFound):
            doors.second_factor.reset(email, by="command-line")


def test_whoever_reads_the_database_can_make_no_code(doors: Doors) -> None:
    doors.staff()
    secret, _, codes = doors.set_up(doors.half())
    doors.half()
    with doors.database.read() as connection:
        kept = [connection.execute(select(table)).all() for table in (second_factor, account_half, recovery_code)]
        kept.append(connection.execute(text("SELECT * FROM audit_event")).all())
    assert secret not in str(kept)
    assert not any(code in str(kept) or code.replace("-", "") in str(kept) for code in codes)


def test_under_another_key_no_code_is_right_and_a_recovery_code_is(doors: Doors) -> None:
    doors.staff()
    secret, _, codes = doors.set_up(doors.half())
    doors.clock.now += STEP
    entrance = Entrance(Codes(lambda: "another key " * 4, "Suishu"), staff_needs_second_factor=True)
    base = "https://data.example"
    accounts = AccountService(doors.database, doors.clock, lambda: "another key " * 4, base, entrance)
    changed = SecondFactorService(doors.database, doors.clock, entrance, accounts, base)
    with pytest.raises(Invalid):
        changed.enter(doors.half(), doors.code(secret), address="a")
    assert changed.enter(doors.half(), codes[0], address="a")


def test_guessing_the_current_password_within_a_session_ends_too(doors: Doors) -> None:
    who = doors.member()
    session = doors.session(who.email)
    for _ in range(failures.MOST_OF_ACCOUNT):
        with pytest.raises(Invalid):
            doors.accounts.change_password(who, "a wrong guess", "a new long password", session=session, address="a")
    with pytest.raises(TooMany):
        doors.accounts.change_password(who, PASSWORD, "a new long password", session=session, address="a")
    with pytest.raises(TooMany):
        doors.accounts.erase(who, PASSWORD, session=session, address="a")
    doors.clock.now += failures.WINDOW + timedelta(seconds=1)
    assert doors.accounts.change_password(who, PASSWORD, "a new long password", session=session, address="a")


def test_an_account_that_ends_leaves_nothing_of_its_second_factor(doors: Doors) -> None:
    who = doors.member()
    doors.set_up(doors.second_factor.begin(who, PASSWORD, session="", address="a").secret)
    doors.half(who.email)
    doors.accounts.erase(who, PASSWORD)
    with doors.database.read() as connection:
        for table in (second_factor, account_half, recovery_code):
            assert connection.execute(select(table)).all() == []
