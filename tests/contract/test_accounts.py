"""Accounts, letters and ratings on every database that can hold them."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Connection

from app import outbox
from app.accounts import failures, links, service, unconfirmed
from app.accounts.model import Account, Role
from app.accounts.reading import Ended
from app.accounts.service import AccountService
from app.accounts.tables import account, account_session, sign_in_failure
from app.db import Database
from app.errors import Forbidden, Invalid, NotFound, TooMany
from app.mail.service import Letter, PostOffice, Undeliverable
from app.mail.tables import letter
from app.ratings.service import RatingService
from app.wiring import CatalogueService
from tests.factories.records import add_source, arrival

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
PASSWORD = "麦穗 and rice"
KEY = "k" * 32


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Folder:
    """A carrier that keeps what it was given, or fails as it is told."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.fails: Exception | None = None
        self.breaks_on = ""

    def carry(self, letter: Letter) -> None:
        if letter.recipient == self.breaks_on:
            raise ValueError(letter.recipient)
        if self.fails:
            raise self.fails
        self.letters.append(letter)


class House:
    """Accounts, post office and ratings over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.folder = Folder()
        self.accounts = AccountService(database, self.clock, lambda: KEY, "https://data.example")
        self.office = PostOffice(database, self.clock, self.folder)
        self.ratings = RatingService(database, self.clock)
        self.catalogue = CatalogueService(database, self.clock, "https://data.example")

    def letters(self) -> list[Letter]:
        self.office.deliver()
        found, self.folder.letters = self.folder.letters, []
        return found

    def secret(self) -> str:
        """Of the link in the one letter that waits."""
        (sent,) = self.letters()
        found = re.search(r"/account/\w+/([\w-]+)", sent.body)
        assert found
        return found[1]

    def member(self, email: str = "ada@example.org", name: str = "Ada") -> Account:
        self.accounts.sign_up(email, PASSWORD, name, language="en")
        session = self.accounts.confirm(self.secret(), PASSWORD)
        who = self.accounts.who(session.secret)
        assert who is not None
        return who

    def dataset(self, key: str = "https://a.example/1", title: str = "公交线路") -> str:
        found = arrival(key, title=title)
        self.catalogue.record([found], actor="test")
        return found.id


@pytest.fixture
def house(database: Database) -> House:
    add_source(database)
    return House(database)


def test_an_account_exists_once_its_owner_has_followed_the_letter_and_knows_the_password(house: House) -> None:
    house.accounts.sign_up(" Ada@Example.org ", PASSWORD, "Ada", language="en")
    secret = house.secret()
    with pytest.raises(Invalid):
        house.accounts.sign_in("ada@example.org", PASSWORD, address="a")  # not before it is confirmed
    with pytest.raises(Invalid):
        house.accounts.confirm(secret, "the password of somebody else")
    session = house.accounts.confirm(secret, PASSWORD)
    who = house.accounts.who(session.secret)
    assert who is not None
    assert (who.email, who.name, set(who.roles)) == ("ada@example.org", "Ada", {Role.DATA_USER})
    with pytest.raises(NotFound):
        house.accounts.confirm(secret, PASSWORD)  # a link works once


def test_whoever_signs_up_again_with_a_strangers_address_gets_nothing_of_the_account(house: House) -> None:
    house.member()
    house.accounts.sign_up("ada@example.org", "another long word", "Eve", language="en")
    (sent,) = house.letters()
    assert "forgotten" in sent.body
    assert "confirm" not in sent.body
    assert house.accounts.sign_in("ada@example.org", PASSWORD, address="a")
    with pytest.raises(Invalid):
        house.accounts.sign_in("ada@example.org", "another long word", address="a")


def test_an_unconfirmed_account_is_forgotten_after_a_day(house: House) -> None:
    house.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="en")
    house.clock.now += timedelta(hours=20)
    house.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="en")
    house.clock.now += timedelta(hours=20)
    house.accounts.sign_up("bo@example.org", PASSWORD, "Bo", language="en")
    with house.database.read() as connection:
        assert sorted(connection.scalars(select(account.c.email))) == ["ada@example.org", "bo@example.org"]
    house.clock.now += timedelta(hours=5)
    house.accounts.sign_up("bo@example.org", PASSWORD, "Bo", language="en")
    with house.database.read() as connection:
        assert connection.scalars(select(account.c.email)).all() == ["bo@example.org"]


def test_whoever_signs_up_again_with_an_address_ends_no_link_and_changes_nothing_of_it(house: House) -> None:
    house.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="en")
    hers = house.secret()
    house.accounts.sign_up("ada@example.org", "a strangers password", "Eve", language="zh-Hans")
    strangers = house.secret()
    with pytest.raises(Invalid):
        house.accounts.confirm(hers, "a strangers password")
    who = house.accounts.who(house.accounts.confirm(hers, PASSWORD).secret)
    assert who
    assert (who.name, who.language) == ("Ada", "en")
    for password in (PASSWORD, "a strangers password"):  # of several links one is used
        with pytest.raises(NotFound):
            house.accounts.confirm(strangers, password)
    with pytest.raises(Invalid):
        house.accounts.sign_in("ada@example.org", "a strangers password", address="a")


def test_the_later_of_two_sign_ups_may_be_the_one_that_is_confirmed(house: House) -> None:
    house.accounts.sign_up("ada@example.org", "a strangers password", "Eve", language="zh-Hans")
    strangers = house.secret()
    house.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="en")
    who = house.accounts.who(house.accounts.confirm(house.secret(), PASSWORD).secret)
    assert who
    assert (who.name, who.language) == ("Ada", "en")
    assert house.accounts.sign_in("ada@example.org", PASSWORD, address="a")
    with pytest.raises(NotFound):
        house.accounts.confirm(strangers, "a strangers password")


def test_each_link_ends_by_itself_after_a_day(house: House) -> None:
    house.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="en")
    first = house.secret()
    house.clock.now += timedelta(hours=20)
    house.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="en")
    house.clock.now += timedelta(hours=5)
    with pytest.raises(NotFound):
        house.accounts.confirm(first, PASSWORD)
    assert house.accounts.confirm(house.secret(), PASSWORD)


def test_whoever_asks_for_a_new_password_in_ones_name_ends_no_link(house: House) -> None:
    who = house.member()
    house.accounts.ask_for_reset(who.email)
    first = house.secret()
    house.accounts.ask_for_reset(who.email)
    second = house.secret()
    house.accounts.reset(first, "a new long password")
    with pytest.raises(NotFound):
        house.accounts.reset(second, "a third long password")


@pytest.mark.parametrize(
    ("email", "password", "name"),
    [
        ("no address", PASSWORD, "Ada"),
        ("麦穗@example.org", PASSWORD, "Ada"),
        ("ada@example.org\r\nBcc: all@example.org", PASSWORD, "Ada"),
        ("ada@example.org", "short", "Ada"),
        ("ada@example.org", "x" * 129, "Ada"),
        ("ada@example.org", "aaaaaaaaaaaa", "Ada"),
        ("ada@example.org", "my ada@example password", "Bo"),
        ("ada@example.org", PASSWORD, "  "),
        ("ada@example.org", PASSWORD, "A" * 31),
    ],
)
def test_what_can_not_be_used_is_refused_and_no_letter_leaves(
    house: House, email: str, password: str, name: str
) -> None:
    with pytest.raises(Invalid):
        house.accounts.sign_up(email, password, name, language="en")
    assert house.letters() == []


def test_a_letter_of_the_name_may_stand_in_a_password(house: House) -> None:
    house.accounts.sign_up("a@example.org", PASSWORD, "小", language="zh-Hans")
    assert len(house.letters()) == 1


def test_guessing_a_password_ends_for_a_quarter_of_an_hour(house: House) -> None:
    house.member()
    for _ in range(failures.MOST_OF_ACCOUNT):
        with pytest.raises(Invalid):
            house.accounts.sign_in("ada@example.org", "a wrong guess", address="a")
    with pytest.raises(TooMany):
        house.accounts.sign_in("ada@example.org", PASSWORD, address="a")
    house.clock.now += failures.WINDOW + timedelta(seconds=1)
    assert house.accounts.sign_in("ada@example.org", PASSWORD, address="a")


def test_a_stranger_who_guesses_locks_nobody_out(house: House) -> None:
    who = house.member()
    for _ in range(failures.MOST_OF_ACCOUNT):
        with pytest.raises(Invalid):
            house.accounts.sign_in(who.email, "a wrong guess", address="stranger")
    with pytest.raises(TooMany):
        house.accounts.sign_in(who.email, "a wrong guess", address="stranger")
    house.accounts.sign_in(who.email, PASSWORD, address="home")
    house.accounts.proofs.require(who, PASSWORD, address="home")
    with pytest.raises(TooMany):
        house.accounts.sign_in(who.email, PASSWORD, address="stranger")  # whom the owner's success does not help


def test_many_strangers_who_guess_at_one_account_are_too_many(house: House) -> None:
    house.member()
    with house.database.write() as connection:
        for number in range(failures.MOST_ANYWHERE - 1):
            house.accounts.failures.add(connection, "ada@example.org", f"192.0.2.{number}", house.clock.now)
    with pytest.raises(Invalid):
        house.accounts.sign_in("ada@example.org", "a wrong guess", address="192.0.2.250")
    with pytest.raises(TooMany):
        house.accounts.sign_in("ada@example.org", PASSWORD, address="198.51.100.1")


def test_an_owner_who_signs_in_is_forgiven_her_own_guesses_and_no_stranger_is(house: House) -> None:
    who = house.member()
    with house.database.write() as connection:
        for number in range(failures.MOST_ANYWHERE - 3):
            house.clock.now += timedelta(seconds=1)
            house.accounts.failures.add(connection, who.email, f"192.0.2.{number}", house.clock.now)
    house.clock.now += timedelta(seconds=1)
    for _ in range(2):
        with pytest.raises(Invalid):
            house.accounts.sign_in(who.email, "a wrong guess", address="home")
    house.clock.now += timedelta(seconds=1)
    browser = house.accounts.sign_in(who.email, PASSWORD, address="home").browser
    for number in range(3):
        with pytest.raises(Invalid):
            house.accounts.sign_in(who.email, "a wrong guess", address=f"198.51.100.{number}")
    with pytest.raises(TooMany):
        house.accounts.sign_in(who.email, "a wrong guess", address="198.51.100.9")
    assert house.accounts.sign_in(who.email, PASSWORD, address="home", browser=browser)
    house.accounts.ask_for_reset(who.email)
    house.accounts.reset(house.secret(), "a new long password")
    # Nobody guessed at this one.
    assert house.accounts.sign_in(who.email, "a new long password", address="elsewhere")


def crowd(house: House, email: str) -> None:
    """As many strangers guess, each at an address of its own, as end all guessing at one account."""
    with house.database.write() as connection:
        for number in range(failures.MOST_ANYWHERE):
            house.accounts.failures.add(connection, email, f"192.0.2.{number}", house.clock.now)


def test_a_crowd_of_strangers_locks_no_owner_out_of_a_browser_in_which_she_signed_in_before(house: House) -> None:
    who = house.member()
    browser = house.accounts.sign_in(who.email, PASSWORD, address="home").browser
    crowd(house, who.email)
    for word in ("", "planted.0123", f"{browser}0", browser.replace(".", "x."), "." * 300, "\ud800.\ud800"):
        with pytest.raises(TooMany):
            house.accounts.sign_in(who.email, PASSWORD, address="home", browser=word)
    # Where she is now makes no difference, nor that somebody guessed there.
    again = house.accounts.sign_in(who.email, PASSWORD, address="192.0.2.1", browser=browser)
    assert house.accounts.who(again.secret) == who


def test_a_browser_that_is_known_guesses_no_longer_than_another(house: House) -> None:
    who = house.member()
    browser = house.accounts.sign_in(who.email, PASSWORD, address="home").browser
    for number in range(failures.MOST_OF_ACCOUNT):
        with pytest.raises(Invalid):
            house.accounts.sign_in(who.email, "a wrong guess", address=f"192.0.2.{number}", browser=browser)
    with pytest.raises(TooMany):
        house.accounts.sign_in(who.email, PASSWORD, address="home", browser=browser)


def test_a_browser_is_known_to_one_account_and_until_its_password_changes(house: House) -> None:
    ada, bo = house.member(), house.member("bo@example.org", "Bo")
    browser = house.accounts.sign_in(ada.email, PASSWORD, address="home").browser
    crowd(house, bo.email)
    with pytest.raises(TooMany):
        house.accounts.sign_in(bo.email, PASSWORD, address="home", browser=browser)
    house.accounts.change_password(ada, PASSWORD, "a new long password")
    crowd(house, ada.email)
    with pytest.raises(TooMany):
        house.accounts.sign_in(ada.email, "a new long password", address="home", browser=browser)


def test_whoever_sets_a_new_password_by_a_letter_gets_in_through_any_crowd(house: House) -> None:
    who = house.member()
    house.accounts.ask_for_reset(who.email)
    browser = house.accounts.reset(house.secret(), "a new long password", address="home")
    crowd(house, who.email)
    assert house.accounts.sign_in(who.email, "a new long password", address="home", browser=browser)


def test_within_a_session_a_password_is_guessed_ten_times_and_no_crowd_counts(house: House) -> None:
    who = house.member()
    mine, other = (house.accounts.sign_in(who.email, PASSWORD, address="home").secret for _ in range(2))
    crowd(house, who.email)
    house.accounts.proofs.require(who, PASSWORD, session=mine, address="home")
    for number in range(failures.MOST_OF_ACCOUNT):
        with pytest.raises(Invalid):
            house.accounts.proofs.require(who, "a wrong guess", session=mine, address=f"192.0.2.{number}")
    with pytest.raises(TooMany):
        house.accounts.proofs.require(who, PASSWORD, session=mine, address="198.51.100.1")
    house.accounts.proofs.require(who, PASSWORD, session=other, address="home")


def test_whoever_guessed_too_often_gets_in_by_a_new_password(house: House) -> None:
    who = house.member()
    for _ in range(failures.MOST_OF_ACCOUNT):
        with pytest.raises(Invalid):
            house.accounts.sign_in(who.email, "a wrong guess", address="home")
    house.accounts.ask_for_reset(who.email)
    house.accounts.reset(house.secret(), "a new long password", address="home")
    assert house.accounts.sign_in(who.email, "a new long password", address="home")


def test_guessing_at_many_accounts_from_one_address_ends_too_and_no_address_is_kept(house: House) -> None:
    for number in range(failures.MOST_OF_ADDRESS):
        with pytest.raises(Invalid):
            house.accounts.sign_in(f"somebody-{number}@example.org", "a wrong guess", address="192.0.2.7")
    with pytest.raises(TooMany):
        house.accounts.sign_in("ada@example.org", PASSWORD, address="192.0.2.7")
    with house.database.read() as connection:
        marks = connection.scalars(select(sign_in_failure.c.mark)).all()
    assert all(re.fullmatch(r"[0-9a-f]{64}", mark) for mark in marks)


def test_a_forgotten_password_is_set_anew_once_and_every_session_ends(house: House) -> None:
    who = house.member()
    session = house.accounts.sign_in(who.email, PASSWORD, address="a")
    house.accounts.ask_for_reset("nobody@example.org")
    assert house.letters() == []
    house.accounts.ask_for_reset(who.email)
    secret = house.secret()
    house.accounts.reset(secret, "a new long password")
    assert house.accounts.who(session.secret) is None
    with pytest.raises(NotFound):
        house.accounts.reset(secret, "a third long password")
    assert house.accounts.sign_in(who.email, "a new long password", address="a")
    assert "changed" in house.letters()[0].subject
    house.accounts.ask_for_reset(who.email)
    secret = house.secret()
    house.clock.now += timedelta(hours=3)
    with pytest.raises(NotFound):
        house.accounts.reset(secret, "a third long password")


def test_a_new_password_ends_the_links_that_were_sent_before(house: House) -> None:
    who = house.member()
    house.accounts.ask_for_reset(who.email)
    secret = house.secret()
    house.accounts.change_password(who, PASSWORD, "a new long password")
    with pytest.raises(NotFound):
        house.accounts.reset(secret, "a third long password")


def test_of_two_who_use_one_link_at_once_one_sets_the_password(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    who = house.member()
    house.accounts.ask_for_reset(who.email)
    secret = house.secret()
    with house.database.read() as connection:
        row = links.owner(connection, secret, links.Purpose.RESET, house.clock.now)
    house.accounts.reset(secret, "a new long password")
    monkeypatch.setattr(links, "owner", lambda *_: row)  # what the second read before the first was through
    with pytest.raises(NotFound):
        house.accounts.reset(secret, "a third long password")
    assert house.accounts.sign_in(who.email, "a new long password", address="a")


def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = house.member()
    other = house.member("bo@example.org", "Bo")
    is_right = service.is_right

    def meanwhile(do: Callable[[], object]) -> Callable[[str, str], bool]:
        def checked(password: str, kept: str) -> bool:
            right = is_right(password, kept)
            monkeypatch.setattr(service, "is_right", is_right)
            do()
            return right

        return checked

    steps: list[tuple[Account, Callable[[], object]]] = [
        (who, lambda: house.accounts.change_password(who, PASSWORD, "a new long password")),
        (other, lambda: house.accounts.erase(other, PASSWORD)),
    ]
    for each, do in steps:
        monkeypatch.setattr(service, "is_right", meanwhile(do))
        with pytest.raises(Invalid):
            house.accounts.sign_in(each.email, PASSWORD, address="a")
    assert house.accounts.sign_in(who.email, "a new long password", address="a")


def test_an_address_is_the_same_however_its_domain_is_written(house: House) -> None:
    house.member("ada@例子.广东")
    assert house.accounts.sign_in("Ada@xn--fsqu00a.xn--xhq521b", PASSWORD, address="a")
    house.accounts.ask_for_reset("ada@xn--fsqu00a.xn--xhq521b")
    assert [sent.recipient for sent in house.letters()] == ["ada@例子.广东"]


def test_an_address_that_can_be_none_is_nobodys(house: House) -> None:
    with pytest.raises(Invalid):
        house.accounts.sign_in("ada\0@example.org", PASSWORD, address="a")
    house.accounts.ask_for_reset("ada\0@example.org")
    assert house.letters() == []


def test_a_stranger_who_signs_up_first_keeps_the_operator_from_nothing(house: House) -> None:
    house.accounts.sign_up("office@example.org", PASSWORD, "Eve", language="en")
    secret = house.secret()
    made = house.accounts.add("office@example.org", "another long word", "Office", [(Role.AUTHORITY, "")], by="test")
    with pytest.raises(NotFound):
        house.accounts.confirm(secret, PASSWORD)
    assert house.accounts.sign_in("office@example.org", "another long word", address="a")
    assert made.name == "Office"
    with pytest.raises(Invalid):
        house.accounts.add("office@example.org", "a third long word", "Office", [], by="test")


def test_who_clicks_twice_signs_up_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[BaseException] = []
    both = threading.Barrier(2)

    def together(*_: object) -> None:
        with suppress(threading.BrokenBarrierError):  # the second waits for the first, as it should
            both.wait(1)

    def sign_up() -> None:
        try:
            house.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="en")
        except BaseException as error:
            failed.append(error)

    monkeypatch.setattr(unconfirmed, "forget", together)
    threads = [threading.Thread(target=sign_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with house.database.read() as connection:
        assert len(connection.execute(select(account)).all()) == 1


def test_a_session_ends_by_itself_and_is_kept_as_a_hash_alone(house: House) -> None:
    who = house.member()
    session = house.accounts.sign_in(who.email, PASSWORD, address="a")
    with house.database.read() as connection:
        assert session.secret not in connection.scalars(select(account_session.c.hash)).all()
    house.clock.now = session.expires_at
    assert house.accounts.who(session.secret) is None


def test_roles_are_given_by_the_operator_and_take_effect_at_the_next_sign_in(house: House) -> None:
    who = house.member()
    session = house.accounts.sign_in(who.email, PASSWORD, address="a")
    house.accounts.grant(who.email, [(Role.PUBLISHER, "p1"), (Role.PUBLISHER, "p2")], by="command-line")
    assert house.accounts.who(session.secret) is None
    again = house.accounts.who(house.accounts.sign_in(who.email, PASSWORD, address="a").secret)
    assert again is not None
    assert again.roles == {Role.PUBLISHER: frozenset({"p1", "p2"})}
    id_ = house.dataset()
    with pytest.raises(Forbidden):
        house.ratings.rate(id_, 5, by=again)


def test_a_rating_can_be_changed_and_taken_back_and_each_step_is_announced(house: House) -> None:
    who, id_ = house.member(), house.dataset()
    with house.database.read() as connection:
        before = outbox.latest(connection)
    house.ratings.rate(id_, 2, by=who)
    house.ratings.rate(id_, 5, by=who)
    assert house.ratings.summary(id_).distribution == (0, 0, 0, 0, 1)
    house.dataset(title="公交线路（新）")  # another version neither splits nor resets what was said
    assert house.ratings.summary(id_).count == 1
    found = house.ratings.of(id_, who)
    assert found is not None
    assert (found.stars, found.version) == (5, 1)
    house.ratings.take_back(id_, by=who)
    assert house.ratings.summary(id_).count == 0
    with house.database.read() as connection:
        assert [id_ for _, id_ in outbox.changes(connection, before, 9)] == [id_] * 4


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(house: House, stars: int) -> None:
    who, id_ = house.member(), house.dataset()
    with pytest.raises(Invalid):
        house.ratings.rate(id_, stars, by=who)
    house.catalogue.withdraw([id_], actor="test", why="test")
    with pytest.raises(NotFound):
        house.ratings.rate(id_, 5, by=who)


def test_many_who_rate_at_once_lose_no_vote_and_have_one_each(house: House) -> None:
    id_ = house.dataset()
    people = [
        house.accounts.add(f"p{number}@example.org", PASSWORD, f"P{number}", [(Role.DATA_USER, "")], by="test")
        for number in range(12)
    ]
    errors: list[Exception] = []

    def rate(who: Account) -> None:
        try:
            for stars in (1, 3, 5):
                house.ratings.rate(id_, stars, by=who)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=rate, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert house.ratings.summary(id_).distribution == (0, 0, 0, 0, 12)


def test_an_account_that_ends_while_it_does_something_is_told_so_and_leaves_nothing(house: House) -> None:
    who, id_ = house.member(), house.dataset()
    session = house.accounts.sign_in(who.email, PASSWORD, address="a").secret
    house.accounts.erase(who, PASSWORD)
    assert house.accounts.who(session) is None
    for act in (
        lambda: house.ratings.rate(id_, 4, by=who),
        lambda: house.accounts.change_password(who, PASSWORD, "a new long password"),
        lambda: house.accounts.erase(who, PASSWORD),
    ):
        with pytest.raises(Ended):
            act()
    assert house.ratings.summary(id_).count == 0


def test_who_rates_and_ends_the_account_at_once_gets_no_failure_of_ours(house: House) -> None:
    id_, errors = house.dataset(), list[Exception]()
    people = [
        house.accounts.add(f"p{number}@example.org", PASSWORD, f"P{number}", [(Role.DATA_USER, "")], by="test")
        for number in range(8)
    ]

    def erase(who: Account) -> None:
        def also(connection: Connection, at: datetime) -> None:
            house.ratings.take_back_all(connection, at, by=who)

        house.accounts.erase(who, PASSWORD, also=also)

    def rate(who: Account) -> None:
        for stars in (1, 2, 3, 4, 5) * 3:
            house.ratings.rate(id_, stars, by=who)

    def together(act: Callable[[Account], None], who: Account) -> None:
        try:
            act(who)
        except Ended:
            pass
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=together, args=(act, who)) for who in people for act in (rate, erase)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert house.ratings.summary(id_).count == 0


def test_an_account_that_ends_takes_its_ratings_along_and_leaves_nothing(house: House) -> None:
    who, id_ = house.member(), house.dataset()
    house.ratings.rate(id_, 4, by=who)
    with pytest.raises(Invalid):
        house.accounts.erase(who, "not the password")
    house.accounts.erase(who, PASSWORD, also=lambda c, at: house.ratings.take_back_all(c, at, by=who))
    assert house.ratings.summary(id_).count == 0
    with house.database.read() as connection:
        assert connection.execute(select(account)).all() == []
        kept = str(connection.execute(text("SELECT * FROM audit_event")).all())
    assert "example.org" not in kept
    assert "Ada" not in kept


def test_a_letter_that_can_not_be_written_holds_up_no_other(house: House) -> None:
    for name in ("ada", "bo"):
        house.accounts.sign_up(f"{name}@example.org", PASSWORD, "小", language="en")
    house.folder.breaks_on = "ada@example.org"
    assert [sent.recipient for sent in house.letters()] == ["bo@example.org"]


def test_a_letter_that_is_not_taken_waits_and_one_that_never_will_be_is_dropped(house: House) -> None:
    house.accounts.sign_up("ada@example.org", PASSWORD, "Ada", language="zh-Hans")
    house.folder.fails = ConnectionRefusedError("busy")
    assert house.letters() == []
    house.folder.fails = None
    assert house.letters() == []  # not before its time
    house.clock.now += timedelta(seconds=11)
    (sent,) = house.letters()
    assert "确认" in sent.subject
    house.accounts.sign_up("bo@example.org", PASSWORD, "Bo", language="en")
    house.folder.fails = Undeliverable()
    assert house.letters() == []
    with house.database.read() as connection:
        assert connection.execute(select(letter)).all() == []
