"""Comments, replies, corrections, usage notes, reports and moderation on every database that can hold them."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from app import outbox, working_days
from app.accounts.model import Account, Role
from app.accounts.reading import Ended
from app.accounts.service import AccountService
from app.accounts.tables import account
from app.db import Database
from app.errors import Forbidden, Invalid, NotFound, TooMany
from app.feedback import keeping
from app.feedback.corrections import CorrectionService
from app.feedback.model import Fault, Kind, Standing, State, Wrong
from app.feedback.moderation import ModerationService
from app.feedback.moves import Step
from app.feedback.service import FeedbackService
from app.feedback.tables import correction, post, report
from app.mail.service import Letter, PostOffice
from app.ratings.service import RatingService
from app.wiring import CatalogueService
from tests.factories.records import add_source, arrival

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
PASSWORD = "麦穗 and rice"
BASE = "https://data.example"
MARK = "marked-91bd"


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Folder:
    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def carry(self, letter: Letter) -> None:
        self.letters.append(letter)


class House:
    """People of every role and one dataset of the publisher `bus`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.folder = Folder()
        self.accounts = AccountService(database, self.clock, lambda: "k" * 32, BASE)
        self.office = PostOffice(database, self.clock, self.folder)
        self.feedback = FeedbackService(database, self.clock, BASE)
        self.corrections = CorrectionService(database, self.clock, working_days.after, BASE)
        self.moderation = ModerationService(database, self.clock, BASE)
        self.catalogue = CatalogueService(database, self.clock, BASE)
        self.id = self.dataset("https://a.example/1")
        self.ada = self.person("ada", (Role.DATA_USER, ""))
        self.bo = self.person("bo", (Role.DATA_USER, ""))
        entry = self.catalogue.some([self.id])[0]
        assert entry.view.publisher
        self.publisher = self.person("bus", (Role.PUBLISHER, entry.view.publisher.id))
        self.other_publisher = self.person("water", (Role.PUBLISHER, "somebody-else"))
        self.authority = self.person("authority", (Role.AUTHORITY, ""))
        self.operator = self.person("operator", (Role.OPERATOR, ""))

    def person(self, name: str, *roles: tuple[Role, str]) -> Account:
        return self.accounts.add(f"{name}@{MARK}.example", PASSWORD, name, roles, by="test")

    def dataset(self, key: str) -> str:
        found = arrival(key, title="公交线路")
        self.catalogue.record([found], actor="test")
        return found.id

    def letters(self) -> list[Letter]:
        self.office.deliver()
        found, self.folder.letters = self.folder.letters, []
        return found

    def said(self, kind: Kind | None = None) -> list[str]:
        """The words that everybody may read, newest first."""
        return [each.body for each in self.feedback.of_dataset(self.id, kind=kind)[0]]

    def correct(self, body: str = "站名写错了", by: Account | None = None) -> int:
        return self.corrections.send(self.id, body, Wrong(Fault.ERROR, item="站点"), by=by or self.ada).id


@pytest.fixture
def house(database: Database) -> House:
    add_source(database)
    return House(database)


def test_a_comment_is_read_by_everybody_newest_first_and_announced(house: House) -> None:
    with house.database.read() as connection:
        before = outbox.latest(connection)
    house.feedback.comment(house.id, "第一条\r\n\r\n\r\n\r\n第二行", by=house.ada)
    house.feedback.comment(house.id, "第二条", by=house.bo)
    assert house.said() == ["第二条", "第一条\n\n第二行"]
    found, total = house.feedback.of_dataset(house.id, page=2, size=1)
    assert (found[0].author, total) == ("ada", 2)
    with house.database.read() as connection:
        assert [id_ for _, id_ in outbox.changes(connection, before, 9)] == [house.id] * 2


def test_offices_read_and_answer_and_do_not_comment(house: House) -> None:
    for office in (house.publisher, house.authority, house.operator):
        with pytest.raises(Forbidden):
            house.feedback.comment(house.id, "很好", by=office)
        with pytest.raises(Forbidden):
            house.correct(by=office)
        with pytest.raises(Forbidden):
            house.feedback.tell_usage(house.id, "a", "b", "", by=office)


