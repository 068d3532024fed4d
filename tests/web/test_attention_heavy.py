"""What calls a visitor back, what holds still, and what a finger can hit."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.fakes.rasa_server import FakeRasa, Said
from tests.web.conftest import Chat, NewContext

pytestmark = pytest.mark.heavy
HIDE = """() => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => window.away});
  window.away = true;
}"""
BACK = "() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }"
# Counts instead of sounding.
SOUND = "window.rang = 0; window.AudioContext = class { state = 'suspended'; resume() { window.rang += 1; } };"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } });"


def test_the_tab_tells_of_news_while_nobody_looks(chat: Chat, assistant: FakeRasa) -> None:
    title = chat.page.title()
    chat.page.evaluate(HIDE)
    chat.say("在吗")
    chat.answered("收到：在吗")
    expect(chat.page).to_have_title("（2 条新消息）" + title)  # the privacy notice and the answer
    chat.page.evaluate(BACK)
    expect(chat.page).to_have_title(title)


def test_the_sound_can_be_muted(new_context: NewContext, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": f"收到：{turn['text']}"}], seconds=0.5)
    context = new_context()
    context.add_init_script(SOUND)
    chat = Chat(context.new_page()).open()
    for text, mute in (("有声音", False), ("没有声音", True)):
        before = chat.page.evaluate("window.rang")
        if mute:
            chat.host.get_by_label("关闭提示音").click()
            expect(chat.host.get_by_label("打开提示音")).to_be_visible()
        chat.say(text)
        chat.page.keyboard.press("Escape")
        expect(chat.host.locator(".badge")).to_be_visible()
        chat.host.locator(".launcher").click()
        chat.answered(f"收到：{text}")
        assert (chat.page.evaluate("window.rang") == before) == mute


@pytest.mark.parametrize(("motion", "name"), [("reduce", "none"), ("no-preference", "rise")])
def test_nothing_moves_for_who_wants_no_motion(new_context: NewContext, motion: str, name: str) -> None:
    chat = Chat(new_context(reduced_motion=motion).new_page()).open()
    assert chat.host.locator(".panel").evaluate("(panel) => getComputedStyle(panel).animationName") == name


def test_a_web_view_without_storage_chats_all_the_same(new_context: NewContext, assistant: FakeRasa) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Chrome/120.0 Mobile MicroMessenger/8.0"
    context = new_context(user_agent=agent, viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    context.add_init_script(NO_STORAGE)
    chat = Chat(context.new_page()).open()
    chat.say("你好")
    chat.answered("收到：你好")


def test_a_finger_hits_every_button(new_context: NewContext, assistant: FakeRasa) -> None:
    buttons = [{"title": "好", "payload": "好"}, {"title": "不", "payload": "不"}]
    assistant.script = lambda turn: Said([{"text": "约明天？", "buttons": buttons}])
    chat = Chat(new_context(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True).new_page()).open()
    chat.say("你好")
    expect(chat.host.locator(".chip")).to_have_count(2)
    for button in chat.host.locator("button").all():
        box = button.bounding_box()
        assert box is not None and box["width"] >= 44 and box["height"] >= 44, button.inner_text()


def test_a_photo_shows_how_far_it_is(chat: Chat, tmp_path: Path) -> None:
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(tmp_path / "a.jpg", quality=95)
    held: list[Route] = []
    chat.page.route("**/chat/photos", lambda route: held.append(route))
    with chat.page.expect_file_chooser() as choosing:
        chat.host.get_by_label("发照片").click()
    choosing.value.set_files(tmp_path / "a.jpg")
    expect(chat.host.get_by_label("正在上传照片")).to_be_visible()
    held[0].continue_()
    expect(chat.host.get_by_label("正在上传照片")).to_have_count(0)
    expect(chat.host.get_by_label("看大图")).to_be_visible()
