"""The audit log and the list of permissions in a browser: signed in by the form, on a desk and on a phone."""

import pytest
from playwright.sync_api import Browser, Page

from app.accounts.model import Role
from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.browser.front import AXE, needs
from tests.browser.test_accessibility import violations
from tests.web.portals import Filled

pytestmark = [*NEEDS_CHROMIUM, *needs(AXE)]

EMAIL, PASSWORD = "office@example.org", "a long dry password"


@pytest.fixture(scope="module")
def office(site: tuple[str, Filled]) -> str:
    site[1].portal.accounts.add(EMAIL, PASSWORD, "主管部门", [(Role.AUTHORITY, "")], by="test")
    return site[0]


def signed_in(browser: Browser, base: str, width: int, scheme: str) -> Page:
    page = open_page(browser, width, color_scheme=scheme)
    page.goto(f"{base}/account/sign-in?to=/account/audit")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/account/audit")
    return page


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh-Hans", 1280, "light"), ("en", 390, "dark")])
@pytest.mark.parametrize("path", ["/account/audit", "/account/audit?since=x", "/account/permissions"])
def test_a_page_breaks_no_rule_and_is_no_wider_than_the_screen(
    browser: Browser, office: str, path: str, language: str, width: int, scheme: str
) -> None:
    page = signed_in(browser, office, width, scheme)
    page.goto(f"{office}{path}{'&' if '?' in path else '?'}lang={language}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_the_log_is_filtered_by_its_form(browser: Browser, office: str) -> None:
    page = signed_in(browser, office, 1280, "light")
    page.locator("details.filter-part summary").click()
    page.select_option("select[name=action]", "dataset.withdrawn")
    page.locator("main form button").click()
    page.wait_for_url("**action=dataset.withdrawn**")
    assert {each.inner_text() for each in page.locator("tbody td code").all()} == {"dataset.withdrawn"}
    with page.expect_download() as download:
        page.locator("a[href*='export.jsonl']").click()
    assert download.value.suggested_filename == "suishu-audit.jsonl"
    page.context.close()