def test_the_publisher_of_the_data_authority_and_operator_reply_and_nobody_else(house: House) -> None:
    id_ = house.feedback.comment(house.id, "什么时候更新？", by=house.ada).id
    for who in (house.ada, house.other_publisher, house.person("nobody", (Role.PUBLISHER, ""))):
        with pytest.raises(Forbidden):
            house.feedback.reply(id_, "马上", by=who)
    house.clock.now += timedelta(hours=3)
    for who in (house.publisher, house.authority, house.operator):
        house.feedback.reply(id_, f"答复 {who.name}", by=who)
    (found,), _ = house.feedback.of_dataset(house.id)
    assert [(each.office, each.author) for each in found.replies] == [
        ("publisher", ""), ("authority", ""), ("operator", ""),
    ]  # fmt: skip
    assert found.replies[0].at - found.at == timedelta(hours=3)
    with pytest.raises(Forbidden):
        house.feedback.reply(found.replies[0].id, "再答", by=house.authority)


@pytest.mark.parametrize("body", ["", " \n\t ", "\0\u202e\u200f", "长" * 2001])
def test_what_is_empty_or_too_long_is_refused(house: House, body: str) -> None:
    with pytest.raises(Invalid):
        house.feedback.comment(house.id, body, by=house.ada)
    with pytest.raises(Invalid):
        house.feedback.tell_usage(house.id, "标题", body, "", by=house.ada)
    with pytest.raises(Invalid):
        house.correct(body)
    assert house.feedback.of_account(house.ada) == []


def test_what_nobody_sees_is_left_out(house: House) -> None:
    house.feedback.comment(house.id, "a\0b\u202egnp\u202c\ud800\ufffe e" + "\u0301" * 50, by=house.ada)
    (body,) = house.said()
    assert body == "abgnp é" + "\u0301" * 4


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "//evil.example", "https://user:pass@evil.example/", "https://a.example/\u202egnp",
        "https://a.example/ b", "https://", "http://a.example:port/", "https://a.example/<b>", "data:text/html,x",
        "https://a.example/%zz", "https://[::1]/", "https://a.example/" + "x" * 500, "https://-/", "a.example",
    ],
)  # fmt: skip
def test_a_link_that_hides_where_it_leads_is_refused(house: House, link: str) -> None:
    with pytest.raises(Invalid):
        house.feedback.tell_usage(house.id, "地图", "出行地图", link, by=house.ada)
    with pytest.raises(Invalid):
        house.corrections.send(house.id, "错", Wrong(Fault.ERROR), link, by=house.ada)


def test_nothing_is_said_of_what_is_not_public(house: House) -> None:
    id_ = house.feedback.comment(house.id, "很好", by=house.ada).id
    house.catalogue.withdraw([house.id], actor="test", why="test")
    with pytest.raises(NotFound):
        house.feedback.comment(house.id, "更好", by=house.ada)
    with pytest.raises(NotFound):
        house.feedback.reply(id_, "谢谢", by=house.authority)
    with pytest.raises(NotFound):
        house.feedback.report(id_, "广告", by=house.bo)
    assert house.feedback.numbers_since([house.id], START - timedelta(days=1)) == {}


def test_a_second_click_says_nothing_twice_also_at_the_same_time(house: House) -> None:
    kept: list[int] = []
    errors: list[Exception] = []

    def click() -> None:
        try:
            kept.append(house.feedback.comment(house.id, "很好", by=house.ada).id)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(kept)) == 1
    assert house.correct() == house.correct()
    assert len(house.said()) == 2
    with house.database.read() as connection:
        assert len(connection.execute(select(correction)).all()) == 1


def test_the_same_words_again_or_elsewhere_are_refused(house: House) -> None:
    other = house.dataset("https://a.example/2")
    house.feedback.comment(house.id, "加我微信", by=house.ada)
    with pytest.raises(Invalid):
        house.feedback.comment(other, "加我微信", by=house.ada)
    house.clock.now += timedelta(hours=1)
    with pytest.raises(Invalid):
        house.feedback.comment(house.id, "加我微信", by=house.ada)
    house.feedback.comment(house.id, "加我微信", by=house.bo)  # somebody else may mean the same
    house.feedback.tell_usage(house.id, "地图", "一个应用用了两个数据集", "", by=house.ada)
    house.feedback.tell_usage(other, "地图", "一个应用用了两个数据集", "", by=house.ada)


