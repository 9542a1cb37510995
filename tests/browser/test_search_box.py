"""The search box by keyboard, mouse and without an answer; and the form below an empty search."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.web.portals import Filled

pytestmark = NEEDS_CHROMIUM

BOX = "main input[type=search]"
OPTIONS = "main [role=listbox] [role=option]"


@pytest.fixture(params=["/", "/dataset"])
def page(request: pytest.FixtureRequest, browser: Browser, site: tuple[str, Filled]) -> Iterator[Page]:
    opened = open_page(browser)
    opened.goto(site[0] + request.param)
    yield opened
    opened.context.close()


def typed(page: Page, text: str) -> None:
    page.locator(BOX).press_sequentially(text)
    expect(page.locator(OPTIONS).first).to_be_visible()


def test_suggestions_are_chosen_by_keyboard_and_searched_by_enter(page: Page) -> None:
    box = page.locator(BOX)
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    typed(page, "gj")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert (
        page.evaluate(
            "document.getElementById(document.querySelector('main [role=combobox]').getAttribute('aria-controls')).role"
        )
        == "listbox"
    )
    expect(page.locator("main form [role=status]")).to_contain_text("条提示")
    page.keyboard.press("ArrowDown")
    first = page.locator(OPTIONS).first
    expect(first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    expect(box).to_have_value("公交")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("gj")
    page.keyboard.press("ArrowUp")
    expect(page.locator(OPTIONS).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset?q=*")
    expect(page.locator(BOX)).to_have_value("公交")
    expect(page.locator("mark").first).to_have_text("公交")


def test_escape_closes_the_list_and_gives_back_what_was_typed(page: Page) -> None:
    typed(page, "gj")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("main [role=listbox]")).to_be_hidden()
    expect(page.locator(BOX)).to_have_value("gj")
    expect(page.locator(BOX)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(page.locator(OPTIONS).first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("main [role=listbox]")).to_be_hidden()


def test_a_suggestion_is_searched_by_a_press(page: Page) -> None:
    typed(page, "jty")
    page.locator(OPTIONS, has_text="广州市交通运输局").first.click()
    page.wait_for_url("**/dataset?q=*")
    expect(page.locator(BOX)).to_have_value("广州市交通运输局")


@pytest.mark.parametrize(
    "answer", [{"status": 500}, {"status": 429, "json": {"suggestions": []}}, {"body": "<html>"}, None]
)
def test_an_answer_that_fails_is_not_noticed(page: Page, answer: dict[str, object] | None) -> None:
    page.route("**/api/suggest*", lambda route: route.fulfill(**answer) if answer else route.abort())  # type: ignore[arg-type]
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.locator(BOX).press_sequentially("gongjiao")
    page.wait_for_timeout(400)
    expect(page.locator("main [role=listbox]")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset?q=gongjiao*")
    assert errors == []


def test_a_late_answer_to_an_earlier_letter_does_not_replace_a_newer_one(page: Page) -> None:
    def answer(route: object) -> None:
        text = "early" if route.request.url.endswith("=g") else "late"  # type: ignore[attr-defined]
        if text == "early":
            page.wait_for_timeout(300)
        route.fulfill(json={"suggestions": [{"text": text, "kind": "word"}]})  # type: ignore[attr-defined]

    page.route("**/api/suggest*", answer)
    page.locator(BOX).press_sequentially("g")
    page.wait_for_timeout(150)
    page.locator(BOX).press_sequentially("j")
    expect(page.locator(OPTIONS)).to_have_text(["late"])
    page.wait_for_timeout(400)
    expect(page.locator(OPTIONS)).to_have_text(["late"])


def test_the_list_fits_a_narrow_screen(browser: Browser, site: tuple[str, Filled]) -> None:
    page = open_page(browser, 320)
    page.goto(site[0])
    typed(page, "g")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_not_found_is_sent_as_a_request(browser: Browser, site: tuple[str, Filled], scripts: bool) -> None:
    base, filled = site
    page = open_page(browser, 390, java_script_enabled=scripts)
    page.goto(f"{base}/dataset?q=量子纠缠观测&insist=1")
    before = filled.portal.data_requests.count()
    expect(page.get_by_role("textbox", name="要找的数据")).to_have_value("量子纠缠观测")
    page.get_by_label("补充说明").fill("研究用")
    page.get_by_role("button", name="提交数据需求").click()
    page.wait_for_url("**/data-request?sent=1")
    expect(page.get_by_role("status")).to_contain_text("已经记下")
    assert filled.portal.data_requests.count() == before + 1
    assert filled.portal.data_requests.newest(1)[0].description == "研究用"
