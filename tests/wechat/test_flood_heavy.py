"""Ten thousand messages on a bad day: everything goes wrong on the way, and one of two desks is killed now and then."""

import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from desk.records import db
from desk.records.models import Conversation, Message, Outbound
from tests.fakes.rasa_server import FakeRasa, Said, echo
from tests.fakes.wechat import Mischief, Sender, Server, World
from tests.faults import Tally
from tests.wechat.conftest import (
    APPID,
    KEY,
    SECRET,
    TOKEN,
    configured,
    eventually,
    outbox,
    settings_for,
    unanswered,
)
from tests.wechat.test_faults import _wait_for, free_port, launch

pytestmark = pytest.mark.heavy
PHONES, EACH, PATIENCE = 250, 40, 900.0
SEND = "/cgi-bin/message/custom/send"
REFUSALS = ["500", "drop", -1, 45011, 40001, 42001, 45047, 0.2]
_TAG = re.compile(r"m\d+-\d+")


@dataclass
class Balanced(Sender):
    """Pushes go to whichever desk is up."""

    up: list[str] = field(default_factory=list)

    def address(self) -> str:
        return random.choice(self.up)


class Pair:
    """Two desk processes on one PostgreSQL."""

    def __init__(self, database: str) -> None:
        self._told = {"AFTERCARE_DATABASE_URL": database}
        self._ports = [free_port(), free_port()]
        self._processes: list[subprocess.Popen[str] | None] = [None, None]
        for number in range(2):
            self.start(number)

    def address(self, number: int) -> str:
        return f"http://127.0.0.1:{self._ports[number]}/wechat"

    def start(self, number: int) -> None:
        self._processes[number] = launch("desk_process", self._told, str(self._ports[number]))
        _wait_for(self._ports[number])

    def kill(self, number: int) -> None:
        process = self._processes[number]
        assert process is not None
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self._processes:
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(30)


@pytest.fixture
def world() -> Iterator[World]:
    """WeChat, a second of whose patience is a fifth."""
    trouble = Mischief(drop=0.08, lost=0.08, double=0.08, delay=0.2, longest_delay=0.3, seed=11)
    made = World(Balanced("", TOKEN, APPID, KEY, patience=1.0, mischief=trouble), SECRET)
    server = Server(made).start()
    made.server = server  # type: ignore[attr-defined]
    yield made
    server.stop()


class Saboteur:
    """Refuses sends, steals tokens, and kills a desk: while it waits for the assistant, or while it cannot send."""

    def __init__(self, world: World, rasa: FakeRasa, pair: Pair, tally: Tally) -> None:
        self._world, self._rasa, self._pair, self._tally = world, rasa, pair, tally
        self._random, self._over = random.Random(11), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Saboteur":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._world.failures.clear()

    def _run(self) -> None:
        number, due = 0, time.monotonic() + 8
        while not self._over.wait(0.3):
            how = self._random.choice(REFUSALS)
            self._world.fail(SEND, how)
            self._tally(f"send refused: {how}" if not isinstance(how, float) else "send answered late")
            if self._random.random() < 0.2:
                self._world.tokens.steal()
                self._tally("access token stolen")
            if time.monotonic() > due:
                self._kill(number)
                number, due = number + 1, time.monotonic() + 8

    def _kill(self, number: int) -> None:
        """Not while WeChat takes a message: whether it did then, nobody could tell."""
        self._world.failures[SEND] = ["drop"] * 10_000
        if number % 2:
            self._rasa.script = lambda turn: Said([{"text": f"收到：{turn['text']}"}], seconds=0.8)
        time.sleep(0.5)
        sender = self._world.pushes.sender
        assert isinstance(sender, Balanced)
        sender.up = [self._pair.address((number + 1) % 2)]
        self._pair.kill(number % 2)
        self._tally("kill -9 of one of two desks")
        self._tally("… turns stored and not answered then", unanswered())
        self._tally("… answers stored and not sent then", outbox("pending"))
        self._rasa.script = echo
        self._world.failures.pop(SEND)
        self._over.wait(1)
        self._pair.start(number % 2)
        sender.up = [self._pair.address(0), self._pair.address(1)]


