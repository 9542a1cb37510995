"""
One walk by everybody who has a part in it, in Chromium: somebody signs up, searches, rates and comments; the publisher
answers; a moderator hides what does not belong there; a follower's mail tells of it.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.accounts.model import Role
from app.factory import create_app
from app.processes.digests import make_digests
from app.processes.keeper import catch_up
from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.browser.conftest import Quiet
from tests.browser.front import AXE, needs
from tests.browser.test_accessibility import violations
from tests.services import smtp
from tests.services.ports import free_port
from tests.services.smtp import Inbox
from tests.web.portals import Filled, fill

pytestmark = [*NEEDS_CHROMIUM, *needs(AXE)]

PASSWORD = "a long dry word"
PRAISE = "站点很全，换乘也清楚。Complete and clear."
RUBBISH = "加微信领红包 wx-8888"
ANSWER = "谢谢，七月起每周更新。Thank you."


class Clock:
    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Town:
    base: str
    filled: Filled
    clock: Clock
    inbox: Inbox

    def letter_to(self, email: str) -> EmailMessage:
        """The newest."""
        office = self.filled.portal.post_office()
        assert office is not None
        office.deliver()
        found = [each for each in self.inbox.envelopes if each.rcpt_tos == [email]]
        return message_from_bytes(bytes(found[-1].content or b""), policy=policy.default)  # type: ignore[return-value]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    port, clock = free_port(), Clock()
    base = f"http://127.0.0.1:{port}"
    with smtp.running() as (inbox, mail_url):
        filled = fill(tmp_path, base, clock, mail_url=mail_url, staff_needs_totp=True)
        for name, role, scope in (("bus", Role.PUBLISHER, filled.publisher), ("mod", Role.OPERATOR, "")):
            filled.portal.accounts.add(f"{name}@example.org", PASSWORD, name, [(role, scope)], by="test")
        server = make_server("127.0.0.1", port, create_app(portal=filled.portal), threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Town(base, filled, clock, inbox)
        server.shutdown()
        thread.join()
        filled.portal.close()


@dataclass
class Person:
    """Somebody with a browser of their own; each page that they come to is looked at."""

    page: Page
    town: Town

    def go(self, path: str) -> None:
        self.page.goto(self.town.base + path)
        self.look()

    def click(self, what: str) -> None:
        self.page.locator(f"main {what}").first.click()
        self.page.wait_for_load_state("load")
        self.look()

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.fill(f"main [name={name}]", text)

    def send(self) -> None:
        self.click("form button.button-main")

    def look(self) -> None:
        assert violations(self.page) == [], self.page.url
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.page.url

    def sign_up(self, email: str, name: str) -> None:
        self.go("/account/sign-up")
        self.fill(email=email, password=PASSWORD, name=name)
        self.send()
        text = self.town.letter_to(email).get_content()
        link = re.search(r"/account/confirm/[\w-]+", text)
        assert link
        self.go(link[0])
        self.fill(password=PASSWORD)
        self.send()
        expect(self.page).to_have_url(re.compile(r"/account\?welcome=1$"))

    def sign_in_as_staff(self, email: str) -> None:
        self.go("/account/sign-in")
        self.fill(email=email, password=PASSWORD)
        self.send()
        secret = self.page.locator("code.secret").inner_text().replace(" ", "")
        self.fill(code=pyotp.TOTP(secret).at(self.town.clock()))
        self.send()
        self.click("a.button-main")
        expect(self.page).to_have_url(re.compile(r"/account$"))


@pytest.mark.parametrize(
    ("language", "width", "words", "title", "digest"),
    [
        ("zh-Hans", 1280, "公交站点", "公交线路站点", "新的评论和回复"),
        # Each width and each language once is enough for every run.
        pytest.param("zh-Hans", 390, "公交站点", "公交线路站点", "新的评论和回复", marks=pytest.mark.slow),
        ("en", 390, "bus routes", "Bus routes and stops", "New comments and answers"),
    ],
    ids=["wide", "phone", "english-phone"],
)
def test_what_is_said_of_data_from_signing_up_to_a_followers_mail(
    browser: Browser, town: Town, language: str, width: int, words: str, title: str, digest: str
) -> None:
    portal, id_ = town.filled.portal, town.filled.ids["bus"]

    def person() -> Person:
        found = Person(open_page(browser, width), town)
        found.go(f"/?lang={language}")
        return found

    ada = person()
    ada.sign_up("ada@example.org", "阿达 Ada")
    ada.go("/")
    ada.page.fill("main input[name=q]", words)
    ada.page.keyboard.press("Enter")
    ada.page.wait_for_url("**/dataset?**")
    ada.look()
    ada.page.get_by_role("link", name=title).first.click()
    ada.page.wait_for_url(f"**/dataset/{id_}")
    ada.click(f"a[href$='/account/rating/{id_}']")
    ada.page.check("input[name=stars][value='5']")
    ada.send()
    expect(ada.page.locator("#rating").locator("..")).to_contain_text("1")

    bo = person()
    bo.sign_up("bo@example.org", "博 Bo")
    bo.go(f"/dataset/{id_}")
    bo.click("a[href*='/account/follow?']")
    bo.page.select_option("#every", "daily")
    bo.send()
    bo.go("/account/following")
    expect(bo.page.locator("main")).to_contain_text(title)
    town.clock.ahead += timedelta(minutes=2)

    for said in (PRAISE, RUBBISH):
        ada.go(f"/dataset/{id_}")
        ada.click(f"a[href$='/account/feedback/{id_}/comment']")
        ada.fill(body=said)
        ada.send()
        expect(ada.page.locator("main")).to_contain_text(said)
    assert catch_up(portal)

    bus = person()
    bus.sign_in_as_staff("bus@example.org")
    bus.go(f"/dataset/{id_}/feedback")
    praise = bus.page.locator("article", has_text=PRAISE).get_attribute("id") or ""
    bus.click(f"#{praise} a[href*='/account/said/']")
    bus.fill(body=ANSWER)
    bus.click("button[value=reply]")
    expect(bus.page.locator(f"#{praise}")).to_contain_text(ANSWER)

    bo.go(f"/dataset/{id_}/feedback")
    rubbish = bo.page.locator("article", has_text=RUBBISH).get_attribute("id") or ""
    bo.click(f"#{rubbish} a[href*='/account/said/']")
    bo.fill(reason="广告 Advertising")
    bo.click("button[value=report]")

    mod = person()
    mod.sign_in_as_staff("mod@example.org")
    mod.go("/account/moderation")
    mod.page.locator(f"#{rubbish} textarea").fill("广告 Advertising")
    mod.click(f"#{rubbish} button[value=hide]")

    anybody = person()
    anybody.go(f"/dataset/{id_}/feedback")
    expect(anybody.page.locator("main")).to_contain_text(ANSWER)
    expect(anybody.page.locator("main")).not_to_contain_text(RUBBISH)
    ada.go("/account/submissions")
    expect(ada.page.locator("main")).to_contain_text("广告 Advertising")

    town.clock.ahead += timedelta(days=1, hours=1)
    assert catch_up(portal)
    assert make_digests(portal) == 1
    text = town.letter_to("bo@example.org").get_content()
    assert title in text
    assert digest in text
    assert RUBBISH not in text
    for each in (ada, bo, bus, mod, anybody):
        each.page.context.close()
