"""A customer's full contact data, shown to a colleague who needs it; each time is written down."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.cases import audit
from desk.cases.permissions import LEADERS, allowed
from desk.records import db
from desk.records.models import Conversation, Customer, Intake, Staff, Ticket


class NotShown(Exception):
    """This person may not see it (yet)."""


def of_conversation(conversation_id: str, staff_id: int) -> dict[str, str]:
    """name, phone and address of a conversation's customer, else what the customer gave.

    For who has the conversation, and for leaders. Raises NotShown.
    """
    with db.transaction() as session:
        conversation = session.get(Conversation, conversation_id)
        person = session.get(Staff, staff_id)
        mine = conversation is not None and conversation.state == "agent" and conversation.agent_id == staff_id
        if conversation is None or person is None or not (mine or person.role in LEADERS):
            raise NotShown
        audit.note(session, f"staff:{staff_id}", "contact_shown", "conversation", conversation_id)
        return _known(session, conversation)


def of_ticket(number: str, staff_id: int) -> dict[str, str]:
    """name, phone and address of a ticket: for its assignee, who has its conversation, and leaders. Raises NotShown."""
    with db.transaction() as session:
        ticket = session.scalar(select(Ticket).where(Ticket.number == number))
        person = session.get(Staff, staff_id)
        if ticket is None or person is None:
            raise NotShown
        talk = session.get(Conversation, ticket.conversation_id) if ticket.conversation_id else None
        mine = ticket.assignee_id == staff_id or (talk is not None and talk.agent_id == staff_id)
        if not (mine or person.role in LEADERS):
            raise NotShown
        audit.note(session, f"staff:{staff_id}", "contact_shown", "ticket", number)
        return {
            "name": ticket.contact_name or "",
            "phone": ticket.contact_phone or "",
            "address": ticket.address or "",
        }


def of_customer(customer_id: int, staff_id: int) -> dict[str, str]:
    """name, phone and address of any customer, for who may see them all. Raises NotShown."""
    with db.transaction() as session:
        customer, person = session.get(Customer, customer_id), session.get(Staff, staff_id)
        if customer is None or person is None or not allowed(person.role, "reveal"):
            raise NotShown
        audit.note(session, f"staff:{staff_id}", "contact_shown", "customer", customer_id)
        return {"name": customer.name, "phone": customer.phone or "", "address": customer.address}


def _known(session: Session, conversation: Conversation) -> dict[str, str]:
    intake = session.scalar(
        select(Intake).where(Intake.conversation_id == conversation.id).order_by(Intake.id.desc()).limit(1)
    )
    said = dict(intake.facts) if intake else {}
    customer = session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    if customer is None:
        return {name: str(said.get(name) or "") for name in ("name", "phone", "address")}
    return {
        "name": customer.name or str(said.get("name") or ""),
        "phone": customer.phone or str(said.get("phone") or ""),
        "address": str(said.get("address") or "") or customer.address,
    }
