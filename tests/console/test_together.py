"""Several people at once, in real browsers: two agents, three customers; connections that break; a full list."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from desk import time
from desk.cases import presence, takeover, tickets
from desk.records import db
from desk.records.models import Conversation, Message, Staff, StaffSeen
from desk.talk import engine
from launcher import widget
from tests.console.browsers import PHONE, chromium, profile, signed_in
from tests.console.conftest import conversation, now_of, said
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa, Said

pytestmark = pytest.mark.heavy
AXE = widget.WIDGET / "node_modules" / "axe-core" / "axe.min.js"
ID = "cv-web-0001"


@pytest.fixture
def chrome(site: str, _island: None) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def chrome_alone(_island: None) -> Iterator[Browser]:
    """A browser for a desk that is a process of its own."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def agents(chrome: Browser, site: str, people: dict[str, int]) -> Iterator[tuple[Page, Page]]:
    """wang and li, each with a browser of their own."""
    with ExitStack() as stack:
        contexts = [stack.enter_context(profile(chrome, site)) for _ in range(2)]
        yield signed_in(contexts[0], "wang"), signed_in(contexts[1], "li")


def write(page: Page, words: str) -> None:
    page.fill("#text", words)
    page.press("#text", "Enter")


def test_two_agents_and_three_customers(
    agents: tuple[Page, Page], talk: engine.Engine, assistant: FakeRasa, people: dict[str, int]
) -> None:
    assistant.script = lambda turn: Said([{"text": "请发序列号"}], seconds=0.2)
    wang, li = agents
    for number in (1, 2, 3):
        conversation(f"web-000{number}", handoff_reason="customer_request")
    for page in agents:
        expect(page.locator("#part-queue + ul .row")).to_have_count(3)
    # Both want the same one: one gets it, the other is told who has it, and both lists show the same at once.
    for page in agents:
        page.click(f'[data-id="{ID}"]')
        expect(page.locator("[data-do=take]")).to_be_visible()
    wang.click("[data-do=take]")
    li.click("[data-do=take]")
    expect(wang.locator("[data-do=give-back]")).to_be_visible()
    expect(li.locator("#head")).to_contain_text("王工接待中")
    for page in agents:
        expect(page.locator("#part-queue + ul .row")).to_have_count(2)
    li.click('[data-id="cv-web-0002"]')
    li.click("[data-do=take]")
    expect(li.locator("[data-do=give-back]")).to_be_visible()
    # Three customers write at once while both agents write.
    writers = [
        threading.Thread(target=talk.submit, args=("web", "", f"web-000{number}", f"我是 {number} 号"))
        for number in (1, 2, 3)
    ]
    for one in writers:
        one.start()
    write(wang, "王工来了")
    write(li, "李姐来了")
    for one in writers:
        one.join()
    expect(wang.locator("#log .customer .bubble").last).to_have_text("我是 1 号")
    expect(li.locator("#log .customer .bubble").last).to_have_text("我是 2 号")
    expect(wang.locator("#log .agent .bubble")).to_have_text(["王工来了"])
    expect(wang.locator('[data-id="cv-web-0003"] .words')).to_have_text("我是 3 号")
    # Passed on with a note, taken from the other's hands, seen by both.
    wang.click("[data-open=transfer]")
    wang.locator("#transfer select").select_option(label=wang.locator("#people option", has_text="李姐").inner_text())
    wang.fill("#transfer textarea", "您更熟这款")
    wang.click("#transfer button.main")
    expect(wang.locator("#head")).to_contain_text("李姐接待中")
    expect(li.locator(f'#part-mine + ul [data-id="{ID}"]')).to_be_visible()
    li.click(f'[data-id="{ID}"]')
    expect(li.locator("#log .note .bubble")).to_have_text("转给李姐：您更熟这款")
    assert [author for author, _ in said(ID)].count("agent") == 1
    assert (now_of(ID).state, now_of(ID).agent_id) == ("agent", people["li"])


def test_a_mention_reaches_the_colleague(agents: tuple[Page, Page], talk: engine.Engine) -> None:
    wang, li = agents
    conversation(state="bot")
    wang.click(f'[data-id="{ID}"]')
    wang.click("#text")
    wang.keyboard.type("请 @李")
    expect(wang.locator("#palette .choice")).to_have_count(1)
    wang.keyboard.press("Enter")
    expect(wang.locator("#text")).to_have_value("请 @李姐 ")
    wang.keyboard.type("看一下")
    wang.keyboard.press("Enter")
    expect(li.locator(f'[data-id="{ID}"] .named')).to_be_visible()
    assert int(li.evaluate("document.body.dataset.sounded ?? 0")) >= 1
    li.click(f'[data-id="{ID}"]')
    expect(li.locator(f'[data-id="{ID}"] .named')).to_have_count(0)


