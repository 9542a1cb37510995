"""The query page's editor by keyboard, with its suggestions, and the page without it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.browser.front import AXE, EDITOR, needs
from tests.browser.test_accessibility import violations
from tests.factories.sparql import running_pool
from tests.web.portals import Filled

pytestmark = [*NEEDS_CHROMIUM, *needs(EDITOR)]

FIELD = "textarea[name=query]"
HINTS = ".CodeMirror-hints [role=option]"


@pytest.fixture(scope="module")
def answering(site: tuple[str, Filled]) -> Iterator[str]:
    with running_pool(site[1].portal.settings.home, time_limit_s=10.0):
        yield site[0]


@pytest.fixture
def page(browser: Browser, answering: str) -> Iterator[Page]:
    opened = open_page(browser)
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: None if request.url.startswith(answering) else complaints.append(request.url))
    opened.goto(f"{answering}/sparql")
    yield opened
    opened.context.close()
    assert complaints == [], "the editor asks nobody else and breaks no rule of the page"


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="查询语句").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def settle(page: Page) -> None:
    """Wait until the suggestions come and go no more: each letter asks again, and closes the list while it waits."""
    page.evaluate(
        """() => new Promise((done) => {
            let quiet = setTimeout(done, 400);
            const again = () => { clearTimeout(quiet); quiet = setTimeout(done, 400); };
            new MutationObserver(again).observe(document.body, { childList: true, subtree: true });
        })"""
    )


def test_classes_and_properties_are_suggested_and_their_prefixes_declared(page: Page) -> None:
    page.route("**/sparql/terms.json", lambda route: route.fulfill(json={
        "prefixes": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "classes": [["http://www.w3.org/ns/dcat#Dataset", 5], ["http://www.w3.org/ns/dcat#Catalog", 1]],
        "properties": [["http://purl.org/dc/terms/title", 7], ["http://purl.org/dc/terms/issued", 5]],
    }))  # fmt: skip
    write(page, "SELECT * { ?d a dcat:")
    expect(page.locator(HINTS)).to_have_text(["dcat:Dataset 5", "dcat:Catalog 1"])
    settle(page)
    page.keyboard.press("Enter")
    page.keyboard.type(" ; titl")
    expect(page.locator(HINTS)).to_have_text(["dct:title 7"])
    settle(page)
    page.keyboard.press("Tab")
    page.keyboard.type(" ?t }")
    expect(page.locator(FIELD)).to_have_value(
        "PREFIX dct: <http://purl.org/dc/terms/>\n"
        "PREFIX dcat: <http://www.w3.org/ns/dcat#>\n"
        "SELECT * { ?d a dcat:Dataset ; dct:title ?t }"
    )


def test_the_arrow_keys_bring_no_suggestions(page: Page) -> None:
    page.get_by_role("textbox", name="查询语句").focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(HINTS)).to_have_count(0)


def test_escape_and_tab_lead_out_of_the_editor_both_ways(page: Page) -> None:
    write(page, "SELECT * { ?d ?")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("select[name=format]")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("textbox", name="查询语句")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="改用普通文本框")).to_be_focused()


def test_a_mistake_is_told_where_it_is_while_one_writes(page: Page) -> None:
    write(page, "SELECT * { ?d foo ?x }")
    expect(page.locator(".editor-status")).to_contain_text("第 1 行第 15 列")
    expect(page.locator(".query-wrong")).to_have_text("foo")
    write(page, "SELECT * { ?d ?p ?x }")
    expect(page.locator(".editor-status")).to_be_empty()
    expect(page.locator(".query-wrong")).to_have_count(0)


def test_a_query_is_sent_by_keyboard_and_the_address_is_the_link_to_share(page: Page, answering: str) -> None:
    write(page, "SELECT (1 AS ?one) {}")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sparql?query=*")
    expect(page.locator(".sparql-table td")).to_have_text(["1"])
    address = page.url
    page.goto(f"{answering}/about")
    page.goto(address)
    expect(page.locator(".sparql-table td")).to_have_text(["1"])


def test_the_plain_field_can_be_chosen_and_is_remembered(page: Page) -> None:
    write(page, "ASK {}")
    page.get_by_role("button", name="改用普通文本框").click()
    expect(page.locator(FIELD)).to_be_visible()
    expect(page.locator(FIELD)).to_have_value("ASK {}")
    page.reload()
    expect(page.locator(FIELD)).to_be_visible()
    page.get_by_role("button", name="改用查询编辑器").click()
    expect(page.locator(".CodeMirror")).to_be_visible()


def test_examples_narrow_down_while_one_types(page: Page) -> None:
    page.fill("#find", "没有更新")
    expect(page.locator(".sparql-topic li:visible")).to_have_count(2)
    expect(page.locator(".sparql-found")).to_contain_text("2")
    page.locator("#find").press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sparql?example=*")
    expect(page.locator("h2#answer")).to_be_visible()


def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Browser, answering: str) -> None:
    page = open_page(browser, 320)
    for path in ("/sparql?example=publishers", "/sparql?example=issued-by-year", "/sparql?query=bogus"):
        page.goto(answering + path)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_without_scripts_the_field_and_the_examples_do_the_same(browser: Browser, answering: str) -> None:
    page = open_page(browser, java_script_enabled=False)
    page.goto(f"{answering}/sparql")
    expect(page.get_by_text("改用普通文本框")).to_be_hidden()  # it is plain, and the button could do nothing
    page.fill(FIELD, "SELECT (2 AS ?two) {}")
    page.locator("main form button.button-main").click()
    expect(page.locator(".sparql-table td")).to_have_text(["2"])
    page.fill("#find", "没有更新")
    page.locator(".sparql-find button").click()
    expect(page.locator(".sparql-topic li")).to_have_count(2)


def test_an_open_list_of_suggestions_is_announced(page: Page) -> None:
    write(page, "SELECT * { ?dataset ?property ?")
    expect(page.locator(HINTS).first).to_be_visible()
    expect(page.locator(".CodeMirror-hints")).to_have_role("listbox")
    box = page.get_by_role("textbox", name="查询语句")
    assert box.get_attribute("aria-activedescendant") == page.locator(f"{HINTS}[aria-selected=true]").get_attribute(
        "id"
    )
    if AXE.exists():
        assert violations(page) == []
