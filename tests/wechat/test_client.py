"""The API as our client calls it: tokens, refusals, alarms, quotas, windows."""

import threading
from typing import Any

import pytest

from desk.channels.wechat import alarms, client, notices, tokens
from desk.channels.wechat.client import Refused, Unreachable
from desk.records import db
from desk.records.models import AuditEntry, Conversation, Outbound, WechatAccount, WechatConsent, WechatNotice
from desk.talk import engine, saying
from tests.fakes.rasa_server import Said
from tests.wechat.conftest import Desk, Start, eventually, lines, outbox

SEND, STABLE = "/cgi-bin/message/custom/send", "/cgi-bin/stable_token"


def caller() -> client.Client:
    found = client.client("")
    assert found is not None
    return found


def calls(desk: Desk, path: str) -> list[int]:
    return [code for called, code in desk.world.calls if called == path]


def ready(desk: Desk, openid: str = "oA") -> None:
    """A follower who may be written to."""
    phone = desk.phone(openid)
    phone.follows, phone.quota, phone.window_until = True, 5, desk.world.now() + 1000


def agent_says(text: str) -> None:
    with db.transaction() as session:
        conversation = saying.locked(session, session.query(Conversation.id).scalar() or "")
        assert conversation is not None
        saying.say(session, conversation, "agent", text)
    engine.current().send(conversation.id)


# the token


def test_one_token_serves_many_calls(start_on_each: Start) -> None:
    desk = start_on_each()
    ready(desk)
    for number in range(3):
        caller().send("oA", {"msgtype": "text", "text": {"content": f"第{number}条"}})
    assert calls(desk, STABLE) == [0]
    assert desk.phone().texts() == ["第0条", "第1条", "第2条"]


@pytest.mark.parametrize("code", [40001, 40014, 42001, 41001])
def test_a_refused_token_is_renewed_once(start: Start, code: int) -> None:
    desk = start()
    ready(desk)
    desk.world.fail(SEND, code)
    caller().send("oA", {"msgtype": "text", "text": {"content": "好"}})
    assert calls(desk, SEND) == [code, 0]
    assert len(calls(desk, STABLE)) == 2


def test_a_stolen_token_is_replaced(start: Start) -> None:
    desk = start()
    ready(desk)
    caller().token()
    desk.world.tokens.steal()
    caller().send("oA", {"msgtype": "text", "text": {"content": "好"}})
    assert calls(desk, SEND) == [40001, 0]


def test_a_token_that_stays_invalid_stops_after_one_retry(start_on_each: Start) -> None:
    desk = start_on_each()
    ready(desk)
    desk.world.fail(SEND, 40001, 40001, 40001, 40001)
    with pytest.raises(Refused):
        caller().send("oA", {"msgtype": "text", "text": {"content": "好"}})
    assert calls(desk, SEND) == [40001, 40001]
    assert "AppSecret" in (alarms.current("") or "")


