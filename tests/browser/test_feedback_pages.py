"""Saying something, deciding and moderating in a browser, each by who does it, against axe's rules."""

import pytest
from playwright.sync_api import Browser, Page

from app.accounts.model import Role
from app.catalogue.model import PublicEntry
from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.browser.front import AXE, needs
from tests.browser.test_accessibility import violations
from tests.web.portals import Filled

pytestmark = [*NEEDS_CHROMIUM, *needs(AXE)]

PASSWORD = "a long dry word"
WORDS = "站点 B12 的名称写错了。\n" + "很长的没有断行的一句话" * 20


@pytest.fixture(scope="module")
def people(site: tuple[str, Filled]) -> tuple[str, Filled]:
    filled = site[1]
    for name, role, scope in (
        ("ada", Role.DATA_USER, ""), ("bus", Role.PUBLISHER, filled.publisher), ("operator", Role.OPERATOR, ""),
    ):  # fmt: skip
        filled.portal.accounts.add(f"{name}@example.org", PASSWORD, name, [(role, scope)], by="test")
    return site


def signed_in(browser: Browser, base: str, name: str, width: int, language: str, scheme: str) -> Page:
    page = open_page(browser, width, color_scheme=scheme)
    page.goto(f"{base}/account/sign-in?lang={language}")
    page.fill("#email", f"{name}@example.org")
    page.fill("#password", PASSWORD)
    page.locator("main form button.button-main").click()
    page.wait_for_url("**/account")
    return page


def fits(page: Page) -> bool:
    """Whether nothing has to be moved sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(
    ("width", "language", "scheme"), [(1280, "zh-Hans", "light"), (390, "en", "dark")], ids=["wide", "narrow"]
)
def test_every_page_of_feedback_breaks_no_rule(
    browser: Browser, people: tuple[str, Filled], width: int, language: str, scheme: str
) -> None:
    base, filled = people
    id_ = filled.ids["bus"]
    entry = filled.portal.catalogue.entry(id_)
    assert isinstance(entry, PublicEntry)

    def stands(page: Page, place: str) -> None:
        assert violations(page) == [], place
        assert fits(page), place

    ada, bus, operator = (
        signed_in(browser, base, name, width, language, scheme) for name in ("ada", "bus", "operator")
    )
    for kind in ("comment", "usage", "correction"):
        ada.goto(f"{base}/account/feedback/{id_}/{kind}")
        stands(ada, kind)
        ada.fill("#body", f"{WORDS} {kind} {width}")
        if kind == "usage":
            ada.fill("#title", "出行地图")
            ada.fill("#link", "https://map.example/" + "x" * 200)
        if kind == "correction":
            ada.check("input[value=error]")
            ada.fill("#item", "线路名称")
        ada.locator("main form button.button-main").click()
        ada.wait_for_url("**/feedback#post-*")
    stands(ada, "feedback")
    correction = ada.url.rpartition("-")[2]
    bus.goto(f"{base}/account/desk?part=corrections")
    stands(bus, "corrections")
    bus.goto(f"{base}/account/said/{correction}")
    stands(bus, "said")
    bus.fill("#answer", "核实无误。")
    bus.locator("button[value=accept]").click()
    bus.wait_for_url("**?saved=1")
    bus.fill("#body", f"谢谢 {width}")
    bus.locator("button[value=reply]").click()
    bus.wait_for_url("**/feedback#post-*")
    ada.goto(f"{base}/account/said/{correction}")
    ada.fill("#reason", "测试")
    ada.locator("button[value=report]").click()
    ada.wait_for_url("**?reported=1")
    stands(ada, "reported")
    operator.goto(f"{base}/account/moderation")
    stands(operator, "moderation")
    operator.fill(f"#reason-{correction}", "含个人信息")
    operator.locator(f"form[action$='/{correction}'] button[value=hide]").click()
    operator.wait_for_url("**?saved=1")
    stands(operator, "hidden")
    ada.goto(f"{base}/account/submissions")
    stands(ada, "submissions")
    ada.goto(f"{base}/dataset/{id_}")
    stands(ada, "dataset")
    for page in (ada, bus, operator):
        page.context.close()
