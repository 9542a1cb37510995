"""Following from the public pages on, ending it by a link in a letter, and feeds."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from app.accounts.model import Account, Role
from app.catalogue.decision import Arrival
from app.factory import create_app
from app.follow.model import Kind
from app.processes.digests import make_digests
from app.processes.keeper import catch_up
from app.wiring import Portal
from tests.factories.portals import BASE, keep, numbered, portal_with
from tests.factories.records import arrival
from tests.web.operators import browser

EMAIL = "marked-7c1e@example.org"
PASSWORD = "long and dry"
ATOM = "{http://www.w3.org/2005/Atom}"


class House:
    def __init__(self, portal: Portal, ids: list[str]) -> None:
        self.portal = portal
        self.ids = ids
        self.application: Flask = create_app(portal=portal)
        self.who: Account = portal.accounts.add(EMAIL, PASSWORD, "Ada", [(Role.DATA_USER, "")], by="test")

    def visitor(self, language: str = "zh-Hans") -> FlaskClient:
        client = browser(self.application, language)
        client.environ_base["wsgi.url_scheme"] = "https"
        return client

    def signed_in(self, language: str = "zh-Hans") -> FlaskClient:
        client = self.visitor(language)
        assert sign_in(client, "").status_code == 303
        return client

    def publisher(self) -> str:
        return self.portal.catalogue.publishers()[0][0].id


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("SUISHU_MAIL_URL", "folder:")
    records = [of_bureau(each) for each in numbered(3)]
    portal = portal_with(tmp_path / "home", records)
    yield House(portal, [record.id for record in records])
    portal.close()


def of_bureau(record: Arrival) -> Arrival:
    """With a publisher whose id is one of the portal's own."""
    data = record.ntriples.replace(b"publisher/bus>", b"publisher/busbusbusbusbus2>")
    return replace(record, ntriples=data, content_hash=sha256(data).hexdigest())


def token(client: FlaskClient) -> str:
    found = re.search(r'name="form_token" value="(\w+)"', client.get("/account").text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, to: str) -> TestResponse:
    return client.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD, "to": to})


def send(client: FlaskClient, page: str, address: str, **form: str) -> TestResponse:
    """The form of a page that leads to `address`, its fields with those of `form` in their place."""
    text = client.get(page).text
    found = re.search(rf'<form[^>]*action="{re.escape(address)}".*?</form>', text, re.DOTALL)
    assert found, (page, address)
    fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', found[0])
    return client.post(address, data={name: unescape(value) for name, value in fields} | form)


def follow(client: FlaskClient, page: str, **form: str) -> TestResponse:
    """By the link of a public page, as somebody does."""
    link = re.search(r'<a class="button small follow"[^>]*href="([^"]+)"', client.get(page).text)
    assert link, page
    return send(client, unescape(link[1]), "/account/follow", **form)


def test_every_public_page_leads_to_following_it_and_only_a_form_does_it(house: House) -> None:
    client = house.signed_in()
    pages = (
        f"/dataset/{house.ids[0]}", f"/publisher/{house.publisher()}", "/theme/jiaotong",
        "/dataset?q=公交&theme=jiaotong&modified_from=2020&sort=issued&page=1", "/dataset?q=zzzzqq", "/dataset",
    )  # fmt: skip
    for page in pages:
        link = re.search(r'<a class="button small follow"[^>]*href="([^"]+)"', client.get(page).text)
        assert link, page
        assert "nofollow" in link[0]
        assert client.get(unescape(link[1])).status_code == 200
    assert house.portal.follow.of(house.who) == []
    for page in pages:
        assert follow(client, page, every="daily").location == "/account/following?followed=1"
    found = {(each.kind, each.target): each.name for each in house.portal.follow.of(house.who)}
    assert found == {
        (Kind.DATASET, house.ids[0]): "",
        (Kind.PUBLISHER, house.publisher()): "",
        (Kind.THEME, "jiaotong"): "",
        (Kind.SEARCH, "q=%E5%85%AC%E4%BA%A4&theme=jiaotong&modified_from=2020"): "公交，交通运输，2020 年起",
        (Kind.SEARCH, "q=zzzzqq"): "zzzzqq",
        (Kind.SEARCH, ""): "全部数据集",
    }
    shown = client.get("/account/following").text
    for words in ("公交线路第0号", "交通运输局", "zzzzqq", "全部数据集", 'value="daily" selected'):
        assert words in shown, words
    assert "您已经关注这一项" in client.get("/account/follow?kind=theme&id=jiaotong").text


