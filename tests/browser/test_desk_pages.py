"""The desk in a browser, with something on it and empty, against axe's rules, wide and narrow."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from app.accounts.model import Role
from app.feedback.model import Fault, Wrong
from app.feedback.moves import Step
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.front import AXE, needs
from tests.browser.test_accessibility import violations
from tests.browser.test_feedback_pages import PASSWORD, fits, signed_in
from tests.web.portals import Filled
from tests.web.test_desk import dataset

pytestmark = [*NEEDS_CHROMIUM, *needs(AXE)]

PAGES = ("", "?part=corrections", "/said", "/said?kind=rating", "/said?state=hidden", "/figures")


@pytest.fixture(scope="module")
def desks(site: tuple[str, Filled]) -> str:
    """The desk of an authority that has everything, and of a publisher without data, whose desk is empty."""
    portal, id_ = site[1].portal, site[1].ids["bus"]
    people = [
        portal.accounts.add(f"{name}@example.org", PASSWORD, (name * 8)[:30], [(role, scope)], by="test")
        for name, role, scope in (
            ("ada", Role.DATA_USER, ""), ("authority", Role.AUTHORITY, ""), ("nobody", Role.PUBLISHER, "none"),
            ("operator", Role.OPERATOR, ""), ("bo", Role.DATA_USER, ""),
        )
    ]  # fmt: skip
    ada, authority, _, operator, bo = people
    other = dataset("water", "water", "广州市水务局" + "很长的名字" * 20)
    portal.catalogue.record([other], actor="test")
    portal.feedback.reply(portal.feedback.comment(other.id, "水", by=ada).id, "答", by=authority)
    feedback, corrections = portal.feedback, portal.corrections
    now = portal.clock()
    for days, clock in ((70, -70), (40, -40), (3, -3)):
        at = now + timedelta(days=clock)
        for service in (feedback, corrections, portal.ratings):
            service._clock = lambda at=at: at
        asked = feedback.comment(id_, f"{days} 天前问：" + "很长的没有断行的一句话" * 20, by=ada).id
        made = corrections.send(id_, f"站点 {days} 写错了", Wrong(Fault.ERROR, item="站点"), by=bo).id
        portal.ratings.rate(id_, 4 if days > 50 else 2, by=ada if days > 50 else bo)
        if days > 3:
            for service in (feedback, corrections):
                service._clock = lambda at=at: at + timedelta(days=2, hours=5)
            feedback.reply(asked, "谢谢，已核实。", by=authority)
            corrections.decide(made, Step.ACCEPT, "核实无误。", by=authority)
    portal.moderation.hide(feedback.comment(id_, "骂人的话", by=bo).id, "违规", by=operator)
    for service in (feedback, corrections, portal.ratings):
        service._clock = portal.clock
    return site[0]


@pytest.mark.parametrize("name", ["authority", "nobody"])
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [(1280, "zh-Hans", "light"), (390, "en", "dark")], ids=["wide", "narrow"]
)
def test_every_page_of_the_desk_breaks_no_rule(
    browser: Browser, desks: str, name: str, width: int, language: str, scheme: str
) -> None:
    page = signed_in(browser, desks, name, width, language, scheme)
    for place in PAGES:
        page.goto(f"{desks}/account/desk{place}")
        assert page.locator("h1").count() == 1
        assert violations(page) == [], place
        assert fits(page), place
        assert page.locator("#publisher").count() == (1 if name == "authority" else 0)
    assert page.locator("figure svg").count() == (5 if name == "authority" else 0)
    page.context.close()
