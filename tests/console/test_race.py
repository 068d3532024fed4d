"""A colleague takes a conversation in the very moment in which the assistant answers: never two answers, never none."""

import random
import threading

import pytest

from desk.cases import takeover, writing
from desk.records import db
from desk.records.models import Conversation, Message, Turn
from desk.talk import engine
from tests.console.conftest import now_of
from tests.fakes.rasa_server import FakeRasa, Said

TRIES, MANY = 50, 1000
THINKS = 0.02  # seconds for which the assistant thinks; the colleague comes somewhere around its end


def take_in_the_moment(talk: engine.Engine, staff_id: int, number: int, wait: float) -> tuple[str, list[str]]:
    """One try: the state that the customer's turn ended in, and who spoke after the customer, in order."""
    received = talk.submit("web", "", f"web-race{number}", "空调不制冷")
    started = threading.Event()
    threading.Timer(wait, started.set).start()
    started.wait()
    for _ in range(20):
        try:
            done = takeover.take(received.conversation_id, staff_id, now_of(received.conversation_id).version)
            break
        except takeover.Stale:
            continue
    writing.say(received.conversation_id, staff_id, done.version, "我是王工，我来看", f"race-{number:04}")
    assert talk.wait(received, 20) is not None
    with db.reading() as session:
        state = session.get_one(Turn, received.turn_id).state
        lines = session.query(Message.author).filter_by(conversation_id=received.conversation_id)
        return state, [author for (author,) in lines.order_by(Message.seq)]


def race(talk: engine.Engine, staff_id: int, tries: int) -> dict[str, int]:
    """How often the assistant was faster, and how often the colleague."""
    chance, counted = random.Random(tries), {"answered": 0, "dropped": 0, "person": 0}
    for number in range(tries):
        state, authors = take_in_the_moment(talk, staff_id, number, chance.uniform(0, 2.5 * THINKS))
        assert authors.count("agent") == 1 and authors.count("bot") <= 1, authors
        person = authors.index("system")
        if "bot" in authors:
            assert authors.index("bot") < person, "the assistant spoke after the colleague had come"
            counted["answered"] += 1
        elif state == "dropped":
            counted["dropped"] += 1
        else:
            counted["person"] += 1  # the colleague was there before the assistant was even asked
        with db.transaction() as session:
            found = session.get_one(Conversation, f"{_id(session, number)}")
            assert (found.state, found.agent_id) == ("agent", staff_id)
            found.state, found.agent_id = "closed", None
    return counted


def _id(session, number: int) -> str:  # type: ignore[no-untyped-def]
    return str(session.query(Conversation.id).filter_by(sender=f"web-race{number}").one()[0])


def prepared(assistant: FakeRasa, people: dict[str, int]) -> int:
    assistant.script = lambda turn: Said([{"text": "请发序列号"}], seconds=THINKS)
    return people["wang"]


def test_never_two_answers_and_never_none(
    talk: engine.Engine, assistant: FakeRasa, people: dict[str, int]
) -> None:
    counted = race(talk, prepared(assistant, people), TRIES)
    assert sum(counted.values()) == TRIES
    assert counted["answered"] and counted["dropped"] + counted["person"], counted


@pytest.mark.heavy
def test_a_thousand_times(talk: engine.Engine, assistant: FakeRasa, people: dict[str, int]) -> None:
    counted = race(talk, prepared(assistant, people), MANY)
    print(f"\nassistant first {counted['answered']}, colleague first {counted['dropped'] + counted['person']}")
    assert sum(counted.values()) == MANY
    assert counted["answered"] >= MANY / 10 and counted["dropped"] >= MANY / 10, counted
