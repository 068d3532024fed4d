"""Conversations are locked before tickets: a colleague or customer at a ticket and the assistant never block each other
for good."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from desk import time
from desk.cases import quote_offers, ticket_work, tickets
from desk.records import db
from desk.records.models import Conversation, Staff, Ticket
from desk.talk import saying

PLACE = "cv-lock-0001"
OFFER = {"token": "1-offer", "sent_at": "2026-11-21T10:00:00+08:00", "answer": None, "answered_at": None}
QUOTE = {"lines": [{"name": "压缩机", "low_fen": 60000, "high_fen": 60000}], "low_fen": 60000, "high_fen": 60000,
         "open_parts": False, "valid_until": "2099-01-01"}


@pytest.fixture
def number(database: str) -> str:
    """A ticket of a conversation, with a quote that was sent."""
    with db.transaction() as session:
        now = time.now()
        session.add(Conversation(id=PLACE, channel="web", sender="web-lock", created_at=now, last_message_at=now))
        session.add(Staff(login="wang", name="王工", password_hash="x", role="agent"))
        session.flush()
        made = tickets.open_ticket(
            session, "bot", kind="repair", severity="B", symptom="不制冷", product_type="空调", conversation_id=PLACE,
        )
        made.quote = {**QUOTE, "offer": {**OFFER, "token": f"{made.id}-offer"}}
        return made.number


def answered(ticket: Ticket, staff_id: int) -> None:
    quote_offers.answer(f"{ticket.id}-offer", True, "link")


def noted(ticket: Ticket, staff_id: int) -> None:
    ticket_work.add_note(ticket.number, staff_id, "已电话联系")


@pytest.mark.parametrize("act", [answered, noted])
def test_who_works_at_a_ticket_waits_for_its_conversation_first(
    number: str, act: Callable[[Ticket, int], None]
) -> None:
    with db.reading() as session:
        ticket, staff_id = tickets.by_number(session, number), session.scalar(select(Staff.id))
    assert ticket is not None and staff_id is not None
    with db.transaction() as session:
        saying.locked(session, PLACE)
        other = threading.Thread(target=act, args=(ticket, staff_id))
        other.start()
        other.join(0.3)  # it has come to the lock, and holds nothing that is needed here
        tickets.change(session, session.get_one(Ticket, ticket.id), "bot", symptom="不制冷，漏水")
    other.join(20)
    assert not other.is_alive()
    with db.reading() as session:
        kept = session.get_one(Ticket, ticket.id)
        assert kept.symptom == "不制冷，漏水"
        assert len(kept.notes) == (act is noted) and (kept.quote or {})["offer"]["answer"] == (
            "accepted" if act is answered else None
        )
