"""An authority or operator of a district, on every database that can hold one."""

import pytest
from sqlalchemy import event

from app.accounts.model import Account, Right, Role
from app.db import Database
from app.desk.model import Stage, Wish
from app.errors import Forbidden, Invalid
from app.feedback.model import State
from app.feedback.moves import Step
from harvest.record import valid_uscc
from tests.contract.test_desk import House as Desks
from tests.factories.records import add_source, arrival, ntriples

LIWAN, YUEXIU, CITY = "440103", "440104", "440100"


def code(division: str, office: str = "MB2F00001") -> str:
    """A 统一社会信用代码 of an office that was registered there."""
    return next(made for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if valid_uscc(made := f"11{division}{office}{last}"))


class House(Desks):
    """`bus` was registered in Liwan, `water` in Yuexiu, `sky` in another city, `park` has no code."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.bus = self.office("bus", code(LIWAN))
        self.water = self.office("water", code(YUEXIU))
        self.sky = self.office("sky", code("440300"))
        self.park = self.office("park", "")

    def office(self, name: str, uscc: str) -> str:
        id_ = arrival(f"of {name}").id
        found = ntriples(id_, title=f"数据 {name}", uscc=uscc).replace(b"publisher/bus", f"publisher/{name}1".encode())
        self.catalogue.record([arrival(f"of {name}", data=found)], actor="test")
        return id_

    def again(self, who: Account) -> Account:
        """Somebody as the next request finds them."""
        session = self.accounts.sign_in(who.email, "麦穗 and rice", address="a")
        found = self.accounts.who(session.secret)
        assert found is not None
        return found


@pytest.fixture
def house(database: Database) -> House:
    add_source(database)
    return House(database)


def test_a_district_sees_what_was_said_of_the_data_of_its_offices(house: House) -> None:
    liwan = house.person("liwan", (Role.AUTHORITY, LIWAN))
    city = house.person("city", (Role.OPERATOR, CITY))
    for dataset, body in ((house.bus, "车"), (house.water, "水"), (house.sky, "天"), (house.park, "园")):
        house.comment(dataset, body)
        house.later(hours=1)
        house.ratings.rate(dataset, 4, by=house.ada)
    assert house.said(liwan) == ["4 星", "车"]
    assert house.said(city) == ["4 星", "水", "4 星", "车"]
    assert set(house.desk.publishers(liwan)) == {"bus1"}
    assert house.desk.counts(liwan, Wish()).comments == 1
    assert house.desk.figures(liwan).publishers.keys() == {"bus1"}
    assert house.said(liwan, Wish(publisher_id="water1")) == house.said(liwan, Wish(dataset_id=house.water)) == []


def test_a_district_answers_for_its_own_offices_and_no_neighbour(house: House) -> None:
    liwan = house.person("liwan", (Role.AUTHORITY, LIWAN))
    here, there = house.correct(house.bus, "站名错"), house.correct(house.water, "水位错")
    house.feedback.reply(here, "在查", by=liwan)
    house.corrections.decide(here, Step.ACCEPT, "已改", by=liwan)
    (post,), _ = house.feedback.of_dataset(house.bus)
    assert post.correction
    assert (post.correction.state, [each.office for each in post.replies]) == (State.ACCEPTED, ["authority"])
    for act in (
        lambda: house.feedback.reply(there, "在查", by=liwan),
        lambda: house.corrections.decide(there, Step.ACCEPT, "已改", by=liwan),
    ):
        with pytest.raises(Forbidden):
            act()
    assert not house.corrections.may_decide(house.park, liwan)


def test_what_is_hidden_is_read_in_its_own_district_alone(house: House) -> None:
    liwan, yuexiu = (house.person(f"at{code}", (Role.AUTHORITY, code)) for code in (LIWAN, YUEXIU))
    house.moderation.hide(house.comment(house.bus, "骂人的话"), "不文明", by=house.operator)
    assert house.said(liwan, Wish(stage=Stage.HIDDEN)) == ["骂人的话"]
    assert house.said(yuexiu) == house.said(yuexiu, Wish(stage=Stage.HIDDEN)) == []


def test_a_district_without_an_office_reaches_nothing_and_a_new_office_is_reached_at_once(house: House) -> None:
    panyu = house.person("panyu", (Role.AUTHORITY, "440113"))
    house.comment(house.bus, "车")
    assert panyu.reach(Right.SEE_DESK) == {"440113"}
    assert house.said(panyu) == []
    new = house.office("road", code("440113"))
    house.comment(new, "路", house.bo)
    assert house.said(house.again(panyu)) == ["路"]


@pytest.mark.parametrize("role", [Role.AUTHORITY, Role.OPERATOR])
def test_a_district_has_no_right_over_the_whole(house: House, role: Role) -> None:
    limited = house.person("liwan", (role, LIWAN))
    assert not limited.rights & {Right.READ_AUDIT, Right.MODERATE, Right.VERIFY}


def test_each_role_has_its_own_districts(house: House) -> None:
    both = house.person("both", (Role.AUTHORITY, LIWAN), (Role.OPERATOR, YUEXIU), (Role.PUBLISHER, "sky1"))
    assert both.reach(Right.DECIDE_CORRECTIONS) == {LIWAN, "bus1", "sky1"}
    assert both.reach(Right.SEE_DESK) == {LIWAN, "bus1", YUEXIU, "water1", "sky1"}
    assert not both.speaks_for("bus1")


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.AUTHORITY, "440199"),
        (Role.AUTHORITY, "44010"),
        (Role.OPERATOR, "000000"),
        (Role.AUTHORITY, "４４０１０３"),
        (Role.PUBLISHER, LIWAN),
        (Role.DATA_USER, LIWAN),
    ],
)
def test_a_division_that_is_none_is_refused_and_nothing_changes(house: House, role: Role, scope: str) -> None:
    with pytest.raises(Invalid, match=scope if role in (Role.AUTHORITY, Role.OPERATOR) else role):
        house.accounts.grant(house.authority.email, [(role, scope)], by="test")
    with pytest.raises(Invalid):
        house.person("new", (role, scope))
    assert house.again(house.authority).roles == {Role.AUTHORITY: frozenset()}


def test_only_accounts_of_a_district_cost_a_question_more(house: House) -> None:
    liwan = house.person("liwan", (Role.AUTHORITY, LIWAN), (Role.OPERATOR, YUEXIU))
    asked: list[str] = []
    event.listen(house.database.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    house.again(house.authority)
    before = len(asked)
    house.again(liwan)
    more = len(asked) - 2 * before
    assert more == 2  # as it signs in, for how long its session lasts, and as it asks for something
