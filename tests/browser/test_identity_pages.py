"""Real names and access tokens against axe-core's rules, on a phone and on a desk, in both languages."""

import threading
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app.accounts.model import Role
from app.accounts.realname.model import Kind
from app.factory import create_app
from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.browser.conftest import Quiet
from tests.browser.front import AXE, needs
from tests.browser.test_accessibility import violations
from tests.factories.portals import portal_with

pytestmark = [*NEEDS_CHROMIUM, *needs(AXE)]

PASSWORD = "long and dry words"
NUMBER = "11010519491231002X"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two people with one number, one of whom is real-named, and an operator."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SUISHU_IDENTITY_KEYS", Fernet.generate_key().decode())
        portal = portal_with(tmp_path_factory.mktemp("identity") / "home", [], base_url="http://127.0.0.1")
    ada, bo, clerk = (
        portal.accounts.add(f"{name}@example.org", PASSWORD, name, [(role, "")], by="test")
        for name, role in (("ada", Role.DATA_USER), ("bo", Role.DATA_USER), ("clerk", Role.OPERATOR))
    )
    portal.real_names.apply(Kind.PERSON, NUMBER, "张三丰", by=ada)
    portal.real_name_desk.approve(portal.real_names.of_account(ada)[0].id, by=clerk)
    portal.real_names.apply(Kind.PERSON, NUMBER, "张三丰", by=bo)
    portal.access_tokens.make("每周统计", ["read:ratings"], 30, by=ada)
    server = make_server("127.0.0.1", 0, create_app(portal=portal), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    portal.close()


def sign_in(page: Page, address: str, name: str, language: str) -> None:
    page.goto(f"{address}/account/sign-in?lang={language}")
    page.fill("#email", f"{name}@example.org")
    page.fill("#password", PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url(f"{address}/account")


@pytest.mark.parametrize(("language", "width", "scheme"), [("zh-Hans", 1280, "light"), ("en", 390, "dark")])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ada", "/account"),
        ("ada", "/account/real-name"),
        ("ada", "/account/tokens"),
        ("bo", "/account/real-name"),
        ("clerk", "/account/verify"),
        ("clerk", "/account/real-name"),
    ],
)
def test_a_page_breaks_no_rule(
    browser: Browser, address: str, name: str, path: str, language: str, width: int, scheme: str
) -> None:
    page = open_page(browser, width, color_scheme=scheme)
    sign_in(page, address, name, language)
    page.goto(address + path)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_a_number_is_shown_in_full_after_a_click_and_a_token_once(browser: Browser, address: str) -> None:
    page = open_page(browser, 390)
    sign_in(page, address, "clerk", "zh-Hans")
    page.goto(f"{address}/account/verify")
    assert page.get_by_text(NUMBER).count() == 0
    page.get_by_role("button", name="查看全文").click()
    page.get_by_text(NUMBER).wait_for()
    assert violations(page) == []
    page.context.close()
    page = open_page(browser, 390)
    sign_in(page, address, "bo", "zh-Hans")
    page.goto(f"{address}/account/tokens")
    page.fill("#name", "脚本")
    page.get_by_label("读取我的评分").check()
    page.get_by_role("button", name="新建访问令牌").click()
    assert page.locator("code.secret").inner_text().startswith("suishu_")
    assert violations(page) == []
    page.goto(f"{address}/account/tokens")
    assert page.locator("code.secret").count() == 0
    page.context.close()