def test_public_pages_are_the_same_for_one_who_follows(house: House) -> None:
    client = house.signed_in()
    follow(client, f"/dataset/{house.ids[0]}")
    for page in (f"/dataset/{house.ids[0]}", "/dataset?q=公交", "/theme/jiaotong"):
        assert client.get(page).text == house.visitor().get(page).text


def test_signing_in_leads_back_to_what_was_to_be_followed(house: House) -> None:
    client = house.visitor()
    asked = client.get("/account/follow?kind=search&q=%E5%85%AC%E4%BA%A4%26x&theme=jiaotong")
    assert asked.status_code == 303
    to = re.search(r'name="to" value="([^"]+)"', client.get(asked.location.removeprefix(BASE)).text)
    assert to
    back = sign_in(client, unescape(to[1])).location
    assert back == "/account/follow?kind=search&q=%E5%85%AC%E4%BA%A4%26x&theme=jiaotong"
    assert "公交&amp;x" in client.get(back).text


def test_what_is_followed_is_renamed_and_stopped_and_digests_are_chosen(house: House) -> None:
    client = house.signed_in()
    follow(client, "/dataset?q=公交", name="公交的数据", every="daily", language="en")
    (each,) = house.portal.follow.of(house.who)
    here = "/account/following"
    assert each.name == "公交的数据"
    assert send(client, here, f"{here}/{each.mark}/name", name="改了").status_code == 303
    assert "改了" in client.get(here).text
    refused = send(client, here, f"{here}/{each.mark}/name", name="   ")
    assert refused.status_code == 400
    assert "请给这个检索起个名字" in refused.text
    assert send(client, here, f"{here}/digest", every="never", language="zh-Hans").status_code == 303
    choice = house.portal.follow.choice(house.who)
    assert choice is not None
    assert (choice.every, choice.language) == ("never", "zh-Hans")
    assert send(client, here, f"{here}/digest", every="hourly", language="zh-Hans").status_code == 400
    assert send(client, here, f"{here}/digest", every="daily", language="tlh").status_code == 400
    assert send(client, here, f"{here}/{each.mark}/stop").status_code == 303
    assert house.portal.follow.of(house.who) == []


def test_forms_of_other_sites_and_strangers_change_nothing(house: House) -> None:
    client = house.signed_in()
    follow(client, "/theme/jiaotong")
    (each,) = house.portal.follow.of(house.who)
    for address in ("/account/follow", "/account/following/digest", f"/account/following/{each.mark}/stop"):
        assert client.post(address, data={"kind": "theme", "target": "jiaoyu"}).status_code == 403
        assert house.visitor().post(address).status_code == 303  # to the page that asks who it is
    assert house.portal.follow.of(house.who) == [each]


def test_what_nobody_can_follow_is_not_found_and_breaks_nothing(house: House) -> None:
    client = house.signed_in()
    for query in (
        "",
        "kind=dataset",
        "kind=dataset&id=%00",
        "kind=x&id=y",
        "kind=theme&id=<script>",
        "kind=publisher&id=x",
    ):
        assert client.get(f"/account/follow?{query}").status_code == 404, query
    form = {"form_token": token(client)}
    for mark, status in (("%00", 404), ("x", 404), ("0" * 17, 404), ("0" * 16, 303)):
        assert client.post(f"/account/following/{mark}/stop", data=form).status_code == status, mark
    for target in ("\0", "nothing", "../x"):
        for kind in ("dataset", "publisher", "theme"):
            answer = client.post("/account/follow", data=form | {"kind": kind, "target": target})
            assert answer.status_code == 404, (kind, target)


