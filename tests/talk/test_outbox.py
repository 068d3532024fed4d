"""Answers on a channel that sends: stored first, in order, again after a failure, shown when they cannot be."""

import threading
import time as real
from collections.abc import Callable, Iterator

import pytest

from desk.records import db
from desk.records.models import Message, Outbound
from desk.talk import engine, outbox, saying, senders
from tests.fakes.rasa_server import FakeRasa, Said
from tests.talk.conftest import say


class Phone:
    """Takes letters, or fails as told."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.failures: list[Exception] = []
        self.lock = threading.Lock()

    def __call__(self, letter: senders.Letter) -> None:
        with self.lock:
            if self.failures:
                raise self.failures.pop(0)
            self.got.append(letter.text)


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Phone]:
    monkeypatch.setattr(outbox, "BACKOFF", (0.1, 0.2))
    made = Phone()
    senders.register("wechat", made)
    yield made
    senders.unregister("wechat")


def wait_for(true: Callable[[], bool], seconds: float = 8) -> None:
    deadline = real.monotonic() + seconds
    while not true():
        assert real.monotonic() < deadline, "not in time"
        real.sleep(0.02)


def rows() -> list[Outbound]:
    with db.reading() as session:
        return session.query(Outbound).order_by(Outbound.id).all()


def test_answers_are_sent_in_order(desk_talk: engine.Engine, assistant: FakeRasa, phone: Phone) -> None:
    assistant.script = lambda turn: Said([{"text": "一"}, {"text": "二"}, {"text": "三"}])
    say(desk_talk, "你好", channel="wechat")
    wait_for(lambda: phone.got == ["一", "二", "三"])
    wait_for(lambda: all(row.state == "sent" for row in rows()))
    with db.reading() as session:
        assert all(m.delivered_at for m in session.query(Message).filter_by(author="bot"))


def test_a_failed_one_is_tried_again_before_the_next(
    talk: engine.Engine, assistant: FakeRasa, phone: Phone
) -> None:
    phone.failures = [senders.TryLater("busy"), RuntimeError("broken"), senders.TryLater("wait", after=0.1)]
    assistant.script = lambda turn: Said([{"text": "一"}, {"text": "二"}])
    say(talk, "你好", channel="wechat")
    wait_for(lambda: phone.got == ["一", "二"])
    wait_for(lambda: [row.attempts for row in rows()] == [4, 1])


def test_what_cannot_be_sent_is_shown_and_can_be_tried_again(
    talk: engine.Engine, assistant: FakeRasa, phone: Phone
) -> None:
    phone.failures = [senders.NeverDeliverable("user blocked")]
    assistant.script = lambda turn: Said([{"text": "一"}, {"text": "二"}])
    turn = say(talk, "你好", channel="wechat")
    wait_for(lambda: phone.got == ["二"])
    failed = rows()[0]
    assert (failed.state, failed.error) == ("failed", "user blocked")
    with db.transaction() as session:
        assert outbox.retry(session, failed.message_id) is True
        assert outbox.retry(session, failed.message_id + 1) is False
    talk.send(turn["conversation"])
    wait_for(lambda: phone.got == ["二", "一"])


def test_after_many_tries_it_has_failed(
    talk: engine.Engine, assistant: FakeRasa, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 2)
    phone.failures = [senders.TryLater("busy")] * 5
    say(talk, "你好", channel="wechat")
    wait_for(lambda: [row.state for row in rows()] == ["failed"])


def test_a_held_one_waits_for_the_customer(talk: engine.Engine, assistant: FakeRasa, phone: Phone) -> None:
    phone.failures = [senders.Held("48 hours are over")]
    say(talk, "你好", channel="wechat")
    wait_for(lambda: [row.state for row in rows()] == ["held"])
    say(talk, "在吗", channel="wechat")
    wait_for(lambda: phone.got == ["收到：你好", "收到：在吗"])


def test_being_held_often_is_no_failure(
    talk: engine.Engine, assistant: FakeRasa, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 2)
    monkeypatch.setattr(outbox, "BACKOFF", (0.05,))
    phone.failures = [senders.Held("quota")] * 3 + [senders.TryLater("busy")]
    for n in range(4):
        say(talk, f"第{n}句", channel="wechat")
        wait_for(lambda: "pending" not in [row.state for row in rows()][:1])
    wait_for(lambda: phone.got == [f"收到：第{n}句" for n in range(4)])


def test_a_note_and_a_fetched_channel_send_nothing(
    talk: engine.Engine, assistant: FakeRasa, phone: Phone
) -> None:
    say(talk, "你好", channel="rest")
    turn = say(talk, "你好", channel="wechat")
    with db.transaction() as session:
        conversation = saying.locked(session, turn["conversation"])
        assert conversation is not None
        saying.say(session, conversation, "note", "内部备注")
    assert len(rows()) == 1
