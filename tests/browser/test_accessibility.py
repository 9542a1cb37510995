"""Every kind of page against axe-core's rules for WCAG 2.2 AA and its best practices, in both languages and widths."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.browser.front import AXE, needs
from tests.factories.sparql import running_pool
from tests.web.portals import Filled

pytestmark = [*NEEDS_CHROMIUM, *needs(AXE)]

PATHS = (
    "/", "/dataset", "/dataset?q=公交&open_attribute=WTJ", "/dataset?q=zzzzqq&theme=jiaotong", "/dataset/{bus}",
    "/dataset/{hostile}", "/dataset/{long}", "/dataset/{closed}", "/dataset/{bus}/graph", "/dataset/{closed}/graph",
    "/dataset/{bus}/feedback",
    "/publisher", "/publisher/{publisher}", "/publisher/{publisher}/graph", "/theme", "/theme/jiaotong",
    "/theme/jiaotong/graph", "/catalog", "/source", "/source/bureau", "/source/bureau/quarantine",
    "/source/bureau/run/1", "/about", "/ns", "/api/docs", "/help/search", "/data-request", "/sparql",
    "/sparql?example=publishers", "/sparql?example=titles-rdf", "/sparql?example=has-conditional", "/sparql?find=zzzz",
    "/sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20%3Chttp://x.example/Unknown%3E%20%7D", "/sparql?query=bogus",
    "/.well-known/void", "/check", "/nowhere", "/source/bureau/held", "/account/sign-in", "/account/sign-up",
    "/account/forgotten", "/account/confirm/nothing", "/operator/enter",
)  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
async (tags) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  const some = (rule) => rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ");
  return found.violations.map((rule) => `${rule.id} (${rule.impact}): ${some(rule)}`);
}
"""
_CHECKED = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
<https://x.example/1> a dcat:Dataset ;
  dct:title "标题"@zh-Hans .
"""


@pytest.fixture(scope="module")
def answering(site: tuple[str, Filled]) -> Iterator[tuple[str, Filled]]:
    """The site with workers behind its query page."""
    with running_pool(site[1].portal.settings.home, time_limit_s=10.0):
        yield site


@pytest.fixture(scope="module")
def screens(browser: Browser) -> Iterator[list[tuple[str, int, Page]]]:
    """A wide one in Chinese and a phone in English, with what they go on: a new one takes longer than a page."""
    kinds = (("zh-Hans", 1280, "light"), ("en", 390, "dark"))
    opened = [(language, width, open_page(browser, width, color_scheme=scheme)) for language, width, scheme in kinds]
    yield opened
    for _, _, page in opened:
        page.context.close()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: Any = page.evaluate(_RUN, TAGS)
    return list(found)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_breaks_no_rule(screens: list[tuple[str, int, Page]], answering: tuple[str, Filled], path: str) -> None:
    base, filled = answering
    address = base + path.format(publisher=filled.publisher, **filled.ids)
    for language, width, page in screens:
        page.goto(address + ("&" if "?" in path else "?") + f"lang={language}")
        assert violations(page) == [], (path, language, width)


def test_the_report_of_a_check_breaks_no_rule(browser: Browser, answering: tuple[str, Filled]) -> None:
    for language, width, text in (("zh-Hans", 1280, _CHECKED), ("en", 390, _CHECKED), ("zh-Hans", 390, "no RDF <")):
        page = open_page(browser, width)
        page.goto(f"{answering[0]}/check?lang={language}")
        page.fill("textarea[name=text]", text)
        page.locator("main form button.button-main").click()
        page.wait_for_load_state("load")
        assert page.locator(".check-list li, .notice-bad").count()
        assert violations(page) == [], (language, width)
        page.context.close()
