"""The desk's pages and files: whose they are, what they show, and that nothing else gets out."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.model import Role
from app.factory import create_app
from app.wiring import Portal
from tests.factories.portals import portal_with
from tests.factories.records import arrival, ntriples
from tests.web.operators import browser

PASSWORD = "a long dry word"
FORMULA = "=HYPERLINK(1)"
PAGES = ("", "?part=corrections", "?part=comments", "?part=accepted", "/said", "/figures")
FILES = ("/said.csv", "/said.xlsx", "/waiting.csv", "/waiting.xlsx")


@dataclass
class House:
    portal: Portal
    application: Flask
    bus: str
    water: str
    people: dict[str, FlaskClient] = field(default_factory=dict)

    def publisher(self, dataset_id: str) -> str:
        view = self.portal.catalogue.some([dataset_id])[0].view
        assert view.publisher
        return view.publisher.id

    def person(self, name: str, *roles: tuple[Role, str], language: str = "zh-Hans") -> FlaskClient:
        if name not in self.people:
            email = f"{name}@marked.example"
            self.portal.accounts.add(email, PASSWORD, name, roles or [(Role.DATA_USER, "")], by="test")
            client = browser(self.application, language)
            client.environ_base["wsgi.url_scheme"] = "https"
            assert client.post("/account/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
            self.people[name] = client
        return self.people[name]

    def at_bus(self, language: str = "zh-Hans") -> FlaskClient:
        return self.person(f"bus-{language}", (Role.PUBLISHER, self.publisher(self.bus)), language=language)

    def authority(self, language: str = "zh-Hans") -> FlaskClient:
        return self.person(f"authority-{language}", (Role.AUTHORITY, ""), language=language)


def dataset(key: str, publisher: str, agency: str):  # type: ignore[no-untyped-def]
    data = ntriples(arrival(key).id, title=f"数据 {key}", agency=agency)
    return arrival(key, data=data.replace(b"publisher/bus", f"publisher/{publisher}".encode()))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    records = [dataset("bus", "bus", "广州市交通运输局"), dataset("water", "water", "广州市水务局" + "很长的名字" * 30)]
    portal = portal_with(tmp_path / "home", records, followed=False)
    yield House(portal, create_app(portal=portal), records[0].id, records[1].id)
    portal.close()


def send(client: FlaskClient, address: str, **form: str) -> None:
    found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
    assert found
    answer = client.post(address, data={"form_token": found[1], **form})
    assert answer.status_code == 303, answer.text


def fill(house: House) -> None:
    ada, bo = house.person("ada"), house.person("bo")
    send(ada, f"/account/feedback/{house.bus}/comment", body=f"{FORMULA} <script>alert(1)</script>")
    send(bo, f"/account/feedback/{house.water}/comment", body="水费怎么算")
    send(bo, f"/account/feedback/{house.water}/correction", body="水表错了", fault="error", item="水表")
    send(ada, f"/account/feedback/{house.bus}/usage", title="地图", body="做了应用")
    send(bo, f"/account/rating/{house.bus}", stars="4")
    send(bo, f"/account/rating/{house.water}", stars="1")


def test_only_those_with_a_desk_have_the_link_and_the_pages(house: House) -> None:
    for place in (*PAGES, *FILES):
        assert house.person("ada").get(f"/account/desk{place}").status_code == 403, place
        assert browser(house.application).get(f"/account/desk{place}").location.startswith("/account/sign-in"), place
        answer = house.at_bus().get(f"/account/desk{place}")
        assert answer.status_code == 200, place
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert 'href="/account/desk"' not in house.person("ada").get("/account").text
    assert 'href="/account/desk"' in house.at_bus().get("/account").text
    assert "还没有人对这些数据" in house.at_bus().get("/account/desk/said").text
    assert house.at_bus().get("/account/ratings").status_code == 404


def test_a_publisher_sees_its_own_and_the_authority_everything(house: House) -> None:
    fill(house)
    water = house.publisher(house.water)
    for asked in (
        "",
        f"?publisher={water}",
        f"?dataset={house.water}",
        "?kind=rating",
        "?after=9999999_-",
        "?state=hidden",
    ):
        for place in ("", "/said", "/figures", "/said.csv", "/waiting.csv"):
            text = house.at_bus().get(f"/account/desk{place}{asked}").text.replace(f'value="{house.water}"', "")
            for theirs in ("水费怎么算", "水表错了", "水务局", "数据 water", f"/dataset/{house.water}"):
                assert theirs not in text, (place, asked, theirs)
    own = house.at_bus().get("/account/desk/said").text
    assert "&lt;script&gt;alert(1)" in own
    assert "<script>alert" not in own
    for words in ("做了应用", "4 星", "ada"):
        assert words in own
    everything = house.authority().get("/account/desk/said").text
    for words in ("水费怎么算", "水表错了", "做了应用", "1 星", "4 星"):
        assert words in everything
    narrowed = house.authority().get(f"/account/desk/said?publisher={water}&kind=correction").text
    assert "水表错了" in narrowed
    assert "水费怎么算" not in narrowed
    for address in (f"https://data.example/dataset/{house.water}#x", house.water):
        narrowed = house.authority().get("/account/desk/said", query_string={"dataset": address}).text
        assert "水费怎么算" in narrowed
        assert "做了应用" not in narrowed


@pytest.mark.parametrize(
    "asked",
    [
        "dataset=\0",
        "publisher=%ff%00",
        "kind=x&state=y",
        "after=%00",
        "dataset=" + "a" * 3000,
        "part=z",
        "publisher=' or 1=1 --",
    ],
)
def test_hostile_parameters_do_nothing(house: House, asked: str) -> None:
    fill(house)
    for place in ("", "/said", "/figures", "/said.csv"):
        answer = house.at_bus().get(f"/account/desk{place}?{asked}")
        assert answer.status_code == 200, (place, asked)
        assert "水费" not in answer.text


def test_what_is_hidden_is_marked_for_the_authority_alone(house: House) -> None:
    fill(house)
    operator = house.person("operator", (Role.OPERATOR, ""))
    found = re.search(r'id="post-(\d+)"', operator.get(f"/account/desk/said?dataset={house.bus}&kind=comment").text)
    assert found
    send(operator, f"/account/moderation/{found[1]}", act="hide", reason="广告")
    for client in (operator, house.authority()):
        text = client.get("/account/desk/said?state=hidden").text
        assert "HYPERLINK" in text
        assert "<strong>已被隐藏</strong>" in text
        assert f"/account/said/{found[1]}" not in text
    for place in ("/said", "/said?state=hidden", "/said.csv"):
        text = house.at_bus().get(f"/account/desk{place}").text
        assert "HYPERLINK" not in text
        assert "已被隐藏" not in text


def test_files_hold_what_pages_show_and_no_formula_and_nobody(house: House) -> None:
    fill(house)
    rows = list(csv.reader(io.StringIO(house.authority().get("/account/desk/said.csv").text.removeprefix("\ufeff"))))
    assert len(rows) == 7
    assert {len(row) for row in rows} == {len(rows[0])}
    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    (comment,) = [row for row in named if "HYPERLINK" in row["内容"]]
    assert comment["内容"].startswith("'=HYPERLINK")
    assert (comment["昵称"], comment["开放主体"], comment["数据集"]) == ("ada", "广州市交通运输局", "数据 bus")
    (wrong,) = [row for row in named if row["类型"].startswith("纠错")]
    assert (wrong["数据项"], wrong["处理状态"]) == ("水表", "已收到")
    assert {(row["昵称"], row["内容"], row["星级"]) for row in named if row["类型"] == "评分"} == {
        ("", "", "4"),
        ("", "", "1"),
    }
    book = openpyxl.load_workbook(io.BytesIO(house.authority().get("/account/desk/said.xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert any(str(cell.value).startswith("=HYPERLINK") and cell.data_type != "f" for cell in cells)
    waiting = house.authority("en").get("/account/desk/waiting.csv").text
    assert "水表错了" in waiting
    assert "Correction: Error" in waiting
    assert "做了应用" not in waiting
    for text in (waiting, str(rows)):
        assert "marked.example" not in text
    assert len(house.at_bus().get("/account/desk/said.csv").text.splitlines()) == 4


@pytest.mark.parametrize(("language", "title"), [("zh-Hans", "反馈工作台"), ("en", "Feedback desk")])
def test_the_desk_speaks_both_languages_and_leads_to_where_one_acts(house: House, language: str, title: str) -> None:
    fill(house)
    client = house.authority(language)
    for place in PAGES:
        text = client.get(f"/account/desk{place}").text
        assert f"<h1>{title}</h1>" in text
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), place
    waiting = client.get("/account/desk").text
    found = re.findall(r'href="/account/said/(\d+)"', waiting)
    assert len(found) == 3
    for number in found:
        send(client, f"/account/said/{number}", act="reply", body="谢谢")
    assert (
        len(re.findall(r'href="/account/said/(\d+)"', client.get("/account/desk").text)) == 1
    )  # a decision, not words
    figures = client.get("/account/desk/figures").text
    assert figures.count('class="chart-bar"') >= 5
    assert "广州市交通运输局" in figures


def test_a_long_list_goes_on(house: House) -> None:
    ada = house.portal.accounts.add("a@x.example", PASSWORD, "a", [(Role.DATA_USER, "")], by="test")
    for number in range(10):
        house.portal.feedback.comment(house.bus, f"第 {number} 条", by=ada)
    for number in range(25):
        who = house.portal.accounts.add(f"r{number}@x.example", PASSWORD, "r", [(Role.DATA_USER, "")], by="test")
        house.portal.ratings.rate(house.bus, 5, by=who)
    page = house.at_bus().get("/account/desk/said?publisher=" + house.publisher(house.bus))
    found = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert found
    rest = house.at_bus().get(found[1].replace("&amp;", "&")).text
    shown = [text.count('<article class="said"') for text in (page.text, rest)]
    assert shown == [30, 5]
    assert "回到最新" in rest
    assert 'rel="next"' not in rest
