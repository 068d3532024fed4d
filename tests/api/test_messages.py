"""POST /conversations/{sender}/messages and GET /conversations/{id}."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from requests import Response

from desk.channels.rest import auth
from desk.records import db
from desk.records.models import Conversation, Message
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa, Said

TURN = {
    "conversation", "turn_id", "handled_by", "replies", "asks", "offers", "handoff", "callback", "decision", "tickets",
}


def post(desk: Desk, body: Any, sender: str = "s1", **more: Any) -> Response:
    return desk.call("POST", f"/conversations/{sender}/messages", json=body, **more)


def test_a_turn_has_the_fields_of_the_contract(desk: Desk) -> None:
    turn = desk.say("s1", "空调不制冷", "m1")
    assert turn.keys() == TURN
    assert turn["replies"] == [{"text": "收到：空调不制冷"}]
    assert desk.say("s1", "空调不制冷", "m1") == turn


def test_buttons_come_with_title_and_payload_only(desk: Desk, assistant: FakeRasa) -> None:
    button = {"title": "对的", "payload": "/affirm", "type": "postback"}
    assistant.script = lambda turn: Said([{"text": "对吗？", "buttons": [button]}])
    assert desk.say("s1", "坏了")["replies"] == [
        {"text": "对吗？", "buttons": [{"title": "对的", "payload": "/affirm"}]}
    ]


def test_many_callers_at_once_get_one_turn(desk: Desk, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": turn["text"]}], seconds=0.05)
    with ThreadPoolExecutor(16) as pool:
        turns = list(pool.map(lambda n: desk.say(f"s{n % 8}", "你好", "same"), range(32)))
    assert len({turn["turn_id"] for turn in turns}) == 8
    assert len(assistant.asked) == 8


@pytest.mark.parametrize("channel", ["wechat", "web", "phone"])
def test_other_channels_need_the_scope(desk: Desk, channel: str) -> None:
    with db.transaction() as session:
        writer = auth.create(session, "writer", ["write"])
    refused = post(desk, {"text": "你好", "channel": channel}, key=writer)
    assert refused.status_code == 403 and refused.json()["scope"] == "act_as_channel"
    assert post(desk, {"text": "你好"}, key=writer).status_code == 200
    turn = desk.say("s1", "你好", channel=channel)
    with db.reading() as session:
        assert session.get_one(Conversation, turn["conversation"]).channel == channel


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"text": ""}, 422, "invalid"),
        ({}, 422, "invalid"),
        ({"text": "长" * 5000}, 422, "invalid"),
        ({"text": "a\0b"}, 422, "invalid"),
        ({"text": 5}, 422, "invalid"),
        ({"text": "a", "channel": "fax"}, 422, "invalid"),
        ({"text": "a", "message_id": "x" * 200}, 422, "invalid"),
        ({"text": "a", "message_id": " "}, 422, "invalid"),
        ({"text": "a", "attachments": [{}] * 10}, 422, "invalid"),
        ([], 422, "invalid"),
        ({"text": "长" * 300_000}, 413, "too-large"),
    ],
)
def test_what_is_refused_changes_nothing(desk: Desk, body: Any, status: int, kind: str) -> None:
    refused = post(desk, body)
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json")
    problem = refused.json()
    assert problem["type"] == f"urn:aftercare:problem:{kind}" and problem["status"] == status
    assert any("\u4e00" <= char <= "\u9fff" for char in problem["title"])
    assert any("\u4e00" <= char <= "\u9fff" for char in problem["detail"])
    with db.reading() as session:
        assert session.query(Conversation).count() == 0


@pytest.mark.parametrize("data", [b"{", b'{"text": }', b'\xff\xfe{"text"', b'{"text": "\\ud800"}', b"[" * 100_000])
def test_a_broken_body_is_a_problem(desk: Desk, data: bytes) -> None:
    refused = desk.call(
        "POST", "/conversations/s1/messages", data=data, headers={"Content-Type": "application/json"}
    )
    assert refused.status_code in (400, 422), refused.text
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_body_without_a_length_is_limited_too(desk: Desk) -> None:
    refused = desk.call("POST", "/conversations/s1/messages", data=(b"x" * 65536 for _ in range(8)))
    assert refused.status_code == 413


def test_an_attachment_needs_no_text(desk: Desk, assistant: FakeRasa) -> None:
    turn = desk.say("s1", "", attachments=[{"type": "image", "url": "https://example.com/1.jpg"}])
    assert assistant.texts() == ["[图片]"]
    shown = desk.call("GET", f"/conversations/{turn['conversation']}").json()
    assert shown["transcript"][0]["attachments"][0]["type"] == "image"


def test_a_conversation_is_found_by_its_id_and_by_its_sender(desk: Desk) -> None:
    turn = desk.say("zhang", "你好", "m1")
    by_id = desk.call("GET", f"/conversations/{turn['conversation']}").json()
    assert by_id == desk.call("GET", "/conversations/zhang").json()
    assert (by_id["state"], by_id["owner"]["kind"], by_id["customer"], by_id["intake"]) == ("bot", "bot", None, None)
    assert [line["author"] for line in by_id["transcript"]] == ["customer", "bot"]
    assert by_id["turns"] == [turn]
    assert desk.call("GET", "/conversations/nobody").status_code == 404


def test_an_honest_line_when_the_assistant_fails(desk: Desk, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said(status=500)
    turn = desk.say("s1", "你好", "m1")
    assert turn["handled_by"] == "bot" and "故障" in turn["replies"][0]["text"]
    assert desk.say("s1", "在吗", "m2")["replies"] == []
    assistant.script = lambda turn: Said([{"text": "好了"}])
    for _ in range(60):
        repeated = desk.say("s1", "你好", "m1")
        if repeated["replies"] == [{"text": "好了"}]:
            break
        time.sleep(0.1)
    assert repeated["replies"] == [{"text": "好了"}] and repeated["turn_id"] == turn["turn_id"]
    with db.reading() as session:
        lines = session.query(Message).filter_by(author="system").all()
        assert len(lines) == 1
