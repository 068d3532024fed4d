"""What the pages show: right, masked, and in a fixed number of queries."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from desk import console, demo, time
from desk.cases import summary, takeover, writing
from desk.channels import web
from desk.console import reads
from desk.records import db
from desk.records.models import (
    Article,
    AuditEntry,
    CannedReply,
    Conversation,
    Customer,
    Device,
    DialogueState,
    Intake,
    Message,
    Outbound,
    Product,
    Ticket,
    Turn,
)
from desk.talk import engine
from tests.console.conftest import Browser, conversation

NewBrowser = Callable[[], Browser]
ID = "cv-web-0001"
SENTENCE = "这台空调 2025 年 6 月 18 日购买，整机保修到 2031 年 6 月 17 日，这次维修不收费。"


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run meanwhile, but for the engine's own looks for what is due."""
    seen: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:  # type: ignore[no-untyped-def]
        if not threading.current_thread().name.startswith(("talk-clock", "turn", "send")):
            seen.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


@pytest.fixture
def case(talk: engine.Engine) -> Conversation:
    """A conversation in the queue of which everything is known."""
    now = time.now()
    with db.transaction() as session:
        session.add(Product(model="KFR-35", name="壁挂空调", product_type="空调", brand="示范"))
        customer = Customer(
            customer_no="K1", name="张三丰", phone="13800002020", address="苏州市姑苏区人民路1号3幢", vip=True,
            created_at=now,
        )
        session.add(customer)
        session.flush()
        device = Device(
            serial_number="SF-1001", serial_key="SF1001", model="KFR-35", customer_id=customer.id,
            purchase_date=date(2025, 6, 18),
        )
        session.add(device)
    found = conversation(handoff_reason="angry_customer", priority=1, customer_id=customer.id)
    with db.transaction() as session:
        facts = {
            "device_id": device.id, "symptom": "不制冷", "fault_code": "E5", "phone": "13800002020", "name": "张三丰",
            "address": "苏州市姑苏区人民路1号3幢", "wish": {"text": "明天上午"}, "paid": "agreed", "unresolved": True,
        }
        decision = {"sentence": SENTENCE, "derivation": "按国家规定 <第 1 条>", "primary": "FREE_REPAIR"}
        session.add(
            Intake(
                conversation_id=ID, device_id=device.id, facts=facts, decision=decision, dialogue={}, created_at=now,
                updated_at=now,
            )
        )
        memory = {"journey": "fault", "told": ["help"], "stack": ["warranty"]}
        session.add(DialogueState(conversation_id=ID, data=memory, updated_at=now))
        session.add(ticket(found, customer_id=customer.id, device_id=device.id, urge_count=2))
    return found


def ticket(of: Conversation | None = None, number: str = "TK20261121-0001", **more: object) -> Ticket:
    soon = (time.now() + timedelta(minutes=38, seconds=20)).isoformat()
    values = {"severity": "B", "symptom": "不制冷", "contact_phone": "13800002020", "contact_name": "张三丰", **more}
    deadlines = {"response_due": None, "arrival_due": soon, "fix_due": None, "paused": False}
    return Ticket(
        number=number, opened_at=time.now(), deadlines=deadlines, conversation_id=of.id if of else None, **values
    )


def test_summary_is_made_of_facts(case: Conversation) -> None:
    with db.reading() as session:
        found = dict(summary.lines(summary.load(session, session.get_one(Conversation, ID))))
    assert found == {
        "客户": "张**，138****2020，重要客户",
        "设备": "示范壁挂空调 KFR-35（SF-1001）",
        "保修": SENTENCE,
        "故障": "不制冷，E5",
        "试过": "助手给过自行处理的建议；修过，仍未修好",
        "想要": "报修，查保修，同意付费，明天上午",
        "情绪": "生气；催过 2 次",
        "工单": "TK20261121-0001 新建",
    }


def test_summary_names_the_advice_given_and_the_photos(talk: engine.Engine) -> None:
    conversation()
    with db.transaction() as session:
        steps = ["断电", "取下", "冲洗", "晾干"]
        article = Article(title="清洗滤网", product_type="空调", symptom="不制冷", steps=steps)
        session.add(article)
        session.flush()
        session.add(DialogueState(conversation_id=ID, data={"advised": article.id, "step": 0}, updated_at=time.now()))
        session.query(Message).one().attachments = [{"type": "image"}]
    with db.reading() as session:
        found = dict(summary.lines(summary.load(session, session.get_one(Conversation, ID))))
    assert (found["试过"], found["照片"]) == ("助手讲过《清洗滤网》：断电；取下", "客户发了 1 张")


