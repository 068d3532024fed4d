"""What every visitor does: write, be answered, tap, come back; by keyboard and with an input method too."""

import pytest
from playwright.sync_api import expect

from desk.channels.web import sessions
from desk.records import db
from desk.records.models import Conversation, Message
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa, Said
from tests.web.conftest import Chat, NewContext

COMPOSING = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
HOSTILE = [
    "<img src=x onerror=window.hit=1>", "<script>window.hit=1</script>", "javascript:window.hit=1",
    'https://a.cn/"onmouseover="window.hit=1', "${window.hit=1}", "</textarea><svg onload=window.hit=1>",
]


def said_by_customers() -> list[str]:
    with db.reading() as session:
        return [row.text for row in session.query(Message).filter_by(author="customer").order_by(Message.seq)]


def test_a_visitor_writes_is_answered_and_finds_it_after_a_reload(chat: Chat) -> None:
    chat.say("空调不制冷")
    chat.answered("收到：空调不制冷")
    expect(chat.host.locator(".foot")).to_have_text("已读")
    chat.page.reload()
    expect(chat.host.locator(".badge")).to_have_count(0)
    chat.host.locator(".launcher").click()
    chat.answered("收到：空调不制冷")
    expect(chat.lines("customer")).to_have_count(1)


def test_buttons_answer_and_are_gone_afterwards(chat: Chat, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: (
        Said([{"text": "对吗？", "buttons": [{"title": "对的", "payload": "/affirm"}]}])
        if turn["text"] == "坏了" else Said([{"text": "好"}])
    )
    chat.say("坏了")
    chat.host.locator(".chip", has_text="对的").click()
    expect(chat.lines("customer").last).to_have_text("对的")
    chat.answered("好")
    expect(chat.host.locator(".chip")).to_have_count(0)
    assert assistant.texts() == ["坏了", "/affirm"]


def test_enter_does_not_send_while_pinyin_is_composed(chat: Chat) -> None:
    chat.input.fill("kong'tiao")
    chat.input.evaluate(f"(box) => box.dispatchEvent({COMPOSING})")
    expect(chat.input).to_have_value("kong'tiao")
    chat.input.fill("第一行")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("第二行")
    chat.input.press("Enter")
    expect(chat.lines("customer")).to_have_text("第一行\n第二行")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_written_becomes_code(chat: Chat, text: str) -> None:
    chat.say(text)
    expect(chat.lines("customer").last).to_have_text(text)
    chat.answered(f"收到：{text}")
    assert chat.page.evaluate("window.hit") is None
    for address in chat.host.locator(".bubble a").evaluate_all("links => links.map((link) => link.href)"):
        assert address.startswith(("https://a.cn/", "tel:"))


def test_by_keyboard_alone(new_context: NewContext, assistant: FakeRasa) -> None:
    chat = Chat(new_context(viewport={"width": 390, "height": 780}).new_page())
    chat.page.goto("/")
    chat.host.locator(".launcher").wait_for()
    for _ in range(6):
        chat.page.keyboard.press("Tab")
        if chat.page.evaluate("document.activeElement.localName") == "aftercare-chat":
            break
    chat.page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    chat.page.keyboard.type("你好")
    chat.page.keyboard.press("Enter")
    chat.answered("收到：你好")
    expect(chat.input).to_be_focused()
    for _ in range(12):  # on a phone the panel covers the page, so Tab goes round inside
        chat.page.keyboard.press("Tab")
        assert chat.page.evaluate("document.activeElement.localName") == "aftercare-chat"
    chat.page.keyboard.press("Escape")
    expect(chat.host.locator(".launcher")).to_be_focused()


def test_a_score_is_given_at_the_end(chat: Chat) -> None:
    chat.say("好了，谢谢")
    chat.answered("收到：好了，谢谢")
    chat.host.get_by_label("结束对话").click()
    chat.host.get_by_label("4 分").check()
    chat.host.get_by_label("哪里可以做得更好").fill("快一点")
    chat.host.get_by_role("button", name="提交评价").click()
    expect(chat.host.get_by_role("status").last).to_contain_text("谢谢")
    chat.host.get_by_role("button", name="继续聊").click()
    expect(chat.input).to_be_focused()


def test_what_the_server_refuses_is_given_back(chat: Chat) -> None:
    chat.input.evaluate("(box) => box.removeAttribute('maxlength')")
    chat.say("长" * 2001)
    expect(chat.host.locator(".trouble")).to_contain_text("一次最多能看")
    expect(chat.input).to_have_value("长" * 2001)
    assert said_by_customers() == []


@pytest.mark.parametrize("identity", ["forged", "expired"])
def test_a_refused_identity_leaves_an_anonymous_chat(
    new_context: NewContext, desk: Desk, identity: str
) -> None:
    """The site's developer is told in the console; the visitor is served and never sees that anything was wrong."""
    good = sessions.sign_customer("C-1", seconds=3600 if identity == "forged" else -30 * 24 * 3600)
    token = good[:-3] + "abc" if identity == "forged" else good
    page, warned = new_context().new_page(), []
    page.on("console", lambda line: warned.append(line.text) if line.type == "warning" else None)
    page.goto("/")
    page.evaluate(
        """(token) => {
          document.querySelector("aftercare-chat").remove();
          const chat = document.createElement("aftercare-chat");
          chat.setAttribute("server", location.origin);
          chat.setAttribute("identity", token);
          document.body.append(chat);
        }""",
        token,
    )
    chat = Chat(page)
    chat.host.locator(".launcher").click()
    chat.say("你好")
    chat.answered("收到：你好")
    expect(chat.host.locator(".trouble")).to_be_hidden()
    (warning,) = warned
    assert "data-identity" in warning and ("已过期" if identity == "expired" else "密钥") in warning
    with db.reading() as session:
        assert session.query(Conversation).one().customer_id is None


def test_steps_stand_behind_their_numbers_and_read_as_they_were_written(chat: Chat, assistant: FakeRasa) -> None:
    text = "先试试：\n1. 关机断电\n2. 清洗滤网\n试好了说一声。\n记得先拔插头。"
    assistant.script = lambda turn: Said([{"text": text}])
    chat.say("怎么办")
    bubble = chat.lines("bot").last
    expect(bubble.locator(".item")).to_have_text(["1. 关机断电", "2. 清洗滤网"])
    assert bubble.inner_text() == text
