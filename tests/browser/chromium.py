"""What tests in a browser need."""

import os
import shutil

import pytest
from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed; install it or name it in CHROMIUM"),
]


def open_page(browser: Browser, width: int = 1280, **options: object) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN", **options).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(10_000)
    return page