def test_summary_of_a_stranger_claims_nothing(talk: engine.Engine) -> None:
    conversation()
    with db.reading() as session:
        found = dict(summary.lines(summary.load(session, session.get_one(Conversation, ID))))
    assert found == {"客户": "身份未核实", "设备": "还不清楚", "故障": "还不清楚", "情绪": "平稳"}


def boot(page: str) -> dict[str, Any]:
    """The data that a page carries for its script."""
    found = re.search('<script type="application/json" id="boot">(.*?)</script>', page, re.S)
    assert found
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def test_the_page_shows_list_talk_and_facts(case: Conversation, wang: Browser) -> None:
    page = wang.get(f"/console/chats/{ID}").text
    for words in (SENTENCE, "SF-1001", "E5", "TK20261121-0001", "还有 38 分钟到场", "138****2020",
                  "按国家规定 &lt;第 1 条&gt;"):
        assert words in page
    for private in ("13800002020", "张三丰", "人民路"):
        assert private not in page
    assert 'aria-live="polite"' in page
    data = boot(page)
    row = data["list"][0]
    assert (row["part"], row["name"], row["why"], row["vip"], row["urgent"], row["severity"]) == (
        "queue", "张**", "客户情绪激动", True, True, "B"
    )
    assert data["chat"]["status"] == "排队中" and data["chat"]["may"]["take"]
    assert [line["text"] for line in data["chat"]["lines"]] == ["空调不制冷，催一下"]


def test_empty_pages_say_what_to_do(wang: Browser) -> None:
    page = wang.get("/console").text
    for words in ("没有人在排队", "您手上没有会话"):
        assert words in json.dumps(boot(page), ensure_ascii=False)
    assert "从左边选一个会话" in page
    conversation(state="bot")
    page = wang.get(f"/console/chats/{ID}").text
    for words in ("还没有核实是哪位客户", "还不知道是哪台设备", "还没有保修结论", "没有未完工单", "客户还没有说"):
        assert words in page
    assert wang.get("/console/chats/cv-none").status_code == 404
    assert "回到工作台" in wang.get("/console/tickets/TK1").text


def test_what_customers_write_is_never_markup(talk: engine.Engine, wang: Browser) -> None:
    bad = "</script><img src=x onerror=alert(1)>"
    conversation()
    with db.transaction() as session:
        session.query(Message).one().text = bad
        now = time.now()
        facts = {"symptom": bad, "name": bad}
        session.add(Intake(conversation_id=ID, facts=facts, dialogue={}, created_at=now, updated_at=now))
    for path in ("/console", f"/console/chats/{ID}", f"/console/chats/{ID}/panel"):
        assert "<img" not in wang.get(path).text
    assert boot(wang.get(f"/console/chats/{ID}").text)["chat"]["lines"][0]["text"] == bad


def test_the_queue_is_by_urgency_then_by_waiting(wang: Browser, people: dict[str, int]) -> None:
    conversation("web-late")
    conversation("web-first")
    conversation("web-vip1", priority=1)
    conversation("web-danger", priority=0, handoff_reason="emergency")
    conversation("web-passed", priority=2, handoff_reason="transferred")
    conversation("web-bot1", state="bot")
    conversation("web-mine", state="agent", agent_id=people["wang"])
    conversation("web-hers", state="agent", agent_id=people["li"])
    conversation("web-done", state="closed")
    conversation("web-old1", state="bot")
    with db.transaction() as session:
        session.get_one(Conversation, "cv-web-old1").last_message_at = time.now() - timedelta(days=2)
        session.get_one(Conversation, "cv-web-first").queued_at = time.now() - timedelta(minutes=12)
    with db.reading() as session:
        rows = reads.rows(session, people["wang"], reads.Filter())
        over = reads.rows(session, people["wang"], reads.Filter(part="closed"))
    found = {part: [row for row in rows if row.part == part] for part in reads.PARTS}
    assert [row.id for row in found["queue"]] == [
        "cv-web-danger", "cv-web-vip1", "cv-web-passed", "cv-web-first", "cv-web-late"
    ]
    assert [row.tone for row in found["queue"]] == ["", "", "", "late", ""]
    assert [row.urgent for row in found["queue"]] == [True, False, False, False, False]
    assert [row.id for row in found["mine"]] == ["cv-web-mine"]
    assert {row.id: row.owner for row in found["open"]} == {"cv-web-bot1": None, "cv-web-hers": "李姐"}
    assert found["closed"] == [] and [row.id for row in over] == ["cv-web-done"]


