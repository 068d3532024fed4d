"""The chat page over HTTP: no key in it, a strict policy, one visitor's words for that visitor alone."""

import time as real
from typing import Any

import pytest
import requests

from desk import time
from desk.channels.page.visitors import Pace
from desk.records import db
from desk.records.models import Conversation, Message, Staff
from desk.talk import routing, saying
from tests.fakes.desk_process import KEY, Desk
from tests.fakes.rasa_server import FakeRasa, Said


class Visitor:
    """A browser with its cookie."""

    def __init__(self, desk: Desk) -> None:
        self.base, self.http, self.sent = desk.base, requests.Session(), 0
        self.http.trust_env = False
        self.page = self.http.get(self.base + "/", timeout=10)

    def say(self, text: str, id: str | None = None, **more: Any) -> requests.Response:
        self.sent += 1
        body = {"text": text, "id": id or f"message-{self.sent}"}
        return self.http.post(f"{self.base}/chat/messages", json=body, timeout=10, **more)

    def hear(self, after: int = 0, wait: bool = False) -> dict[str, Any]:
        found = self.http.get(f"{self.base}/chat/messages", params={"after": after, "wait": wait}, timeout=30)
        assert found.status_code == 200, found.text
        return found.json()  # type: ignore[no-any-return]

    def answers(self, count: int) -> list[str]:
        """What was said to the visitor, once it is `count` lines."""
        deadline = real.monotonic() + 10
        while real.monotonic() < deadline:
            said = [line["text"] for line in self.hear()["messages"] if line["author"] != "customer"]
            if len(said) >= count:
                return said
            real.sleep(0.1)
        raise AssertionError("no answer in time")


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    return Visitor(desk)


def test_the_page_holds_no_key_and_runs_only_its_own_code(visitor: Visitor) -> None:
    assert visitor.page.status_code == 200 and KEY not in visitor.page.text
    policy = visitor.page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "<script>" not in visitor.page.text and "style=" not in visitor.page.text
    cookie = visitor.page.headers["Set-Cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    for name in ("chat.css", "chat.js", "icon.svg"):
        assert visitor.http.get(f"{visitor.base}/chat/{name}", timeout=10).status_code == 200
    assert visitor.http.get(f"{visitor.base}/chat/views.py", timeout=10).status_code == 404


def test_a_visitor_is_answered_and_finds_it_again(visitor: Visitor, assistant: FakeRasa) -> None:
    assert visitor.say("空调").status_code == 202
    assert visitor.say("不制冷").status_code == 202
    assert visitor.hear()["typing"] is True
    assert visitor.answers(1) == ["收到：空调\n不制冷"]
    found = visitor.hear()
    assert [line["author"] for line in found["messages"]] == ["customer", "customer", "bot"]
    assert found["messages"][0]["id"] == "message-1" and found["typing"] is False
    assert [line["seq"] for line in visitor.hear(after=2)["messages"]] == [3]


def test_waiting_ends_with_the_answer(visitor: Visitor, assistant: FakeRasa) -> None:
    visitor.say("你好")
    began = real.monotonic()
    while True:
        found = visitor.hear(after=1, wait=True)
        if found["messages"]:
            break
    assert found["messages"][0]["text"] == "收到：你好" and real.monotonic() - began < 8


def test_sent_twice_is_said_once(visitor: Visitor, assistant: FakeRasa) -> None:
    first, second = visitor.say("你好", "the-same-id"), visitor.say("你好", "the-same-id")
    assert first.json() == second.json()
    visitor.answers(1)
    assert len(assistant.asked) == 1


def test_a_button_is_not_held_back(visitor: Visitor, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "对吗？", "buttons": [{"title": "对的", "payload": "/affirm"}]}])
    visitor.say("坏了")
    visitor.answers(1)
    began = real.monotonic()
    visitor.say("/affirm")
    visitor.answers(2)
    assert assistant.texts() == ["坏了", "/affirm"] and real.monotonic() - began < 1.1


def test_visitors_do_not_hear_each_other(desk: Desk, visitor: Visitor) -> None:
    visitor.say("我的秘密")
    visitor.answers(1)
    assert Visitor(desk).hear()["messages"] == []
    assert requests.get(f"{desk.base}/chat/messages", timeout=10).status_code == 401
    forged = {"aftercare_visitor": "x" * 43}
    assert requests.get(f"{desk.base}/chat/messages?wait=false", cookies=forged, timeout=10).json()["messages"] == []


def test_a_person_is_named_and_notes_stay_inside(visitor: Visitor) -> None:
    visitor.say("你好")
    visitor.answers(1)
    with db.transaction() as session:
        agent = session.query(Staff).filter_by(login="page-agent").first()
        if agent is None:
            agent = Staff(login="page-agent", name="王工", password_hash="-")
            session.add(agent)
            session.flush()
        found = saying.locked(session, session.query(Conversation).one().id)
        assert found is not None
        routing.take(session, found, agent.id, "staff:page-agent")
        saying.say(session, found, "note", "客户很急", staff_id=agent.id)
        saying.say(session, found, "agent", "我是王工", staff_id=agent.id)
    heard = visitor.hear()
    assert heard["state"] == "agent" and heard["messages"][-1]["name"] == "王工"
    assert "客户很急" not in str(heard)


@pytest.mark.parametrize("text", ["", "  ", "长" * 2001])
def test_what_cannot_be_taken_is_said_politely(visitor: Visitor, text: str) -> None:
    refused = visitor.say(text)
    assert (refused.status_code == 422 and "麻烦" in refused.json()["detail"]) or "再发" in refused.json()["detail"]
    with db.reading() as session:
        assert session.query(Message).count() == 0


def test_other_pages_may_not_speak_for_a_visitor(visitor: Visitor) -> None:
    assert visitor.say("你好", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_who_writes_too_fast_is_slowed(visitor: Visitor) -> None:
    statuses = [visitor.say(f"第{n}条").status_code for n in range(22)]
    assert statuses.count(429) == 2 and statuses[0] == 202
    refused = visitor.say("还有")
    assert refused.headers["Retry-After"] and "稍等" in refused.json()["detail"]


def test_the_pace_is_each_visitors_own() -> None:
    pace = Pace(most=2, seconds=0.2)
    assert [pace.allows(who) for who in ("a", "a", "a", "b")] == [True, True, False, True]
    began = time.monotonic()
    while not pace.allows("a"):
        real.sleep(0.02)
    assert time.monotonic() - began < 1
