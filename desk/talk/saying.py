"""Add a line to a conversation: numbered, and put into the outbox where the channel sends."""

from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import Conversation, Message, Outbound
from desk.talk import senders, tables

TO_CUSTOMER = ("bot", "agent", "system")

_LOCKED = (
    select(Conversation)
    .where(Conversation.id == bindparam("conversation_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_SPOKEN = update(tables.conversations).where(tables.conversations.c.id == bindparam("of"))
_NEW_MESSAGES = insert(tables.messages).returning(tables.messages.c.id)
_NEW_OUTBOUND = insert(tables.outbox)


def locked(session: Session, conversation_id: str) -> Conversation | None:
    """The conversation, its row locked until the transaction ends, as it is now."""
    return session.scalar(_LOCKED, {"conversation_id": conversation_id})


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


def bubbles(
    session: Session, conversation_id: str, channel: str, last_seq: int, turn_id: str, replies: list[dict[str, Any]]
) -> None:
    """Store what the assistant says in one turn (`text` and `buttons` of each bubble), as `say` would, in fewer steps.

    The conversation's row is locked by the caller, and `last_seq` its number.
    """
    now = time.now()
    for seq, reply in enumerate(replies, last_seq + 1):
        message = {
            "conversation_id": conversation_id, "seq": seq, "author": "bot", "turn_id": turn_id, "text": reply["text"],
            "buttons": reply["buttons"] or None, "created_at": now,
        }
        message_id = session.execute(_NEW_MESSAGES, message).scalar_one()
        if senders.sender_of(channel):
            waiting = {
                "message_id": message_id, "conversation_id": conversation_id, "channel": channel, "next_try_at": now
            }
            session.execute(_NEW_OUTBOUND, waiting)
    session.execute(_SPOKEN, {"of": conversation_id, "last_seq": last_seq + len(replies), "last_message_at": now})