def test_two_tabs_of_one_agent_show_the_same_over_one_stream(
    chrome: Browser, site: str, people: dict[str, int], talk: engine.Engine
) -> None:
    with profile(chrome, site) as context:
        streams: list[str] = []
        context.on("request", lambda request: streams.append(request.url) if "/api/events" in request.url else None)
        first = signed_in(context, "wang")
        second = context.new_page()
        second.goto("/console")
        conversation()
        for page in (first, second):
            expect(page.locator("#part-queue + ul .row")).to_have_count(1)
            page.click(f'[data-id="{ID}"]')
        second.click("[data-do=take]")
        expect(first.locator("[data-do=give-back]")).to_be_visible()
        write(second, "您好")
        expect(first.locator("#log .agent .bubble")).to_have_text("您好")
        assert len(streams) == 1
        first.close()  # the other tab takes the stream over
        talk.submit("web", "", "web-0001", "还在吗")
        expect(second.locator("#log .customer .bubble").last).to_have_text("还在吗")


def test_nothing_is_lost_while_the_connection_is_cut(
    console: BrowserContext, people: dict[str, int], talk: engine.Engine
) -> None:
    page = signed_in(console, "wang")
    conversation(state="agent", agent_id=people["wang"])
    page.click(f'[data-id="{ID}"]')
    expect(page.locator("#head h1")).to_be_visible()
    console.set_offline(True)
    write(page, "第一句")
    write(page, "第二句")
    expect(page.locator("#log .waiting .bubble")).to_have_text(["第一句", "第二句"])
    page.fill("#text", "还没写完")
    talk.submit("web", "", "web-0001", "您还在吗")
    console.set_offline(False)
    expect(page.locator("#log .agent:not(.waiting) .bubble")).to_have_text(["第一句", "第二句"], timeout=20_000)
    expect(page.locator("#log .customer .bubble").last).to_have_text("您还在吗", timeout=20_000)
    expect(page.locator("#log .waiting")).to_have_count(0)
    expect(page.locator("#text")).to_have_value("还没写完")
    assert [text for author, text in said(ID) if author == "agent"] == ["第一句", "第二句"]


def test_a_laptop_that_slept_knows_everything_when_it_wakes(
    console: BrowserContext, people: dict[str, int], talk: engine.Engine
) -> None:
    page = signed_in(console, "wang")
    conversation(state="agent", agent_id=people["wang"])
    page.click(f'[data-id="{ID}"]')
    page.fill("#text", "还没写完")
    lid = console.new_cdp_session(page)
    lid.send("Page.setWebLifecycleState", {"state": "frozen"})
    console.set_offline(True)  # what was open dies without a word
    with db.transaction() as session:
        session.get_one(StaffSeen, people["wang"]).seen_at = time.now() - timedelta(minutes=5)
    talk.submit("web", "", "web-0001", "您还在吗")
    conversation("web-0002")
    with db.reading() as session:
        assert {one.id: one.presence for one in presence.team(session)}[people["wang"]] == "offline"
    console.set_offline(False)
    lid.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator("#log .customer .bubble").last).to_have_text("您还在吗", timeout=30_000)
    expect(page.locator("#rows .row")).to_have_count(2, timeout=30_000)
    expect(page.locator("#text")).to_have_value("还没写完")
    expect(page.locator("#trouble")).to_be_hidden(timeout=30_000)


def test_nothing_is_lost_when_the_server_is_restarted(
    chrome_alone: Browser, tmp_path: Path, assistant: FakeRasa, _password_hash: str
) -> None:
    desk = Desk(tmp_path / "desk", assistant.port).start()
    try:
        db.use(f"sqlite:///{tmp_path / 'desk' / 'aftercare.db'}")
        with db.transaction() as session:
            session.add(Staff(id=1, login="wang", name="王工", password_hash=_password_hash))
        conversation(state="agent", agent_id=1)
        with profile(chrome_alone, desk.base) as context:
            page = signed_in(context, "wang")
            page.click(f'[data-id="{ID}"]')
            expect(page.locator("#head h1")).to_be_visible()
            desk.kill()
            write(page, "重启时写的")
            expect(page.locator("#trouble")).to_contain_text("连不上服务器", timeout=20_000)
            page.fill("#text", "还没写完")
            desk.start()
            expect(page.locator("#log .agent:not(.waiting) .bubble")).to_have_text(["重启时写的"], timeout=30_000)
            expect(page.locator("#trouble")).to_be_hidden(timeout=20_000)
            expect(page.locator("#text")).to_have_value("还没写完")
            assert [text for author, text in said(ID) if author == "agent"] == ["重启时写的"]
    finally:
        db.use(None)
        desk.stop()


