"""A turn that may be asked at once is claimed in the commit that stores its message."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from desk.records import db
from desk.records.models import Turn
from desk.talk import claims, engine, inbox, routing, saying, turns
from tests.fakes.desk import running_engine
from tests.fakes.rasa_server import FakeRasa, Said
from tests.talk.conftest import say, stored, texts
from tests.talk.test_outages import until_answered

BUTTONS = [{"title": "要修", "payload": "/repair"}, {"title": "不修", "payload": "/leave"}]


def receive(text: str, external_id: str, settle: float = 0.0) -> tuple[inbox.Received, claims.Claim | None]:
    """Store a message; what was claimed with it."""
    taken: list[claims.Claim] = []
    received = inbox.receive("rest", "", "s1", text, external_id, settle=settle, taken=taken.append)
    return received, taken[0] if taken else None


def state_of(turn_id: str) -> tuple[str, int]:
    with db.reading() as session:
        turn = session.get_one(Turn, turn_id)
        return turn.state, turn.attempts


def test_a_claim_asks_the_customers_words(database: str, assistant: FakeRasa) -> None:
    received, claim = receive("/restart", "m1")
    assert claim is not None and (claim.text, claim.attempt, claim.asked_before) == ("／restart", 1, False)
    assert claim.metadata["asks"] is None and claim.channel == "rest"
    assert state_of(received.turn_id) == ("asked", 1)
    assert turns.work(received.conversation_id, claim) is None
    assert state_of(received.turn_id) == ("answered", 1)
    assert assistant.looked_up == []


def test_a_button_that_is_offered_is_claimed_with_its_payload(database: str, assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": "修吗？"}, {"text": "请选", "buttons": BUTTONS}])
    received, claim = receive("坏了", "m1")
    turns.work(received.conversation_id, claim)
    pressed, claim = receive("要修", "m2")
    assert claim is not None and claim.text == "/repair"
    assert stored(pressed.conversation_id)[1][-1].payload == "/repair"


def test_what_must_wait_is_not_claimed(database: str, assistant: FakeRasa) -> None:
    first, claim = receive("一", "m1")
    assert claim is not None
    assert receive("二", "m2")[1] is None, "behind another"
    assert receive("一", "m1") == (inbox.Received(first.conversation_id, first.turn_id, 1, new=False), None)
    turns.work(first.conversation_id, claim)
    turns.work(first.conversation_id)
    gathering, claim = receive("三", "m3", settle=0.01)
    assert claim is None and state_of(gathering.turn_id) == ("waiting", 0)


def test_nothing_is_claimed_where_a_person_answers(database: str, assistant: FakeRasa) -> None:
    received, claim = receive("一", "m1")
    turns.work(received.conversation_id, claim)
    with db.transaction() as session:
        conversation = saying.locked(session, received.conversation_id)
        assert conversation is not None
        routing.move(session, conversation, "queued", "bot", "customer_request")
    assert receive("二", "m2")[1] is None


def test_a_claim_of_a_process_that_died_is_taken_up(clean_database: str, assistant: FakeRasa) -> None:
    received, claim = receive("报修", "m1")
    assert claim is not None
    with running_engine() as talk:
        assert until_answered(talk, received.conversation_id) == ["收到：报修"]
    assert (len(assistant.asked), assistant.looked_up) == (1, [received.turn_id])


def test_a_message_that_is_not_stored_leaves_no_claim(clean_database: str, assistant: FakeRasa) -> None:
    with running_engine() as talk:
        turn = say(talk, "你好", "m1")
        _lose_messages()
        with pytest.raises(RuntimeError):
            talk.submit("rest", "", "s1", "丢了", "m2")
        _keep_messages()
        assert say(talk, "还在", "m3")["conversation"] == turn["conversation"]
    assert assistant.texts() == ["你好", "还在"]


def test_an_answer_and_a_message_do_not_wait_for_each_other(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    with ThreadPoolExecutor() as pool:
        meanwhile: list[Future[None]] = []

        def script(turn: dict[str, Any]) -> Said:
            holds = threading.Event()
            meanwhile.append(pool.submit(_lock_in_order, turn["sender"], holds))
            assert holds.wait(5)
            return Said([{"text": "好"}])

        assistant.script = script
        turn = say(desk_talk, "坏了")
        meanwhile[0].result(5)
    assert texts(turn) == ["好"] and state_of(turn["turn_id"]) == ("answered", 1)
    assert assistant.looked_up == []


def _lock_in_order(conversation_id: str, holds: threading.Event) -> None:
    """As a message of a burst does: first the conversation, then its latest turn."""
    with db.transaction() as session:
        saying.locked(session, conversation_id)
        holds.set()
        time.sleep(0.3)
        assert claims.oldest(session, conversation_id) is not None


_REFUSE = {
    "sqlite": "CREATE TRIGGER refuse BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'full'); END",
    "postgresql": "ALTER TABLE messages ADD CONSTRAINT refuse CHECK (false) NOT VALID",
}
_ALLOW = {"sqlite": "DROP TRIGGER refuse", "postgresql": "ALTER TABLE messages DROP CONSTRAINT refuse"}


def _lose_messages() -> None:
    """Let the database refuse every further line, as a full disk would."""
    _tell_database(_REFUSE)


def _keep_messages() -> None:
    _tell_database(_ALLOW)


def _tell_database(statements: dict[str, str]) -> None:
    with db.transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql(statements[connection.dialect.name])
