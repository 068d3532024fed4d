"""Accounts that may not send by themselves: the answer is in the reply to the push, or waits for the next one."""

import pytest

from desk.records import db
from desk.records.models import Conversation
from desk.settings import settings
from desk.talk import engine, saying
from tests.fakes.rasa_server import Said
from tests.wechat.conftest import Desk, Start, eventually, lines, outbox
from tests.wechat.test_messages_in import with_agent


def unverified(start: Start, **more: object) -> Desk:
    desk = start(verified=False, **{"passive_seconds": 2.0, **more})
    desk.world.pushes.sender.patience = 2.6
    return desk


def outcomes(desk: Desk) -> list[str]:
    return [delivery.outcome for delivery in desk.world.pushes.log]


def test_the_answer_is_in_the_reply(start_on_each: Start) -> None:
    desk = unverified(start_on_each)
    desk.world.say("oA", "空调不制冷")
    assert desk.shown(1) == ["收到：空调不制冷"]
    assert outcomes(desk) == ["answered"]
    eventually(lambda: outbox("sent") == 1)
    assert not any(path.startswith("/cgi-bin") for path, _ in desk.world.calls)


def test_buttons_are_numbers(start: Start) -> None:
    desk = unverified(start)
    desk.world.follow("oA")
    assert desk.shown(1)[0].endswith("1. 我要报修\n2. 查保修\n3. 查进度\n4. 转人工\n（回复数字即可）")
    desk.world.say("oA", "3")
    desk.shown(2)
    assert desk.rasa.texts() == ["/check_ticket"]


def test_a_slow_answer_comes_with_the_next_delivery(start: Start) -> None:
    desk = unverified(start, passive_seconds=0.6)
    desk.world.pushes.sender.patience = 1.0
    desk.rasa.script = lambda turn: Said([{"text": "查到了"}], seconds=0.9)
    desk.world.say("oA", "查进度")
    assert desk.shown(1) == ["查到了"]
    assert outcomes(desk) == ["timeout", "answered"]


def test_a_very_slow_answer_is_fetched_with_a_word(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_RASA_TIMEOUT", "20")
    settings.cache_clear()
    desk = unverified(start, passive_seconds=0.5)
    desk.world.pushes.sender.patience = 0.8
    hold = {"on": True}

    def slow(turn: object) -> Said:
        eventually(lambda: not hold["on"], 15)
        return Said([{"text": "查到了"}])

    desk.rasa.script = slow
    desk.world.say("oA", "查进度")
    shown = desk.shown(1)
    assert "回复“1”" in shown[0]
    assert outcomes(desk) == ["timeout", "timeout", "answered"]
    hold["on"] = False
    eventually(lambda: any(line.text == "查到了" for line in lines()))
    desk.world.say("oA", "1")
    assert "查到了" in desk.shown(2)[1]
    assert [line.text for line in lines() if line.author == "customer"] == ["查进度"]


def test_a_long_answer_goes_on_with_a_word(start: Start) -> None:
    desk = unverified(start)
    sentence = "请先关掉电源，等两分钟再打开。"
    desk.rasa.script = lambda turn: Said([{"text": sentence * 110}])
    desk.world.say("oA", "怎么办")
    shown = desk.shown(1)
    assert shown[0].endswith("（后面还有，回复“1”继续看）")
    desk.world.say("oA", "1")
    desk.shown(2)
    desk.world.say("oA", "继续")
    shown = desk.shown(3)
    assert "".join(text.replace("\n（后面还有，回复“1”继续看）", "") for text in shown) == sentence * 110
    assert not shown[2].endswith("继续看）")
    desk.settle()
    assert desk.rasa.texts() == ["怎么办"]
    eventually(lambda: outbox("sent") == 1)


def test_a_reply_that_was_lost_is_given_again(start: Start) -> None:
    desk = unverified(start)
    desk.world.pushes.sender.mischief.lost = 1.0
    desk.world.say("oA", "你好")
    assert desk.shown(1) == ["收到：你好"]
    assert outcomes(desk) == ["lost", "lost", "answered"]
    assert len(desk.rasa.asked) == 1


def test_what_an_agent_writes_waits_for_the_customer(start: Start) -> None:
    desk = unverified(start)
    desk.world.say("oA", "转人工")
    desk.shown(1)
    desk.settle()
    with_agent()
    with db.transaction() as session:
        conversation = saying.locked(session, session.query(Conversation.id).scalar() or "")
        assert conversation is not None
        saying.say(session, conversation, "agent", "您好，我是王工")
    engine.current().send(conversation.id)
    eventually(lambda: outbox("held") == 1)
    desk.world.say("oA", "在吗")
    assert desk.shown(2)[1] == "您好，我是王工"
    eventually(lambda: outbox("sent") == 2)
    desk.world.say("oA", "好的")
    desk.settle()
    assert len(desk.phone().texts()) == 2


def test_events_and_voice_are_answered_too(start: Start) -> None:
    desk = unverified(start)
    desk.world.message("oA", "voice", MediaId="m", Format="amr")
    assert "语音我这边听不了" in desk.shown(1)[0]
    desk.world.scan("oA", "sn_SN-123")
    assert desk.shown(2)[1].startswith("扫到的设备序列号是 SN-123")
    assert set(outcomes(desk)) == {"answered"}
