"""The desk of publishers, authority and operator on every database that can hold it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app import working_days
from app.accounts.model import Account, Role
from app.accounts.service import AccountService
from app.catalogue.service import CatalogueService
from app.db import Database
from app.desk.model import MONTHS, Line, Matter, Page, Part, Stage, Times, Wish
from app.desk.service import DeskService, whole
from app.errors import Forbidden
from app.feedback.corrections import CorrectionService
from app.feedback.model import Fault, Wrong
from app.feedback.moderation import ModerationService
from app.feedback.moves import Step
from app.feedback.service import FeedbackService
from app.feedback.tables import post
from app.ratings.service import RatingService
from tests.factories.records import add_source, arrival, ntriples

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
PASSWORD = "麦穗 and rice"
EVERYTHING = Wish()


class House:
    """Two datasets of `bus` and one of `water`, people of every role, and a clock that goes on an hour at a time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        clock = lambda: self.now  # noqa: E731
        self.accounts = AccountService(database, clock, lambda: "k" * 32, "https://data.example")
        self.feedback = FeedbackService(database, clock, "https://data.example")
        self.corrections = CorrectionService(database, clock, working_days.after, "https://data.example")
        self.moderation = ModerationService(database, clock, "https://data.example")
        self.ratings = RatingService(database, clock)
        self.catalogue = CatalogueService(database, clock, "https://data.example")
        self.desk = DeskService(database, clock)
        self.bus, self.other_bus = self.dataset("bus"), self.dataset("other bus")
        self.water = self.dataset("water", agency=b"publisher/water")
        self.ada, self.bo = (self.person(name, (Role.DATA_USER, "")) for name in ("ada", "bo"))
        self.at_bus = self.person("at-bus", (Role.PUBLISHER, self.publisher(self.bus)))
        self.at_water = self.person("at-water", (Role.PUBLISHER, self.publisher(self.water)))
        self.authority = self.person("authority", (Role.AUTHORITY, ""))
        self.operator = self.person("operator", (Role.OPERATOR, ""))

    def dataset(self, key: str, agency: bytes = b"publisher/bus") -> str:
        id_ = arrival(key).id
        found = arrival(key, data=ntriples(id_, title=f"数据 {key}").replace(b"publisher/bus", agency))
        self.catalogue.record([found], actor="test")
        return id_

    def publisher(self, dataset_id: str) -> str:
        view = self.catalogue.some([dataset_id])[0].view
        assert view.publisher
        return view.publisher.id

    def person(self, name: str, *roles: tuple[Role, str]) -> Account:
        return self.accounts.add(f"{name}@x.example", PASSWORD, name, roles, by="test")

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def comment(self, dataset_id: str, body: str, by: Account | None = None) -> int:
        self.later(hours=1)
        return self.feedback.comment(dataset_id, body, by=by or self.ada).id

    def correct(self, dataset_id: str, body: str, by: Account | None = None) -> int:
        self.later(hours=1)
        return self.corrections.send(dataset_id, body, Wrong(Fault.ERROR, item="站点"), by=by or self.ada).id

    def said(self, by: Account, wish: Wish = EVERYTHING) -> list[str]:
        return words(self.desk.said(by, wish).lines)


@pytest.fixture
def house(database: Database) -> House:
    add_source(database)
    return House(database)


def words(lines: Iterable[Line]) -> list[str]:
    return [line.post.body if line.post else f"{line.stars} 星" for line in lines]


def test_everybody_with_a_desk_sees_what_was_said_within_reach_newest_first(house: House) -> None:
    house.comment(house.bus, "车")
    house.later(hours=1)
    house.ratings.rate(house.bus, 4, by=house.bo)
    house.correct(house.water, "水")
    house.later(hours=1)
    house.feedback.tell_usage(house.other_bus, "应用", "地图", "", by=house.ada)
    assert house.said(house.at_bus) == ["地图", "4 星", "车"]
    assert house.said(house.at_water) == ["水"]
    assert house.said(house.authority) == house.said(house.operator) == ["地图", "水", "4 星", "车"]
    (rated,) = house.desk.said(house.at_bus, Wish(matter=Matter.RATING)).lines
    assert (rated.title, rated.post) == ("数据 bus", None)
    assert house.bo.id not in repr(rated)


