"""The widget in a real browser, over a desk process of its own and a fake Rasa."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from desk.records import db
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa

NewContext = Callable[..., BrowserContext]
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def _fake() -> Iterator[FakeRasa]:
    fake = FakeRasa().start()
    yield fake
    fake.stop()


@pytest.fixture
def assistant(_fake: FakeRasa) -> FakeRasa:
    """The fake Rasa behind `desk`, as new."""
    _fake.reset()
    return _fake


class Shop(ThreadingHTTPServer):
    """Another company's website: one page, with a policy of its own."""

    html, policy = "", ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ShopPage)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class _ShopPage(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(self.server.html.encode())

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="session")
def shops() -> Iterator[tuple[Shop, Shop]]:
    """Two other websites: the desk allows the first one and not the second."""
    made = (Shop(), Shop())
    yield made
    for shop in made:
        shop.shutdown()
        shop.server_close()


@pytest.fixture(scope="session")
def _process(
    _fake: FakeRasa, shops: tuple[Shop, Shop], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    desk = Desk(
        tmp_path_factory.mktemp("widget"), _fake.port, AFTERCARE_NOW="2026-11-21T10:00:00+08:00",
        AFTERCARE_WIDGET_ORIGINS=json.dumps([shops[0].origin]),
    )
    yield desk.start()
    desk.stop()


@pytest.fixture
def desk(_process: Desk, assistant: FakeRasa) -> Iterator[Desk]:
    """The running desk, emptied; `db` of this process sees its database."""
    db.use(f"sqlite:///{_process.environment['AFTERCARE_DATA_DIR']}/aftercare.db")
    assert _process.call("POST", "/test/reset", json={}).json()["reset"]
    yield _process
    db.use(None)


@pytest.fixture
def errors() -> list[str]:
    """What pages complained of; empty at the end of every test."""
    return []


@pytest.fixture
def new_context(chromium: Browser, desk: Desk, errors: list[str]) -> Iterator[NewContext]:
    """A visitor's browser, with a storage of its own."""
    made: list[BrowserContext] = []

    def new(**more: Any) -> BrowserContext:
        options = {"viewport": {"width": 1000, "height": 760}, "reduced_motion": "reduce", **more}
        context = chromium.new_context(base_url=desk.base, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on(
            "console", lambda line: errors.append(line.text) if "Content Security" in line.text else None
        )
        made.append(context)
        return context

    yield new
    for context in made:
        context.close()
    assert errors == []


class Chat:
    """The widget on a page, as a visitor uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.host = page.locator("aftercare-chat")
        self.input = self.host.locator(".compose textarea")
        self.scroll = self.host.locator(".scroll")

    def open(self, path: str = "/") -> "Chat":
        self.page.goto(path)
        self.host.locator(".launcher").click()
        return self

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def lines(self, author: str) -> Locator:
        return self.host.locator(f".line.{author} .bubble")

    def answered(self, text: str) -> None:
        expect(self.host.locator(".lines .line.bot .bubble").last).to_have_text(text)


@pytest.fixture
def chat(new_context: NewContext) -> Chat:
    """An open widget on the demo page."""
    return Chat(new_context().new_page()).open()