def test_who_says_too_much_waits(house: House) -> None:
    for number in range(keeping.MOST_AN_HOUR):
        house.feedback.comment(house.id, f"第 {number} 条", by=house.ada)
    house.clock.now += timedelta(minutes=50)
    with pytest.raises(TooMany) as found:
        house.correct()
    assert found.value.retry_after_s == 600
    house.clock.now += timedelta(minutes=10)
    house.correct()
    for number in range(keeping.MOST_A_DAY - keeping.MOST_AN_HOUR - 1):
        house.clock.now += timedelta(minutes=10)
        house.feedback.comment(house.id, f"再说 {number}", by=house.ada)
    house.clock.now += timedelta(hours=2)
    with pytest.raises(TooMany):
        house.feedback.comment(house.id, "一天太多", by=house.ada)


def test_many_links_and_a_first_link_wait_for_a_moderator(house: House) -> None:
    first = house.feedback.comment(house.id, "请看 https://spam.example/", by=house.ada)
    assert first.standing is Standing.WAITING
    assert house.said() == []
    with pytest.raises(NotFound):
        house.feedback.report(first.id, "广告", by=house.bo)
    assert [case.post.body for case in house.moderation.queue(house.operator)] == ["请看 https://spam.example/"]
    house.moderation.show(first.id, by=house.operator)
    assert house.said() == ["请看 https://spam.example/"]
    (told,) = house.letters()
    assert f"{BASE}/dataset/{house.id}/feedback" in told.body
    assert house.feedback.comment(house.id, "www.a.example 也有", by=house.ada).standing is Standing.SHOWN
    many = house.feedback.comment(house.id, "http://a http://b HTTP://c", by=house.ada)
    assert many.standing is Standing.WAITING


def test_a_correction_has_fifteen_working_days_and_its_outcome_is_public(house: House) -> None:
    wrong = Wrong(Fault.OMISSION, item="站点", row="B12 路", expected="应有猎德站", evidence="现场照片")
    id_ = house.corrections.send(house.id, "少了一站", wrong, "https://a.example/photo", by=house.ada).id
    (found,), _ = house.feedback.of_dataset(house.id, kind=Kind.CORRECTION)
    assert found.correction
    assert found.correction.wrong == wrong
    assert (found.correction.state, found.correction.due_on) == (State.RECEIVED, date(2026, 11, 23))
    house.clock.now += timedelta(days=1)
    house.corrections.decide(id_, Step.ACCEPT, "核实无误，将补充。", by=house.publisher)
    house.clock.now += timedelta(days=1)
    house.corrections.decide(id_, Step.FINISH, "", by=house.authority)
    (found,), _ = house.feedback.of_dataset(house.id, kind=Kind.CORRECTION)
    assert found.correction
    assert (found.correction.state, found.correction.answer) == (State.DONE, "核实无误，将补充。")
    assert found.correction.decided_at == START + timedelta(days=1)
    assert found.correction.done_at == START + timedelta(days=2)
    mine = [sent for sent in house.letters() if sent.recipient == house.ada.email]
    assert ["采纳" in sent.subject for sent in mine] == [True, False]


def test_a_correction_is_decided_once_with_words_by_those_whom_it_concerns(house: House) -> None:
    id_ = house.correct()
    for who in (house.ada, house.other_publisher, house.operator):
        with pytest.raises(Forbidden):
            house.corrections.decide(id_, Step.REJECT, "无误", by=who)
    with pytest.raises(Invalid):
        house.corrections.decide(id_, Step.REJECT, "  ", by=house.publisher)
    with pytest.raises(Invalid):
        house.corrections.decide(id_, Step.FINISH, "", by=house.publisher)
    house.corrections.decide(id_, Step.REJECT, "与原始记录一致。", by=house.publisher)
    for step in Step:
        with pytest.raises(Invalid):
            house.corrections.decide(id_, step, "改主意了", by=house.publisher)
    with pytest.raises(NotFound):
        house.corrections.decide(
            house.feedback.comment(house.id, "x", by=house.bo).id + 99, Step.ACCEPT, "好", by=house.publisher
        )


def test_a_comment_is_no_correction(house: House) -> None:
    id_ = house.feedback.comment(house.id, "很好", by=house.ada).id
    with pytest.raises(Invalid):
        house.corrections.decide(id_, Step.ACCEPT, "好", by=house.publisher)