def test_what_was_not_sent_survives_a_reload_and_is_sent_once(
    console: BrowserContext, people: dict[str, int], talk: engine.Engine
) -> None:
    page = signed_in(console, "wang")
    conversation(state="agent", agent_id=people["wang"])
    page.goto(f"/console/chats/{ID}")
    answered = []

    def lose(route) -> None:  # type: ignore[no-untyped-def]
        """The server gets it, its answer is lost: the worst case for sending twice."""
        if not answered:
            answered.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/messages", lose)
    write(page, "师傅十点到")
    expect(page.locator("#log .agent .bubble")).to_have_count(1)
    page.reload()
    expect(page.locator("#log .agent:not(.waiting) .bubble")).to_have_text(["师傅十点到"])
    page.wait_for_function("Object.keys(localStorage).every((key) => !key.startsWith('aftercare.unsent'))")
    assert answered == [200]
    assert [text for author, text in said(ID) if author == "agent"] == ["师傅十点到"]


def test_a_canned_reply_is_found_by_a_slash_and_its_blank_is_marked(
    console: BrowserContext, people: dict[str, int]
) -> None:
    from desk.records.models import CannedReply

    with db.transaction() as session:
        session.add(CannedReply(title="师傅时间", shortcut="sf", text="{客户称呼}好，师傅 {上门时间} 到。"))
    page = signed_in(console, "wang")
    conversation(state="agent", agent_id=people["wang"])
    page.goto(f"/console/chats/{ID}")
    page.click("#text")
    page.keyboard.type("/sf")
    expect(page.locator("#palette .choice")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("您好，师傅 {上门时间} 到。")
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("{上门时间}")
    page.keyboard.type("明天上午")  # over the blank, which is marked
    page.keyboard.press("Enter")
    expect(page.locator("#log .agent .bubble")).to_have_text("您好，师傅 明天上午 到。")


def test_three_hundred_open_chats(console: BrowserContext, people: dict[str, int], talk: engine.Engine) -> None:
    now = time.now()
    with db.transaction() as session:
        for number in range(300):
            made = Conversation(
                id=f"cv-many{number:03}", channel="web", sender=f"web-many{number:03}", state="queued", created_at=now,
                queued_at=now, last_message_at=now, last_seq=1,
            )
            session.add(made)
            session.flush()
            session.add(Message(conversation_id=made.id, seq=1, author="customer", text=f"第 {number}", created_at=now))
    page = signed_in(console, "wang")
    expect(page.locator("#part-queue + ul .row")).to_have_count(300)
    page.click('[data-id="cv-many150"]')
    expect(page).to_have_url(re.compile("cv-many150"))
    page.focus("#text")
    page.keyboard.type("写着")
    talk.submit("web", "", "web-many299", "我是最后一位")
    expect(page.locator('[data-id="cv-many299"] .words')).to_have_text("我是最后一位")
    page.keyboard.type("的话")
    expect(page.locator("#text")).to_have_value("写着的话")
    takeover.take("cv-many000", people["li"], 0)
    expect(page.locator("#part-queue + ul .row")).to_have_count(299)
    page.keyboard.press("Alt+ArrowDown")
    expect(page).to_have_url(re.compile("cv-many151"))
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#text")).to_have_value("写着的话")


def violations(page: Page) -> list[str]:
    """What axe finds; its script is run through the debugger, so that the page's content policy stays as it is."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found["violations"]]


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    console: BrowserContext, people: dict[str, int], talk: engine.Engine, size: str, scheme: str
) -> None:
    widget.ensure(for_tests=True)
    page = signed_in(console, "wang")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    conversation(handoff_reason="complaint")
    conversation("web-0002", state="agent", agent_id=people["wang"])
    with db.transaction() as session:
        number = tickets.open_ticket(session, "bot", severity="B", kind="repair", symptom="漏水").number
    if size == "phone":
        page.set_viewport_size(PHONE)
    steps: list[Callable[[], object]] = [
        lambda: page.goto("/console"), lambda: page.goto(f"/console/chats/{ID}"),
        lambda: page.goto("/console/chats/cv-web-0002"), lambda: page.fill("#text", "/"),
        lambda: page.keyboard.press("Control+k"), lambda: page.goto(f"/console/tickets/{number}"),
    ]
    found = []
    for step in steps:
        step()
        expect(page.locator("#rows section, #deadlines").first).to_be_attached()
        page.wait_for_timeout(300)
        found += violations(page)
    assert found == [], "\n".join(found)
