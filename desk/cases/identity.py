"""Who is speaking, and what may be told to them (a proof is needed, never a claim)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit
from desk.records.models import Conversation, Customer, Device, Identity, Ticket

NEVER_BOUND = ("phone", "rest")  # their senders are numbers of calls and of other systems, proved anew each time


def bound_customer(session: Session, conversation: Conversation) -> Customer | None:
    """The customer whose proved identity this conversation's sender is."""
    if conversation.customer_id is None and conversation.channel not in NEVER_BOUND:
        found = session.scalar(
            select(Identity).where(
                Identity.channel == conversation.channel,
                Identity.account == conversation.account,
                Identity.external_id == conversation.sender,
            )
        )
        if found is not None:
            conversation.customer_id = found.customer_id
    return session.get(Customer, conversation.customer_id) if conversation.customer_id else None


def owns_device(device: Device, phone: str | None) -> bool:
    """Serial number and the registered phone together prove the owner."""
    return bool(phone and device.customer and device.customer.phone and device.customer.phone == phone)


def owns_ticket(session: Session, ticket: Ticket, phone: str | None, customer: Customer | None) -> bool:
    """Ticket number and the phone registered with it (or with its customer), or the bound customer, prove the owner."""
    if customer is not None and ticket.customer_id == customer.id:
        return True
    owner = session.get(Customer, ticket.customer_id) if ticket.customer_id else None
    registered = {ticket.contact_phone, owner.phone if owner else None} - {None, ""}
    return bool(phone and phone in registered)


def prove(session: Session, conversation: Conversation, customer: Customer, proof: str) -> None:
    """Bind the sender to `customer` after proof; on the web and WeChat the binding lasts."""
    if conversation.customer_id == customer.id:
        return
    conversation.customer_id = customer.id
    audit.note(session, "bot", "identity_proved", "conversation", conversation.id, proof, customer_id=customer.id)
    if conversation.channel in NEVER_BOUND:
        return
    exists = session.scalar(
        select(Identity).where(
            Identity.channel == conversation.channel,
            Identity.account == conversation.account,
            Identity.external_id == conversation.sender,
        )
    )
    if exists is None:
        session.add(
            Identity(
                customer_id=customer.id,
                channel=conversation.channel,
                account=conversation.account,
                external_id=conversation.sender,
                proof=proof,
                proved_at=time.now(),
            )
        )
