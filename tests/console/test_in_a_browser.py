"""The console in a real browser: what is typed is never lost, sent twice or sent half composed."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from desk.cases import takeover
from desk.records import db
from desk.records.models import Conversation
from desk.talk import engine
from tests.console.browsers import signed_in
from tests.console.conftest import conversation, now_of, said

pytestmark = pytest.mark.heavy
ID = "cv-web-0001"
COMPOSING = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"


@pytest.fixture
def page(console: BrowserContext, people: dict[str, int]) -> Page:
    """The console, signed in as wang."""
    return signed_in(console, "wang")


def test_take_write_note_and_give_back_by_keyboard(page: Page, people: dict[str, int]) -> None:
    conversation()
    expect(page.locator(".row")).to_have_count(1)  # a newcomer appears by itself
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#hint")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/chats/{ID}"))
    page.keyboard.press("Alt+t")
    expect(page.locator("[data-do=give-back]")).to_be_visible()
    page.fill("#text", "您好")
    page.locator("#text").evaluate(f"(box) => box.dispatchEvent({COMPOSING})")
    page.reload()
    expect(page.locator("#text")).to_have_value("您好")  # not sent, and kept
    page.focus("#text")
    page.keyboard.press("End")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("我是王工")
    page.keyboard.press("Enter")
    expect(page.locator("#log .agent .bubble")).to_have_text("您好\n我是王工")
    expect(page.locator("#text")).to_have_value("")
    page.keyboard.press("Alt+n")
    page.keyboard.type("客户住六楼")
    page.keyboard.press("Enter")
    expect(page.locator("#log .note .bubble")).to_have_text("客户住六楼")
    page.click("[data-do=give-back]")
    expect(page.locator("#log .bot .bubble")).to_be_visible()
    assert [author for author, _ in said(ID)] == ["customer", "system", "agent", "note", "bot"]
    assert now_of(ID).state == "bot"


def test_what_was_typed_stays_when_a_colleague_was_faster(page: Page, people: dict[str, int]) -> None:
    conversation()
    page.goto(f"/console/chats/{ID}")
    page.click("[data-do=take]")
    expect(page.locator("[data-do=give-back]")).to_be_visible()
    page.fill("#text", "师傅十点到")
    version = now_of(ID).version
    takeover.transfer(ID, people["wang"], version, "您来", people["li"])
    page.press("#text", "Enter")
    expect(page.locator("#head")).to_contain_text("李姐接待中")
    expect(page.locator("#text")).to_have_value("师傅十点到")
    assert all(text != "师傅十点到" for author, text in said(ID) if author == "agent")


def test_words_for_the_customer_become_no_note_by_themselves(page: Page, people: dict[str, int]) -> None:
    conversation()
    page.goto(f"/console/chats/{ID}")
    page.click("[data-do=take]")
    expect(page.locator("[data-do=give-back]")).to_be_visible()
    page.fill("#text", "师傅十点到")
    takeover.transfer(ID, people["wang"], now_of(ID).version, "您来", people["li"])
    expect(page.locator("#head")).to_contain_text("李姐接待中")
    page.press("#text", "Enter")
    expect(page.locator("#trouble")).to_contain_text("这句话没有发给客户")
    expect(page.locator("#text")).to_have_value("师傅十点到")
    page.press("#text", "Enter")  # now they know
    expect(page.locator("#log .note .bubble").last).to_have_text("师傅十点到")


def test_a_customers_line_appears_while_typing(page: Page, talk: engine.Engine, people: dict[str, int]) -> None:
    conversation()
    page.goto(f"/console/chats/{ID}")
    page.click("[data-do=take]")
    expect(page.locator("[data-do=give-back]")).to_be_visible()
    page.focus("#text")
    page.keyboard.type("正在写")
    talk.submit("web", "", "web-0001", "<b>还在吗</b>")
    expect(page.locator("#log .customer .bubble").last).to_have_text("<b>还在吗</b>")
    page.keyboard.type("的话")
    expect(page.locator("#text")).to_have_value("正在写的话")


def test_on_a_phone_there_is_one_column(page: Page, people: dict[str, int]) -> None:
    conversation()
    page.set_viewport_size({"width": 390, "height": 780})
    page.goto("/console")
    expect(page.locator("#list")).to_be_visible()
    assert (page.locator("#main").bounding_box() or {"width": 0})["width"] <= 1
    page.click(".row")
    expect(page.locator("#list")).to_be_hidden()
    expect(page.locator("#panel")).to_be_hidden()
    page.click("#head [data-facts]")
    expect(page.locator("#panel")).to_be_visible()
    page.click("#panel [data-facts]")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    with db.reading() as session:
        assert session.get_one(Conversation, ID).state == "queued"
