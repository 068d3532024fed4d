"""The widget's calls over HTTP: signed sessions, one visitor's words for that visitor alone, nothing doubled."""

import base64
import json
import threading
import time as real
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from desk import time
from desk.channels.web import sessions
from desk.channels.web.pace import Buckets
from desk.records import db
from desk.records.models import Conversation, Customer, Identity, Message, Rating, Staff
from desk.talk import routing, saying
from tests.fakes.desk_process import KEY, Desk
from tests.fakes.rasa_server import FakeRasa, Said


class Visitor:
    """A browser with the widget's token."""

    def __init__(self, desk: Desk, **hello: str) -> None:
        self.base, self.http, self.sent = desk.base, requests.Session(), 0
        self.http.trust_env = False
        self.begun = self.http.post(f"{self.base}/chat/session", json=hello, timeout=10)
        self.token: str = self.begun.json().get("token", "")
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def say(self, text: str, id: str | None = None, **more: Any) -> requests.Response:
        self.sent += 1
        body = {"text": text, "id": id or f"message-{self.sent}"}
        return self.post("messages", body, **more)

    def post(self, path: str, body: dict[str, Any], **more: Any) -> requests.Response:
        return self.http.post(f"{self.base}/chat/{path}", json=body, timeout=10, **more)

    def hear(self, after: int = 0, wait: bool = False) -> dict[str, Any]:
        found = self.http.get(f"{self.base}/chat/messages", params={"after": after, "wait": wait}, timeout=30)
        assert found.status_code == 200, found.text
        return found.json()  # type: ignore[no-any-return]

    def answers(self, count: int) -> list[str]:
        """What the assistant said to the visitor, once it is `count` lines."""
        deadline = real.monotonic() + 10
        while real.monotonic() < deadline:
            said = [line["text"] for line in self.hear()["messages"] if line["author"] == "bot"]
            if len(said) >= count:
                return said
            real.sleep(0.1)
        raise AssertionError("no answer in time")

    def events(self, after: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
        """(kind, data) of the event stream."""
        url = f"{self.base}/chat/events"
        with self.http.get(url, params={"after": after}, stream=True, timeout=20) as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            kind = ""
            for row in stream.iter_lines():
                name, _, value = row.decode().partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    yield kind, json.loads(value)


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    return Visitor(desk)


def test_the_demo_page_holds_no_key_and_runs_only_its_own_code(desk: Desk) -> None:
    page = requests.get(desk.base + "/", timeout=10)
    assert page.status_code == 200 and KEY not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "<script>" not in page.text and "style=" not in page.text and "Set-Cookie" not in page.headers
    assert requests.get(f"{desk.base}/site/site.css", timeout=10).status_code == 200
    assert requests.get(f"{desk.base}/site/demo.py", timeout=10).status_code == 404


def test_the_built_script_is_served_to_be_kept(desk: Desk) -> None:
    plain = requests.get(f"{desk.base}/widget/aftercare-chat.js", timeout=10)
    assert plain.status_code == 200 and plain.headers["Access-Control-Allow-Origin"] == "*"
    tag = plain.headers["ETag"]
    again = requests.get(f"{desk.base}/widget/aftercare-chat.js", headers={"If-None-Match": tag}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    kept = requests.get(f"{desk.base}/widget/aftercare-chat.js?v={tag.strip(chr(34))}", timeout=10)
    assert "immutable" in kept.headers["Cache-Control"]
    assert requests.get(f"{desk.base}/widget/built-from", timeout=10).status_code == 404


def test_a_visitor_is_answered_and_finds_it_again(visitor: Visitor, desk: Desk, assistant: FakeRasa) -> None:
    assert visitor.say("空调").status_code == 202
    assert visitor.say("不制冷").status_code == 202
    assert visitor.hear()["typing"] is True
    deadline = real.monotonic() + 10
    while not visitor.answers(1)[-1].endswith("不制冷") and real.monotonic() < deadline:
        real.sleep(0.1)  # on a slow machine the two are two turns
    found = Visitor(desk, token=visitor.token).hear()
    assert [line["text"] for line in found["messages"] if line["author"] == "customer"] == ["空调", "不制冷"]
    assert "\n".join(assistant.texts()) == "空调\n不制冷"
    assert found["messages"][0]["id"] == "message-1" and found["typing"] is False
    last = found["messages"][-1]["seq"]
    assert [line["seq"] for line in visitor.hear(after=last - 1)["messages"]] == [last]


def test_what_is_stored_is_told_once(visitor: Visitor, assistant: FakeRasa) -> None:
    for number in (1, 2):
        visitor.say(f"第{number}句")
        visitor.answers(number)
    told = [line["text"] for line in visitor.hear()["messages"] if line["author"] == "system"]
    assert len(told) == 1 and "只用来办理售后" in told[0]


def test_events_tell_what_is_new_as_it_happens(visitor: Visitor, assistant: FakeRasa) -> None:
    stream = visitor.events()
    assert next(stream)[0] == "state"
    threading.Timer(0.2, lambda: visitor.say("你好")).start()
    kinds, heard = [], []
    for kind, data in stream:
        kinds.append(kind)
        if kind == "line":
            heard.append(data["text"])
        if data.get("author") == "bot":
            break
    assert heard[0] == "你好" and heard[-1] == "收到：你好" and "state" in kinds
    resumed = visitor.events(after=1)
    assert next(resumed)[1]["seq"] == 2


def test_waiting_ends_with_the_answer(visitor: Visitor, assistant: FakeRasa) -> None:
    visitor.say("你好")
    began, after = real.monotonic(), 1
    while (found := visitor.hear(after=after, wait=True))["messages"][-1:] == [] or found["messages"][-1][
        "author"
    ] != "bot":
        after = max([after, *(line["seq"] for line in found["messages"])])
    assert found["messages"][-1]["text"] == "收到：你好" and real.monotonic() - began < 10


def test_sent_twice_is_said_once(visitor: Visitor, assistant: FakeRasa) -> None:
    first, second = visitor.say("你好", "the-same-id"), visitor.say("你好", "the-same-id")
    assert first.json() == second.json()
    visitor.answers(1)
    assert len(assistant.asked) == 1


def test_a_button_is_not_held_back(visitor: Visitor, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "对吗？", "buttons": [{"title": "对的", "payload": "/affirm"}]}])
    visitor.say("坏了")
    visitor.answers(1)
    with db.reading() as session:
        turns = session.query(Conversation).one().last_seq
    visitor.say("/affirm")
    visitor.answers(2)
    assert assistant.texts() == ["坏了", "/affirm"] and turns == 3


