"""The desk is killed in mid-turn, as by a power cut; started again, it answers every message exactly once."""

import threading
import time as real
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from desk import time
from desk.records import clear, db, schema
from desk.records.models import Conversation, Message, Turn, TurnEffect
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa, Said


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.heavy)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The data folder and environment of a desk on each kind of database; `db` of this process sees it."""
    if request.param == "sqlite":
        db.use(f"sqlite:///{tmp_path / 'aftercare.db'}")
        yield tmp_path, {}
    else:
        url = request.getfixturevalue("database_of_postgres")
        db.use(url)
        yield tmp_path, {"AFTERCARE_DATABASE_URL": url}
    db.use(None)


@pytest.fixture
def database_of_postgres(postgres_url: str) -> str:
    schema.upgrade(postgres_url)
    db.use(postgres_url)
    with db.transaction() as session:
        clear.everything(session)
    return postgres_url


def later(desk: Desk, message_id: str) -> threading.Thread:
    """Send without waiting; the desk dies under the call."""

    def send() -> None:
        with pytest.raises(requests.RequestException):
            desk.say("s1", "报修", message_id)

    caller = threading.Thread(target=send)
    caller.start()
    return caller


def wait_for(true: Callable[[], Any], seconds: float = 20) -> None:
    deadline = real.monotonic() + seconds
    while not true():
        assert real.monotonic() < deadline, "not in time"
        real.sleep(0.02)


def opened_once(turn: dict[str, Any]) -> Said:
    """What an action does: write its effect under the turn id, or find it."""
    with db.transaction() as session:
        if session.get(TurnEffect, (turn["turn_id"], "dialogue", 0)) is None:
            result = {"tickets": [f"TK-{turn['turn_id'][-4:]}"]}
            session.add(
                TurnEffect(
                    turn_id=turn["turn_id"], use_case="dialogue", ordinal=0, result=result, created_at=time.now()
                )
            )
    return Said([{"text": "工单已开"}])


def played_once(assistant: FakeRasa, desk: Desk) -> None:
    """The message is answered once, and has one effect."""
    turn = desk.say("s1", "报修", "m1")
    wait_for(lambda: desk.say("s1", "报修", "m1")["replies"] == [{"text": "工单已开"}])
    assert len(desk.say("s1", "报修", "m1")["tickets"]) == 1
    with db.reading() as session:
        assert session.query(Conversation).count() == session.query(Turn).count() == 1
        assert session.query(TurnEffect).count() == 1
        assert [m.text for m in session.query(Message).filter_by(author="bot")] == ["工单已开"]
    assert {asked["turn_id"] for asked in assistant.asked} == {turn["turn_id"]}


def test_killed_after_the_message_was_stored(where: tuple[Path, dict[str, str]], assistant: FakeRasa) -> None:
    folder, environment = where
    first = Desk(folder, 1, **environment).start()  # nothing listens there: the message waits
    assert "故障" in first.say("s1", "报修", "m1")["replies"][0]["text"]
    first.kill()
    assistant.script = opened_once
    second = Desk(folder, assistant.port, **environment).start()
    try:
        played_once(assistant, second)
    finally:
        second.stop()


def test_killed_while_the_assistant_works(where: tuple[Path, dict[str, str]], assistant: FakeRasa) -> None:
    folder, environment = where
    desk = Desk(folder, assistant.port, **environment).start()

    def slowly(turn: dict[str, Any]) -> Said:
        said = opened_once(turn)
        real.sleep(0.6)
        return said

    assistant.script = slowly
    caller = later(desk, "m1")
    wait_for(lambda: assistant.asked)
    desk.kill()
    caller.join()
    again = Desk(folder, assistant.port, **environment).start()
    try:
        played_once(assistant, again)
    finally:
        again.stop()


def test_killed_between_the_answer_and_its_commit(where: tuple[Path, dict[str, str]], assistant: FakeRasa) -> None:
    folder, environment = where
    desk = Desk(folder, assistant.port, **environment).start()

    def then_the_power_goes(turn: dict[str, Any]) -> Said:
        said = opened_once(turn)
        assistant.kept[(turn["sender"], turn["turn_id"])] = {"replies": said.replies, "parse": {}}
        desk.kill()
        return said

    assistant.script = then_the_power_goes
    later(desk, "m1").join()
    again = Desk(folder, assistant.port, **environment).start()
    try:
        played_once(assistant, again)
        assert len(assistant.asked) == 1
    finally:
        again.stop()