def test_nobody_else_has_a_desk(house: House) -> None:
    uses: tuple[Callable[[Account], object], ...] = (
        lambda by: house.desk.said(by, EVERYTHING),
        lambda by: house.desk.waiting(by, Part.COMMENTS, EVERYTHING),
        lambda by: house.desk.counts(by, EVERYTHING),
        house.desk.figures,
        house.desk.publishers,
    )
    house.comment(house.bus, "车")
    nobody = house.person("nobody", (Role.PUBLISHER, ""))
    for use in uses:
        with pytest.raises(Forbidden):
            use(house.ada)
        use(nobody)
    assert house.said(nobody) == []
    assert house.desk.figures(nobody).whole.said == 0
    assert house.desk.publishers(nobody) == {}


def test_what_an_address_asks_for_only_narrows_what_is_seen(house: House) -> None:
    house.comment(house.bus, "车")
    theirs = house.comment(house.water, "水")
    house.correct(house.water, "水管")
    house.later(hours=1)
    house.ratings.rate(house.water, 1, by=house.bo)
    water = house.publisher(house.water)
    for wish in (
        Wish(publisher_id=water),
        Wish(dataset_id=house.water),
        Wish(dataset_id=house.water, publisher_id=water),
    ):
        assert house.said(house.at_bus, wish) == []
        for part in Part:
            assert house.desk.waiting(house.at_bus, part, wish).lines == ()
        assert house.desk.counts(house.at_bus, wish) == house.desk.counts(house.at_bus, Wish(dataset_id="-"))
    assert house.desk.figures(house.at_bus, water).whole.said == 0
    assert list(house.desk.publishers(house.at_bus)) == [house.publisher(house.bus)]
    for cursor in (f"{theirs + 1}_-", f"-_9999999999999999.{house.water}.5.0", f"{10**14}_9999999999999999.zzzz.5.0"):
        assert set(words(house.desk.said(house.at_bus, EVERYTHING, cursor).lines)) <= {"车"}
    for part in Part:
        assert "水" not in "".join(words(house.desk.waiting(house.at_bus, part, EVERYTHING, "1.1").lines))
    assert house.said(house.authority, Wish(publisher_id=water)) == ["1 星", "水管", "水"]


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_pages_give_everything_once_also_where_ratings_look_the_same(house: House, size: int) -> None:
    people = [house.person(f"p{number}", (Role.DATA_USER, "")) for number in range(4)]
    for person in people:  # at one moment, of one dataset, with the same stars
        house.ratings.rate(house.bus, 5, by=person)
    house.comment(house.bus, "一")
    house.later(hours=1)
    house.ratings.rate(house.bus, 3, by=house.ada)
    house.ratings.rate(house.other_bus, 3, by=house.ada)
    house.comment(house.bus, "二")
    found = list(whole(lambda after, _: house.desk.said(house.at_bus, EVERYTHING, after, size=size)))
    assert words(found) == ["二", "3 星", "3 星", "一", *["5 星"] * 4]
    first = house.desk.said(house.at_bus, EVERYTHING, size=4)
    for person in (*people, house.ada):
        assert person.id not in first.after


@pytest.mark.parametrize(
    "cursor", ["x", "1", "-_", "9" * 40, "1_1.a.9.1", "-_-'; --", "1_1.abc.5.1\n", "\0", "٣_-", "0.0"]
)
def test_what_is_no_cursor_is_the_first_page_or_empty(house: House, cursor: str) -> None:
    house.comment(house.bus, "车")
    assert words(house.desk.said(house.at_bus, EVERYTHING, cursor).lines) == ["车"]
    assert words(house.desk.waiting(house.at_bus, Part.COMMENTS, EVERYTHING, cursor).lines) == ["车"]


