"""Following and digests on every database that can hold them."""

import re
import threading
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.accounts.model import Account, Role
from app.accounts.service import AccountService
from app.catalogue import changes
from app.catalogue.model import State
from app.catalogue.service import CatalogueService
from app.catalogue.tables import dataset
from app.catalogue.terms import DCAT
from app.db import Database
from app.errors import Invalid, NotFound
from app.feedback.service import FeedbackService
from app.follow import digests, model, service
from app.follow.addresses import Addresses
from app.follow.digests import DigestService
from app.follow.model import Every, Happened, Kind, mark_of
from app.follow.names import Names
from app.follow.service import FollowService
from app.follow.tables import followed, follower
from app.mail.service import Letter, PostOffice
from app.mail.tables import letter
from indexer.errors import SearchUnavailable
from tests.factories.records import add_source, arrival

START = datetime(2026, 11, 2, 3, tzinfo=UTC)
"""A Monday, eleven in the morning where the portal is."""
ZONE = ZoneInfo("Asia/Shanghai")
BASE = "https://data.example"
PASSWORD = "麦穗 and rice"
THEME = "<https://w3id.org/suishu/scheme/theme/jiaotong>"


class House:
    """Accounts, catalogue, following, digests and a mail box over one database; searches find titles."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.sent: list[Letter] = []
        self.index_is_down = self.is_down = False
        self.said: dict[str, dict[str, int]] = {}
        self.accounts = AccountService(database, self.clock, lambda: "k" * 32, BASE)
        self.catalogue = CatalogueService(database, self.clock, BASE)
        self.names, self.addresses = Names(database, self.catalogue), Addresses(lambda: "k" * 32, BASE)
        self.follows = FollowService(database, self.clock, ZONE, self.names, self.addresses, self.among)
        self.digests = self.another()
        self.office = PostOffice(database, self.clock, self)

    def another(self) -> DigestService:
        """Of another process."""
        return DigestService(
            self.database, self.clock, ZONE, self.names, self.addresses, self.among, lambda ids, since: self.said
        )

    def clock(self) -> datetime:
        return self.now

    def among(self, saved: str, ids: Sequence[str]) -> Collection[str]:
        if self.index_is_down:
            raise SearchUnavailable("down")
        word = parse_qs(saved)["q"][0]
        return {entry.view.id for entry in self.catalogue.some(ids) if word in entry.view.titles["zh-Hans"]}

    def carry(self, letter: Letter) -> None:
        if self.is_down:
            raise ConnectionError("down")
        self.sent.append(letter)

    def member(self, name: str = "ada") -> Account:
        return self.accounts.add(f"{name}@example.org", PASSWORD, name, [(Role.DATA_USER, "")], by="test")

    def dataset(self, key: str, title: str = "公交线路", **words: object) -> str:
        found = arrival(key, title=title, **words)  # type: ignore[arg-type]
        self.catalogue.record([found], actor="test")
        return found.id

    def follow(self, who: Account, kind: Kind, target: str, name: str = "", every: Every = Every.DAILY) -> str:
        return self.follows.follow(kind, target, name, by=who, every=every, language="zh-Hans").mark

    def letters(self, after: timedelta = timedelta(days=1)) -> list[Letter]:
        """What the digests after so much time bring."""
        self.now += after
        self.digests.make_due(self.latest())
        self.office.deliver()
        found, self.sent = self.sent, []
        return found

    def latest(self) -> int:
        with self.database.read() as connection:
            return changes.latest(connection)

    def publisher(self) -> str:
        with self.database.read() as connection:
            return connection.scalars(select(dataset.c.publisher_id)).first() or ""


@pytest.fixture
def house(database: Database) -> House:
    add_source(database)
    return House(database)


def test_a_digest_tells_once_what_is_new_changed_and_gone(house: House) -> None:
    who = house.member()
    kept, gone = house.dataset("kept", "公交站点"), house.dataset("gone", "旧的公交")
    house.follow(who, Kind.DATASET, kept)
    house.follow(who, Kind.PUBLISHER, house.publisher())
    assert house.letters() == []
    house.dataset("kept", "公交站点（新）")
    house.catalogue.withdraw([gone], actor="test", why="test")
    new = house.dataset("new", "地铁线路")
    (sent,) = house.letters()
    assert sent.recipient == who.email
    assert sent.subject == "穗数关注摘要：公交站点（新）等 2 项"
    of_dataset, of_publisher = sent.body.split("【开放主体】")
    assert f"更新：公交站点（新）\n  {BASE}/dataset/{kept}" in of_dataset
    assert f"新增：地铁线路\n  {BASE}/dataset/{new}" in of_publisher
    assert f"不再公开：旧的公交\n  {BASE}/dataset/{gone}" in of_publisher
    assert kept not in of_publisher  # told already, above
    assert house.letters() == []


def test_a_theme_and_a_search_tell_of_what_they_find(house: House) -> None:
    themed, word = house.member("ada"), house.member("bo")
    house.follow(themed, Kind.THEME, "jiaotong")
    house.follow(word, Kind.SEARCH, "q=%E5%85%AC%E4%BA%A4", "公交的数据")
    with_theme = house.dataset("a", "地铁线路", also=[("", DCAT + "theme", THEME)])
    with_word = house.dataset("b", "公交线路")
    letters = {sent.recipient: sent for sent in house.letters()}
    assert letters[themed.email].subject == "穗数关注摘要：交通运输"
    assert with_theme in letters[themed.email].body
    assert with_word not in letters[themed.email].body
    assert "【检索】公交的数据" in letters[word.email].body
    assert with_word in letters[word.email].body
    assert with_theme not in letters[word.email].body
    house.dataset("b", "公交线路（新）")
    assert "更新：公交线路（新）" in house.letters()[0].body


def test_what_happened_before_something_was_followed_is_no_news(house: House) -> None:
    who = house.member()
    one, other = house.dataset("one", "甲"), house.dataset("other", "乙")
    house.follow(who, Kind.DATASET, one, every=Every.WEEKLY)
    house.dataset("other", "乙（改）")
    house.now += timedelta(days=3)
    house.follow(who, Kind.DATASET, other)
    house.dataset("one", "甲（改）")
    (sent,) = house.letters(timedelta(days=4))
    assert one in sent.body
    assert other not in sent.body


def test_a_dataset_that_ended_and_came_back_the_same_is_no_news(house: House) -> None:
    who, id_ = house.member(), house.dataset("one")
    house.follow(who, Kind.DATASET, id_)
    house.catalogue.withdraw([id_], actor="test", why="test")
    house.dataset("one")
    assert house.letters() == []
    house.catalogue.withdraw([id_], actor="test", why="test")
    assert "不再公开" in house.letters()[0].body
    assert house.letters() == []
    house.dataset("one")
    assert "新增" in house.letters()[0].body


def test_of_an_entry_that_was_closed_no_name_is_left(house: House) -> None:
    who, id_ = house.member(), house.dataset("one", "MARKED")
    house.follow(who, Kind.DATASET, id_)
    house.catalogue.record([arrival("one", title="MARKED", state=State.HELD)], actor="test")
    (sent,) = house.letters()
    assert "不再公开：（名称已不再公开）" in sent.body
    assert "MARKED" not in sent.body + sent.subject
    assert house.follows.names(house.follows.of(who)) == {mark_of(Kind.DATASET, id_): {}}


def test_a_weekly_digest_comes_on_mondays_and_none_to_who_wants_none(house: House) -> None:
    weekly, never, id_ = house.member("ada"), house.member("bo"), house.dataset("one", "第 0 版")
    house.follow(weekly, Kind.DATASET, id_, every=Every.WEEKLY)
    house.follow(never, Kind.DATASET, id_, every=Every.NEVER)
    came = []
    for day in range(1, 15):
        house.dataset("one", f"第 {day} 版")
        came += [(day, sent.recipient) for sent in house.letters()]
    assert came == [(7, weekly.email), (14, weekly.email)]
    house.follows.choose(Every.DAILY, "en", by=never)
    assert house.letters() == []  # what happened while none came is not told
    house.dataset("one", "又一版")
    assert [sent.subject for sent in house.letters()] == ["Suishu digest: 又一版"]


def test_while_no_mail_leaves_nothing_is_lost_and_nobody_gets_many_letters_at_once(house: House) -> None:
    daily, weekly, id_ = house.member("ada"), house.member("bo"), house.dataset("one", "第 0 版")
    house.follow(daily, Kind.DATASET, id_)
    house.follow(weekly, Kind.DATASET, id_, every=Every.WEEKLY)
    house.is_down = True
    for day in range(1, 24):
        house.dataset(f"new {day}", f"数据 {day}")
        house.dataset("one", f"第 {day} 版")
        if day == 10:
            house.follow(daily, Kind.PUBLISHER, house.publisher())
        assert house.letters() == []
    house.is_down = False
    house.now += timedelta(hours=1)  # when what was not taken is tried again at the latest
    house.office.deliver()
    house.office.deliver()
    first, house.sent = house.sent, []
    assert sorted(sent.recipient for sent in first) == [daily.email, weekly.email]
    late = house.letters(timedelta(minutes=1))
    assert sorted(sent.recipient for sent in late) == [daily.email, weekly.email]
    (told,) = (sent for sent in late if sent.recipient == daily.email)
    for day in range(11, 24):
        assert f"新增：数据 {day}\n" in told.body
    assert all("更新：第 23 版" in sent.body for sent in late)
    assert house.letters(timedelta(minutes=1)) == []


def test_another_letter_that_waits_holds_up_no_digest(house: House) -> None:
    who, id_ = house.member(), house.dataset("one", "公交")
    house.follow(who, Kind.DATASET, id_)
    house.is_down = True
    house.accounts.ask_for_reset(who.email)
    house.office.deliver()
    house.dataset("one", "公交（新）")
    house.letters(timedelta(hours=22))
    with house.database.read() as connection:
        subjects = connection.scalars(select(letter.c.subject).order_by(letter.c.id)).all()
    assert subjects == ["重设穗数的密码", "穗数关注摘要：公交（新）"]


def test_two_processes_that_make_digests_at_once_write_one_letter(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, id_ = house.member(), house.dataset("one")
    house.follow(who, Kind.DATASET, id_)
    house.dataset("one", "改了")
    house.now += timedelta(days=1)
    both, titles = threading.Barrier(2), Names.titles

    def together(self: Names, ids: Collection[str]) -> dict[str, dict[str, str]]:
        both.wait(10)  # both have read that it is due
        return titles(self, ids)

    monkeypatch.setattr(Names, "of", lambda self, follows: {each.mark: {} for each in follows})
    monkeypatch.setattr(Names, "titles", together)
    written: list[int] = []
    threads = [
        threading.Thread(target=lambda: written.append(house.another().make_due(house.latest()))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written) == [0, 1]
    house.office.deliver()
    assert len(house.sent) == 1


def test_who_wants_no_more_digests_while_one_is_made_gets_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    who, id_ = house.member(), house.dataset("one")
    house.follow(who, Kind.DATASET, id_)
    house.dataset("one", "改了")
    titles = Names.titles

    def meanwhile(self: Names, ids: Collection[str]) -> dict[str, dict[str, str]]:
        house.follows.choose(Every.NEVER, "zh-Hans", by=who)
        return titles(self, ids)

    monkeypatch.setattr(Names, "titles", meanwhile)
    assert house.letters() == []


def test_one_that_is_killed_before_its_letter_is_there_leaves_the_digest_due(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, id_ = house.member(), house.dataset("one")
    house.follow(who, Kind.DATASET, id_)
    house.dataset("one", "改了")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(digests, "post", dies)
        with pytest.raises(KeyboardInterrupt):
            house.letters()
    assert len(house.letters(timedelta())) == 1
    assert house.letters(timedelta()) == []


def test_a_letter_that_two_offices_see_is_handed_over_once(house: House) -> None:
    who, id_ = house.member(), house.dataset("one")
    house.follow(who, Kind.DATASET, id_)
    house.dataset("one", "改了")
    house.now += timedelta(days=1)
    house.digests.make_due(house.latest())
    inside = PostOffice(house.database, house.clock, house)
    seen: list[int] = []

    class Slow:
        def carry(self, letter: Letter) -> None:
            seen.append(inside.deliver())  # the other looks while this one has the letter in its hand
            house.carry(letter)

    assert PostOffice(house.database, house.clock, Slow()).deliver() == 1
    assert seen == [0]
    assert len(house.sent) == 1


def test_who_follows_searches_waits_for_the_index_and_the_others_do_not(house: House) -> None:
    searching, other, id_ = house.member("ada"), house.member("bo"), house.dataset("one")
    house.follow(searching, Kind.SEARCH, "q=%E5%85%AC%E4%BA%A4", "公交")
    house.follow(other, Kind.DATASET, id_)
    house.dataset("one", "公交（改）")
    house.index_is_down = True
    assert [sent.recipient for sent in house.letters()] == [other.email]
    house.index_is_down = False
    assert [sent.recipient for sent in house.letters(timedelta(minutes=1))] == [searching.email]


def test_what_the_index_has_not_yet_is_told_with_the_next_digest(house: House) -> None:
    who = house.member()
    house.follow(who, Kind.SEARCH, "q=%E5%85%AC%E4%BA%A4", "公交")
    first = house.dataset("a", "公交甲")
    upto = house.latest()
    second = house.dataset("b", "公交乙")
    house.now += timedelta(days=1)
    house.digests.make_due(upto)
    house.office.deliver()
    assert first in house.sent[0].body
    assert second not in house.sent[0].body
    house.sent.clear()
    (sent,) = house.letters()
    assert second in sent.body
    assert first not in sent.body


def test_what_was_said_on_a_followed_dataset_is_told_by_number(house: House) -> None:
    who, id_ = house.member(), house.dataset("one")
    house.follow(who, Kind.DATASET, id_)
    house.said = {id_: {"bo": 2, who.id: 4, "": 1}, "another": {"bo": 9}}
    (sent,) = house.letters()
    assert f"新的评论和回复：3 条\n  {BASE}/dataset/{id_}" in sent.body  # one's own words are no news
    house.said = {id_: {who.id: 4}}
    assert house.letters() == []


def test_more_than_can_be_read_is_counted_and_linked(house: House) -> None:
    who = house.member()
    house.follow(who, Kind.SEARCH, "q=%E5%85%AC%E4%BA%A4&theme=jiaotong", "公交")
    for number in range(25):
        house.dataset(f"d{number}", f"公交{number}")
    (sent,) = house.letters()
    assert sent.body.count("新增：") == 20
    assert (
        f"另有 5 个数据集有动态，请看：\n  {BASE}/dataset?q=%E5%85%AC%E4%BA%A4&theme=jiaotong&sort=modified"
        in sent.body
    )


HOSTILE = "a\r\nBcc: all@example.org\n\n【数据集】\u202egnp.exe https://evil.example www.evil.example <script>"


def test_hostile_words_are_one_line_and_no_link(house: House) -> None:
    who = house.member()
    house.follow(who, Kind.SEARCH, "q=%E5%85%AC%E4%BA%A4", HOSTILE)
    house.dataset("one", "公交 3.5 万 https://evil.example/%0d%0a me@bad.example \\u202egnp.exe")
    (sent,) = house.letters()
    assert "\n" not in sent.subject
    assert "\r" not in sent.subject + sent.body
    lines = sent.body.splitlines()
    assert sum(line.startswith("【") for line in lines) == 1
    assert not any(line.startswith("Bcc") for line in lines)
    assert "https://evil" not in sent.body
    assert not re.search("(?:www|evil|bad)[.]", sent.body)  # nor is one made of a name without a scheme
    assert "公交 3.5 万" in sent.body
    assert "\u202e" not in sent.body + sent.subject
    (kept,) = house.follows.of(who)
    assert len(kept.name) <= model.MAX_NAME_CHARACTERS


@pytest.mark.parametrize(
    ("kind", "target", "name", "error"),
    [
        (Kind.DATASET, "nothing", "", NotFound),
        (Kind.DATASET, "\0", "", NotFound),
        (Kind.PUBLISHER, "nobody", "", NotFound),
        (Kind.THEME, "none", "", NotFound),
        (Kind.SEARCH, "q=x", " \u202e\n", Invalid),
        (Kind.SEARCH, "q=" + "x" * 4000, "x", Invalid),
    ],
)
def test_what_can_not_be_followed_is_refused(
    house: House, kind: Kind, target: str, name: str, error: type[Exception]
) -> None:
    who = house.member()
    with pytest.raises(error):
        house.follow(who, kind, target, name)
    assert house.follows.of(who) == []
    assert house.follows.choice(who) is None


def test_there_is_a_limit_and_what_is_followed_already_counts_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_FOLLOWED", 3)
    monkeypatch.setattr(service, "MAX_SEARCHES", 2)
    who = house.member()
    for word in ("a", "b"):
        house.follow(who, Kind.SEARCH, f"q={word}", word)
    with pytest.raises(Invalid):
        house.follow(who, Kind.SEARCH, "q=c", "c")
    house.follow(who, Kind.DATASET, house.dataset("one"))
    house.follow(who, Kind.DATASET, house.dataset("one"))
    with pytest.raises(Invalid):
        house.follow(who, Kind.DATASET, house.dataset("two", "乙"))
    assert len(house.follows.of(who)) == 3


def test_a_search_is_renamed_by_its_follower_alone(house: House) -> None:
    who, other = house.member("ada"), house.member("bo")
    mark = house.follow(who, Kind.SEARCH, "q=a", "甲")
    with pytest.raises(NotFound):
        house.follows.rename(mark, "乙", by=other)
    house.follows.stop(mark, by=other)
    house.follows.rename(mark, "丙", by=who)
    assert [each.name for each in house.follows.of(who)] == ["丙"]
    house.follows.stop(mark, by=who)
    assert house.follows.of(who) == []


def links(sent: Letter) -> list[str]:
    return re.findall(rf"{BASE}/account/unsubscribe/(\S+)", sent.body)


def test_links_in_a_letter_end_one_thing_or_all_and_nobody_can_make_one(house: House) -> None:
    who, other = house.member("ada"), house.member("bo")
    ids = [house.dataset("one", "甲"), house.dataset("two", "乙")]
    for each in (who, other):
        for id_ in ids:
            house.follow(each, Kind.DATASET, id_)
    house.dataset("one", "甲（改）")
    sent = next(sent for sent in house.letters() if sent.recipient == who.email)
    one, everything = links(sent)
    assert sent.headers["List-Unsubscribe"] == f"<{BASE}/account/unsubscribe/{everything}>"
    assert sent.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    ended = house.follows.ends(one)
    assert ended is not None
    assert ended.target == ids[0]
    for _ in range(2):  # a button may be pressed twice
        house.follows.end(one)
    assert [each.target for each in house.follows.of(who)] == [ids[1]]
    house.follows.end(everything)
    choice = house.follows.choice(who)
    assert choice is not None
    assert choice.every is Every.NEVER
    for forged in (
        "",
        "x",
        everything[:-1],
        everything + "a",
        "\0",
        "é",
        "." * 5000,
        house.addresses.to_feed(who.id, "w"),
    ):
        with pytest.raises(NotFound):
            house.follows.end(forged)
    house.dataset("two", "乙（改）")
    assert [sent.recipient for sent in house.letters()] == [other.email]


def test_an_account_that_ends_leaves_nothing_not_even_a_letter_that_waits(house: House) -> None:
    who, id_ = house.member(), house.dataset("one")
    house.follow(who, Kind.DATASET, id_)
    house.dataset("one", "改了")
    house.now += timedelta(days=1)
    assert house.digests.make_due(house.latest()) == 1
    house.accounts.erase(who, PASSWORD)
    with house.database.read() as connection:
        for table in (followed, follower, letter):
            assert connection.execute(select(table)).all() == []
    assert house.letters() == []


def test_a_feed_of_ones_own_ends_when_its_address_changes(house: House) -> None:
    who, id_ = house.member(), house.dataset("one", "公交")
    house.follow(who, Kind.DATASET, id_)
    house.follow(who, Kind.SEARCH, "q=%E5%85%AC%E4%BA%A4", "公交")
    assert house.follows.feed_address(who) == ""
    house.follows.open_feed(by=who)
    first = house.follows.feed_address(who).rpartition("/")[2].removesuffix(".atom")
    found = house.follows.feed(first)
    assert [one.happened for section in found.sections for one in section.news] == [Happened.NEW]
    assert found.titles == {id_: {"zh-Hans": "公交"}}
    house.follows.open_feed(by=who)
    with pytest.raises(NotFound):
        house.follows.feed(first)
    second = house.follows.feed_address(who).rpartition("/")[2].removesuffix(".atom")
    house.follows.close_feed(by=who)
    for token in (second, house.addresses.to_feed(who.id, "").rpartition("/")[2].removesuffix(".atom"), "x"):
        with pytest.raises(NotFound):
            house.follows.feed(token)


def test_a_feed_looks_no_further_back_than_it_says(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "FEED_CHANGES", 2)
    who = house.member()
    ids = [house.dataset(f"d{number}", f"公交{number}") for number in range(4)]
    house.follow(who, Kind.PUBLISHER, house.publisher())
    house.follows.open_feed(by=who)
    token = house.follows.feed_address(who).rpartition("/")[2].removesuffix(".atom")
    (section,) = house.follows.feed(token).sections
    assert {one.dataset_id for one in section.news} == set(ids[2:])


@pytest.mark.parametrize("every", [Every.DAILY, Every.WEEKLY])
def test_changing_ones_mind_brings_no_second_digest_in_a_period(house: House, every: Every) -> None:
    who, id_ = house.member(), house.dataset("one", "第 0 版")
    house.follow(who, Kind.DATASET, id_, every=every)
    house.dataset("one", "第 1 版")
    assert len(house.letters(timedelta(days=7))) == 1
    house.dataset("one", "第 2 版")
    for choice in (Every.NEVER, Every.WEEKLY, Every.DAILY, every):
        house.follows.choose(choice, "zh-Hans", by=who)
        assert house.letters(timedelta(minutes=1)) == []


def test_words_that_are_being_said_while_digests_are_made_are_told_by_this_one_or_the_next(house: House) -> None:
    """A comment whose time is taken before a digest begins, and which is kept only after it was read."""
    ada, bo = house.member(), house.member("bo")
    id_ = house.dataset("1")
    house.follow(ada, Kind.DATASET, id_)
    another: list[threading.Thread] = []

    def clock() -> datetime:
        at = house.now
        if not another:
            house.now += timedelta(seconds=1)
            another.append(threading.Thread(target=digests_.make_due, args=(house.latest(),)))
            another[0].start()
            another[0].join(0.5)
        return at

    feedback = FeedbackService(house.database, clock, "https://data.example")
    digests_ = DigestService(
        house.database, house.clock, ZONE, house.names, house.addresses, house.among, feedback.numbers_since
    )
    house.now += timedelta(days=1)
    feedback.comment(id_, "新的评论", by=bo)
    another[0].join()
    house.now += timedelta(days=1)
    digests_.make_due(house.latest())
    house.office.deliver()
    assert [letter.body.count("新的评论和回复：1 条") for letter in house.sent] == [1]
