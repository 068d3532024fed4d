"""Two desk processes on one PostgreSQL: each message once, each conversation in order."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desk.records import clear, db, schema
from desk.records.models import Message, Turn
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa, Said

pytestmark = pytest.mark.heavy


@pytest.fixture
def two_desks(postgres_url: str, tmp_path: Path, assistant: FakeRasa) -> Iterator[list[Desk]]:
    schema.upgrade(postgres_url)
    db.use(postgres_url)
    with db.transaction() as session:
        clear.everything(session)
    desks = [
        Desk(tmp_path / str(n), assistant.port, AFTERCARE_DATABASE_URL=postgres_url).start() for n in range(2)
    ]
    yield desks
    for desk in desks:
        desk.stop()
    db.use(None)


def test_the_same_message_at_both_is_one_turn(two_desks: list[Desk], assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": turn["text"]}], seconds=0.1)
    with ThreadPoolExecutor(16) as pool:
        turns = list(pool.map(lambda n: two_desks[n % 2].say(f"s{n // 4}", "你好", "m1"), range(32)))
    assert len({turn["turn_id"] for turn in turns}) == 8
    assert all(turn["replies"] == [{"text": "你好"}] for turn in turns)
    assert len(assistant.asked) == 8


def test_a_conversation_at_both_goes_one_by_one(two_desks: list[Desk], assistant: FakeRasa) -> None:
    assistant.script = lambda turn: Said([{"text": turn["text"]}], seconds=0.03)
    with ThreadPoolExecutor(12) as pool:
        turns = list(pool.map(lambda n: two_desks[n % 2].say(f"s{n % 3}", f"{n}", f"m{n}"), range(36)))
    assert [turn["replies"] for turn in turns] == [[{"text": f"{n}"}] for n in range(36)]
    assert not assistant.overlaps
    with db.reading() as session:
        for conversation_id in {turn["conversation"] for turn in turns}:
            played = session.query(Turn).filter_by(conversation_id=conversation_id).order_by(Turn.seq).all()
            assert [turn.text for turn in played] == assistant.texts(conversation_id)
            numbers = session.query(Message.seq).filter_by(conversation_id=conversation_id).order_by(Message.seq).all()
            assert [row.seq for row in numbers] == list(range(1, 25))
