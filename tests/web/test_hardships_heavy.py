"""What goes wrong around a chat, and that nothing is lost, doubled or out of order by it."""

import re
import time
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route, expect

from desk import time as clock
from desk.records import db
from desk.records.models import Conversation, Message, Staff
from desk.talk import routing, saying
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa, Said
from tests.web.conftest import Chat, NewContext, Shop
from tests.web.test_in_a_browser import said_by_customers

pytestmark = pytest.mark.heavy
AXE = Path(__file__).parents[2] / "widget" / "node_modules" / "axe-core" / "axe.min.js"


def shown(chat: Chat) -> list[str]:
    return chat.lines("customer").all_inner_texts()


def violations(page: Page) -> list[str]:
    """What axe finds on the page, shadow trees included."""
    found = page.evaluate(
        f"{AXE.read_text('utf-8')};\n"
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
    )
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found["violations"]]


def test_two_tabs_show_the_same(new_context: NewContext, assistant: FakeRasa) -> None:
    context = new_context()
    one = Chat(context.new_page()).open()
    one.say("第一句")
    one.answered("收到：第一句")
    two = Chat(context.new_page()).open()
    two.answered("收到：第一句")
    for number in range(2, 6):
        (one if number % 2 else two).say(f"第{number}句")
        for chat in (one, two):
            chat.answered(f"收到：第{number}句")
    assert shown(one) == shown(two) == said_by_customers() == [
        "第一句", "第2句", "第3句", "第4句", "第5句"
    ]


def test_offline_and_back(new_context: NewContext) -> None:
    context = new_context()
    chat = Chat(context.new_page()).open()
    chat.say("在线")
    chat.answered("收到：在线")
    context.set_offline(True)
    for text in ("离线一", "离线二"):
        chat.say(text)
    expect(chat.host.locator(".trouble")).to_contain_text("自动发出")
    expect(chat.host.locator(".foot").last).to_have_text("发送中")
    context.set_offline(False)
    chat.answered("收到：离线一\n离线二")
    expect(chat.host.locator(".trouble")).to_be_hidden()
    assert said_by_customers() == ["在线", "离线一", "离线二"] == shown(chat)


def test_a_reload_while_sending(new_context: NewContext) -> None:
    context = new_context()
    chat = Chat(context.new_page()).open()
    chat.say("先说一句")
    chat.answered("收到：先说一句")
    stuck: list[Route] = []
    context.route("**/chat/messages", lambda route: stuck.append(route) if route.request.method == "POST" else None)
    chat.say("还没发出去")
    expect(chat.host.locator(".foot").last).to_have_text("发送中")
    context.unroute("**/chat/messages")
    chat.page.reload()
    chat.host.locator(".launcher").click()
    chat.answered("收到：还没发出去")
    assert said_by_customers() == ["先说一句", "还没发出去"] == shown(chat)


def test_an_answer_that_was_lost_on_the_way_is_not_said_twice(new_context: NewContext) -> None:
    context = new_context()
    chat = Chat(context.new_page()).open()
    lost = 0

    def lose(route: Route) -> None:
        nonlocal lost
        if lost == 0:
            lost += 1
            route.fetch()
            route.abort()
        else:
            route.continue_()

    context.route(re.compile("/chat/messages$"), lose)
    chat.say("只说一次")
    chat.answered("收到：只说一次")
    assert lost == 1 and said_by_customers() == ["只说一次"] == shown(chat)


def test_the_desk_dies_and_comes_back(chat: Chat, desk: Desk, assistant: FakeRasa) -> None:
    chat.say("重启之前")
    chat.answered("收到：重启之前")
    desk.kill()
    chat.say("断开时说的")
    expect(chat.host.locator(".trouble")).to_contain_text("自动发出")
    desk.start()
    expect(chat.lines("bot").last).to_have_text("收到：断开时说的", timeout=40_000)
    assert said_by_customers() == ["重启之前", "断开时说的"] == shown(chat)


def test_where_events_are_held_back_it_asks(new_context: NewContext) -> None:
    context = new_context()
    context.route("**/chat/events*", lambda route: route.fulfill(status=502, body="no"))
    chat = Chat(context.new_page()).open()
    chat.say("没有推送")
    chat.answered("收到：没有推送")


def test_two_hundred_lines_of_history(new_context: NewContext, assistant: FakeRasa) -> None:
    chat = Chat(new_context().new_page()).open()
    chat.say("第一句")
    chat.answered("收到：第一句")
    with db.transaction() as session:
        conversation = session.query(Conversation).one()
        for number in range(200):
            conversation.last_seq += 1
            session.add(
                Message(
                    conversation_id=conversation.id, seq=conversation.last_seq, text=f"历史第{number}句",
                    author="customer" if number % 2 else "bot", created_at=clock.now(),
                )
            )
    chat.page.reload()
    chat.host.locator(".launcher").click()
    expect(chat.host.locator(".bubble").last).to_have_text("历史第199句")
    expect(chat.host.locator(".bubble")).to_have_count(200)
    bottom = chat.scroll.evaluate("(box) => box.scrollHeight - box.scrollTop - box.clientHeight")
    assert bottom < 2
    chat.scroll.evaluate("(box) => { box.scrollTop = 0; }")
    time.sleep(0.3)
    chat.say("看完历史了")
    chat.answered("收到：看完历史了")
    expect(chat.host.locator(".bubble").last).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
