"""Since when a customer waits for an answer of ours: one reading of it for list, wall and the clock of idle agents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from desk.cases.courtesies import closing
from desk.records.models import Conversation, Message

OURS = ("agent", "bot")


def since(session: Session, ids: Sequence[str] | Select[Any]) -> dict[str, datetime]:
    """Of these conversations those in which a customer waits, and since when. Closing courtesies wait for nothing."""
    ours = aliased(Message)
    answered = (
        select(func.max(ours.seq))
        .where(ours.conversation_id == Conversation.id, ours.author.in_(OURS))
        .correlate(Conversation)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Message.conversation_id, Message.author, Message.text, Message.attachments, Message.created_at)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.id.in_(ids), Message.seq >= func.coalesce(answered, 0),
            Message.author.in_((*OURS, "customer")),
        )
        .order_by(Message.conversation_id, Message.seq)
    ).all()
    found = {key: _waits_since(lines) for key, lines in groupby(rows, key=itemgetter(0))}
    return {key: at for key, at in found.items() if at is not None}


def _waits_since(lines: Iterable[Any]) -> datetime | None:
    ours = ""
    for _, author, text, attachments, at in lines:
        if author in OURS:
            ours = text
        elif attachments or not closing(text, ours):
            return at  # type: ignore[no-any-return]
    return None
