"""A turn is done wholly or not at all, and costs one call of one action."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from serving.actions import OPEN_FORM, ActionServer, says
from serving.rasa_server import Rasa

_OPENS = says("请问您的电话？", events=[OPEN_FORM], slots={"requested_slot": "phone", "intake": {"id": 7}})
_ASKS_AGAIN = says("还需要您的电话。", slots={"intake": {"id": 7}, "requested_slot": "phone"})
_ENDS = says("登记好了。", slots={"intake": {"id": 7}, "requested_slot": None})


def _texts(answer: dict) -> list[str]:
    return [reply["text"] for reply in answer["replies"]]


def test_an_intent_outside_the_form_runs_its_action_once(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    status, answer = rasa.turn(sender, "t1", "你好")
    assert (status, answer["turn_id"], _texts(answer)) == (200, "t1", ["action_greet"])
    assert answer["parse"]["intent"]["name"] == "greet"
    assert actions.asked == ["action_greet"]


def test_nothing_understood_runs_the_fallback(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    assert rasa.turn(sender, "t1", "嗯")[0] == 200
    assert actions.asked == ["action_default_fallback"]


def test_a_case_from_its_first_message_to_its_end(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    actions.answers = {"action_report_fault": _OPENS, "validate_case_form": _ASKS_AGAIN}
    assert _texts(rasa.turn(sender, "t1", "洗衣机坏了")[1]) == ["请问您的电话？"]
    assert _texts(rasa.turn(sender, "t2", "多少钱")[1]) == ["还需要您的电话。"]
    assert _texts(rasa.turn(sender, "t3", "重新开始")[1]) == ["还需要您的电话。"]
    actions.answers["validate_case_form"] = _ENDS
    assert _texts(rasa.turn(sender, "t4", "电话13800000000")[1]) == ["登记好了。"]
    assert _texts(rasa.turn(sender, "t5", "多少钱")[1]) == ["action_ask_price"]
    assert actions.asked == ["action_report_fault", *["validate_case_form"] * 3, "action_ask_price"]


def test_the_form_stays_open_if_the_action_does_not_name_a_question(
    rasa: Rasa, actions: ActionServer, sender: str
) -> None:
    actions.answers = {"action_report_fault": _OPENS, "validate_case_form": says("稍等。")}
    rasa.turn(sender, "t1", "洗衣机坏了")
    rasa.turn(sender, "t2", "你好")
    rasa.turn(sender, "t3", "你好")
    assert actions.asked[1:] == ["validate_case_form"] * 2
    assert actions.calls[-1]["tracker"]["slots"]["requested_slot"] == "phone"


def test_the_action_may_end_the_form_by_closing_the_loop(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    closes = says("好的。", events=[{"event": "active_loop", "name": None}])
    actions.answers = {"action_report_fault": _OPENS, "validate_case_form": closes}
    rasa.turn(sender, "t1", "洗衣机坏了")
    rasa.turn(sender, "t2", "不是")
    rasa.turn(sender, "t3", "你好")
    assert actions.asked[-1] == "action_greet"
    assert actions.calls[-1]["tracker"]["slots"]["requested_slot"] is None


def test_what_an_action_is_told(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    actions.answers = {"action_report_fault": _OPENS}
    rasa.turn(sender, "t1", "洗衣机坏了", now="2026-02-17T03:00:00+08:00", channel="wechat", asks=None)
    rasa.turn(sender, "t2", "电话13800000000", asks="phone")
    first, second = actions.calls
    assert first["domain"] == {} and first["sender_id"] == sender
    message = first["tracker"]["latest_message"]
    assert (message["text"], message["intent"]["name"]) == ("洗衣机坏了", "report_fault")
    assert message["metadata"]["channel"] == "wechat" and message["metadata"]["turn_id"] == "t1"
    assert [entity["value"] for entity in message["entities"]] == ["洗衣机"]
    assert second["tracker"]["active_loop"] == {"name": "case_form"}
    assert second["tracker"]["slots"]["intake"] == {"id": 7}
    assert second["tracker"]["latest_message"]["metadata"]["asks"] == "phone"


def test_buttons_and_custom_parts_come_back_as_the_action_sent_them(
    rasa: Rasa, actions: ActionServer, sender: str
) -> None:
    buttons = [{"title": "是", "payload": "/affirm"}]
    answer = {"events": [], "responses": [{"text": "对吗？", "buttons": buttons}, {"custom": {"offers": ["repair"]}}]}
    actions.answers = {"action_greet": answer}
    replies = rasa.turn(sender, "t1", "你好")[1]["replies"]
    assert replies == [{"text": "对吗？", "buttons": buttons}, {"text": "", "custom": {"offers": ["repair"]}}]


def test_the_same_turn_again_gives_the_held_answer(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    first = rasa.turn(sender, "t1", "你好")
    assert rasa.turn(sender, "t1", "你好") == first
    assert rasa.ask("GET", f"turns/{sender}/t1") == first
    assert actions.asked == ["action_greet"]
    assert rasa.ask("GET", f"turns/{sender}/t0")[0] == 404


def test_the_same_turn_at_the_same_time_runs_once(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    actions.delay = 0.2
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: rasa.turn(sender, "t1", "你好"), range(4)))
    assert all(answer == answers[0] and answer[0] == 200 for answer in answers)
    assert actions.asked == ["action_greet"]


def test_a_turn_is_finished_though_its_caller_gave_up(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    actions.delay = 1.0
    with pytest.raises(TimeoutError):
        rasa.ask("POST", "turn", {"sender": sender, "turn_id": "t1", "text": "你好"}, limit=0.3)
    assert _texts(rasa.turn(sender, "t1", "你好")[1]) == ["action_greet"]
    assert actions.asked == ["action_greet"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, {"error": "x"}), "action_failed"),
        ((400, {"action_name": "x", "error": "rejected"}), "action_failed"),
        ((200, b"no json"), "action_failed"),
        ((200, ["no object"]), "action_failed"),
        ((200, {"events": [{"event": "unheard of"}]}), "action_failed"),
        ((200, {"events": "none"}), "action_failed"),
    ],
)
def test_a_failing_action_leaves_no_trace(
    rasa: Rasa, actions: ActionServer, sender: str, answer: object, code: str
) -> None:
    actions.answers = {"action_report_fault": _OPENS, "validate_case_form": answer}
    before = rasa.turn(sender, "t1", "洗衣机坏了")
    status, body = rasa.turn(sender, "t2", "电话13800000000")
    assert (status, body["error"]) == (502, code)
    assert rasa.ask("GET", f"turns/{sender}/t1") == before
    actions.answers["validate_case_form"] = _ENDS
    assert _texts(rasa.turn(sender, "t2", "电话13800000000")[1]) == ["登记好了。"]


def test_a_slow_action_is_given_up(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    actions.delay = 3.0
    status, body = rasa.turn(sender, "t1", "你好")
    assert (status, body["error"]) == (504, "action_timeout")
    assert "你好" not in body["detail"]
    actions.delay = 0.0
    assert _texts(rasa.turn(sender, "t1", "你好")[1]) == ["action_greet"]


def test_one_connection_serves_many_turns(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    actions.connections.clear()
    for number in range(5):
        rasa.turn(sender, f"t{number}", "你好")
    assert len(actions.connections) <= 1


def test_given_back_by_an_agent(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    actions.answers = {"action_report_fault": _OPENS}
    rasa.turn(sender, "t1", "洗衣机坏了")
    status, _ = rasa.ask("POST", "restore", {"sender": sender, "slots": {"intake": {"id": 8}}})
    assert status == 204
    rasa.turn(sender, "t2", "你好")
    tracker = actions.calls[-1]["tracker"]
    assert actions.asked[-1] == "action_greet"
    assert (tracker["slots"]["intake"], tracker["slots"]["requested_slot"]) == ({"id": 8}, None)


def test_restoring_an_unknown_slot_is_refused(rasa: Rasa, sender: str) -> None:
    status, body = rasa.ask("POST", "restore", {"sender": sender, "slots": {"colour": "red"}})
    assert (status, body["error"]) == (400, "unknown_slot")


def test_a_forgotten_conversation_starts_anew(rasa: Rasa, actions: ActionServer) -> None:
    odd = "wechat:客户/1%"
    actions.answers = {"action_report_fault": _OPENS}
    rasa.turn(odd, "t1", "洗衣机坏了")
    assert rasa.ask("GET", "turns/wechat%3A%E5%AE%A2%E6%88%B7%2F1%25/t1")[0] == 200
    assert rasa.ask("DELETE", "conversations/wechat%3A%E5%AE%A2%E6%88%B7%2F1%25")[0] == 204
    assert rasa.ask("GET", "turns/wechat%3A%E5%AE%A2%E6%88%B7%2F1%25/t1")[0] == 404
    rasa.turn(odd, "t2", "你好")
    assert actions.asked[-1] == "action_greet"
    assert actions.calls[-1]["tracker"]["slots"]["intake"] is None


def test_all_conversations_are_forgotten_where_the_clock_is_pinned(rasa: Rasa, actions: ActionServer) -> None:
    rasa.turn("someone", "t1", "你好")
    assert rasa.ask("DELETE", "conversations")[0] == 204
    assert rasa.ask("GET", "turns/someone/t1")[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"sender": "a", "text": "你好"},
        {"sender": "a", "text": " ", "turn_id": "t"},
        {"sender": "a", "text": 1, "turn_id": "t"},
        {"sender": "a", "text": "你好", "turn_id": "t", "metadata": [1]},
    ],
)
def test_a_malformed_request_is_refused(rasa: Rasa, actions: ActionServer, body: object) -> None:
    status, answer = rasa.ask("POST", "turn", body)
    assert (status, answer["error"]) == (400, "bad_request")
    assert actions.calls == []


@pytest.mark.parametrize(("method", "path"), [("POST", "turn"), ("GET", "ready"), ("DELETE", "conversations/a")])
def test_every_route_wants_the_token(rasa: Rasa, method: str, path: str) -> None:
    status, body = rasa.ask(method, path, {} if method == "POST" else None, token="wrong")
    assert (status, body["error"]) == (401, "unauthorized")


def test_ready_tells_the_model(rasa: Rasa, model: Path) -> None:
    status, body = rasa.ask("GET", "ready")
    assert (status, body["ready"], body["actions"], body["model"]) == (200, True, True, model.name)


def test_no_customer_words_in_the_log(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    actions.answers = {"action_talk_to_human": (500, {})}
    rasa.turn(sender, "t1", "转人工，我是张三丰")
    rasa.turn(sender, "t2", "你好，我是张三丰")
    assert "张三丰" not in rasa.log.read_text()
