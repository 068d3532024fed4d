"""On both databases: everything about a customer is found, and what is personal goes."""

from datetime import timedelta

from sqlalchemy import select

from desk import time
from desk.cases.privacy import clearing, export, places, retention, subject
from desk.console.lead import conversation_rows, ticket_rows, wall_reads
from desk.console.lead.filters import Filters
from desk.records import db
from desk.records.models import Base, Conversation, Customer, Identity, Message, Ticket, TicketEvent


def fill() -> int:
    now = time.now()
    with db.transaction() as session:
        customer = Customer(customer_no="C1", name="张小明", phone="13900001234", created_at=now)
        other = Customer(customer_no="C2", name="李四", created_at=now)
        session.add_all([customer, other])
        session.flush()
        session.add(Identity(customer_id=customer.id, channel="web", external_id="web-1", proof="code", proved_at=now))
        for number, owner in enumerate((customer.id, None, other.id)):
            session.add(
                Conversation(id=f"cv-{number}", channel="web", sender=f"web-{number}", customer_id=owner,
                             state="closed", created_at=now, last_message_at=now, last_seq=1)
            )
            session.flush()
            session.add(Message(conversation_id=f"cv-{number}", seq=1, author="customer", text="我是张小明",
                                created_at=now))
        ticket = Ticket(number="TK20261121-0001", status="closed", customer_id=customer.id, symptom="漏水",
                        contact_name="张小明", conversation_id="cv-0", opened_at=now, closed_at=now)
        session.add(ticket)
        session.flush()
        session.add(TicketEvent(ticket_id=ticket.id, kind="changed", actor="bot", at=now,
                                data={"after": {"address": "桃花坞", "status": "closed"}}))
        return customer.id


def test_found_and_cleared(database: str) -> None:
    customer_id = fill()
    with db.transaction() as session:
        found = subject.load(session, customer_id)
        assert found is not None and set(found.conversations) == {"cv-0", "cv-1"} and len(found.tickets) == 1
        data = export.of_customer(session, customer_id)
        assert data is not None and len(data["data"]["messages"]) == 2
        clearing.conversations(session, found.conversations)
        clearing.tickets(session, found.tickets)
        clearing.customer(session, customer_id)
    with db.reading() as session:
        texts = dict(session.execute(select(Message.conversation_id, Message.text)).all())
        assert texts == {"cv-0": places.GONE, "cv-1": places.GONE, "cv-2": "我是张小明"}
        assert session.query(TicketEvent).one().data == {"after": {"status": "closed"}}
        assert session.query(Ticket).one().contact_name is None and session.query(Identity).count() == 0


def test_retention_and_lists_on_both_databases(database: str) -> None:
    fill()
    later = time.now() + timedelta(days=36 * 31 + 1)
    with db.transaction() as session:
        assert sorted(retention.due(session, later)) == ["cv-0", "cv-1", "cv-2"]
        assert retention.apply_retention(session, later).conversations == 3
        assert retention.due(session, later) == []
        assert len(conversation_rows.rows(session, Filters(words="张"), 0, 50)) == 1
        assert len(ticket_rows.rows(session, Filters(state="closed", words="漏水%"), 0, 50)) == 0
        assert wall_reads.wall(session).waiting_count == 0
        assert len(list(conversation_rows.every(session, Filters()))) == 3


def test_every_place_names_a_table_and_columns_that_exist() -> None:
    for place in places.EVERY:
        columns = Base.metadata.tables[place.table].c.keys()
        assert {place.by, *place.personal, *place.harmless, *place.trim} <= set(columns), place.table
