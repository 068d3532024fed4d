"""Real browsers for the console's tests: Debian's Chromium, one launched for all, a profile each."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.console.conftest import PASSWORD

WIDE = {"width": 1360, "height": 820}
PHONE = {"width": 390, "height": 780}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield browser
        browser.close()


@contextmanager
def profile(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """Somebody's browser; at the end no error of a script and no break of the content policy may have happened."""
    errors: list[str] = []
    context = browser.new_context(base_url=site, viewport=WIDE, locale="zh-CN", permissions=["notifications"])
    context.on("weberror", lambda found: errors.append(str(found.error)))
    context.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
    yield context
    context.close()
    assert errors == []


def signed_in(context: BrowserContext, login: str) -> Page:
    """A page of this browser with the console open."""
    page = context.new_page()
    page.goto("/console/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#rows section").first).to_be_visible()
    return page