def test_what_waits_stands_overdue_first_and_goes_when_it_is_answered(house: House) -> None:
    late, soon = house.correct(house.bus, "早"), None
    house.later(days=40)
    soon = house.correct(house.bus, "晚")
    asked, other = house.comment(house.bus, "问"), house.comment(house.bus, "再问")
    counts = house.desk.counts(house.at_bus, EVERYTHING)
    assert (counts.corrections, counts.overdue, counts.comments, counts.accepted) == (2, 1, 2, 0)
    assert waiting(house, Part.CORRECTIONS) == ["早", "晚"]
    assert waiting(house, Part.COMMENTS) == ["问", "再问"]
    assert house.said(house.at_bus, Wish(stage=Stage.OVERDUE)) == ["早"]
    assert set(house.said(house.at_bus, Wish(stage=Stage.UNANSWERED))) == {"早", "晚", "问", "再问"}
    house.corrections.decide(late, Step.ACCEPT, "好", by=house.at_bus)
    house.corrections.decide(soon, Step.REJECT, "不", by=house.authority)
    house.feedback.reply(asked, "答", by=house.operator)
    assert waiting(house, Part.CORRECTIONS) == []
    assert waiting(house, Part.COMMENTS) == ["再问"]
    assert waiting(house, Part.ACCEPTED) == ["早"]
    assert house.said(house.at_bus, Wish(stage=Stage.ACCEPTED)) == ["早"]
    assert house.said(house.at_bus, Wish(stage=Stage.REJECTED, matter=Matter.CORRECTION)) == ["晚"]
    assert set(house.said(house.at_bus, Wish(stage=Stage.ANSWERED))) == {"早", "晚", "问"}
    house.corrections.decide(late, Step.FINISH, "", by=house.at_bus)
    house.feedback.withdraw(other, by=house.ada)
    counts = house.desk.counts(house.at_bus, EVERYTHING)
    assert (counts.corrections, counts.overdue, counts.comments, counts.accepted) == (0, 0, 0, 0)
    assert house.said(house.at_bus, Wish(stage=Stage.DONE)) == ["早"]


@pytest.mark.parametrize("part", list(Part))
def test_what_waits_goes_on_where_the_page_ended(house: House, part: Part) -> None:
    for number in range(5):
        if part is Part.COMMENTS:
            house.comment(house.bus, f"{number}")
            continue
        made = house.correct(house.bus, f"{number}")
        if part is Part.ACCEPTED:
            house.corrections.decide(made, Step.ACCEPT, "好", by=house.at_bus)
    found = whole(lambda after, _: house.desk.waiting(house.at_bus, part, EVERYTHING, after, size=2))
    assert words(found) == ["0", "1", "2", "3", "4"]


def test_what_is_hidden_is_marked_for_authority_and_operator_and_absent_for_the_publisher(house: House) -> None:
    hidden = house.comment(house.bus, "骂人")
    house.moderation.hide(hidden, "违规", by=house.operator)
    house.comment(house.bus, "https://spam.example", by=house.bo)  # waits for a moderator, in nobody's sight
    for by in (house.authority, house.operator):
        (line,) = house.desk.said(by, EVERYTHING).lines
        assert line.post
        assert (line.post.standing, line.post.body, line.post.author) == ("hidden", "骂人", "ada")
        assert house.said(by, Wish(stage=Stage.HIDDEN)) == ["骂人"]
    both = house.person(
        "both", (Role.PUBLISHER, house.publisher(house.bus)), (Role.AUTHORITY, house.publisher(house.water))
    )
    for by in (house.at_bus, both):
        assert house.said(by) == house.said(by, Wish(stage=Stage.HIDDEN)) == []
    assert house.desk.counts(house.authority, EVERYTHING).comments == 0


def test_what_is_no_longer_public_is_on_no_list_and_still_counts_in_figures(house: House) -> None:
    house.feedback.reply(house.comment(house.water, "水"), "答", by=house.at_water)
    house.ratings.rate(house.water, 1, by=house.bo)
    house.catalogue.withdraw([house.water], actor="test", why="withdrawn")
    assert house.said(house.at_water) == []
    found = house.desk.figures(house.at_water)
    assert (found.whole.said, found.whole.answered, found.most_commented, found.worst) == (1, 1, (), ())


