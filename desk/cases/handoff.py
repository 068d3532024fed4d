"""Handing a conversation to people: now, or at the next opening with a promised call."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit, hours
from desk.records.models import Callback, Conversation, Customer

# Lower is sooner.
PRIORITY = {"emergency": 0, "distress": 0, "business_loss": 1, "sla_breached": 1, "complaint": 1, "angry_customer": 1}
URGENT = ("emergency", "distress")


def priority(reason: str, customer: Customer | None = None) -> int:
    """Where in the queue a reason stands; VIPs one step sooner."""
    rank = PRIORITY.get(reason, 3)
    return max(0, rank - 1) if customer is not None and customer.vip else rank


def position(session: Session, rank: int) -> int:
    """How many wait before a newcomer of this priority, plus one."""
    ahead = session.scalar(
        select(func.count())
        .select_from(Conversation)
        .where(Conversation.state == "queued", Conversation.priority <= rank)
    )
    return int(ahead or 0) + 1


def transition(reason: str, rank: int) -> dict[str, Any]:
    """The routing change that the bot asks for; it is applied when its answer is committed."""
    return {"to": "queued", "reason": reason, "priority": rank, "group": None}


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