def test_whoever_said_something_gets_the_reply_by_mail_once(house: House) -> None:
    house.accounts.grant(house.authority.email, [(Role.AUTHORITY, ""), (Role.DATA_USER, "")], by="test")
    both = house.accounts.who(house.accounts.sign_in(house.authority.email, PASSWORD, address="a").secret)
    assert both
    said = house.feedback.comment(house.id, "站点不全", by=house.ada).id
    for _ in range(2):  # a second click
        house.feedback.reply(said, "下月补齐，见 公告", by=house.publisher)
    (told,) = house.letters()
    assert (told.recipient, told.subject) == (house.ada.email, "开放主体回复了您的评论")
    assert "下月补齐，见 公告" in told.body
    assert f"{BASE}/dataset/{house.id}/feedback?kind=comment#post-{said}" in told.body
    assert house.publisher.name not in told.body
    assert house.publisher.email not in told.body
    house.feedback.reply(house.correct(), "在查", by=both)
    assert "主管部门回复了您的纠错" in [sent.subject for sent in house.letters()]
    house.feedback.reply(house.feedback.comment(house.id, "我自己说的", by=both).id, "我自己答的", by=both)
    assert house.letters() == []


def test_a_reply_to_an_account_that_ended_is_mailed_to_nobody(house: House) -> None:
    said = house.feedback.comment(house.id, "站点不全", by=house.ada).id
    house.feedback.reply(said, "在查", by=house.operator)
    house.accounts.erase(house.ada, PASSWORD, also=lambda c, at: house.feedback.erase_all(c, at, by=house.ada))
    assert house.letters() == []


def test_an_office_is_told_of_a_correction_and_of_its_last_day(house: House) -> None:
    second = house.person("bus2", *((Role.PUBLISHER, scope) for scope in house.publisher.roles[Role.PUBLISHER]))
    with house.database.write() as connection:
        connection.execute(update(account).where(account.c.id == second.id).values(language="en"))
    for _ in range(2):
        id_ = house.correct("电话 13800138000 是我的")
    told = {sent.recipient: sent for sent in house.letters()}
    assert told.keys() == {house.publisher.email, second.email}
    zh, en = told[house.publisher.email], told[second.email]
    assert zh.subject == "收到一条纠错，处理期限为2026年11月23日"
    assert en.subject == "A correction came in; it is due on 2026-11-23"
    for sent in (zh, en):
        assert "公交线路" in sent.body
        assert f"{BASE}/account/said/{id_}\n" in sent.body
        for secret in ("13800138000", house.ada.name, house.ada.email, house.ada.id):
            assert secret not in sent.body
    house.corrections.decide(id_, Step.REJECT, "无误", by=house.publisher)
    assert [sent.recipient for sent in house.letters()] == [house.ada.email]


def test_an_office_is_told_of_a_correction_that_waited_when_it_is_shown_and_once(house: House) -> None:
    id_ = house.correct("见 https://a.example/1 与 www.a.example")
    assert house.letters() == []
    for step in range(2):
        house.moderation.show(id_, by=house.operator)
        offices = [sent for sent in house.letters() if sent.recipient == house.publisher.email]
        assert len(offices) == 1 - step
        house.moderation.hide(id_, "广告", by=house.operator)
        assert [sent.recipient for sent in house.letters()] == [house.ada.email]


def test_a_title_of_others_is_no_link_in_a_letter_and_no_second_line(house: House) -> None:
    found = arrival("https://a.example/evil", title="请登录 https://evil.example/x www.evil.example")
    house.catalogue.record([found], actor="test")
    house.corrections.send(found.id, "错了", Wrong(Fault.ERROR), by=house.ada)
    (told,) = house.letters()
    assert "evil．example" in told.body
    for live in ("https://evil", "evil.example"):
        assert live not in told.body


def test_an_authority_of_one_publisher_reaches_that_alone(house: House) -> None:
    id_ = house.correct()
    elsewhere = house.person("district", (Role.AUTHORITY, "somebody-else"))
    with pytest.raises(Forbidden):
        house.corrections.decide(id_, Step.ACCEPT, "好", by=elsewhere)


def test_what_is_withdrawn_is_deleted_and_leaves_a_line_only_where_an_answer_hangs(house: House) -> None:
    lone = house.feedback.comment(house.id, "收回一", by=house.ada).id
    answered = house.feedback.comment(house.id, "收回二", by=house.ada).id
    house.feedback.reply(answered, "谢谢", by=house.publisher)
    with pytest.raises(NotFound):
        house.feedback.withdraw(lone, by=house.bo)
    for _ in range(2):
        house.feedback.withdraw(lone, by=house.ada)
        house.feedback.withdraw(answered, by=house.ada)
    (left,), total = house.feedback.of_dataset(house.id)
    assert (left.standing, left.body, left.author, total) == (Standing.WITHDRAWN, "", "", 1)
    assert [each.body for each in left.replies] == ["谢谢"]
    with house.database.read() as connection:
        assert "收回" not in str(connection.execute(select(post)).all())
    house.feedback.comment(house.id, "收回一", by=house.ada)  # may be said again


