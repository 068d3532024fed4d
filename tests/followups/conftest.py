"""A shop with a ticket, and days that pass."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from desk import time
from desk.cases import tickets
from desk.cases.followups import act, plan
from desk.cases.oncall import people, watch
from desk.records import db
from desk.records.models import Conversation, Customer, FollowUp, Message, StaffNotice, Ticket

DAY = "2026-11-23T10:00:00+08:00"  # a Monday


def to(instant: str) -> None:
    """Move the clock to `instant`, and do all that came due by then, in its order."""
    goal = datetime.fromisoformat(instant)
    for _ in range(300):
        tick()
        with db.reading() as session:
            waiting = session.query(FollowUp).filter_by(state="waiting").order_by(FollowUp.due_at).first()
        if waiting is None or waiting.due_at > goal:
            break
        time.pin(max(waiting.due_at + timedelta(seconds=1), time.now()))
    else:
        raise AssertionError("it never ends")
    time.pin(goal)
    tick()


def tick() -> None:
    """What the clock does in a few seconds, without its process."""
    with db.transaction() as session:
        plan.everything(session)
        watch.everything(session)
    with db.reading() as session:
        found = act.due(session)
    for follow_id, _ in found:
        with db.transaction() as session:
            words = act.begin(session, follow_id)
        if words is not None:
            with db.transaction() as session:
                act.finish(session, follow_id, "unset")


def heard(conversation: str = "cv-1") -> list[str]:
    """What the customer was told by itself."""
    with db.reading() as session:
        rows = session.query(Message).filter_by(conversation_id=conversation, author="system").order_by(Message.seq)
        return [row.text for row in rows]


def told(purpose: str | None = None) -> list[str]:
    """Titles of what colleagues were told."""
    with db.reading() as session:
        rows = session.query(StaffNotice).order_by(StaffNotice.id)
        return [row.title for row in rows if purpose is None or row.purpose == purpose]


def results() -> dict[str, str]:
    """What came of each follow-up, by kind."""
    with db.reading() as session:
        return {row.kind: row.result or row.state for row in session.query(FollowUp).order_by(FollowUp.id)}


def change(number: str, **fields: object) -> None:
    """A colleague changes the ticket."""
    with db.transaction() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None
        tickets.change(session, ticket, "staff:1", **fields)


@pytest.fixture
def shop(clean_database: str, pinned_clock: Callable[[str], datetime]) -> Iterator[str]:
    """A supervisor and a head who can be told (in the log), a customer's conversation, Monday at 10."""
    pinned_clock(DAY)
    with db.transaction() as session:
        people.add_person(session, "test", "钱主管", role="supervisor")
        people.add_person(session, "test", "孙总", role="manager")
        customer = Customer(customer_no="C1", name="李敏", phone="15000009174", created_at=time.now())
        session.add(customer)
        session.flush()
        session.add(
            Conversation(id="cv-1", channel="web", sender="v1", customer_id=customer.id, created_at=time.now())
        )
    yield clean_database


@pytest.fixture
def ticket(shop: str) -> Ticket:
    """A repair that was reported at 10 on Monday."""
    with db.transaction() as session:
        customer = session.query(Customer).one()
        return tickets.open_ticket(
            session, "bot", conversation_id="cv-1", customer_id=customer.id, kind="repair", severity="B",
            symptom="不制冷", product_type="空调", contact_phone="15000009174", service_mode="on_site",
        )


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set AFTERCARE_* and have them read."""
    from desk.settings import settings

    def to_be(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield to_be
    monkeypatch.undo()
    settings.cache_clear()