def test_axe_finds_nothing(new_context: NewContext, assistant: FakeRasa, width: int, scheme: str) -> None:
    assistant.script = lambda turn: Said(
        [{"text": "看 https://a.cn 或打 400-800-1234", "buttons": [{"title": "明天上午", "payload": "明天上午"}]}]
    )
    chat = Chat(new_context(viewport={"width": width, "height": 640}, color_scheme=scheme).new_page())
    chat.page.goto("/")
    chat.host.locator(".launcher").wait_for()
    assert violations(chat.page) == []
    chat.host.locator(".launcher").click()
    assert violations(chat.page) == []
    chat.say("你好")
    expect(chat.host.locator(".chip")).to_have_text("明天上午")
    assert violations(chat.page) == []
    chat.host.get_by_label("结束对话").click()
    assert violations(chat.page) == []
    assert chat.page.evaluate("document.documentElement.scrollWidth") == width


def test_axe_would_find_something(chat: Chat) -> None:
    chat.host.evaluate("(host) => host.shadowRoot.querySelector('.icon').removeAttribute('aria-label')")
    chat.host.evaluate("(host) => host.shadowRoot.querySelector('.icon').removeAttribute('title')")
    assert any(found.startswith("button-name") for found in violations(chat.page))


def test_a_photo_is_made_smaller_shown_and_asked_about(chat: Chat, tmp_path: Path) -> None:
    made = zxingcpp.create_barcode("SFA35250600187", zxingcpp.BarcodeFormat.Code128)
    drawn = Image.effect_noise((4000, 3000), 30).convert("RGB")
    drawn.paste(Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=6)), (400, 400))
    drawn.save(tmp_path / "plate.jpg", quality=95)
    sent: list[int] = []
    chat.page.on("request", lambda request: sent.append(len(request.post_data_buffer or b""))
                 if "/chat/photos" in request.url and request.method == "POST" else None)
    with chat.page.expect_file_chooser() as choosing:
        chat.host.get_by_label("发照片").click()
    choosing.value.set_files(tmp_path / "plate.jpg")
    expect(chat.lines("bot").last).to_have_text("照片上读到序列号 SFA35250600187，对吗？", timeout=30_000)
    assert sent[0] < (tmp_path / "plate.jpg").stat().st_size / 2
    photo = chat.host.locator(".photo img").first
    assert photo.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 480
    chat.host.get_by_label("看大图").click()
    expect(chat.host.locator(".large img")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.host.locator(".large")).to_have_count(0)
    chat.host.locator(".chip", has_text="对，就是它").click()
    chat.answered("收到：序列号是 SFA35250600187")


def test_unread_lines_are_counted_and_the_tab_calls(new_context: NewContext, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "慢慢来"}], seconds=1.0)
    chat = Chat(new_context().new_page()).open()
    chat.say("我先忙别的")
    chat.page.keyboard.press("Escape")
    expect(chat.host.locator(".badge")).to_have_text("2")  # the privacy notice and the answer
    chat.host.locator(".launcher").click()
    chat.page.keyboard.press("Escape")
    expect(chat.host.locator(".badge")).to_have_count(0)


def test_another_site_holds_the_widget_only_if_it_is_allowed(
    new_context: NewContext, desk: Desk, shops: tuple[Shop, Shop]
) -> None:
    """A page of another origin with a strict policy of its own; the script tag is all it has."""
    for shop, works in zip(shops, (True, False), strict=True):
        shop.policy = (
            f"default-src 'none'; script-src {desk.base}; connect-src {desk.base}; img-src blob: data:; "
            "require-trusted-types-for 'script'; trusted-types lit-html"
        )
        shop.html = (
            f'<!doctype html><html lang="zh"><title>Shop</title><script src="{desk.base}/widget/aftercare-chat.js" '
            'defer data-position="left" data-accent="#7a1fa2" data-greeting="欢迎" data-prechat="name,phone"></script>'
        )
        context = new_context()
        chat = Chat(context.new_page()).open(shop.origin)
        chat.host.get_by_label("怎么称呼您").fill("王芳")
        chat.host.get_by_label("遇到了什么问题").fill("洗衣机不转")
        chat.host.get_by_role("button", name="开始聊").click()
        if works:
            chat.answered("收到：我叫王芳。洗衣机不转")
            assert context.cookies() == []
        else:
            expect(chat.host.locator(".trouble")).not_to_be_empty()
    assert said_by_customers() == ["我叫王芳。洗衣机不转"]


def test_a_person_takes_over_and_ends_the_chat(chat: Chat) -> None:
    """Written beside the running desk, so that it is seen without a nudge, at the next look."""
    chat.say("转人工")
    chat.answered("收到：转人工")
    with db.transaction() as session:
        agent = session.query(Staff).filter_by(login="widget-agent").first() or Staff(
            login="widget-agent", name="王工", password_hash="-"
        )
        session.add(agent)
        session.flush()
        found = saying.locked(session, session.query(Conversation).one().id)
        assert found is not None
        routing.take(session, found, agent.id, "staff:1")
        saying.say(session, found, "agent", "我是王工，我来处理", staff_id=agent.id)
    expect(chat.host.locator(".line.agent .bubble")).to_have_text("我是王工，我来处理", timeout=25_000)
    expect(chat.host.locator(".line.agent .name")).to_contain_text("王工")
    expect(chat.host.locator(".who")).to_contain_text("王工 · 客服")
    with db.transaction() as session:
        found = saying.locked(session, session.query(Conversation).one().id)
        assert found is not None
        routing.move(session, found, "closed", "staff:1", "solved")
    expect(chat.host.get_by_text("这次服务怎么样？")).to_be_visible(timeout=25_000)
    chat.host.get_by_label("5 分").check()
    chat.host.get_by_role("button", name="提交评价").click()
    expect(chat.host.get_by_role("status").last).to_contain_text("谢谢")
    chat.host.get_by_role("button", name="继续聊").click()
    chat.say("还有一件事")
    chat.answered("收到：还有一件事")
