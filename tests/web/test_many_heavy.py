"""Ten thousand messages of visitors on a bad network, desks that are killed: none lost, none doubled, all in order."""

import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desk.records import db
from desk.records.models import Conversation, Message, Turn
from desk.talk.view import UNFINISHED
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa, Said, echo
from tests.faults import Tally
from tests.web.visitors import PATIENCE, Visitor

pytestmark = pytest.mark.heavy
VISITORS, EACH, AT_ONCE = 500, 20, 16


class Pair:
    """Two desks on one database, of which a saboteur kills one now and then."""

    def __init__(self, folder: Path, database: str, fake: FakeRasa, tally: Tally) -> None:
        told = {
            "AFTERCARE_DATABASE_URL": database, "AFTERCARE_RASA_TIMEOUT": "5.0",
            "AFTERCARE_TRUSTED_PROXIES": json.dumps(["127.0.0.1"]),
        }
        self.desks = [Desk(folder / f"desk{number}", fake.port, **told) for number in range(2)]
        for desk in self.desks:
            desk.start()
        self.up, self._fake, self._tally, self._over = list(self.desks), fake, tally, threading.Event()
        self._saboteur = threading.Thread(target=self._sabotage)

    def pick(self) -> str:
        """As a balancer that knows which desk answers."""
        return random.choice(self.up or self.desks).base

    def __enter__(self) -> "Pair":
        self._saboteur.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._saboteur.join()

    def stop(self) -> None:
        for desk in self.desks:
            desk.stop()

    def _sabotage(self) -> None:
        number = 0
        while not self._over.wait(6):
            victim = self.desks[number % 2]
            if number % 3 < 2:
                # Turns are held, so that the desk dies between storing a message and having its answer.
                self._fake.script = lambda turn: Said([{"text": f"收到：{turn['text']}"}], seconds=1.0)
                time.sleep(0.5)
            self._tally("kill -9 of one of two desks")
            victim.kill()
            self._tally("… while so many messages were stored and not answered", _unanswered())
            self._fake.script = echo
            self.up = [desk for desk in self.desks if desk is not victim]
            self._over.wait(1)
            victim.start()
            self.up = list(self.desks)
            number += 1


@pytest.fixture
def database(_migrated_postgres: str) -> Iterator[str]:
    """PostgreSQL, which two processes may share."""
    db.use(_migrated_postgres)
    yield _migrated_postgres
    db.use(None)


def test_nothing_is_lost_doubled_or_out_of_order(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tally, fake = Tally(), FakeRasa().start()
    pair = Pair(tmp_path, database, fake, tally)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as doubles:
        visitors = [Visitor(number, EACH, pair.pick, tally, doubles) for number in range(VISITORS)]
        with pair, ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(Visitor.run, visitors))
    taken = time.monotonic() - began
    try:
        _wait(lambda: _unanswered() == 0)
        answered = time.monotonic() - began
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(_see_everything, visitors))
        _check(visitors, fake, tally)
    finally:
        pair.stop()
        fake.stop()
    tally("seconds until all was taken", round(taken))
    tally("seconds until all was answered", round(answered))
    with capsys.disabled():
        print(tally.table("website"))


def _check(visitors: list[Visitor], fake: FakeRasa, tally: Tally) -> None:
    stored = _stored()
    for visitor in visitors:
        seqs = [line["seq"] for line in visitor.lines]
        assert seqs == list(range(1, len(seqs) + 1)), "a line is missing or came twice"
        own = [line["text"] for line in visitor.lines if line["author"] == "customer"]
        assert own == visitor.said == visitor.answered(), f"visitor {visitor.number}"
        tally("messages that a visitor said and sees answered, once and in order", len(own))
    assert sorted(stored.values()) == sorted(visitor.said for visitor in visitors)
    assert sorted(_asked(fake).values()) == sorted(stored.values())
    with db.reading() as session:
        waiting = session.query(Conversation).filter(Conversation.state != "bot").count()
    assert waiting == 0, "somebody was sent to the people's queue"
    assert tally["kill -9 of one of two desks"] > 3


def _see_everything(visitor: Visitor) -> None:
    deadline = time.monotonic() + 60
    while visitor.answered() != visitor.said and time.monotonic() < deadline:
        visitor.look()


def _unanswered() -> int:
    with db.reading() as session:
        open_turns = session.query(Turn.id).filter(Turn.state.in_(UNFINISHED))
        return session.query(Message).filter(Message.author == "customer", Message.turn_id.in_(open_turns)).count()


def _stored() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    with db.reading() as session:
        rows = session.query(Message).filter_by(author="customer").order_by(Message.conversation_id, Message.seq)
        for row in rows:
            found[row.conversation_id].append(row.text)
    return found


def _asked(fake: FakeRasa) -> dict[str, list[str]]:
    """What the assistant was asked of each conversation, a turn that was asked again after a crash once."""
    found: dict[str, list[str]] = defaultdict(list)
    seen = set()
    for turn in list(fake.asked):
        if turn["turn_id"] not in seen:
            seen.add(turn["turn_id"])
            found[turn["sender"]].extend(turn["text"].split("\n"))
    return found


def _wait(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "the backlog was not worked off"
        time.sleep(1)
