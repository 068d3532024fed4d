"""What was before: a customer's identities, devices, finished tickets, visits and other conversations."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from desk.cases import tickets
from desk.records.models import Conversation, Customer, Device, Identity, Ticket, Visit

MOST = 8


@dataclass(frozen=True)
class Past:
    """All of it, the newest first, each list cut at MOST."""

    identities: list[Identity] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    finished: list[Ticket] = field(default_factory=list)
    visits: list[tuple[Visit, str]] = field(default_factory=list)
    others: list[Conversation] = field(default_factory=list)


def of(session: Session, conversation: Conversation) -> Past:
    """What is known of a conversation's customer; of a stranger, nothing."""
    customer = session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    if customer is None:
        return Past()
    mine = Ticket.customer_id == customer.id
    return Past(
        list(session.scalars(select(Identity).where(Identity.customer_id == customer.id).limit(MOST))),
        list(
            session.scalars(
                select(Device)
                .where(Device.customer_id == customer.id)
                .order_by(Device.id.desc())
                .limit(MOST)
                .options(selectinload(Device.product))
            )
        ),
        list(
            session.scalars(
                select(Ticket).where(mine, Ticket.status.not_in(tickets.OPEN)).order_by(Ticket.id.desc()).limit(MOST)
            )
        ),
        [
            (visit, number)
            for visit, number in session.execute(
                select(Visit, Ticket.number)
                .join(Ticket, Ticket.id == Visit.ticket_id)
                .where(mine, Visit.state.in_(("booked", "done")))
                .order_by(Visit.starts_at.desc())
                .limit(MOST)
            )
        ],
        list(
            session.scalars(
                select(Conversation)
                .where(Conversation.customer_id == customer.id, Conversation.id != conversation.id)
                .order_by(Conversation.last_message_at.desc())
                .limit(MOST)
            )
        ),
    )