def test_a_correction_that_is_withdrawn_takes_the_words_of_its_answer_along(house: House) -> None:
    id_ = house.correct("我是住在 3 栋的张三，站名错了")
    house.corrections.decide(id_, Step.ACCEPT, "3 栋张三所说属实", by=house.publisher)
    house.feedback.withdraw(id_, by=house.ada)
    (left,), _ = house.feedback.of_dataset(house.id)
    assert left.correction
    assert (left.standing, left.body, left.correction.answer) == (Standing.WITHDRAWN, "", "")
    assert (left.correction.state, left.correction.decided_at) == (State.ACCEPTED, START)  # the outcome is public
    with house.database.read() as connection:
        for table in (post, correction):
            assert "张三" not in str(connection.execute(select(table)).all())


def test_a_reported_post_is_hidden_with_a_reason_that_its_author_learns(house: House) -> None:
    id_ = house.feedback.comment(house.id, "骂人的话", by=house.ada).id
    for _ in range(2):
        house.feedback.report(id_, "辱骂", by=house.bo)
    house.feedback.report(id_, "不文明", by=house.publisher)
    (case,) = house.moderation.queue(house.operator)
    assert [each.reason for each in case.reports] == ["辱骂", "不文明"]
    with pytest.raises(Invalid):
        house.moderation.hide(id_, " ", by=house.operator)
    house.moderation.hide(id_, "违反发言规则", by=house.operator)
    assert house.said() == []
    assert house.moderation.queue(house.operator) == []
    (told,) = house.letters()
    assert "违反发言规则" in told.body
    (own,) = house.feedback.of_account(house.ada)
    assert (own.post.standing, own.post.body, own.reason) == (Standing.HIDDEN, "骂人的话", "违反发言规则")
    assert [each.outcome for each in house.feedback.reports_of(house.bo)] == ["hidden"]
    with pytest.raises(Invalid):
        house.moderation.hide(id_, "又一次", by=house.operator)
    assert [case.reason for case in house.moderation.hidden(house.operator)] == ["违反发言规则"]
    house.moderation.show(id_, by=house.operator)
    assert house.said() == ["骂人的话"]


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_was_hidden_is_not_said_again_by_the_same_account(house: House, withdrawn: bool) -> None:
    id_ = house.feedback.comment(house.id, "骂人的话", by=house.ada).id
    house.moderation.hide(id_, "不文明", by=house.operator)
    if withdrawn:
        house.feedback.withdraw(id_, by=house.ada)
    for later in (timedelta(), timedelta(days=40)):
        house.clock.now += later
        with pytest.raises(Invalid, match="hid the same"):
            house.feedback.comment(house.id, " 骂人的话\n", by=house.ada)
    assert house.said() == []
    house.feedback.comment(house.id, "骂人的话", by=house.bo)  # what others say is for the moderator to see
    if not withdrawn:
        house.moderation.show(id_, by=house.operator)
        assert house.feedback.comment(house.id, "骂人的话", by=house.ada).is_new  # a day and more after it
    house.accounts.erase(house.ada, PASSWORD, also=lambda c, at: house.feedback.erase_all(c, at, by=house.ada))
    with house.database.read() as connection:
        assert connection.scalar(select(post.c.mark).where(post.c.id == id_)) in ("", None)


def test_a_report_is_dismissed_and_the_post_stays(house: House) -> None:
    id_ = house.feedback.comment(house.id, "有用", by=house.ada).id
    house.feedback.report(id_, "不喜欢", by=house.bo)
    house.moderation.dismiss(id_, by=house.operator)
    assert house.said() == ["有用"]
    assert house.moderation.queue(house.operator) == []
    assert [each.outcome for each in house.feedback.reports_of(house.bo)] == ["dismissed"]
    assert house.letters() == []


