"""Since when a customer waits for an answer of ours: one reading of it for list, wall and the clock of idle agents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from desk.cases.courtesies import closing
from desk.records.models import Conversation, Message, Turn

OURS = ("agent", "bot")


def since(session: Session, ids: Sequence[str] | Select[Any]) -> dict[str, datetime]:
    """Of these conversations those in which a customer waits, and since when. Closing courtesies wait for nothing."""
    ours = aliased(Message)
    # "I am calling a colleague" is no answer: from there on the customer waits for the colleague.
    handed_over = exists().where(Turn.id == ours.turn_id, Turn.handled_by == "queued")
    answers = or_(ours.author == "agent", and_(ours.author == "bot", ~handed_over))
    answered = (
        select(func.max(ours.seq))
        .where(ours.conversation_id == Conversation.id, answers)
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
