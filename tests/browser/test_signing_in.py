"""Signing in with a real browser: the second factor, and a provider on another site, whose way back brings cookies."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app.accounts.model import Role
from app.factory import create_app
from app.wiring import Portal
from tests.browser.chromium import NEEDS_CHROMIUM, open_page
from tests.browser.conftest import Quiet
from tests.browser.front import AXE, needs
from tests.browser.test_accessibility import violations
from tests.factories.portals import portal_with
from tests.services import oidc_provider
from tests.services.ports import free_port
from tests.services.provider import CLIENT, SECRET

pytestmark = [*NEEDS_CHROMIUM, *needs(AXE), pytest.mark.oidc]

PASSWORD = "long and dry words"
WIDTHS = [(1280, "zh-Hans", "light"), (390, "en", "dark")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Portal]]:
    """By name, while the provider goes by number: another site to a browser."""
    port = free_port()
    base = f"http://localhost:{port}"
    with oidc_provider.running(f"{base}/account/elsewhere/back") as issuer:
        portal = portal_with(
            tmp_path / "home",
            [],
            followed=False,
            base_url=base,
            staff_needs_totp=True,
            mail_url="folder:",
            oidc_issuer=issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_name="统一身份认证",
        )
        server = make_server("localhost", port, create_app(portal=portal), threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield base, portal
        server.shutdown()
        thread.join()
        portal.close()


def look(page: Page, name: str, width: int) -> None:
    assert violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def press(page: Page, selector: str) -> None:
    page.locator(selector).first.click()
    page.wait_for_load_state("load")


@pytest.mark.parametrize(("width", "language", "scheme"), WIDTHS)
def test_staff_sets_up_a_second_factor(
    browser: Browser, site: tuple[str, Portal], width: int, language: str, scheme: str
) -> None:
    base, portal = site
    portal.accounts.add("office@example.org", PASSWORD, "Office", [(Role.OPERATOR, "")], by="test")
    page = open_page(browser, width, color_scheme=scheme)
    page.goto(f"{base}/account/sign-in?lang={language}")
    look(page, "sign-in", width)
    page.fill("input[name=email]", "office@example.org")
    page.fill("input[name=password]", PASSWORD)
    press(page, "form .button-main")
    look(page, "set up", width)
    shown = page.locator("img.qr").evaluate("image => image.naturalWidth")
    assert shown > 50  # the policy lets the picture be drawn
    secret = page.locator("code.secret").inner_text()
    page.fill("input[name=code]", pyotp.TOTP(secret).now())
    press(page, "form .button-main")
    look(page, "recovery codes", width)
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    press(page, "a.button-main")
    page.goto(f"{base}/account/security")
    for closed in page.locator("details:not([open]) summary").all():
        if closed.is_visible():
            closed.click()
    look(page, "security", width)
    again = open_page(browser, width, color_scheme=scheme)
    again.goto(f"{base}/account/sign-in?lang={language}")
    again.fill("input[name=email]", "office@example.org")
    again.fill("input[name=password]", PASSWORD)
    press(again, "form .button-main")
    again.fill("input[name=code]", "000000")
    press(again, "form .button-main")
    look(again, "wrong code", width)
    again.fill("input[name=code]", codes[0])
    press(again, "form .button-main")
    assert again.url == f"{base}/account"
    page.context.close()
    again.context.close()


@pytest.mark.parametrize(("width", "language", "scheme"), WIDTHS)
def test_somebody_signs_in_elsewhere(
    browser: Browser, site: tuple[str, Portal], width: int, language: str, scheme: str
) -> None:
    base, _ = site
    page = open_page(browser, width, color_scheme=scheme)
    page.goto(f"{base}/account/sign-in?lang={language}")
    press(page, "a[href='/account/elsewhere']")
    page.fill("input[name=login]", "ada")
    page.fill("input[name=password]", "any")
    press(page, "button[type=submit]")
    press(page, "button[type=submit]")  # what the portal may learn
    assert page.url == f"{base}/account/elsewhere/finish"
    look(page, "finish", width)
    page.fill("input[name=name]", "Ada")
    press(page, "form .button-main")
    assert page.url == f"{base}/account?welcome=1"
    look(page, "mine", width)
    press(page, "a[href='/account/security']")
    look(page, "security", width)
    page.context.close()
