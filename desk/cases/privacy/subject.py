"""Everything of ours that is about one customer: the ids from which every further row is found."""

from dataclasses import dataclass

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from desk.records.models import Conversation, Customer, Identity, Ticket


@dataclass(frozen=True)
class Subject:
    """The customer, with the ids of conversations and tickets, and the names on WeChat as (account, openid)."""

    customer: Customer
    conversations: tuple[str, ...]
    tickets: tuple[int, ...]
    openids: tuple[tuple[str, str], ...]


def load(session: Session, customer_id: int) -> Subject | None:
    """What there is of a customer; None for an unknown one."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        return None
    identities = list(session.scalars(select(Identity).where(Identity.customer_id == customer_id)))
    named = [(one.channel, one.account, one.external_id) for one in identities]
    of_tickets = select(Ticket.conversation_id).where(
        Ticket.customer_id == customer_id, Ticket.conversation_id.is_not(None)
    )
    found = list(
        session.scalars(
            select(Conversation).where(
                or_(
                    Conversation.customer_id == customer_id,
                    tuple_(Conversation.channel, Conversation.account, Conversation.sender).in_(named),
                    Conversation.id.in_(of_tickets) & Conversation.customer_id.is_(None),
                )
            )
        )
    )
    conversations = tuple(one.id for one in found)
    tickets = session.scalars(
        select(Ticket.id).where(
            or_(
                Ticket.customer_id == customer_id,
                Ticket.customer_id.is_(None) & Ticket.conversation_id.in_(conversations),
            )
        )
    )
    openids = {(one.account, one.sender) for one in found if one.channel == "wechat"}
    openids |= {(account, openid) for channel, account, openid in named if channel == "wechat"}
    return Subject(customer, conversations, tuple(tickets), tuple(sorted(openids)))
