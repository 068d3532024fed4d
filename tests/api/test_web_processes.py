"""Two desk processes on one PostgreSQL: what is said at one is seen at the other, at once."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.test_web import Visitor
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa


@pytest.fixture
def pair(tmp_path: Path, postgres_url: str) -> Iterator[tuple[Desk, Desk]]:
    """Two desks that share a database and an assistant."""
    fake = FakeRasa().start()
    made = [Desk(tmp_path / name, fake.port, AFTERCARE_DATABASE_URL=postgres_url) for name in ("one", "two")]
    for desk in made:
        desk.start()
    yield made[0], made[1]
    for desk in made:
        desk.stop()
    fake.stop()


def test_a_visitor_hears_at_one_what_was_said_at_the_other(pair: tuple[Desk, Desk]) -> None:
    one, two = pair
    here = Visitor(one)
    here.say("先认识一下")
    here.answers(1)
    there = Visitor(two, token=here.token)
    assert there.token and there.hear()["messages"][0]["text"] == "先认识一下"
    heard: dict[str, float] = {}

    def listen() -> None:
        for kind, data in here.events(after=here.hear()["messages"][-1]["seq"]):
            if kind == "line":
                heard[data["text"]] = time.monotonic()
            if data.get("author") == "bot":
                return

    listener = threading.Thread(target=listen)
    listener.start()
    time.sleep(1)
    assert there.say("在另一个进程", "an-id-of-its-own").status_code == 202
    listener.join(14)  # a look without a nudge comes after 15 seconds
    assert list(heard) == ["在另一个进程", "收到：在另一个进程"]


def test_an_open_stream_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    fake = FakeRasa().start()
    desk = Desk(tmp_path / "one", fake.port).start()
    visitor = Visitor(desk)
    stream = visitor.events()
    assert next(stream)[0] == "state"
    desk.stop()
    log = desk.log.read_text()
    assert "graceful shutdown exceeded" not in log and "Traceback" not in log and "CancelledError" not in log
    stream.close()  # type: ignore[attr-defined]
    fake.stop()
