"""Digests of a real portal, over a real mail server."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from app import outbox
from app.accounts.model import Role
from app.catalogue import changes
from app.catalogue.decision import Arrival
from app.factory import create_app
from app.follow.model import Every, Kind
from app.processes import digests
from app.processes.digests import indexed, make_digests
from app.processes.keeper import Keeper, catch_up
from app.processes.projections import search_cursor_name
from app.settings import Settings
from app.wiring import Portal, build
from tests.factories.records import add_source, arrival
from tests.processes.conftest import BASE
from tests.services import smtp
from tests.services.smtp import Inbox

Keep = Callable[[Sequence[Arrival]], None]


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    with smtp.running() as found:
        yield found


@pytest.fixture
def house(tmp_path: Path, inbox: tuple[Inbox, str]) -> Iterator[tuple[Portal, Clock]]:
    clock = Clock()
    portal = build(Settings(home=tmp_path / "home", base_url=BASE, mail_url=inbox[1]), clock)  # type: ignore[arg-type]
    add_source(portal.database)
    yield portal, clock
    portal.close()


def follows(portal: Portal, kind: Kind, target: str, name: str = "") -> None:
    who = portal.accounts.add("ada@example.org", "long and dry", "Ada", [(Role.DATA_USER, "")], by="test")
    portal.follow.follow(kind, target, name, by=who, every=Every.DAILY, language="zh-Hans")


def received(inbox: Inbox) -> list[Any]:
    return [message_from_bytes(bytes(each.content or b""), policy=policy.default) for each in inbox.envelopes]


def test_a_digest_reaches_a_mail_server_with_a_way_out_that_works(
    house: tuple[Portal, Clock], inbox: tuple[Inbox, str]
) -> None:
    portal, clock = house
    portal.catalogue.record([arrival("old", title="地铁线路")], actor="test")
    catch_up(portal)
    follows(portal, Kind.SEARCH, "q=%E5%85%AC%E4%BA%A4", "公交\r\nBcc: all@example.org")
    found = [arrival("a", title="公交线路"), arrival("b", title="公园", description="绿地", agency="园林局", items=())]
    portal.catalogue.record(found, actor="test")
    catch_up(portal)
    assert make_digests(portal) == 0  # not before its time
    clock.ahead = timedelta(days=1)
    assert make_digests(portal) == 1
    assert make_digests(portal) == 0
    office = portal.post_office()
    assert office is not None
    assert office.deliver() == 1
    (sent,) = received(inbox[0])
    assert inbox[0].envelopes[0].rcpt_tos == ["ada@example.org"]
    assert sent["Subject"] == "穗数关注摘要：公交 Bcc: all@example．org"
    assert sent["Bcc"] is None
    raw = bytes(inbox[0].envelopes[0].content or b"")
    link = sent["List-Unsubscribe"].strip("<>")
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in raw  # whole, as mail programs look for it
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Message-ID"].endswith("@data.example>")
    body = sent.get_body().get_content()
    assert f"新增：公交线路\n  {BASE}/dataset/{found[0].id}" in body.replace("\r\n", "\n")
    assert "公园" not in body
    client = create_app(portal=portal).test_client()
    assert client.post(link.removeprefix(BASE), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    portal.catalogue.record([arrival("c", title="公交站点")], actor="test")
    catch_up(portal)
    clock.ahead = timedelta(days=9)
    assert make_digests(portal) == 0


def test_the_keeper_makes_them_and_hands_them_over(
    house: tuple[Portal, Clock], inbox: tuple[Inbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, clock = house
    monkeypatch.setattr(digests, "_LOOK_EVERY_S", 0.05)
    record = arrival("a", title="公交线路")
    portal.catalogue.record([record], actor="test")
    follows(portal, Kind.DATASET, record.id)
    portal.catalogue.record([arrival("a", title="公交线路（新）")], actor="test")
    clock.ahead = timedelta(days=1)
    keeper = Keeper(portal)
    thread = threading.Thread(target=keeper.run)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not inbox[0].envelopes and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        keeper.stop.set()
        thread.join()
    (sent,) = received(inbox[0])
    assert "更新：公交线路（新）" in sent.get_body().get_content()


def test_no_digest_tells_of_changes_that_the_index_has_not(portal: Portal, keep: Keep) -> None:
    assert indexed(portal) is None
    catch_up(portal)
    assert indexed(portal) == 0
    keep([arrival("a")])
    assert indexed(portal) == 0
    catch_up(portal)
    assert indexed(portal) == 1
    keep([arrival("b")])
    keep([arrival("c")])
    with portal.database.write() as connection:
        name = search_cursor_name(portal)
        outbox.set_cursor(connection, name, outbox.cursor(connection, name) + 1)  # the index has one of them
    assert indexed(portal) == 2
    with portal.database.read() as connection:
        assert changes.latest(connection) == 3