def test_a_publisher_hides_nothing_that_is_said_of_its_data(house: House) -> None:
    id_ = house.feedback.comment(house.id, "数据很差", by=house.ada).id
    entry = house.catalogue.some([house.id])[0]
    assert entry.view.publisher
    both = house.person("both", (Role.OPERATOR, ""), (Role.PUBLISHER, entry.view.publisher.id))
    for who in (house.publisher, house.authority, house.ada, both):
        with pytest.raises(Forbidden):
            house.moderation.hide(id_, "不好听", by=who)
        with pytest.raises(Forbidden):
            house.moderation.dismiss(id_, by=who)
    for who in (house.publisher, house.authority, house.ada):
        with pytest.raises(Forbidden):
            house.moderation.queue(who)
        with pytest.raises(Forbidden):
            house.moderation.case(id_, who)
    assert house.said() == ["数据很差"]


def test_a_hidden_correction_says_nothing_more_than_its_state(house: House) -> None:
    id_ = house.correct("他的电话是 13800000000")
    house.corrections.decide(id_, Step.REJECT, "13800000000 不是数据", by=house.publisher)
    house.moderation.hide(id_, "含个人信息", by=house.operator)
    (left,), _ = house.feedback.of_dataset(house.id)
    assert left.correction
    assert left.correction.state is State.REJECTED
    assert "13800000000" not in str(left)
    assert "站点" not in str(left)


def test_who_reports_too_much_waits(house: House) -> None:
    ids = []
    for number in range(keeping.MOST_REPORTS_AN_HOUR + 1):
        house.clock.now += timedelta(hours=1)
        ids.append(house.feedback.comment(house.id, f"第 {number} 条", by=house.ada).id)
    for id_ in ids[:-1]:
        house.feedback.report(id_, "广告", by=house.bo)
    with pytest.raises(TooMany):
        house.feedback.report(ids[-1], "广告", by=house.bo)


def test_an_account_that_ends_takes_its_words_along(house: House) -> None:
    house.feedback.comment(house.id, "甲的话", by=house.ada)
    answered = house.feedback.comment(house.id, "甲的问题", by=house.ada).id
    house.feedback.reply(answered, "局里的回复", by=house.publisher)
    decided = house.correct("甲的纠错")
    house.corrections.decide(decided, Step.ACCEPT, "已核实", by=house.publisher)
    others = house.feedback.comment(house.id, "乙的话", by=house.bo).id
    house.feedback.report(others, "甲看过的举报", by=house.ada)
    house.moderation.dismiss(others, by=house.operator)
    house.feedback.report(others, "甲还没看的举报", by=house.ada)
    for who in (house.ada, house.publisher):
        house.accounts.erase(who, PASSWORD, also=lambda c, at, who=who: house.feedback.erase_all(c, at, by=who))  # type: ignore[misc]
    found, _ = house.feedback.of_dataset(house.id)
    assert [(each.body, each.standing) for each in found] == [
        ("乙的话", Standing.SHOWN), ("", Standing.WITHDRAWN), ("", Standing.WITHDRAWN),
    ]  # fmt: skip
    assert [reply.body for reply in found[2].replies] == ["局里的回复"]
    assert found[1].correction
    assert (found[1].correction.state, found[1].correction.answer) == (State.ACCEPTED, "")
    with house.database.read() as connection:
        kept = str([connection.execute(select(table)).all() for table in (post, correction)])
        reasons = connection.scalars(select(report.c.reason)).all()
        owners = {*connection.scalars(select(post.c.account_id)), *connection.scalars(select(report.c.account_id))}
    assert "甲的" not in kept
    assert owners == {None, house.bo.id}
    assert reasons == ["甲还没看的举报"]


def test_an_account_that_ended_says_nothing_any_more(house: House) -> None:
    said = house.feedback.comment(house.id, "站点不全", by=house.bo).id
    house.accounts.erase(house.ada, PASSWORD, also=lambda c, at: house.feedback.erase_all(c, at, by=house.ada))
    for act in (
        lambda: house.feedback.comment(house.id, "很好", by=house.ada),
        lambda: house.correct(by=house.ada),
        lambda: house.feedback.report(said, "广告", by=house.ada),
    ):
        with pytest.raises(Ended):
            act()
    assert house.said() == ["站点不全"]


