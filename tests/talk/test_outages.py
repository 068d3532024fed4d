"""Rasa or the actions are down, slow, or die in mid-turn: the customer is told once, and nothing is lost or doubled."""

import time as real
from collections.abc import Iterator
from typing import Any

import pytest

from desk.records import db
from desk.records.models import Conversation, Message, Turn
from desk.talk import engine, inbox, rasa, turns
from tests.fakes.desk import pointed_at, running_engine
from tests.fakes.rasa_server import FakeRasa, Said
from tests.talk.conftest import say, stored, texts


@pytest.fixture
def impatient(clean_database: str, assistant: FakeRasa, monkeypatch: pytest.MonkeyPatch) -> Iterator[engine.Engine]:
    """A running engine that gives conversations to people after two seconds."""
    with pointed_at(assistant, monkeypatch, AFTERCARE_DOWN_TO_HUMAN_AFTER="2"), running_engine() as started:
        yield started


def until_answered(talk: engine.Engine, conversation_id: str, seconds: float = 12) -> list[str]:
    """What the assistant has said, once no turn is open."""
    deadline = real.monotonic() + seconds
    while real.monotonic() < deadline:
        _, messages, found = stored(conversation_id)
        if all(turn.state in ("answered", "dropped") for turn in found):
            return [message.text for message in messages if message.author == "bot"]
        real.sleep(0.05)
    raise AssertionError("still open")


@pytest.mark.parametrize(
    "failure",
    [Said(status=500), Said(status=503), Said(seconds=2.0, forgotten=True), Said(hang_up=True, forgotten=True),
     Said(status=401)],
    ids=["500", "503", "slow", "hung up", "401"],
)
def test_a_failure_is_told_once_and_made_good(talk: engine.Engine, assistant: FakeRasa, failure: Said) -> None:
    failures = [failure, failure]
    assistant.script = lambda turn: failures.pop() if failures else Said([{"text": "好了"}])
    began = real.monotonic()
    turn = say(talk, "空调不制冷", "m1")
    assert real.monotonic() - began < 3.5
    assert turn["handled_by"] == "bot" and len(texts(turn)) == 1 and "故障" in texts(turn)[0]
    assert until_answered(talk, turn["conversation"]) == ["好了"]
    _, messages, _ = stored(turn["conversation"])
    assert [message.author for message in messages] == ["customer", "system", "bot"]
    assert texts(say(talk, "空调不制冷", "m1")) == ["好了"]


def test_messages_behind_the_failing_one_wait_in_order(talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said(status=500)
    first = say(talk, "一", "m1")
    assert [say(talk, text, text)["replies"] for text in ("二", "三")] == [[], []]
    assistant.script = lambda turn: Said([{"text": turn["text"]}])
    assert until_answered(talk, first["conversation"]) == ["一", "二", "三"]


def test_an_answer_that_came_too_late_is_fetched_not_asked_again(
    talk: engine.Engine, assistant: FakeRasa
) -> None:
    assistant.script = lambda turn: Said([{"text": "工单已开"}], seconds=1.5)
    turn = say(talk, "报修", "m1")
    assert until_answered(talk, turn["conversation"]) == ["工单已开"]
    assert len(assistant.asked) == 1 and turn["turn_id"] in assistant.looked_up


def test_an_answer_lost_on_the_way_is_fetched(talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "工单已开"}], hang_up=True)
    turn = say(talk, "报修", "m1")
    assert until_answered(talk, turn["conversation"]) == ["工单已开"]
    assert len(assistant.asked) == 1


def test_a_server_that_is_gone_is_told_at_once(clean_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = FakeRasa()
    gone._server.server_close()
    with pointed_at(gone, monkeypatch), running_engine() as talk:
        began = real.monotonic()
        for n in range(20):
            assert "故障" in texts(say(talk, "你好", sender=f"s{n}"))[0]
        assert real.monotonic() - began < 10
        assert rasa.resting("cv-any")
        assert rasa.ready() is False
        back = FakeRasa(gone.port).start()
        try:
            with db.reading() as session:
                ids = [row.id for row in session.query(Conversation).all()]
            for conversation_id in ids:
                assert until_answered(talk, conversation_id, 20) == ["收到：你好"]
        finally:
            back.stop()


def test_a_hung_server_costs_few_customers_a_time_out(talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said(seconds=2.0, forgotten=True)
    began = real.monotonic()
    received = [talk.submit("rest", "", f"s{n}", "你好") for n in range(40)]
    for one in received:
        found = talk.wait(one, 10)
        assert found is not None and "故障" in texts(found)[0]
    assert real.monotonic() - began < 4.5
    real.sleep(2.1)


def test_a_backlog_is_not_an_outage(talk: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": turn["text"]}], seconds=0.5)
    received = [talk.submit("rest", "", f"s{n}", f"{n}") for n in range(40)]
    answers = [talk.wait(one, 20) for one in received]
    assert [texts(turn) for turn in answers if turn] == [[f"{n}"] for n in range(40)]
    assert assistant.most_at_once == engine.TURNS_A_SERVER


def test_what_stays_down_goes_to_people(impatient: engine.Engine, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said(status=500)
    turn = say(impatient, "空调漏水", "m1")
    until_answered(impatient, turn["conversation"])
    conversation, messages, found = stored(turn["conversation"])
    assert conversation.state == "queued" and found[0].handled_by == "queued"
    assert [message.author for message in messages] == ["customer", "system", "note", "system"]
    again = say(impatient, "空调漏水", "m1")
    assert again["handoff"] == {"reason": turns.DOWN_REASON} and again["handled_by"] == "queued"
    assert say(impatient, "在吗", "m2")["replies"] == []


@pytest.mark.parametrize("state", ["waiting", "asked"])
def test_what_an_earlier_process_left_is_taken_up(
    clean_database: str, assistant: FakeRasa, state: str
) -> None:
    received = inbox.receive("rest", "", "s1", "你好", "m1")
    _leave(received.turn_id, state)
    with running_engine() as talk:
        assert until_answered(talk, received.conversation_id) == ["收到：你好"]
    assert len(assistant.asked) == 1
    assert assistant.looked_up == ([received.turn_id] if state == "asked" else [])


def test_a_turn_that_rasa_holds_is_not_asked_again(clean_database: str, assistant: FakeRasa) -> None:
    received = inbox.receive("rest", "", "s1", "报修", "m1")
    rasa.ask(received.conversation_id, received.turn_id, "报修", {})
    _leave(received.turn_id, "asked")
    with running_engine() as talk:
        assert until_answered(talk, received.conversation_id) == ["收到：报修"]
    assert len(assistant.asked) == 1


def test_a_late_answer_of_an_earlier_try_is_not_said(clean_database: str, assistant: FakeRasa) -> None:
    received = inbox.receive("rest", "", "s1", "报修", "m1")

    def overtaken(turn: dict[str, Any]) -> Said:
        with db.transaction() as session:
            session.get_one(Turn, received.turn_id).attempts += 1
        return Said([{"text": "旧的"}])

    assistant.script = overtaken
    assert turns.work(received.conversation_id) == 0.0
    with db.reading() as session:
        assert session.query(Message).filter_by(author="bot").count() == 0


def _leave(turn_id: str, state: str) -> None:
    with db.transaction() as session:
        turn = session.get_one(Turn, turn_id)
        turn.state, turn.attempts = state, int(state == "asked")