def test_rows_that_changed_are_told_alone_and_those_that_left_are_gone(wang: Browser, people: dict[str, int]) -> None:
    conversation("web-0001")
    conversation("web-0002", state="closed")
    conversation("web-0003", channel="wechat")
    answer = wang.get("/console/api/list?ids=cv-web-0001&ids=cv-web-0002").json()
    assert [row["id"] for row in answer["rows"]] == ["cv-web-0001"]
    assert answer["gone"] == ["cv-web-0002"] and answer["waiting"] == 2
    only = wang.get("/console/api/list?channel=wechat").json()
    assert [row["id"] for row in only["rows"]] == ["cv-web-0003"] and "gone" not in only


def test_unread_counts_until_somebody_looked(wang: Browser, people: dict[str, int]) -> None:
    conversation(state="agent", agent_id=people["wang"])

    def unread() -> int:
        found: int = wang.get("/console/api/list").json()["rows"][0]["unread"]
        return found

    assert unread() == 1
    assert wang.call(f"/chats/{ID}/read?seq=1").status_code == 200
    assert unread() == 0
    writing.note(ID, people["li"], "@王工 客户住六楼", "k" * 8)
    assert unread() == 0 and wang.get("/console/api/list").json()["rows"][0]["mentioned"]
    wang.call(f"/chats/{ID}/read?seq=2")
    assert not wang.get("/console/api/list").json()["rows"][0]["mentioned"]


def test_queries_do_not_grow_with_rows(case: Conversation, wang: Browser, people: dict[str, int]) -> None:
    def cost(path: str) -> int:
        with counted() as seen:
            assert wang.get(path).status_code == 200
        return len(seen)

    paths = (
        "/console", f"/console/chats/{ID}", "/console/api/list", f"/console/api/chats/{ID}",
        "/console/tickets/TK20261121-0001", "/console/api/search?q=00", "/console/api/team",
    )
    before = [cost(path) for path in paths]
    for number in range(12):
        made = conversation(f"web-more{number}", state=("queued", "bot")[number % 2])
        with db.transaction() as session:
            session.add(ticket(made, f"TK20261121-1{number:03}"))
            session.add(
                Message(conversation_id=ID, seq=2 + number, author="agent", staff_id=people["li"], text="好 00",
                        created_at=time.now())
            )
    assert [cost(path) for path in paths] == before
    assert before[2] <= 9 and before[3] <= 6


def test_a_conversation_tells_only_what_is_new(wang: Browser, people: dict[str, int]) -> None:
    conversation()
    first = wang.get(f"/console/api/chats/{ID}").json()
    assert (first["last"], first["version"], [line["seq"] for line in first["lines"]]) == (1, 0, [1])
    takeover.take(ID, people["li"], 0)
    news = wang.get(f"/console/api/chats/{ID}?after=1").json()
    assert news["status"] == "李姐接待中" and not news["may"]["say"] and news["version"] > 0
    assert [line["text"] for line in news["lines"]] == ["李姐接手了对话，由人工客服为您服务。"]
    with db.transaction() as session:
        found = session.query(Message).filter_by(seq=2).one()
        session.add(
            Outbound(message_id=found.id, conversation_id=ID, channel="wechat", state="failed", error="45015",
                     next_try_at=time.now())
        )
    news = wang.get(f"/console/api/chats/{ID}?after=2").json()
    assert news["lines"] == [] and news["undelivered"] == [{"seq": 2, "trouble": "没有发出：45015"}]
    assert [line["seq"] for line in wang.get(f"/console/api/chats/{ID}?before=2").json()["lines"]] == [1]


