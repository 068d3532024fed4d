"""A running engine, and what was said on it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from desk.records import db
from desk.records.models import Conversation, Message, Staff, Turn
from desk.talk import engine
from tests.fakes.desk import running_engine
from tests.fakes.rasa_server import FakeRasa

Say = Callable[..., dict[str, Any]]


@pytest.fixture
def desk_talk(database: str, assistant: FakeRasa) -> Iterator[engine.Engine]:
    """A running engine over each kind of database."""
    with running_engine() as started:
        yield started


@pytest.fixture
def staff_id(desk_talk: engine.Engine) -> int:
    """An agent."""
    with db.transaction() as session:
        agent = Staff(login="wang", name="王工", password_hash="-")
        session.add(agent)
        session.flush()
        return agent.id


def say(talk: engine.Engine, text: str, external_id: str | None = None, *, sender: str = "s1", seconds: float = 10,
        **more: Any) -> dict[str, Any]:
    """Send as a customer and wait for the turn."""
    received = talk.submit(more.pop("channel", "rest"), more.pop("account", ""), sender, text, external_id, **more)
    turn = talk.wait(received, seconds)
    assert turn is not None, "no answer in time"
    return turn


def texts(turn: dict[str, Any]) -> list[str]:
    """What a turn says."""
    return [reply["text"] for reply in turn["replies"]]


def stored(conversation_id: str) -> tuple[Conversation, list[Message], list[Turn]]:
    """A conversation with its lines and turns, in order."""
    with db.reading() as session:
        conversation = session.get_one(Conversation, conversation_id)
        messages = session.query(Message).filter_by(conversation_id=conversation_id).order_by(Message.seq).all()
        found = session.query(Turn).filter_by(conversation_id=conversation_id).order_by(Turn.seq).all()
        return conversation, messages, found


