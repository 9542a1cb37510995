"""Saying something of a dataset, deciding, reporting, hiding; and what of it everybody and every program reads."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef
from sqlalchemy import select
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from app.accounts.model import Role
from app.audit.tables import audit_event
from app.factory import create_app
from app.feedback import keeping
from app.processes import consistency
from app.processes.keeper import catch_up
from app.web.security import CONTENT_SECURITY_POLICY
from app.wiring import Portal
from tests.factories.portals import BASE, numbered, portal_with
from tests.web.operators import browser
from tests.web.test_interfaces import _conforms
from vocab.namespaces import DQV, DUV, FOAF, OA, RDF

PASSWORD = "a long dry word"
NAME = "marked-name-5e2f"
HOSTILE = '<script>alert(1)</script><a href="https://evil.example">x</a>\u202egnp\0\n{{ 7*7 }} & "quoted"'


@dataclass
class House:
    portal: Portal
    application: Flask
    id: str
    publisher: str
    people: dict[str, FlaskClient] = field(default_factory=dict)

    def person(self, name: str, *roles: tuple[Role, str], language: str = "zh-Hans") -> FlaskClient:
        if name not in self.people:
            email = f"{name}@example.org"
            self.portal.accounts.add(email, PASSWORD, name, roles or [(Role.DATA_USER, "")], by="test")
            client = browser(self.application, language)
            client.environ_base["wsgi.url_scheme"] = "https"
            assert client.post("/account/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
            self.people[name] = client
        return self.people[name]

    def office(self) -> FlaskClient:
        return self.person("bus", (Role.PUBLISHER, self.publisher))

    def operator(self) -> FlaskClient:
        return self.person("operator", (Role.OPERATOR, ""))

    def say(self, body: str = "数据很有用", name: str = NAME) -> int:
        found = send(self.person(name), f"/account/feedback/{self.id}/comment", body=body)
        assert found.status_code == 303, found.text
        return int(found.location.rpartition("-")[2])

    def page(self, address: str = "", language: str = "zh-Hans") -> str:
        """As a stranger reads it."""
        answer = browser(self.application, language).get(address or f"/dataset/{self.id}/feedback")
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("SUISHU_MAIL_URL", "folder:")
    records = numbered(2)
    portal = portal_with(tmp_path / "home", records)
    entry = portal.catalogue.some([records[0].id])[0]
    assert entry.view.publisher
    yield House(portal, create_app(portal=portal), records[0].id, entry.view.publisher.id)
    portal.close()


def send(client: FlaskClient, address: str, **form: str) -> TestResponse:
    found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
    assert found
    return client.post(address, data={"form_token": found[1], **form})


@pytest.mark.parametrize(
    ("language", "words", "took"),
    [("zh-Hans", "开放主体回复", "一天之内"), ("en", "The publisher replies", "within a day")],
)
def test_a_comment_and_its_reply_stand_on_the_datasets_pages(
    house: House, language: str, words: str, took: str
) -> None:
    id_ = house.say("线路号是文本还是数字？")
    answer = send(house.office(), f"/account/said/{id_}", act="reply", body="是文本。")
    assert answer.location == f"/dataset/{house.id}/feedback#post-{id_}"
    for address in (f"/dataset/{house.id}", f"/dataset/{house.id}/feedback"):
        text = house.page(address, language)
        for each in ("线路号是文本还是数字？", "是文本。", NAME, words, took, f'id="post-{id_}"'):
            assert each in text
        assert "bus@" not in text


def test_pages_are_the_same_for_everybody_and_carry_the_usual_headers(house: House) -> None:
    house.say()
    address = f"/dataset/{house.id}/feedback"
    mine, theirs = house.person(NAME).get(address), browser(house.application).get(address)
    assert mine.data == theirs.data
    assert theirs.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert theirs.headers["ETag"]


@pytest.mark.parametrize("kind", ["comment", "correction", "usage"])
def test_hostile_words_are_words(house: House, kind: str) -> None:
    client = house.person(NAME)
    form = {"body": HOSTILE, "title": HOSTILE, "fault": "error", "item": HOSTILE, "row": HOSTILE, "expected": HOSTILE}
    refused = send(client, f"/account/feedback/{house.id}/{kind}", **form, link="javascript:alert(1)")
    if kind != "comment":
        assert refused.status_code == 400
        assert "javascript:alert(1)" in refused.text  # what was typed is kept
        assert 'href="javascript' not in refused.text
        assert "<script>alert" not in refused.text
        assert "&lt;script&gt;alert(1)" in refused.text
        refused = send(client, f"/account/feedback/{house.id}/{kind}", **form, evidence=HOSTILE)
    assert refused.location == "/account/submissions?waiting=1"  # the first words, with a link in them
    queue = house.operator().get("/account/moderation").text
    (post_id,) = re.findall(r'action="/account/moderation/(\d+)"', queue)
    assert send(house.operator(), f"/account/moderation/{post_id}", act="show").status_code == 303
    for address in (f"/dataset/{house.id}", f"/dataset/{house.id}/feedback"):
        text = house.page(address)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<script>alert" not in text
        assert 'href="https://evil.example' not in text
        assert "\u202e" not in text
        assert "\0" not in text
        assert "{{ 7*7 }}" in text
    for form_ in ("nt", "ttl", "jsonld", "rdf"):
        answer = browser(house.application).get(f"/dataset/{house.id}.{form_}")
        graph = Graph().parse(data=answer.get_data(), format={"rdf": "xml", "jsonld": "json-ld"}.get(form_, form_))
        assert any("<script>alert(1)" in str(said) for said in graph.objects()), form_
    assert catch_up(house.portal)
    assert consistency.check(house.portal) == []


def test_what_was_typed_is_kept_and_the_fault_is_named(house: House) -> None:
    client = house.person(NAME)
    address = f"/account/feedback/{house.id}/correction"
    without = send(client, address, body="站名写错了", row="B12 路")
    assert without.status_code == 400
    assert "请选择是错误还是遗漏" in without.text
    assert "站名写错了</textarea>" in without.text
    assert "B12 路</textarea>" in without.text
    long = send(client, address, body="长" * 10_000, fault="omission")
    assert "不超过 2000 字" in long.text
    assert 'value="omission" required checked' in long.text
    assert long.text.count("长") < 5_000
    english = house.person("eve", language="en")
    assert "Fill in: the comment." in send(english, f"/account/feedback/{house.id}/comment", body=" ").text
    assert house.portal.feedback.of_dataset(house.id)[1] == 0


def test_a_double_click_says_it_once_and_a_flood_is_told_to_wait(house: House) -> None:
    assert house.say() == house.say()
    for number in range(keeping.MOST_AN_HOUR - 1):
        house.say(f"第 {number} 条")
    flooded = send(house.person(NAME), f"/account/feedback/{house.id}/comment", body="还有一条")
    assert flooded.status_code == 429
    assert int(flooded.headers["Retry-After"]) > 3_000
    assert "太频繁" in flooded.text
    assert "还有一条</textarea>" in flooded.text


def test_a_correction_goes_its_way(house: House) -> None:
    client = house.person(NAME)
    form = {
        "body": "少了一站",
        "fault": "omission",
        "item": "站点",
        "expected": "猎德",
        "link": "https://a.example/p?q=1&r=2",
    }
    assert send(client, f"/account/feedback/{house.id}/correction", **form).status_code == 303
    assert send(client, f"/account/feedback/{house.id}/correction", **form).status_code == 303
    office = house.office()
    (post_id,) = re.findall(r'href="/account/said/(\d+)"', office.get("/account/desk?part=corrections").text)
    assert client.get("/account/desk").status_code == 403
    assert "处理纠错" not in client.get(f"/account/said/{post_id}").text
    assert send(client, f"/account/said/{post_id}", act="accept", answer="好").status_code == 403
    page = office.get(f"/account/said/{post_id}").text
    assert "处理纠错" in page
    missing = send(office, f"/account/said/{post_id}", act="reject", answer=" ")
    assert missing.status_code == 400
    assert "请填写处理意见" in missing.text
    assert send(office, f"/account/said/{post_id}", act="accept", answer="核实无误").status_code == 303
    text = house.page()
    for words in (
        "遗漏",
        "已采纳",
        "核实无误",
        "猎德",
        'rel="nofollow ugc noopener" href="https://a.example/p?q=1&amp;r=2"',
    ):
        assert words in text
    assert send(office, f"/account/said/{post_id}", act="finish").status_code == 303
    assert "已处理" in house.page()
    again = send(office, f"/account/said/{post_id}", act="finish")
    assert again.status_code == 400
    assert "已经处理过" in again.text
    assert "已处理" in client.get("/account/submissions").text


def test_what_is_reported_is_hidden_everywhere_and_its_author_learns_why(house: House) -> None:
    id_ = house.say("骂人的话")
    other = house.person("bo")
    assert (
        send(other, f"/account/said/{id_}", act="report", reason="辱骂").location == f"/account/said/{id_}?reported=1"
    )
    for name, roles in ((NAME, ()), ("bus", ((Role.PUBLISHER, house.publisher),))):
        client = house.person(name, *roles)
        assert client.get("/account/moderation").status_code == 403
        assert send(client, f"/account/moderation/{id_}", act="hide", reason="不好听").status_code == 403
    operator = house.operator()
    assert "辱骂" in operator.get("/account/moderation").text
    without = send(operator, f"/account/moderation/{id_}", act="hide", reason="")
    assert without.status_code == 400
    assert "请填写隐藏理由" in without.text
    assert send(operator, f"/account/moderation/{id_}", act="hide", reason="违反规则").status_code == 303
    assert catch_up(house.portal)
    graph = house.portal.published_graph()
    found = "".join(line.decode() for name in graph.names() for line in graph.graph(name))
    graph.close()
    for address in (
        f"/dataset/{house.id}", f"/dataset/{house.id}/feedback", f"/dataset/{house.id}.ttl", "/dump/catalog.nt",
        "/catalog.nt", f"/api/dataset/{house.id}/feedback", "/changes/page/0", "/dataset.atom",
    ):  # fmt: skip
        found += browser(house.application).get(address).get_data(as_text=True)
    assert "骂人的话" not in found
    mine = house.person(NAME).get("/account/submissions").text
    assert "违反规则" in mine
    assert "骂人的话" in mine
    assert "内容已隐藏" in other.get("/account/submissions").text
    assert send(operator, f"/account/moderation/{id_}", act="show").status_code == 303
    assert "骂人的话" in house.page()


def test_ones_own_words_are_listed_exported_taken_back_and_end_with_the_account(house: House) -> None:
    first, second = house.say("第一句"), house.say("第二句")
    client = house.person(NAME)
    send(client, f"/account/feedback/{house.id}/correction", body="错了", fault="error", item="站点")
    kept = json.loads(client.get("/account/export.json").text)["feedback"]
    assert [each["body"] for each in kept] == ["错了", "第二句", "第一句"]
    assert kept[0]["correction"]["item"] == "站点"
    assert send(house.person("bo"), "/account/submissions", id=str(first)).status_code == 404
    for wrong in ("", "x", "9" * 40, "-1", "٣"):
        assert send(client, "/account/submissions", id=wrong).status_code == 404
    assert send(client, "/account/submissions", id=str(first)).location == "/account/submissions?withdrawn=1"
    assert "第一句" not in house.page()
    send(house.office(), f"/account/said/{second}", act="reply", body="谢谢")
    assert send(client, "/account/erase", old=PASSWORD).status_code == 303
    text = house.page()
    assert "第二句" not in text
    assert NAME not in text
    assert "内容已由作者撤回" in text
    assert "谢谢" in text


def test_the_graph_says_what_was_said_in_standard_terms_and_not_by_whom(house: House) -> None:
    house.say("有用")
    comment = house.say("何时更新？")
    send(house.office(), f"/account/said/{comment}", act="reply", body="每月")
    client = house.person(NAME)
    send(client, f"/account/feedback/{house.id}/correction", body="错了", fault="error")
    usage = {"title": "公交地图", "body": "出行应用", "link": "https://应用.example/[not"}
    assert send(client, f"/account/feedback/{house.id}/usage", **usage).status_code == 400
    usage["link"] = "https://应用.example/地图?a=1&b=%20#c"
    assert send(client, f"/account/feedback/{house.id}/usage", **usage).status_code == 303
    assert catch_up(house.portal)
    dataset = URIRef(f"{BASE}/dataset/{house.id}")
    published = house.portal.published_graph()
    in_store = b"\n".join(published.graph(str(dataset)))
    published.close()
    for data in (
        in_store,
        *(browser(house.application).get(a).data for a in (f"/dataset/{house.id}.nt", "/catalog.nt")),
    ):
        graph = Graph().parse(data=data, format="nt")
        assert len(set(graph.objects(dataset, DUV.hasFeedback))) == 3
        node = URIRef(f"{dataset}#comment-{comment}")
        assert {DUV.UserFeedback, OA.Annotation} <= set(graph.objects(node, RDF.type))
        assert graph.value(node, OA.bodyValue) == Literal("何时更新？")
        (reply,) = graph.subjects(OA.hasTarget, node)
        assert graph.value(reply, OA.motivatedBy) == OA.replying
        (wrong,) = graph.objects(dataset, DQV.hasQualityAnnotation)
        assert (wrong, RDF.type, DQV.UserQualityFeedback) in graph
        (used,) = graph.objects(dataset, DUV.hasUsage)
        assert graph.value(used, FOAF.page) == URIRef(usage["link"])
        assert NAME not in data.decode()
    assert consistency.check(house.portal) == []
    send(client, "/account/submissions", id=str(comment))
    assert "何时更新？" not in browser(house.application).get(f"/dataset/{house.id}.nt").text


def test_programs_read_it_as_the_document_promises_without_names(house: House) -> None:
    comment = house.say("何时更新？")
    send(house.office(), f"/account/said/{comment}", act="reply", body="每月")
    client = house.person(NAME)
    send(client, f"/account/feedback/{house.id}/correction", body="错了", fault="error")
    stranger = browser(house.application)
    document = stranger.get("/api/openapi.json").get_json()
    address = f"/api/dataset/{house.id}/feedback"
    answer: dict[str, Any] = stranger.get(address).get_json()
    _conforms(answer, {"$ref": "#/components/schemas/Feedback"}, document)
    assert [each["text"] for each in answer["results"]] == ["错了", "何时更新？"]
    assert answer["results"][1]["replies"][0]["text"] == "每月"
    assert NAME not in stranger.get(address).text
    assert stranger.get(f"{address}?kind=comment&size=1").get_json()["total"] == 1
    assert stranger.get(f"{address}?page=2&size=1").get_json()["results"][0]["text"] == "何时更新？"
    for wrong in ("?kind=reply", "?kind=x", "?size=0", "?page=x"):
        assert stranger.get(address + wrong).status_code == 400, wrong
    assert stranger.get("/api/dataset/aaaaaaaaaaaaaaaa/feedback").status_code == 404


def test_many_posts_have_pages_and_a_filter(house: House) -> None:
    for person in range(3):
        for number in range(8):
            house.say(f"第 {person}-{number} 条", f"p{person}")
    send(house.person("p0"), f"/account/feedback/{house.id}/usage", title="地图", body="出行")
    first = house.page()
    assert first.count('<article class="said"') == 20
    assert "第 0-0 条" not in first
    assert "第 0-0 条" in house.page(f"/dataset/{house.id}/feedback?page=2")
    assert house.page(f"/dataset/{house.id}/feedback?kind=usage").count('<article class="said"') == 1
    for odd in ("page=999999", "page=x", "kind=nothing", "kind=reply"):
        house.page(f"/dataset/{house.id}/feedback?{odd}")
    on_dataset = house.page(f"/dataset/{house.id}")
    assert on_dataset.count('<article class="said"') == 5
    assert "查看全部 25 条" in on_dataset


def test_what_is_no_longer_public_says_nothing(house: House) -> None:
    id_ = house.say("很好")
    house.portal.catalogue.withdraw([house.id], actor="test", why="test")
    stranger = browser(house.application)
    gone = stranger.get(f"/dataset/{house.id}/feedback")
    assert gone.status_code == 410
    assert "很好" not in gone.text
    assert stranger.get(f"/api/dataset/{house.id}/feedback").status_code == 404
    client = house.person(NAME)
    assert client.get(f"/account/said/{id_}").status_code == 404
    assert client.get(f"/account/feedback/{house.id}/comment").status_code == 404
    assert "已不再公开的数据集" in client.get("/account/submissions").text
    for nowhere in ("/dataset/nothing/feedback", "/account/said/99999999999999999999", "/account/feedback/x/comment"):
        assert client.get(nowhere).status_code == 404, nowhere
    assert send(client, f"/account/said/{id_}", act="report", reason="x").status_code == 404


def test_who_asks_by_time_alone_learns_that_words_were_taken_away(house: House) -> None:
    id_ = house.say("收回的话")
    stranger = browser(house.application)
    for address in (f"/dataset/{house.id}", f"/dataset/{house.id}.ttl"):
        seen = stranger.get(address)
        assert "收回的话" in seen.text
        since = http_date(seen.last_modified)
        assert stranger.get(address, headers={"If-Modified-Since": since}).status_code == 304
    send(house.person(NAME), "/account/submissions", id=str(id_))
    for address in (f"/dataset/{house.id}", f"/dataset/{house.id}.ttl"):
        again = stranger.get(address, headers={"If-Modified-Since": since})
        assert again.status_code == 200
        assert "收回的话" not in again.text


def test_who_asks_by_time_alone_learns_that_somebody_has_another_name(house: House) -> None:
    house.say("很好")
    stranger = browser(house.application)
    seen = stranger.get(f"/dataset/{house.id}")
    assert NAME in seen.text
    send(house.person(NAME), "/account/name", name="另一个名字")
    again = stranger.get(f"/dataset/{house.id}", headers={"If-Modified-Since": http_date(seen.last_modified)})
    assert again.status_code == 200
    assert NAME not in again.text
    with house.portal.database.read() as connection:
        (row,) = connection.execute(select(audit_event).where(audit_event.c.action == "account.renamed")).all()
    assert row.details == {}


def test_an_act_that_nobody_knows_is_refused(house: House) -> None:
    id_ = house.say()
    assert send(house.person("bo"), f"/account/said/{id_}", act="explode").status_code == 400
    assert send(house.operator(), f"/account/moderation/{id_}", act="explode").status_code == 400
    assert send(house.operator(), "/account/moderation/9999", act="hide", reason="x").status_code == 404
    stranger = browser(house.application)
    assert stranger.post(f"/account/said/{id_}", data={"act": "report", "reason": "x"}).status_code == 303
    assert house.person("bo").post(f"/account/said/{id_}", data={"act": "report", "reason": "x"}).status_code == 403