def test_visitors_do_not_hear_each_other(desk: Desk, visitor: Visitor) -> None:
    visitor.say("我的秘密")
    visitor.answers(1)
    assert Visitor(desk).hear()["messages"] == []
    for token in ("", "x" * 43, visitor.token[:-2] + "xx", visitor.token.swapcase()):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert requests.get(f"{desk.base}/chat/messages", headers=headers, timeout=10).status_code == 401


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
    assert (heard["state"], heard["agent"], heard["messages"][-1]["name"]) == ("agent", "王工", "王工")
    assert "客户很急" not in str(heard)


def test_reading_marks_what_was_said(visitor: Visitor, assistant: FakeRasa) -> None:
    visitor.say("你好")
    visitor.answers(1)
    found = visitor.hear()
    assert found["read"] >= found["messages"][0]["seq"]
    last = found["messages"][-1]["seq"]
    assert visitor.post("read", {"seq": last}).status_code == 204
    with db.reading() as session:
        marks = {line.author: line.read_at is not None for line in session.query(Message)}
    assert marks == {"customer": False, "system": True, "bot": True}


def test_a_score_counts_once(visitor: Visitor, assistant: FakeRasa) -> None:
    assert visitor.post("rating", {"score": 5}).status_code == 404
    visitor.say("你好")
    visitor.answers(1)
    for _ in range(2):
        assert "谢谢" in visitor.post("rating", {"score": 2, "reason": "等太久"}).json()["thanks"]
    assert visitor.post("rating", {"score": 6}).status_code == 422
    with db.reading() as session:
        assert [(row.score, row.reason) for row in session.query(Rating)] == [(2, "等太久")]