@pytest.fixture
def database(_migrated_postgres: str) -> Iterator[str]:
    """PostgreSQL, which two processes may share."""
    db.use(_migrated_postgres)
    yield _migrated_postgres
    db.use(None)


def test_ten_thousand_messages(
    database: str, world: World, assistant: FakeRasa, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tally, began = Tally(), time.monotonic()
    sent = {f"o{number}": [f"m{number}-{n}" for n in range(EACH)] for number in range(PHONES)}
    monkeypatch.setenv("AFTERCARE_RASA_TIMEOUT", "5")
    with configured(monkeypatch, **settings_for(world, settle=0.05, typing=False)):
        pair = Pair(database)
        world.pushes.sender.up = [pair.address(0), pair.address(1)]  # type: ignore[attr-defined]
        try:
            with Saboteur(world, assistant, pair, tally):
                for n in range(EACH):
                    for openid, tags in sent.items():
                        # Customers do not write faster than WeChat delivers.
                        eventually(lambda: world.pushes.backlog() < 16, PATIENCE)
                        world.say(openid, f"空调坏了 {tags[n]}")
                world.pushes.wait()
            tally("seconds until all was taken", round(time.monotonic() - began))
            eventually(lambda: not unanswered(), PATIENCE)
            _until_all_is_out(world, tally)
            tally("seconds until all was answered and sent", round(time.monotonic() - began))
        finally:
            pair.stop()
    for delivery in world.pushes.log:
        tally(f"push {delivery.outcome}" if delivery.outcome != "empty" else "push acknowledged")
    tally("deliveries beyond the first of each push", len(world.pushes.log) - len({d.body for d in world.pushes.log}))
    for openid, tags in sent.items():
        _check(world, assistant, openid, tags, tally)
    assert tally["kill -9 of one of two desks"] > 3
    with capsys.disabled():
        print(tally.table("WeChat"))


def _until_all_is_out(world: World, tally: Tally) -> None:
    """What the quota holds back comes out when the customer writes again."""
    deadline = time.monotonic() + PATIENCE
    while outbox("pending") or outbox("held") or unanswered():
        assert time.monotonic() < deadline, "not all was sent"
        for openid in _held():
            tally("answer held by the quota, sent at the customer's next word")
            world.say(openid, "还有吗")
        world.pushes.wait()
        time.sleep(2)


def _held() -> list[str]:
    with db.reading() as session:
        held = session.query(Outbound.conversation_id).filter_by(state="held")
        return [row.sender for row in session.query(Conversation).filter(Conversation.id.in_(held))]


def _check(world: World, rasa: FakeRasa, openid: str, tags: list[str], tally: Tally) -> None:
    with db.reading() as session:
        conversation = session.query(Conversation).filter_by(sender=openid).one()
        rows = session.query(Message).filter_by(conversation_id=conversation.id).order_by(Message.seq).all()
    assert conversation.state == "bot", "nobody is sent to the people's queue"
    stored = [tag for row in rows if row.author == "customer" for tag in _TAG.findall(row.text)]
    assert sorted(stored) == sorted(tags), f"{openid}: lost or doubled when stored"
    turns: dict[str, str] = {}
    for turn in rasa.asked:
        if turn["sender"] == conversation.id:
            turns.setdefault(turn["turn_id"], turn["text"])
    asked = [tag for text in turns.values() for tag in _TAG.findall(text)]
    assert asked == stored, f"{openid}: the assistant was asked out of order, or twice"
    shown = [tag for text in world.phones.get(openid).texts() for tag in _TAG.findall(text)]
    assert shown == stored, f"{openid}: shown {shown}"
    tally("messages that a customer said and sees answered, once and in order", len(shown))
