"""Following in a browser: from a dataset's page by way of signing in to the list, each page against axe's rules."""

import pytest
from playwright.sync_api import Browser, expect

from app.accounts.model import Role
from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.browser.front import AXE, needs
from tests.browser.test_accessibility import violations
from tests.web.portals import Filled

pytestmark = [*NEEDS_CHROMIUM, *needs(AXE)]

PASSWORD = "long and dry"


@pytest.mark.parametrize(("language", "width", "button"), [("zh-Hans", 1280, "关注"), ("en", 390, "Follow")])
def test_somebody_follows_a_dataset_and_a_search(
    browser: Browser, site: tuple[str, Filled], language: str, width: int, button: str
) -> None:
    base, filled = site
    email = f"{language.lower()}@example.org"
    who = filled.portal.accounts.add(email, PASSWORD, "Ada", [(Role.DATA_USER, "")], by="test")
    # The cookie of a session goes over https alone, as the portal's own address says; this server has none.
    page = open_page(browser, width)
    session = filled.portal.accounts.sign_in(email, PASSWORD, address="test")
    page.context.add_cookies([{"name": "suishu_account", "value": session.secret, "url": f"{base}/account"}])
    for address in (f"/dataset/{filled.ids['bus']}?lang={language}", "/dataset?q=公交"):
        page.goto(base + address)
        page.locator("a.follow").click()
        assert violations(page) == [], address
        page.locator("main form").get_by_role("button", name=button, exact=True).click()
        expect(page.locator("main [role=status]")).to_be_visible()
    assert len(filled.portal.follow.of(who)) == 2
    filled.portal.follow.open_feed(by=who)
    page.reload()
    assert violations(page) == []
    page.goto(f"{base}/account/unsubscribe/nothing")
    assert violations(page) == []
    page.context.close()