def test_hostile_words_stay_words(house: House) -> None:
    client = house.signed_in()
    word = "<script>alert(1)</script>\"' &amp; \x01"
    page = client.get("/account/follow", query_string={"kind": "search", "q": word})
    assert "<script>alert" not in page.text
    sent = client.post(
        "/account/follow",
        data={
            "form_token": token(client),
            "kind": "search",
            "target": "q=%3Cscript%3E&evil=1&page=9",
            "name": word + "\r\nBcc: x@example.org",
        },
    )
    assert sent.status_code == 303
    (each,) = house.portal.follow.of(house.who)
    assert each.target == "q=%3Cscript%3E"
    assert "<script>alert" not in client.get("/account/following").text


def digest(house: House, client: FlaskClient) -> str:
    """The text of the one letter after a change of the first dataset."""
    keep(house.portal, [arrival("entry-0", title="公交线路第0号（新）")])
    catch_up(house.portal)
    with house.portal.database.write() as connection:
        connection.exec_driver_sql("UPDATE follower SET due_at = '2020-01-01 00:00:00.000000'")
    assert make_digests(house.portal) == 1
    with house.portal.database.read() as connection:
        return str(connection.exec_driver_sql("SELECT body FROM letter").scalar_one())


def test_a_look_at_a_link_ends_nothing_and_its_button_needs_no_sign_in(house: House) -> None:
    client = house.signed_in()
    follow(client, f"/dataset/{house.ids[0]}", every="daily")
    one, everything = re.findall(rf"{BASE}(/account/unsubscribe/\S+)", digest(house, client))
    visitor = house.visitor("en")
    for link in (one, everything):
        looked = visitor.get(link)
        assert looked.status_code == 200
        assert looked.headers["Cache-Control"] == "no-store"
        assert looked.headers["Referrer-Policy"] == "same-origin"
        assert visitor.head(link).status_code == 200
    assert "Stop following “公交线路第0号（新）”?" in visitor.get(one).text
    assert len(house.portal.follow.of(house.who)) == 1
    assert send(visitor, one, one).status_code == 200
    assert house.portal.follow.of(house.who) == []
    assert visitor.get(one).status_code == 404


def test_a_mail_programs_own_button_works_from_anywhere(house: House) -> None:
    client = house.signed_in()
    follow(client, f"/dataset/{house.ids[0]}", every="daily")
    _, everything = re.findall(rf"{BASE}(/account/unsubscribe/\S+)", digest(house, client))
    for headers in ({}, {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}):
        answer = house.application.test_client().post(
            everything, data={"List-Unsubscribe": "One-Click"}, headers=headers, base_url=BASE
        )
        assert answer.status_code == 200
    choice = house.portal.follow.choice(house.who)
    assert choice is not None
    assert choice.every == "never"
    assert len(house.portal.follow.of(house.who)) == 1
    assert house.visitor().post("/account/unsubscribe/nonsense").status_code == 404