def test_what_the_assistant_understood_is_shown(wang: Browser) -> None:
    conversation(state="bot")
    with db.transaction() as session:
        session.add(
            Turn(
                id="tn-1", conversation_id=ID, seq=1, text="x", state="answered", attempts=1, notice_sent=False,
                understood={"intent": {"name": "report_fault", "confidence": 0.973}},
                outcome={"asks": "serial_number", "tickets": ["TK1"]}, created_at=time.now(),
            )
        )
        session.query(Message).filter_by(seq=1).one().turn_id = "tn-1"
    line = wang.get(f"/console/api/chats/{ID}").json()["lines"][0]
    assert line["steps"] == ["报修 97%", "接着问序列号", "工单 TK1"]


def test_search_finds_everything_and_shows_nothing_private(case: Conversation, wang: Browser) -> None:
    def found(query: str) -> list[tuple[str, str]]:
        return [(hit["kind"], hit["title"]) for hit in wang.get(f"/console/api/search?q={query}").json()]

    assert ("工单", "TK20261121-0001") in found("20261121-0001")
    assert ("客户", "张**") in found("2020") and ("客户", "张**") in found("张三丰")
    assert ("设备", "SF-1001") in found("sf1001")
    assert ("对话", "张**") in found("催一下")
    assert found("%") == found("x") == found("%%") == []
    assert "13800002020" not in wang.get("/console/api/search?q=2020").text


def test_canned_replies_are_filled_with_the_case(case: Conversation, wang: Browser) -> None:
    with db.transaction() as session:
        session.add(CannedReply(title="进度", shortcut="jd", text="{客户称呼}，工单 {工单号} {上门时间} 到，{客服}"))
        session.add(CannedReply(title="别组的", text="x", group_code=None))
    found = wang.get(f"/console/api/chats/{ID}/replies?q=jd").json()["replies"]
    assert [one["text"] for one in found] == ["张先生/女士，工单 TK20261121-0001 {上门时间} 到，王工"]


def test_contact_data_is_shown_to_who_needs_it_and_written_down(
    case: Conversation, wang: Browser, browser: NewBrowser, people: dict[str, int]
) -> None:
    assert wang.call(f"/chats/{ID}/reveal").status_code == 403
    assert wang.call("/tickets/TK20261121-0001/reveal").status_code == 403
    takeover.take(ID, people["wang"], 0)
    full = {"name": "张三丰", "phone": "13800002020", "address": "苏州市姑苏区人民路1号3幢"}
    assert wang.call(f"/chats/{ID}/reveal").json() == full
    assert wang.call("/tickets/TK20261121-0001/reveal").json()["phone"] == "13800002020"
    assert browser().sign_in("chen").call(f"/chats/{ID}/reveal").json() == full
    with db.reading() as session:
        rows = session.query(AuditEntry).filter_by(action="contact_shown").order_by(AuditEntry.id)
        assert [(row.actor, row.subject) for row in rows] == [
            (f"staff:{people['wang']}", "conversation"), (f"staff:{people['wang']}", "ticket"),
            (f"staff:{people['chen']}", "conversation"),
        ]


def test_files_are_served_and_no_others(browser: NewBrowser) -> None:
    one = browser()
    for name in ("console.css", "tokens.css", "theme.js", "icon.svg"):
        assert one.get(f"/console/files/{name}").status_code == 200
    for name in ("signin.py", "..%2Fsignin.py", "x"):
        assert one.get(f"/console/files/{name}").status_code == 404


def test_the_website_and_the_console_have_the_same_colours() -> None:
    def tokens(css: str) -> list[dict[str, str]]:
        blocks = re.findall(r"\{([^{}]*--accent:[^{}]*)\}", css)
        return [dict(re.findall(r"--([\w-]+): *([^;]+);", block)) for block in blocks]

    theirs = tokens((Path(web.__file__).parent / "files/site.css").read_text("utf-8"))
    ours = tokens((Path(console.__file__).parent / "files/tokens.css").read_text("utf-8"))
    assert len(theirs) == 2 and len(ours) == 3 and ours[1] == ours[2]
    for mine, other in zip(ours, theirs, strict=False):
        assert other.items() <= mine.items()


def test_the_demo_login_is_shown_only_where_it_exists(browser: NewBrowser) -> None:
    one = browser()
    assert demo.PASSWORD not in one.get("/console/login").text
    from desk.cases import staff

    with db.transaction() as session:
        staff.add(session, demo.LOGIN, "演示", demo.PASSWORD)
    assert demo.PASSWORD in one.get("/console/login").text
    assert one.try_sign_in(demo.LOGIN, demo.PASSWORD).status_code == 303
