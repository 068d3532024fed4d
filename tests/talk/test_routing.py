"""Who handles a conversation: every change allowed or refused, once, and written down."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session

from desk import time
from desk.records import db
from desk.records.models import AuditEntry, Conversation, Staff
from desk.talk import queue, routing

STATES = ("bot", "queued", "agent", "closed")
LEGAL = {
    ("bot", "queued"), ("queued", "agent"), ("agent", "bot"), ("agent", "queued"), ("closed", "bot"),
    ("bot", "closed"), ("queued", "closed"), ("agent", "closed"),
}


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    with db.transaction() as opened:
        opened.add(Staff(id=7, login="wang", name="王工", password_hash="-"))
        opened.flush()
        yield opened


def conversation(session: Session, sender: str = "s", state: str = "bot", **more: object) -> Conversation:
    made = Conversation(id=f"cv-{sender}", channel="rest", sender=sender, state=state, created_at=time.now(), **more)
    session.add(made)
    session.flush()
    return made


@pytest.mark.parametrize(("state", "to"), list(product(STATES, STATES)))
def test_only_the_named_changes_are_allowed(session: Session, state: str, to: str) -> None:
    found = conversation(session, state=state, version=3, agent_id=7 if state == "agent" else None)
    if (state, to) in LEGAL:
        routing.move(session, found, to, "staff:7", "why", 3, agent_id=7)
        assert (found.state, found.version) == (to, 4)
        assert found.agent_id == (7 if to == "agent" else None)
        assert (found.queued_at is not None) == (to == "queued")
        entry = session.query(AuditEntry).filter_by(subject_id="cv-s").one()
        assert (entry.actor, entry.reason, entry.data["from"], entry.data["to"]) == ("staff:7", "why", state, to)
    else:
        with pytest.raises(routing.NotAllowed):
            routing.move(session, found, to, "staff:7", "why", 3, agent_id=7)
        assert (found.state, found.version) == (state, 3)


def test_an_old_version_changes_nothing(session: Session) -> None:
    found = conversation(session, version=5)
    with pytest.raises(routing.ChangedMeanwhile):
        routing.move(session, found, "queued", "bot", "customer_request", 4)
    session.refresh(found)
    assert (found.state, found.version) == ("bot", 5)
    assert session.query(AuditEntry).filter_by(subject_id="cv-s").count() == 0


def test_an_agent_needs_a_name(session: Session) -> None:
    with pytest.raises(routing.NotAllowed):
        routing.move(session, conversation(session, state="queued"), "agent", "staff:7", "taken")


def test_a_person_takes_over_live_by_way_of_the_queue(session: Session) -> None:
    found = conversation(session)
    routing.take(session, found, 7, "staff:7", 0)
    assert (found.state, found.version, found.agent_id) == ("agent", 2, 7)
    with pytest.raises(routing.NotAllowed):
        routing.take(session, found, 7, "staff:7")


def test_a_transfer_keeps_reason_group_and_priority(session: Session) -> None:
    found = conversation(session, state="agent", agent_id=7)
    routing.move(session, found, "queued", "staff:7", "complaint", priority=1, group="投诉")
    assert (found.handoff_reason, found.queue_group, found.priority) == ("complaint", "投诉", 1)
    routing.move(session, found, "closed", "staff:7", "done")
    routing.reopen(session, found)
    assert (found.state, found.handoff_reason, found.queue_group, found.priority) == ("bot", None, None, 3)
    routing.reopen(session, found)
    assert found.version == 3


def test_the_line_is_by_priority_then_time_in_each_group(session: Session) -> None:
    now = time.now()
    order = [("late", 3, 2), ("early", 3, 0), ("urgent", 0, 5)]
    rows = {
        name: conversation(session, name, "queued", priority=rank, queued_at=now + timedelta(minutes=at))
        for name, rank, at in order
    }
    other = conversation(session, "other", "queued", priority=3, queued_at=now, queue_group="投诉")
    assert {name: queue.position(session, row) for name, row in rows.items()} == {"urgent": 1, "early": 2, "late": 3}
    assert queue.position(session, other) == 1
    assert queue.position(session, conversation(session, "none")) is None
