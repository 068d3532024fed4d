"""A customer's message becomes one turn: stored, asked, answered, told once."""

import threading
from typing import Any

import pytest

from desk import time
from desk.records import db
from desk.records.models import AuditEntry, Conversation, Customer, Identity, TurnEffect
from desk.talk import engine, routing, saying, words
from tests.fakes.rasa_server import FakeRasa, Said
from tests.talk.conftest import say, stored, texts


def effect(turn_id: str, ordinal: int = 0, **result: Any) -> None:
    with db.transaction() as session:
        session.add(
            TurnEffect(turn_id=turn_id, use_case="dialogue", ordinal=ordinal, result=result, created_at=time.now())
        )


def test_a_message_is_answered(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    turn = say(desk_talk, "空调不制冷", "m1")
    assert turn["handled_by"] == "bot"
    assert texts(turn) == ["收到：空调不制冷"]
    assert {"asks", "offers", "handoff", "callback", "decision", "tickets"} <= turn.keys()
    conversation, messages, turns = stored(turn["conversation"])
    assert conversation.id.startswith("cv-") and conversation.last_seq == 2
    assert [(m.author, m.seq) for m in messages] == [("customer", 1), ("bot", 2)]
    assert turns[0].state == "answered" and turns[0].understood["intent"]["name"] == "inform"


def test_metadata_tells_time_channel_and_the_open_question(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    def asks_phone(turn: dict[str, Any]) -> Said:
        effect(turn["turn_id"], asks="phone")
        return Said([{"text": "电话是多少？"}])

    assistant.script = asks_phone
    assert say(desk_talk, "坏了")["asks"] == "phone"
    say(desk_talk, "13900000001")
    first, second = (turn["metadata"] for turn in assistant.asked)
    assert first["asks"] is None and second["asks"] == "phone"
    assert first["channel"] == "rest" and first["now"].endswith("+08:00")
    assert first["conversation"] == assistant.asked[0]["sender"]


def test_the_same_message_again_is_the_same_turn(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    first = say(desk_talk, "你好", "m1")
    assert say(desk_talk, "你好", "m1") == first
    assert len(assistant.asked) == 1


def test_a_repeat_while_in_work_waits_for_the_answer(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "好"}], seconds=0.4)
    results: list[dict[str, Any]] = []
    callers = [threading.Thread(target=lambda: results.append(say(desk_talk, "你好", "m1"))) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(assistant.asked) == 1
    assert len({turn["turn_id"] for turn in results}) == 1
    assert all(texts(turn) == ["好"] for turn in results)


def test_two_senders_never_share_an_answer(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    a, b = say(desk_talk, "甲", "same", sender="a"), say(desk_talk, "乙", "same", sender="b")
    c = say(desk_talk, "丙", "same", sender="a", channel="web")
    assert len({a["conversation"], b["conversation"], c["conversation"]}) == 3
    assert [texts(t) for t in (a, b, c)] == [["收到：甲"], ["收到：乙"], ["收到：丙"]]


def test_one_conversation_in_order_others_beside_it(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": turn["text"]}], seconds=0.05)
    received = [desk_talk.submit("rest", "", f"s{n % 4}", f"{n}", f"m{n}") for n in range(24)]
    answers = [desk_talk.wait(one, 20) for one in received]
    assert [texts(turn) for turn in answers if turn] == [[f"{n}"] for n in range(24)]
    assert not assistant.overlaps
    assert assistant.most_at_once > 1
    for n in range(4):
        assert assistant.texts(received[n].conversation_id) == [str(k) for k in range(24) if k % 4 == n]


def test_results_of_several_actions_are_put_together(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    def script(turn: dict[str, Any]) -> Said:
        effect(turn["turn_id"], 0, asks="phone", offers=["human"], tickets=["TK1"], decision=None)
        effect(turn["turn_id"], 1, asks=None, offers=["repair", "human"], tickets=["TK2"], decision={"primary": "X"})
        return Said([{"text": "好"}])

    assistant.script = script
    turn = say(desk_talk, "坏了")
    assert (turn["asks"], turn["offers"], turn["tickets"]) == ("phone", ["human", "repair"], ["TK1", "TK2"])
    assert turn["decision"] == {"primary": "X"}


def test_a_requested_handoff_is_applied_with_the_answer(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    def script(turn: dict[str, Any]) -> Said:
        wanted = {"to": "queued", "reason": "customer_request", "priority": 2, "group": None}
        effect(turn["turn_id"], handoff={"reason": "customer_request"}, transition=wanted)
        return Said([{"text": "这就为您转人工。"}])

    assistant.script = script
    turn = say(desk_talk, "转人工")
    assert (turn["handled_by"], turn["handoff"]) == ("queued", {"reason": "customer_request"})
    conversation, _, _ = stored(turn["conversation"])
    assert (conversation.state, conversation.version, conversation.priority) == ("queued", 1, 2)
    assert conversation.queued_at is not None and conversation.handoff_reason == "customer_request"
    with db.reading() as session:
        entry = session.query(AuditEntry).filter_by(action="conversation_moved").one()
        assert entry.data["from"] == "bot" and entry.data["to"] == "queued"

    waiting = say(desk_talk, "在吗")
    assert waiting["handled_by"] == "queued" and "排在最前面" in texts(waiting)[0]
    assert say(desk_talk, "在吗？")["replies"] == []
    assert len(assistant.asked) == 1


def test_a_closed_conversation_is_reopened_by_a_message(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    turn = say(desk_talk, "谢谢")
    with db.transaction() as session:
        conversation = saying.locked(session, turn["conversation"])
        assert conversation is not None
        routing.move(session, conversation, "closed", "bot", "done")
    assert texts(say(desk_talk, "还有个问题")) == ["收到：还有个问题"]
    assert stored(turn["conversation"])[0].state == "bot"


def test_an_answer_is_dropped_when_a_person_took_over_meanwhile(
    desk_talk: engine.Engine, assistant: FakeRasa, staff_id: int
) -> None:
    def script(turn: dict[str, Any]) -> Said:
        with db.transaction() as session:
            conversation = saying.locked(session, turn["sender"])
            assert conversation is not None
            routing.take(session, conversation, staff_id, "staff:1")
        return Said([{"text": "太晚了"}])

    assistant.script = script
    turn = say(desk_talk, "你好")
    assert (turn["handled_by"], turn["replies"]) == ("agent", [])
    _, messages, turns = stored(turn["conversation"])
    assert [m.author for m in messages] == ["customer"]
    assert turns[0].state == "dropped"
    assert say(desk_talk, "在吗")["handled_by"] == "agent"


@pytest.mark.parametrize("text", ["/restart", "  /session_start", '/inform{"phone":"1"}'])
def test_a_command_in_customer_text_is_no_command(desk_talk: engine.Engine, assistant: FakeRasa, text: str) -> None:
    say(desk_talk, text)
    assert assistant.texts() == ["／" + text.strip()[1:]]


def test_a_button_counts_while_it_is_the_last_offer(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "对吗？", "buttons": [{"title": "对的", "payload": "/affirm"}]}])
    assert say(desk_talk, "坏了")["replies"][0]["buttons"] == [{"title": "对的", "payload": "/affirm"}]
    assistant.script = lambda turn: Said([{"text": "好"}])
    say(desk_talk, "/affirm")
    turn = say(desk_talk, "/affirm")
    assert assistant.texts() == ["坏了", "/affirm", "／affirm"]
    assert [m.text for m in stored(turn["conversation"])[1] if m.author == "customer"] == ["坏了", "对的", "/affirm"]


def test_a_buttons_title_is_its_payload(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "对吗？", "buttons": [{"title": "对的", "payload": "/affirm"}]}])
    say(desk_talk, "坏了")
    say(desk_talk, "对的")
    assert assistant.texts() == ["坏了", "/affirm"]


def test_a_double_tap_gives_the_payload_once(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "开单？", "buttons": [{"title": "确认", "payload": "/affirm"}]}])
    say(desk_talk, "坏了")
    assistant.script = lambda turn: Said([{"text": "好"}], seconds=0.2)
    taps = [desk_talk.submit("rest", "", "s1", "/affirm", f"t{n}") for n in range(2)]
    for tap in taps:
        desk_talk.wait(tap, 5)
    assert assistant.texts() == ["坏了", "/affirm", "确认"]


def test_a_burst_is_one_turn(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    parts = [desk_talk.submit("web", "", "w", text, text, settle=0.3) for text in ("空调", "不制冷", "怎么办")]
    assert len({part.turn_id for part in parts}) == 1
    assert desk_talk.wait(parts[0], 5)
    assert assistant.texts() == ["空调\n不制冷\n怎么办"]
    assert desk_talk.submit("web", "", "w", "不制冷", "不制冷", settle=0.3).new is False


def test_a_bound_wechat_user_is_known(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    with db.transaction() as session:
        customer = Customer(customer_no="C1", name="陈静", created_at=time.now())
        session.add(customer)
        session.flush()
        session.add(
            Identity(customer_id=customer.id, channel="wechat", account="", external_id="o1", proof="import",
                     proved_at=time.now())
        )
    turn = say(desk_talk, "你好", sender="o1", channel="wechat", account="gh_1")
    assert stored(turn["conversation"])[0].customer_id is not None
    assert stored(say(desk_talk, "你好", sender="o2", channel="wechat")["conversation"])[0].customer_id is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), (" \n\t", "empty"), ("\x07", "empty"), ("长" * 2001, "too_long"), ("a\0b", "nul"),
        ("\ud800", "not_text"),
    ],
)
def test_what_is_refused_changes_nothing(talk: engine.Engine, text: str, code: str) -> None:
    with pytest.raises(words.Refused) as refused:
        talk.submit("rest", "", "s", text)
    assert refused.value.code == code
    with db.reading() as session:
        assert session.query(Conversation).count() == 0


def test_control_characters_go_and_the_rest_stays() -> None:
    assert words.clean(" 空调\x07不\u202e制冷\r\n怎么\t办👨‍👩‍👧 ") == "空调不制冷\n怎么 办👨‍👩‍👧"
    assert len(words.clean("长" * 2000)) == 2000
