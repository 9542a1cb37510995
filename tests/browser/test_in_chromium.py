"""Pages as people meet them: without scripts, by keyboard, on a narrow screen, in both colour schemes."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.web.portals import Filled

pytestmark = NEEDS_CHROMIUM

PAGES = (
    "/", "/dataset", "/dataset?q=公交&open_attribute=WTJ", "/dataset?q=zzzzqq&theme=jiaotong", "/publisher", "/theme",
    "/theme/jiaotong", "/catalog", "/source", "/source/bureau", "/source/bureau/quarantine", "/about", "/ns",
    "/api/docs", "/nowhere", "/help/search", "/data-request",
)  # fmt: skip

CONTRASTS = """
() => {
  const rgb = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const bad = [];
  for (const element of document.querySelectorAll("main *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text || !element.checkVisibility() || element.closest(".aside")) continue;
    let ground = element, colour = null;
    while (ground && !colour) {
      const style = getComputedStyle(ground);
      if (style.backgroundImage !== "none") break;
      const value = rgb(style.backgroundColor);
      if (value.length === 3 || value[3] === 1) colour = value;
      ground = ground.parentElement;
    }
    if (!colour) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(colour)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const name = `${element.tagName}.${element.className}`;
    if (ratio < 4.5) bad.push(`${name} ${ratio.toFixed(2)} ${element.textContent.slice(0, 20)}`);
  }
  return bad;
}
"""
FOCUS = """
() => {
  const here = document.activeElement, style = getComputedStyle(here);
  return {
    place: [...document.querySelectorAll("*")].indexOf(here),
    html: here.outerHTML.slice(0, 300),
    unseen: style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2,
    over: here === document.body,
  };
}
"""


def addresses(site: tuple[str, Filled]) -> list[str]:
    base, filled = site
    own = [f"/dataset/{id_}" for id_ in filled.ids.values()] + [f"/publisher/{filled.publisher}"]
    return [base + path for path in (*PAGES, *own)]


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_nothing_is_wider_than_a_narrow_screen(browser: Browser, site: tuple[str, Filled], language: str) -> None:
    """WCAG 1.4.10: 320 CSS pixels without scrolling sideways, long words and addresses included."""
    page = open_page(browser, 320)
    page.goto(f"{site[0]}/about?lang={language}")
    for address in addresses(site):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_pages_ask_nobody_else_and_break_no_rule_of_their_own(browser: Browser, site: tuple[str, Filled]) -> None:
    page = open_page(browser)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(site[0]) else complaints.append(request.url))
    for address in addresses(site):
        page.goto(address)
    assert [complaint for complaint in complaints if "404" not in complaint] == []


def test_without_scripts_one_can_search_filter_and_read(browser: Browser, site: tuple[str, Filled]) -> None:
    base, filled = site
    page = open_page(browser, java_script_enabled=False)
    page.goto(base)
    page.fill("main input[type=search]", "公交")
    page.press("main input[type=search]", "Enter")
    assert page.locator("mark").first.text_content() == "公交"
    page.locator("a.tick", has_text="无条件开放").click()
    assert page.locator(".chip").count() == 1
    page.locator(".hit h3 a").first.click()
    assert page.url == f"{base}/dataset/{filled.ids['bus']}"
    page.locator("details summary", has_text="处新增").click()
    assert page.locator(".change").first.is_visible()
    page.locator(".language a").click()
    assert page.locator("h1").text_content() == "Bus routes and stops"


def test_on_a_phone_without_scripts_the_filters_open_and_the_menu_too(
    browser: Browser, site: tuple[str, Filled]
) -> None:
    page = open_page(browser, 390, java_script_enabled=False)
    page.goto(f"{site[0]}/dataset")
    assert not page.locator("#filters").is_visible()
    page.locator("a.to-filters").click()
    assert page.locator("#filters").is_visible()
    page.locator("a.tick", has_text="有条件开放").click()
    assert page.locator(".hit").count() == 1
    page.locator(".nav-narrow summary").click()
    page.locator(".nav-narrow a", has_text="开放目录").click()
    assert page.url == f"{site[0]}/catalog"


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: Browser, site: tuple[str, Filled]) -> None:
    page = open_page(browser)
    for address in addresses(site):
        page.goto(address)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", address
        assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
        focus = page.evaluate(FOCUS)
        for _ in range(30):
            assert not focus["unseen"], (address, focus["html"])
            page.keyboard.press("Tab")
            before, focus = focus, page.evaluate(FOCUS)
            assert focus["place"] != before["place"], f"{address}: the focus is stuck"
            if focus["over"]:
                break


def test_the_skip_link_leads_past_the_menu(browser: Browser, site: tuple[str, Filled]) -> None:
    page = open_page(browser)
    page.goto(site[0])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, site: tuple[str, Filled], scheme: str) -> None:
    """WCAG 1.4.3, AA: 4.5 to 1."""
    page = open_page(browser, color_scheme=scheme)
    for address in addresses(site):
        page.goto(address)
        assert page.evaluate(CONTRASTS) == [], address


def test_a_slash_goes_to_the_search_box(browser: Browser, site: tuple[str, Filled]) -> None:
    page = open_page(browser)
    page.goto(f"{site[0]}/dataset?q=公交")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("/")
    assert page.input_value("main input[type=search]") == "/"


def test_a_page_prints_what_is_read_and_not_what_is_clicked(browser: Browser, site: tuple[str, Filled]) -> None:
    base, filled = site
    page = open_page(browser)
    page.goto(f"{base}/dataset/{filled.ids['bus']}")
    page.emulate_media(media="print")
    assert not page.locator(".head").is_visible()
    assert page.locator("h1").is_visible()
    assert page.locator(".facts").first.is_visible()


def test_every_page_has_one_heading_and_a_title(browser: Browser, site: tuple[str, Filled]) -> None:
    page = open_page(browser)
    titles = []
    for address in addresses(site):
        page.goto(address)
        assert page.locator("h1").count() == 1, address
        assert page.locator("main").count() == 1, address
        titles.append(page.title())
    assert len(set(titles)) >= len(titles) - 1, "only the two plain searches may share theirs"


def test_the_style_sheet_names_only_files_that_are_there() -> None:
    static = Path(__file__).parents[2] / "app" / "static"
    for name in re.findall(r"url\(([^)]+)\)", (static / "suishu.css").read_text()):
        assert (static / name).is_file(), name