@pytest.mark.parametrize("text", ["", "  ", "长" * 2001])
def test_what_cannot_be_taken_is_said_politely(visitor: Visitor, text: str) -> None:
    refused = visitor.say(text)
    assert refused.status_code == 422
    assert "麻烦" in refused.json()["detail"] or "再发" in refused.json()["detail"]
    with db.reading() as session:
        assert session.query(Message).count() == 0


def test_other_sites_may_not_speak_for_a_visitor(visitor: Visitor, desk: Desk) -> None:
    refused = visitor.say("你好", headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403 and "Access-Control-Allow-Origin" not in refused.headers
    asked = requests.options(f"{desk.base}/chat/messages", headers={"Origin": "https://evil.example"}, timeout=10)
    assert asked.status_code == 403
    assert visitor.say("你好", headers={"Origin": desk.base}).status_code == 202


def test_who_writes_too_fast_is_slowed_and_nobody_else(visitor: Visitor, desk: Desk) -> None:
    statuses = [visitor.say(f"第{n}条").status_code for n in range(23)]
    assert statuses[:20] == [202] * 20 and 429 in statuses
    refused = visitor.say("还有")
    assert int(refused.headers["Retry-After"]) >= 1 and "稍等" in refused.json()["detail"]
    assert Visitor(desk).say("我不急").status_code == 202


def test_a_bucket_fills_again() -> None:
    bucket = Buckets(burst=2, a_minute=600)
    assert [bucket.take(who) > 0 for who in ("a", "a", "a", "b")] == [False, False, True, False]
    began = time.monotonic()
    while bucket.take("a") > 0:
        real.sleep(0.02)
    assert 0.01 < time.monotonic() - began < 5


def test_a_customer_whom_the_company_names_is_known_on_every_device(desk: Desk, assistant: FakeRasa) -> None:
    with db.transaction() as session:
        session.add(Customer(customer_no="C-1", name="王芳", phone="13800138000", created_at=time.now()))
    first = Visitor(desk, identity=sessions.sign_customer("C-1"))
    first.say("你好")
    first.answers(1)
    second = Visitor(desk, identity=sessions.sign_customer("C-1"))
    assert next(line["author"] for line in second.hear()["messages"]) == "customer"
    with db.reading() as session:
        customer = session.query(Customer).one()
        assert session.query(Conversation).one().customer_id == customer.id
        assert session.query(Identity).one().proof == "signed_token"
    # Without the company's word the same browser is nobody again.
    assert Visitor(desk, token=first.token).hear()["messages"] == []


def _unsigned() -> str:
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none"}, {"sub": "C-1", "exp": 9999999999})
    )
    return f"{head}.{body}."


@pytest.mark.parametrize("forge", ["none", "expired", "other", "claims"])
def test_a_forged_name_is_refused(desk: Desk, forge: str) -> None:
    good = sessions.sign_customer("C-1")
    forged = {
        "none": _unsigned(),
        "expired": sessions.sign_customer("C-1", seconds=-30 * 24 * 3600),
        "other": good[:-3] + "abc",
        "claims": sessions.sign_customer("C-2").rsplit(".", 1)[0] + "." + good.rsplit(".", 1)[1],
    }[forge]
    refused = Visitor(desk, identity=forged).begun
    assert refused.status_code == 403
    assert ("过期" in refused.json()["detail"]) == (forge == "expired") and "data-identity" in refused.json()["detail"]