def test_an_error_writes_no_link_to_the_log(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(type(house.portal.follow), "ends", fails)
    monkeypatch.setattr(type(house.portal.follow), "feed", fails)
    assert house.visitor().get("/account/unsubscribe/MARKED").status_code == 500
    assert house.visitor().get("/account/feed/MARKED.atom").status_code == 500
    assert "MARKED" not in "".join(capfd.readouterr())


def test_a_feed_of_ones_own_tells_whoever_has_its_address(house: House) -> None:
    client = house.signed_in()
    follow(client, "/dataset?q=公交", language="en")
    here = "/account/following"
    assert send(client, here, f"{here}/feed").status_code == 303
    address = re.search(rf"{BASE}(/account/feed/\S+\.atom)<", client.get(here).text)
    assert address
    answer = house.application.test_client().get(address[1])
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    feed = etree.fromstring(answer.data)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert sorted(titles) == [f"New: 公交线路第{number}号" for number in range(3)]
    assert EMAIL not in answer.text
    assert send(client, here, f"{here}/feed", close="1").status_code == 303
    assert house.application.test_client().get(address[1]).status_code == 404


def test_a_new_password_gives_the_feed_a_new_address_and_makes_none_where_there_was_none(house: House) -> None:
    client = house.signed_in()
    follow(client, f"/dataset/{house.ids[0]}")

    def changed(old: str, new: str) -> str:
        assert send(client, "/account", "/account/password", old=old, password=new).status_code == 303
        return house.portal.follow.feed_address(house.who)

    assert changed(PASSWORD, "a new long word") == ""
    send(client, "/account/following", "/account/following/feed")
    first = house.portal.follow.feed_address(house.who)
    assert house.visitor().get(first.removeprefix(BASE)).status_code == 200
    second = changed("a new long word", "a third long word")
    assert second not in ("", first)
    assert house.visitor().get(first.removeprefix(BASE)).status_code == 404
    assert house.visitor().get(second.removeprefix(BASE)).status_code == 200


def test_the_export_has_what_is_followed_and_the_end_of_the_account_takes_it(house: House) -> None:
    client = house.signed_in()
    follow(client, "/dataset?q=公交", name="我的公交", every="daily")
    kept = json.loads(client.get("/account/export.json").text)["following"]
    assert kept["digest"] == {"every": "daily", "language": "zh-Hans"}
    assert [(each["kind"], each["name"]) for each in kept["followed"]] == [("search", "我的公交")]
    assert send(client, "/account", "/account/erase", old=PASSWORD).status_code == 303
    with house.portal.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM followed").scalar_one() == 0


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_pages_of_datasets_publishers_and_themes_have_feeds(house: House, language: str) -> None:
    client = house.visitor(language)
    keep(house.portal, [of_bureau(arrival("entry-0", title="公交线路第0号（新）"))])
    catch_up(house.portal)
    for page in (f"/dataset/{house.ids[0]}", f"/publisher/{house.publisher()}", "/theme/jiaotong", "/dataset?q=公交"):
        link = re.search(
            r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]+)"', client.get(page).text
        )
        assert link, page
        answer = client.get(unescape(link[1]).removeprefix(BASE))
        assert answer.status_code == 200, page
        entries = list(etree.fromstring(answer.data).iter(f"{ATOM}entry"))
        assert entries, page
    versions = etree.fromstring(client.get(f"/dataset/{house.ids[0]}.atom").data)
    told = [(each.findtext(f"{ATOM}title"), each.findtext(f"{ATOM}summary")) for each in versions.iter(f"{ATOM}entry")]
    assert [title for title, _ in told] == (["Version 2", "Version 1"] if language == "en" else ["第 2 版", "第 1 版"])
    assert "公交线路第0号（新）" in (told[0][1] or "")


def test_a_withdrawn_dataset_has_no_feed_any_more(house: House) -> None:
    house.portal.catalogue.withdraw([house.ids[0]], actor="test", why="test")
    assert house.visitor().get(f"/dataset/{house.ids[0]}.atom").status_code == 410
    for id_ in ("a" * 16, "nothing", "%00"):
        assert house.visitor().get(f"/dataset/{id_}.atom").status_code == 404


def test_a_feed_says_nothing_that_xml_can_not(house: House) -> None:
    client = house.signed_in()
    body = (
        f"form_token={token(client)}&kind=search&target=q%3D%25E5%2585%25AC%25E4%25BA%25A4&name=a%ED%A0%80%00]]>%26%0B"
    )
    sent = client.post("/account/follow", data=body, content_type="application/x-www-form-urlencoded")
    assert sent.status_code == 303
    send(client, "/account/following", "/account/following/feed")
    address = house.portal.follow.feed_address(house.who).removeprefix(BASE)
    assert etree.fromstring(client.get(address).data).find(f"{ATOM}entry") is not None
