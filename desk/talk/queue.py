"""The line of conversations that wait for a person."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from desk.records.models import Conversation


def position(session: Session, conversation: Conversation) -> int | None:
    """The place in the line, 1 being next; None when the conversation does not wait.

    Urgent ones come first (a small priority), then who came first; each group of agents has its own line.
    """
    if conversation.state != "queued":
        return None
    other = Conversation
    earlier = or_(
        other.queued_at < conversation.queued_at,
        and_(other.queued_at == conversation.queued_at, other.id < conversation.id),
    )
    ahead = or_(other.priority < conversation.priority, and_(other.priority == conversation.priority, earlier))
    same_line = (
        other.queue_group.is_(None)
        if conversation.queue_group is None
        else other.queue_group == conversation.queue_group
    )
    count = session.scalar(select(func.count()).where(other.state == "queued", same_line, ahead))
    return (count or 0) + 1
