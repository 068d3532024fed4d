"""Handing a conversation to people: now, or at the next opening with a promised call."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit, hours
from desk.records.models import Callback, Conversation, Customer

# Lower is sooner: danger and what stops a business, then VIPs, then who we let down, then the others as they come.
PRIORITY = {"emergency": 0, "distress": 0, "business_loss": 0, "sla_breached": 2, "complaint": 2, "angry_customer": 2}
VIP_PRIORITY, USUAL_PRIORITY = 1, 3
URGENT = ("emergency", "distress")


def priority(reason: str, customer: Customer | None = None) -> int:
    """Where in the line a reason stands; a VIP's never behind VIP_PRIORITY."""
    rank = PRIORITY.get(reason, USUAL_PRIORITY)
    return min(rank, VIP_PRIORITY) if customer is not None and customer.vip else rank


def position(session: Session, rank: int, group: str | None = None) -> int:
    """How many wait in the group's line before a newcomer of this priority, plus one."""
    same = Conversation.queue_group.is_(None) if group is None else Conversation.queue_group == group
    ahead = session.scalar(
        select(func.count())
        .select_from(Conversation)
        .where(Conversation.state == "queued", same, Conversation.priority <= rank)
    )
    return int(ahead or 0) + 1


def transition(reason: str, rank: int, group: str | None = None) -> dict[str, Any]:
    """The routing change that the bot asks for; it is applied when its answer is committed."""
    return {"to": "queued", "reason": reason, "priority": rank, "group": group}


def promise_callback(
    session: Session,
    conversation: Conversation,
    at: datetime,
    phone: str | None,
    reason: str,
    until: datetime | None = None,
    ticket_id: int | None = None,
) -> Callback:
    """Promise a call. An open promise of the same conversation is moved instead of doubled."""
    found = session.scalar(
        select(Callback).where(Callback.conversation_id == conversation.id, Callback.state == "promised")
    )
    if found is None:
        found = Callback(conversation_id=conversation.id, created_at=time.now(), due_at=at, reason=reason)
        session.add(found)
    found.due_at, found.until, found.phone = at, until, phone or found.phone
    found.ticket_id = ticket_id or found.ticket_id
    session.flush()
    audit.note(
        session,
        "bot",
        "callback_promised",
        "conversation",
        conversation.id,
        reason,
        at=at.isoformat(),
        callback=found.id,
    )
    return found


def first_callback_time(now: datetime | None = None) -> datetime:
    """The earliest honest time for a call: half an hour from now in hours, else half an hour after opening."""
    now = now or time.now()
    start = now if hours.open_now(now) else hours.next_opening(now)
    return start + timedelta(minutes=30)
