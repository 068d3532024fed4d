"""Promised calls: found, kept, pressed for, missed, called off."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit, words
from desk.records.models import Callback

# A call counts as missed so long after its time.
GRACE = timedelta(minutes=15)
_OPEN = (
    select(Callback)
    .where(Callback.conversation_id == bindparam("conversation_id"), Callback.state.in_(("promised", "missed")))
    .order_by(Callback.id.desc())
    .limit(1)
)


def open_of(session: Session, conversation_id: str) -> Callback | None:
    """The call promised in this conversation, or the one that was missed and not made up for."""
    return session.scalar(_OPEN, {"conversation_id": conversation_id})


def latest(callback: Callback) -> datetime:
    """The instant by which the call was promised."""
    return callback.until or callback.due_at


def late(callback: Callback, now: datetime) -> bool:
    """Whether the promise is broken at `now`."""
    return callback.state == "missed" or latest(callback) + GRACE < now


def settle(session: Session, callback: Callback, state: str, actor: str) -> None:
    """`kept`, `missed` or `cancelled`, with who said so."""
    callback.state, callback.settled_at = state, time.now()
    audit.note(session, actor, f"callback_{state}", "conversation", callback.conversation_id, callback=callback.id)
    session.flush()


def urge(session: Session, callback: Callback) -> None:
    """The customer asks where the call stays."""
    callback.urge_count += 1
    audit.note(
        session,
        "customer",
        "callback_urged",
        "conversation",
        callback.conversation_id,
        callback=callback.id,
        count=callback.urge_count,
    )
    session.flush()


def when_words(callback: Callback) -> str:
    """今天 14:00–15:00."""
    return words.span(callback.due_at, callback.until) if callback.until else words.moment(callback.due_at)