def test_many_at_once_fetch_one_token(start_on_each: Start) -> None:
    desk = start_on_each()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(caller().token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(found) == 8
    assert calls(desk, STABLE) == [0]


def test_many_whose_token_was_refused_fetch_one(start_on_each: Start) -> None:
    desk = start_on_each()
    stale = caller().token()
    desk.world.tokens.steal()
    found: list[str] = []
    fetch = caller()._fetch_token
    threads = [threading.Thread(target=lambda: found.append(tokens.renewed("", stale, fetch))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and stale not in found
    assert calls(desk, STABLE) == [0, 0]


def test_a_token_near_its_end_is_renewed_in_time(start: Start, pinned_clock: Any) -> None:
    desk = start()
    now = pinned_clock("2026-11-21T10:00:00+08:00")
    desk.world.offset = now.timestamp() - desk.world.now()
    first = caller().token()
    pinned_clock("2026-11-21T11:50:00+08:00")
    assert caller().token() == first
    later = pinned_clock("2026-11-21T11:56:00+08:00")
    desk.world.offset += (later - now).total_seconds()
    assert caller().token() != first


def test_who_died_while_fetching_does_not_block_for_ever(start: Start, pinned_clock: Any) -> None:
    start()
    pinned_clock("2026-11-21T10:00:00+08:00")
    assert tokens._lease("")
    assert not tokens._lease("")
    pinned_clock("2026-11-21T10:00:13+08:00")
    assert caller().token()


def test_a_failed_fetch_frees_the_way(start: Start) -> None:
    desk = start()
    desk.world.fail(STABLE, "500")
    with pytest.raises(Unreachable):
        caller().token()
    assert caller().token()


# refusals


def test_busy_is_tried_three_times(start: Start) -> None:
    desk = start()
    ready(desk)
    desk.world.fail(SEND, -1, -1)
    caller().send("oA", {"msgtype": "text", "text": {"content": "好"}})
    assert calls(desk, SEND) == [-1, -1, 0]
    desk.world.fail(SEND, -1, -1, -1, -1)
    with pytest.raises(Refused):
        caller().send("oA", {"msgtype": "text", "text": {"content": "好"}})


def test_the_operator_is_told_of_the_address_to_allow(start_on_each: Start) -> None:
    desk = start_on_each()
    desk.world.allowed_ips = {"203.0.113.9"}
    for _ in range(3):
        with pytest.raises(Refused):
            caller().token()
    told = alarms.current("")
    assert told is not None and "127.0.0.1" in told and "白名单" in told
    with db.reading() as session:
        assert [entry.action for entry in session.query(AuditEntry)] == ["wechat_alarm"]
    desk.world.allowed_ips = None
    ready(desk)
    caller().send("oA", {"msgtype": "text", "text": {"content": "好"}})
    assert alarms.current("") is None
    with db.reading() as session:
        assert session.get_one(WechatAccount, "").alarm_code is None


def test_no_answer_is_told_apart_from_a_refusal(start: Start) -> None:
    desk = start()
    ready(desk)
    desk.world.fail(SEND, "drop", "500")
    for _ in range(2):
        with pytest.raises(Unreachable):
            caller().send("oA", {"msgtype": "text", "text": {"content": "好"}})


def test_chinese_is_sent_as_it_is(start: Start) -> None:
    desk = start()
    ready(desk)
    caller().send("oA", {"msgtype": "text", "text": {"content": "好😂 ]]> <a href=\"https://x\">看</a>"}})
    assert desk.phone().texts() == ["好😂 ]]> <a href=\"https://x\">看</a>"]


# the quota and the window, by way of the outbox


def test_a_failed_send_is_tried_again(start: Start) -> None:
    desk = start()
    desk.world.fail(SEND, "500")
    desk.world.say("oA", "你好")
    assert desk.shown(1) == ["收到：你好"]
    desk.settle()
    assert desk.phone().texts() == ["收到：你好"]


def test_a_long_answer_comes_in_parts_and_waits_for_room(start_on_each: Start) -> None:
    desk = start_on_each()
    sentence = "请先关掉电源，等两分钟再打开。"
    desk.rasa.script = lambda turn: Said([{"text": sentence * 280}] if len(desk.rasa.asked) == 1 else [{"text": "好"}])
    desk.world.say("oA", "怎么办")
    shown = desk.shown(5)
    eventually(lambda: outbox("held") == 1)
    assert shown[4].endswith("（后面还有，回复“1”继续看）")
    assert all(len(text.encode()) <= 2000 for text in shown)
    desk.world.say("oA", "1")
    shown = desk.shown(7)
    desk.settle()
    assert "".join(shown).replace("\n（后面还有，回复“1”继续看）", "") == sentence * 280
    assert desk.rasa.texts() == ["怎么办"]
    assert (outbox("held"), outbox("sent")) == (0, 1)


def test_short_answers_are_merged(start: Start) -> None:
    desk = start()
    desk.rasa.script = lambda turn: Said([{"text": f"第{n}句"} for n in range(6)])
    desk.world.say("oA", "你好")
    assert desk.shown(1) == ["\n\n".join(f"第{n}句" for n in range(6))]
    desk.settle()
    assert outbox("sent") == 6
    assert calls(desk, SEND) == [0]


def test_the_sixth_message_waits_for_the_customer(start: Start) -> None:
    desk = start()
    desk.world.say("oA", "你好")
    desk.shown(1)
    for number in range(5):
        agent_says(f"客服{number}")
        eventually(lambda n=number: outbox("sent") == n + 2 or outbox("held") == 1)
    assert outbox("held") == 1
    desk.world.say("oA", "还在吗")
    desk.settle()
    assert [text for text in desk.phone().texts() if "客服4" in text]
    assert desk.phone().texts().index(next(t for t in desk.phone().texts() if "客服4" in t)) == 5


def test_outside_the_window_it_waits(start: Start) -> None:
    desk = start()
    desk.world.say("oA", "你好")
    desk.shown(1)
    desk.phone().window_until = 0
    agent_says("在吗")
    eventually(lambda: outbox("held") == 1)
    with db.reading() as session:
        held = session.query(Outbound).filter_by(state="held").one()
    assert "45015" in (held.error or "")
    desk.world.say("oA", "在")
    desk.settle()
    assert any("在吗" in text for text in desk.phone().texts())


def test_a_quota_error_right_after_a_message_is_not_believed_at_once(start: Start) -> None:
    desk = start()
    desk.world.fail(SEND, 45047)
    desk.world.say("oA", "你好")
    assert desk.shown(1) == ["收到：你好"]
    assert calls(desk, SEND) == [45047, 0]


@pytest.mark.parametrize(
    ("code", "state"), [(43004, "failed"), (40003, "failed"), (48002, "failed"), (47001, "failed"), (48001, "pending")]
)
def test_what_a_refusal_means_for_the_message(start: Start, code: int, state: str) -> None:
    desk = start()
    desk.world.fail(SEND, code)
    desk.world.say("oA", "你好")
    eventually(lambda: calls(desk, SEND) == [code])
    eventually(lambda: outbox(state) == 1)
    eventually(lambda: bool(alarms.current("")) == (code == 48001))


def test_who_never_came_by_wechat_is_not_sent_to(start: Start) -> None:
    """An integrator may speak as a WeChat user by the API; the answers are fetched there."""
    desk = start()
    engine.current().submit("wechat", "", "oAPI", "你好", "1")
    eventually(lambda: outbox("sent") == 1)
    assert calls(desk, SEND) == []


def test_answers_keep_their_order(start: Start) -> None:
    desk = start(settle=0.0)
    desk.world.fail(SEND, "500", 0.3, "500")
    for number in range(4):
        desk.world.say("oA", f"第{number}条")
        desk.world.pushes.wait()
    eventually(lambda: sum(text.count("收到") for text in desk.phone().texts()) == 4, 20)
    together = "\n\n".join(desk.phone().texts())
    assert together == "\n\n".join(f"收到：第{number}条" for number in range(4))
    assert len([line for line in lines() if line.author == "bot"]) == 4


# notices


def told(**values: str) -> str:
    return notices.tell("", "oA", "ticket_status", values.pop("purpose", "TK1:new"), values)


TEMPLATES = {
    "ticket_status": {"kind": "template", "id": "tpl-status", "thing1": "product", "character_string2": "number"},
    "visit": {"kind": "subscribe", "id": "tpl-status", "thing1": "product"},
}


def test_a_template_message_once_and_its_result(start_on_each: Start) -> None:
    desk = start_on_each(templates=TEMPLATES)
    ready(desk)
    long_name = "某某牌变频冷暖壁挂式空调器三匹一级能效"
    assert told(product=long_name * 2, number="TK20261121-0001号") == "sent"
    assert told(product="空调", number="TK20261121-0001") == "already"
    assert desk.phone().screen[-1]["text"].endswith("TK20261121-0001")
    desk.world.pushes.wait()
    with db.reading() as session:
        assert session.query(WechatNotice).one().status == "delivered"


def test_a_blocked_follower_gets_no_more_notices(start: Start) -> None:
    desk = start(templates=TEMPLATES)
    ready(desk)
    desk.phone().blocked = True
    assert told(product="空调", number="1") == "sent"
    desk.world.pushes.wait()
    assert told(product="空调", number="1", purpose="TK2:new") == "off"


def test_a_subscription_notice_needs_consent(start: Start) -> None:
    desk = start(templates=TEMPLATES)
    ready(desk)
    assert notices.tell("", "oA", "visit", "v1", {"product": "空调"}) == "no_consent"
    entry = {"TemplateId": "tpl-status", "SubscribeStatusString": "accept", "PopupScene": "1"}
    desk.world.event("oA", "subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": entry})
    desk.world.pushes.wait()
    desk.world.consents["oA", "tpl-status"] = 1
    with db.reading() as session:
        assert session.query(WechatConsent).one().left == 1
    assert notices.tell("", "oA", "visit", "v2", {"product": "空调"}) == "sent"
    assert notices.tell("", "oA", "visit", "v3", {"product": "空调"}) == "no_consent"


@pytest.mark.parametrize(
    ("field", "value", "fitting"),
    [
        ("thing1", "一" * 30, "一" * 19 + "…"), ("phrase2", "已派工A", "已派工"), ("character_string3", "TK1号", "TK1"),
        ("thing4", "短", "短"), ("phrase5", "一二三四五六", "一二三四五"),
    ],
)
def test_values_fit(field: str, value: str, fitting: str) -> None:
    assert notices.fields({"kind": "template", "id": "x", field: "v"}, {"v": value}) == {field: {"value": fitting}}


# codes


def test_codes(start: Start) -> None:
    desk = start()
    code = caller().qr("sn_KFR-1")
    assert code["image"].startswith("https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=")
    assert list(desk.world.scenes.values()) == ["sn_KFR-1"] and desk.world.permanent_codes == 1
    caller().qr("sn_KFR-1", 600)
    assert desk.world.permanent_codes == 1