def test_figures_tell_how_long_answers_took_by_month_and_publisher(house: House) -> None:
    for days in (1, 2, 3, 4, 5, 6, 7, 8, 9, 30):
        asked = house.comment(house.bus, f"等 {days} 天")
        at, house.now = house.now, house.now + timedelta(days=days)
        house.feedback.reply(asked, f"答 {days}", by=house.at_bus)
        house.later(days=1)
        house.feedback.reply(asked, f"再答 {days}", by=house.authority)  # the first one counts
        house.now = at + timedelta(hours=1)
    house.comment(house.bus, "没有回复")
    spam = house.comment(house.bus, "广告")
    house.moderation.hide(spam, "广告", by=house.operator)
    late = house.correct(house.bus, "一")
    house.correct(house.bus, "二")  # never decided
    house.later(days=2)
    house.corrections.decide(house.correct(house.water, "三"), Step.REJECT, "不", by=house.at_water)
    house.now += timedelta(days=60)
    house.corrections.decide(late, Step.ACCEPT, "好", by=house.at_bus)
    found = house.desk.figures(house.authority)
    bus = found.publishers[house.publisher(house.bus)]
    assert (bus.said, bus.answered) == (11, 10)
    assert (bus.replied.count, round(bus.replied.median, 3), round(bus.replied.ninetieth, 3)) == (10, 5.5, 9.0)
    assert (bus.decided.count, round(bus.decided.median)) == (1, 62)
    assert (bus.due, bus.in_time) == (2, 0)
    water = found.publishers[house.publisher(house.water)]
    assert (water.due, water.in_time, water.decided.count, water.replied) == (1, 1, 1, Times())
    assert (found.whole.due, found.whole.in_time, found.whole.decided.count) == (3, 1, 2)
    assert list(found.months)[-1] == "2026-11"
    assert len(found.months) == MONTHS
    assert [found.months[month].replied.count for month in ("2026-08", "2026-09", "2026-10")] == [0, 9, 1]
    assert house.desk.figures(house.authority, house.publisher(house.water)).whole == water
    assert house.desk.figures(house.at_water).publishers == {house.publisher(house.water): water}


def test_a_month_is_the_citys_and_old_ones_are_left_out(house: House) -> None:
    house.now = datetime(2026, 10, 31, 17, tzinfo=UTC)  # the first of November there
    house.ratings.rate(house.bus, 2, by=house.ada)
    old = house.comment(house.bus, "老")
    house.feedback.reply(old, "答", by=house.at_bus)
    found = house.desk.figures(house.at_bus)
    assert (found.months["2026-11"].ratings, found.months["2026-10"].ratings) == (1, 0)
    assert found.months["2026-11"].replied.count == 1
    with house.database.write() as connection:
        connection.execute(update(post).values(at=datetime(2024, 11, 30, 15, 59, tzinfo=UTC)))
    assert next(iter(house.desk.figures(house.at_bus).months)) == "2024-12"
    assert house.desk.figures(house.at_bus).whole.said == 0
    assert house.desk.figures(house.at_bus).whole.replied.count == 0


def test_figures_of_ratings(house: House) -> None:
    house.ratings.rate(house.bus, 5, by=house.ada)
    house.ratings.rate(house.bus, 4, by=house.bo)
    house.ratings.rate(house.water, 1, by=house.ada)
    house.comment(house.water, "一")
    house.comment(house.water, "二")
    house.comment(house.bus, "三")
    found = house.desk.figures(house.authority)
    assert found.distribution == (1, 0, 0, 1, 1)
    assert [(each.dataset_id, each.count, round(each.mean, 2)) for each in found.best] == [
        (house.bus, 2, 3.43), (house.water, 1, 2.67),
    ]  # fmt: skip
    assert found.worst == found.best[::-1]
    assert [(each.title, each.count) for each in found.most_commented] == [("数据 water", 2), ("数据 bus", 1)]
    assert round(found.months["2026-09"].mean, 2) == 3.33
    assert house.desk.figures(house.at_water).distribution == (1, 0, 0, 0, 0)


def waiting(house: House, part: Part) -> list[str]:
    page: Page = house.desk.waiting(house.at_bus, part, EVERYTHING)
    return words(page.lines)
