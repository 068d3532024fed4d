"""Add a line to a conversation: numbered, and put into the outbox where the channel sends."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import Conversation, Message, Outbound
from desk.talk import senders

TO_CUSTOMER = ("bot", "agent", "system")


def locked(session: Session, conversation_id: str) -> Conversation | None:
    """The conversation, its row locked until the transaction ends, as it is now."""
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def say(
    session: Session,
    conversation: Conversation,
    author: str,
    text: str,
    *,
    staff_id: int | None = None,
    turn_id: str | None = None,
    buttons: list[dict[str, str]] | None = None,
    attachments: list[dict[str, Any]] | None = None,
) -> Message:
    """Store what bot, agent or system says to the customer (or a `note` that only colleagues see).

    `conversation` comes from `locked`, so that numbers have no gaps and no doubles. Sending happens after the commit.
    """
    now = time.now()
    conversation.last_seq += 1
    message = Message(
        conversation_id=conversation.id, seq=conversation.last_seq, author=author, staff_id=staff_id, turn_id=turn_id,
        text=text, buttons=buttons or None, attachments=attachments or None, created_at=now,
    )
    session.add(message)
    session.flush()
    if author in TO_CUSTOMER and senders.sender_of(conversation.channel):
        session.add(
            Outbound(
                message_id=message.id, conversation_id=conversation.id, channel=conversation.channel, next_try_at=now
            )
        )
    if author != "note":
        conversation.last_message_at = now
    return message
