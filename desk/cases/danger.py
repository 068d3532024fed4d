"""Danger told while a person has the conversation: safety first and people at once, whoever is slow to read it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import danger_kinds, handoff, tickets
from desk.cases.oncall import alarms, rota
from desk.records.models import Conversation, Customer, DialogueState, Message, Ticket
from desk.rules import severity
from desk.talk import saying


def heard(session: Session, conversation: Conversation, text: str, turn_id: str) -> Ticket | None:
    """The ticket of a new danger that `text` tells: the safety text is said, people on call are being told.

    None for what is no danger, or the one that is known already. `conversation` is locked by the caller.
    """
    kind = danger_kinds.kind_of(text)
    if kind is None:
        return None
    kind = danger_kinds.precise(kind, text)
    safety = texts.render(f"emergency.{kind}", conversation.channel)
    before = alarms.open_of(session, conversation.id)
    if before is not None and (before.kind == kind or _said(session, conversation, safety)):
        return None
    ticket = _ticket(session, conversation, text)
    if conversation.state == "queued":
        conversation.priority, conversation.handoff_reason = handoff.PRIORITY["emergency"], "emergency"
    alarms.raise_alarm(session, kind, text, conversation_id=conversation.id, ticket=ticket, by="desk")
    keys = ["emergency.with_person_called" if rota.reachable(session) else "emergency.with_person"]
    keys += [] if ticket.contact_phone else ["emergency.ask_phone"]
    lines = [safety, *(texts.render(key, conversation.channel, number=ticket.number) for key in keys)]
    saying.say(session, conversation, "system", "\n".join(lines), turn_id=turn_id)
    return ticket


def _said(session: Session, conversation: Conversation, safety: str) -> bool:
    """Whether this customer has read the safety text already."""
    same = (Message.conversation_id == conversation.id, Message.text.contains(safety, autoescape=True))
    return session.scalar(select(Message.id).where(*same).limit(1)) is not None


def _ticket(session: Session, conversation: Conversation, text: str) -> Ticket:
    """The conversation's A ticket; a new one with what is known of the customer where there is none."""
    open_here = select(Ticket).where(
        Ticket.conversation_id == conversation.id, Ticket.severity == "A", Ticket.status.in_(tickets.OPEN)
    )
    found = session.scalar(open_here.order_by(Ticket.id.desc()).limit(1))
    if found is not None:
        tickets.add_note(session, found, "customer", text[:300])
        return found
    memory = session.get(DialogueState, conversation.id)
    known = dict((memory.data or {}).get("known", {})) if memory is not None else {}
    customer = session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    return tickets.open_ticket(
        session,
        "desk",
        kind="repair",
        severity="A",
        severity_reason=severity.assess(text, emergency=True).reason,
        conversation_id=conversation.id,
        customer_id=customer.id if customer else None,
        symptom=text[:120],
        contact_name=known.get("name") or (customer.name if customer else None),
        contact_phone=known.get("phone") or (customer.phone if customer else None),
        address=known.get("address") or (customer.address if customer else None),
    )