def test_audit_rows_tell_every_step_and_nothing_personal(house: House) -> None:
    id_ = house.feedback.comment(house.id, f"{MARK} 的话", by=house.ada).id
    house.feedback.reply(id_, f"{MARK} 的回复", by=house.publisher)
    house.feedback.report(id_, f"{MARK} 的理由", by=house.bo)
    house.moderation.hide(id_, f"{MARK} 的隐藏", by=house.operator)
    house.moderation.show(id_, by=house.operator)
    house.feedback.report(id_, f"{MARK} 又来", by=house.bo)
    house.moderation.dismiss(id_, by=house.operator)
    house.feedback.withdraw(id_, by=house.ada)
    fixed = house.correct(f"{MARK} 错了")
    house.corrections.decide(fixed, Step.ACCEPT, f"{MARK} 好", by=house.publisher)
    house.corrections.decide(fixed, Step.FINISH, "", by=house.publisher)
    with house.database.read() as connection:
        rows = connection.execute(text("SELECT actor, action, subject, details FROM audit_event ORDER BY id")).all()
    told = [row.action for row in rows if row.subject.startswith("feedback/")]
    assert told == [
        "feedback.given", "feedback.given", "feedback.reported", "feedback.hidden", "feedback.shown",
        "feedback.reported", "feedback.reports-dismissed", "feedback.withdrawn", "feedback.given",
        "correction.accepted", "correction.done",
    ]  # fmt: skip
    assert MARK not in str(rows)


def test_who_follows_a_dataset_learns_what_was_said_since(house: House) -> None:
    old = house.correct()
    house.feedback.comment(house.id, "旧", by=house.ada)
    moment = house.clock.now
    house.clock.now += timedelta(days=1)
    new = house.feedback.comment(house.id, "新", by=house.ada).id
    house.feedback.reply(new, "答", by=house.publisher)
    gone = house.feedback.comment(house.id, "收回", by=house.ada).id
    house.feedback.withdraw(gone, by=house.ada)
    house.corrections.decide(old, Step.REJECT, "无误", by=house.publisher)
    assert house.feedback.numbers_since([house.id], moment) == {
        house.id: {house.ada.id: 1, house.publisher.id: 1, "": 1}  # the decision is news to who sent the correction
    }
    waited = house.feedback.comment(house.id, "请看 https://bo.example/", by=house.bo).id
    moment = house.clock.now
    house.clock.now += timedelta(days=3)
    assert house.feedback.numbers_since([house.id], moment) == {}
    house.moderation.show(waited, by=house.operator)
    assert house.feedback.numbers_since([house.id], moment) == {house.id: {house.bo.id: 1}}
    assert house.feedback.numbers_since([], moment) == {}
    assert house.feedback.numbers_since(["nothing"], moment) == {}


def test_when_something_changed_tells_steps_of_one_second_apart_also_after_the_clock_was_set_back(house: House) -> None:
    """Whoever has a page with the words asks by whole seconds whether it changed."""
    (entry,) = house.catalogue.some([house.id])
    seen = [entry.recorded_at]

    def look() -> None:
        at = house.feedback.changed_at(house.id)
        assert at is not None
        assert at.replace(microsecond=0) > seen[-1].replace(microsecond=0)
        seen.append(at)

    id_ = house.feedback.comment(house.id, "收回的话", by=house.ada).id
    look()
    house.clock.now += timedelta(milliseconds=300)
    house.feedback.withdraw(id_, by=house.ada)
    look()
    house.feedback.comment(house.id, "再说", by=house.bo)
    look()
    house.clock.now -= timedelta(hours=2)
    house.feedback.reply(id_ + 1, "答", by=house.publisher)
    look()


def test_who_speaks_for_a_publisher_says_nothing_of_its_data_as_if_a_user_whatever_other_roles_it_has(
    house: House,
) -> None:
    (own,) = house.publisher.roles[Role.PUBLISHER]
    both = house.person("both", (Role.DATA_USER, ""), (Role.PUBLISHER, own))
    ratings = RatingService(house.database, house.clock)
    for say in (
        lambda: house.feedback.comment(house.id, "非常好", by=both),
        lambda: house.feedback.tell_usage(house.id, "应用", "好用", "", by=both),
        lambda: house.correct(by=both),
        lambda: ratings.rate(house.id, 5, by=both),
    ):
        with pytest.raises(Forbidden):
            say()
    assert house.said() == []
    neighbour = house.person("neighbour", (Role.DATA_USER, ""), (Role.PUBLISHER, "somebody-else"))
    house.feedback.comment(house.id, "好", by=neighbour)
    assert house.said() == ["好"]
