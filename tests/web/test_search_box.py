"""What the search box offers, corrects and keeps, as pages and interfaces say it."""

import json
import re
import sqlite3
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.api import suggest
from app.factory import create_app
from app.pages import data_request
from app.web import flood
from app.web.flood import TRUSTED_PROXIES, Flood
from tests.web.portals import SECRET, Filled, fill

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def no_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggest, "_flood", Flood(10_000, 60))
    monkeypatch.setattr(data_request, "_flood", Flood(10_000, 60))


def offered(client: FlaskClient, typed: str, more: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/api/suggest?q={typed}{more}")
    assert answer.status_code == 200
    return answer.get_json()["suggestions"]


def test_words_publishers_and_titles_are_offered(client: FlaskClient, filled: Filled) -> None:
    assert {"text": "公交", "kind": "word"} in offered(client, "gj")
    assert {"text": "广州市交通运输局", "kind": "publisher"} in offered(client, "jtysj")
    (title,) = [each for each in offered(client, "xlzd") if each["kind"] == "dataset"]
    assert title["text"] == "公交线路站点"
    assert title["uri"].endswith(filled.ids["bus"])
    assert len(offered(client, "g", "&limit=1")) == 1
    assert offered(client, "g", "&limit=0") == []
    assert offered(client, "g", "&limit=x") == offered(client, "g")


def test_what_is_not_for_the_public_is_never_offered(client: FlaskClient) -> None:
    for typed in (SECRET, SECRET.lower(), "MARKED", "marked-secret", "marked", "7f3a"):
        assert offered(client, typed) == [], typed
    text = json.dumps([offered(client, letter, "&limit=20") for letter in "abcdefghijklmnopqrstuvwxyz"])
    assert SECRET not in text


def test_too_many_questions_from_one_address_are_refused_and_others_served(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggest, "_flood", Flood(3, 60))
    answers = [client.get("/api/suggest?q=g", environ_base={"REMOTE_ADDR": "203.0.113.7"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"]
    assert answers[-1].get_json() == {"suggestions": []}
    assert client.get("/api/suggest?q=g", environ_base={"REMOTE_ADDR": "203.0.113.8"}).status_code == 200
    behind_proxy = {"environ_base": {"REMOTE_ADDR": "127.0.0.1"}, "headers": {"X-Forwarded-For": "203.0.113.7"}}
    assert client.get("/api/suggest?q=g", **behind_proxy).status_code == 200  # type: ignore[arg-type]
    monkeypatch.setitem(client.application.config, TRUSTED_PROXIES, 1)
    assert client.get("/api/suggest?q=g", **behind_proxy).status_code == 429  # type: ignore[arg-type]


def test_a_proxy_that_nobody_told_of_is_named_in_the_log_once(
    client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    flood._warn.cache_clear()
    for remote, forwarded in (
        ("203.0.113.9", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.2"),
    ):
        client.get("/api/suggest?q=g", environ_base={"REMOTE_ADDR": remote}, headers={"X-Forwarded-For": forwarded})
    logged = "".join(capfd.readouterr())
    assert logged.count("SUISHU_TRUSTED_PROXIES") == 1
    assert "198.51.100" not in logged


def test_an_address_is_not_remembered_as_itself() -> None:
    asked = Flood(1, 60)
    assert asked.allows("203.0.113.7")
    assert not asked.allows("203.0.113.7")
    assert "203" not in repr(asked.__dict__)


def test_where_nothing_is_found_the_corrected_search_is_shown_and_can_be_taken_back(client: FlaskClient) -> None:
    text = client.get("/dataset?q=gongjio -x&open_attribute=WTJ").text
    assert "以下是" not in text
    text = client.get("/dataset?q=rotes").text
    assert "没有与“rotes”完全相符的，以下是“routes”的检索结果" in text
    assert 'value="rotes"' in text, "the box keeps what was typed"
    assert "<mark>routes</mark>" in text
    link = re.search(r'<a rel="nofollow" href="([^"]*insist=1)"', text)
    assert link is not None
    assert "没有与“rotes”相符的数据集。" in client.get(link[1].replace("&amp;", "&")).text


def test_an_empty_search_names_near_words_and_the_filters_in_the_way(client: FlaskClient) -> None:
    text = client.get("/dataset?q=公交&format=xlsx&modified_from=2024&modified_to=2024").text
    assert "去掉其中一个条件就有结果" in text
    assert re.search(
        r'href="/dataset\?q=[^"&]*&amp;modified_from=2024&amp;modified_to=2024">去掉条件：数据格式：XLSX', text
    )
    near = client.get("/dataset?q=公交换乘客流站名&format=xlsx&insist=1").text
    assert "目录里有这些相近的词" in near or "去掉其中一个条件" in near


@pytest.fixture
def asking(tmp_path: Path) -> tuple[FlaskClient, Filled]:
    filled = fill(tmp_path)
    client = create_app(portal=filled.portal).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client, filled


def test_what_was_looked_for_is_kept_for_the_operator_and_shown_to_nobody(
    asking: tuple[FlaskClient, Filled], tmp_path: Path
) -> None:
    client, filled = asking
    form = client.get("/dataset?q=量子纠缠观测&format=csv").text
    assert '<form class="request" action="/data-request" method="post">' in form
    assert '<input type="hidden" name="format" value="csv">' in form
    sent = client.post(
        "/data-request",
        data={"q": " 量子  纠缠观测 ", "description": "做课题用\r\n第二行", "format": "csv"},
        headers={"Sec-Fetch-Site": "same-origin"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert (sent.status_code, sent.headers["Location"]) == (303, "/data-request?sent=1")
    assert "已经记下" in client.get("/data-request?sent=1").text
    (kept,) = filled.portal.data_requests.newest()
    assert (kept.text, kept.description, kept.filters) == ("量子 纠缠观测", "做课题用\n第二行", {"format": ["csv"]})
    assert kept.at.tzinfo
    for address in ("/", "/dataset", "/api/search?q=量子", "/api/suggest?q=lz", "/data-request"):
        assert "纠缠观测" not in client.get(address).text, address
    with sqlite3.connect(filled.portal.database.engine.url.database or "") as database:
        (audited,) = database.execute("SELECT actor, subject, details FROM audit_event WHERE action = 'data.requested'")
        assert audited == ("visitor", f"data-request/{kept.id}", "{}")
        everything = "".join(map(str, database.execute("SELECT * FROM data_request"))) + str(audited)
    assert "203.0.113" not in everything


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({}, 303),
    ],
)
def test_a_form_of_another_site_sends_nothing(
    asking: tuple[FlaskClient, Filled], headers: dict[str, str], status: int
) -> None:
    client, filled = asking
    assert client.post("/data-request", data={"q": "x"}, headers=headers).status_code == status
    assert filled.portal.data_requests.count() == (1 if status == 303 else 0)


def test_a_request_says_something_and_not_too_much(asking: tuple[FlaskClient, Filled]) -> None:
    client, filled = asking
    for data in ({}, {"q": "  "}, {"q": "长" * 201}, {"q": "x", "description": "长" * 2001}):
        answer = client.post("/data-request", data=data)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    kept = client.post("/data-request", data={"q": "", "description": "<b>留着</b>"}).text
    assert "&lt;b&gt;留着&lt;/b&gt;</textarea>" in kept, "what was written is not lost"
    assert client.post("/data-request", data={"q": "x", "website": "http://spam"}).status_code == 303
    assert filled.portal.data_requests.count() == 0
    assert client.post("/data-request", data={"q": "空\x00字"}).status_code == 303


def test_a_flood_of_requests_is_held_back(asking: tuple[FlaskClient, Filled], monkeypatch: pytest.MonkeyPatch) -> None:
    client, filled = asking
    monkeypatch.setattr(data_request, "_flood", Flood(2, 3600))
    statuses = [client.post("/data-request", data={"q": f"x{n}"}).status_code for n in range(3)]
    assert statuses == [303, 303, 429]
    elsewhere = client.post("/data-request", data={"q": "y"}, environ_base={"REMOTE_ADDR": "203.0.113.1"})
    assert elsewhere.status_code == 303
    monkeypatch.setattr("app.data_requests.service._MAX_AN_HOUR", 3)
    late = client.post("/data-request", data={"q": "z"}, environ_base={"REMOTE_ADDR": "203.0.113.2"})
    assert late.status_code == 503
    assert late.headers["Retry-After"]
    assert filled.portal.data_requests.count() == 3


def test_signs_narrow_a_search_and_the_help_page_shows_them(client: FlaskClient, filled: Filled) -> None:
    def found(typed: str) -> set[str]:
        return {hit["id"] for hit in client.get("/api/search", query_string={"q": typed}).get_json()["results"]}

    bus = {filled.ids["bus"]}
    assert found("字段:线路名称") == bus
    assert found("格式:csv 公交") == bus
    assert found("开放主体：交通运输 -公交线路 -格式:csv") & bus == set()
    page = client.get("/help/search").text
    links = re.findall(r'<th scope="row"><a rel="nofollow" href="([^"]*)"', page)
    assert len(links) >= 6
    for link in links:
        assert client.get(link).status_code == 200
    assert 'href="/help/search"' in client.get("/dataset").text


def test_years_are_a_form_and_a_chip(client: FlaskClient) -> None:
    text = client.get("/dataset?modified_from=2024&modified_to=2024&theme=jiaotong").text
    assert "公交线路站点" in text
    assert "更新年份：2024" in text
    assert '<input type="hidden" name="theme" value="jiaotong">' in text
    chip = re.search(r'class="chip"[^>]*href="([^"]*)"[^>]*><span><span class="aside">去掉条件：</span>更新年份', text)
    assert chip is not None
    assert "modified_" not in chip[1]
    assert "公交线路站点" not in client.get("/dataset?modified_to=2020").text
    assert client.get("/api/search?issued_from=2024&issued_to=2024").get_json()["total"] == 1
    assert client.get("/api/search?issued_from=2025&issued_to=2023").get_json()["total"] == 1, "turned round"
    for odd in ("modified_from=abc", "modified_to=-1", "issued_from=99999", "issued_to=١٢٣٤", "modified_from="):
        everything = client.get("/api/search").get_json()["total"]
        assert client.get(f"/api/search?{odd}").get_json()["total"] == everything, odd


def test_a_page_beyond_the_end_says_where_the_end_is(client: FlaskClient) -> None:
    text = client.get("/dataset?page=400").text
    assert "您要看的是第 400 页，结果到第 1 页为止。" in text
    assert "这一页没有内容" in client.get("/dataset?page=100000").text


def test_any_search_is_a_feed_and_json(client: FlaskClient, filled: Filled) -> None:
    page = client.get("/dataset?q=公交&theme=jiaotong").text
    links = re.findall(r'<link rel="alternate" type="([^"]*)" title="\w+" href="([^"]*)">', page)
    assert [media for media, _ in links] == ["application/atom+xml", "application/json"]
    for _, link in links:
        assert page.count(link) == 2, "in the head, and where people see it"
    atom = client.get(links[0][1].replace("&amp;", "&"))
    assert atom.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(atom.data)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}updated")) == (
        "公交线路站点",
        "2024-06-01T00:00:00+00:00",
    )
    assert filled.ids["bus"] in (entry.findtext(f"{ATOM}id") or "")
    same = client.get(links[1][1].replace("&amp;", "&")).get_json()
    assert same["results"] == client.get("/api/search?q=公交&theme=jiaotong").get_json()["results"]


def test_a_feed_of_everything_bears_every_text_and_goes_on_by_cursor(client: FlaskClient) -> None:
    ids: list[str] = []
    address = "/dataset.atom?size=2"
    while address:
        feed = ElementTree.fromstring(client.get(address).data)
        ids += [entry.findtext(f"{ATOM}id") or "" for entry in feed.findall(f"{ATOM}entry")]
        following = [link.get("href", "") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "next"]
        address = following[0].removeprefix("https://data.example") if following else ""
    assert len(ids) == len(set(ids)) == client.get("/api/search").get_json()["total"]
    assert client.get("/dataset.atom?cursor=garbage").status_code == 400


def test_all_values_of_a_long_facet_are_a_link_away(
    application: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from app.pages import search

    real = search.query_from
    monkeypatch.setattr(search, "query_from", lambda values: replace(real(values), facet_size=2))
    text = client.get("/dataset").text
    link = re.search(r'<a class="facet-whole small" rel="nofollow" href="([^"]*)#facet-(\w+)"', text)
    assert link is not None
    whole = client.get(link[1].replace("&amp;", "&")).text
    assert f"all={link[2]}#" not in whole
