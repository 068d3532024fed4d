"""The clock clears what has been kept long enough, and waits while the assistant cannot forget."""

from datetime import timedelta

import pytest

from desk import time
from desk.cases.privacy import places, retention
from desk.clock import tidy
from desk.records import db
from desk.records.models import Message
from desk.settings import settings
from tests.console.conftest import conversation, said


def test_old_conversations_are_cleared_in_portions(people: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    ids = [conversation(f"web-{number}", "bot").id for number in range(5)]
    fresh = conversation("web-fresh", "bot").id
    with db.transaction() as session:
        old = time.now() - 37 * retention.MONTH
        for one in ids:
            session.get_one(retention.Conversation, one).last_message_at = old
    with monkeypatch.context() as down:
        down.setattr(settings(), "rasa_port", 9)
        tidy.keep_no_longer()
    assert said(ids[0]) != [("customer", places.GONE)]
    tidy.keep_no_longer()
    assert [said(one) for one in ids] == [[("customer", places.GONE)]] * 5
    assert said(fresh) == [("customer", "空调不制冷，催一下")]
    with db.reading() as session:
        assert session.query(Message).count() == 6


def test_a_month_is_never_shorter_than_promised() -> None:
    assert retention.MONTH >= timedelta(days=31)
