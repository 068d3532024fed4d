"""What comes in: stored before it is acknowledged, once, and made into a turn."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import time
from desk.records import db
from desk.records.models import Conversation, Identity, Message, Outbound, Turn
from desk.talk import offered, routing, words

SETTLE = 1.2
LONGEST_BURST = 3  # times the settle time: somebody who never stops typing is answered all the same


@dataclass(frozen=True)
class Received:
    """Where a message went. `new` is False for one that was stored before; `settle` seconds until its turn starts."""

    conversation_id: str
    turn_id: str
    seq: int
    new: bool
    settle: float = 0.0


def receive(
    channel: str,
    account: str,
    sender: str,
    text: str,
    external_id: str | None = None,
    *,
    attachments: list[dict[str, Any]] | None = None,
    settle: float = 0.0,
) -> Received:
    """Store one customer message; when this returns it will not be lost.

    The same (`channel`, `account`, `sender`, `external_id`) again changes nothing and tells the first one's turn.
    With `settle` > 0 what follows within that many seconds joins the same turn. Raises words.Refused, and then nothing
    has changed. Call desk.talk.engine.current().wake(conversation) afterwards, or engine.submit which does both.
    """
    text = words.clean(text, attachments)
    words.key(sender)
    if external_id is not None:
        words.key(external_id)
    for _ in range(4):
        try:
            with db.transaction() as session:
                conversation = _conversation(session, channel, account, sender)
                return _store(session, conversation, text, external_id, attachments, settle)
        except IntegrityError:
            # Another process stored the same sender's first message, or this very message, at the same moment.
            continue
    raise RuntimeError("the message could not be stored")


def _conversation(session: Session, channel: str, account: str, sender: str) -> Conversation:
    same = (Conversation.channel == channel, Conversation.account == account, Conversation.sender == sender)
    conversation = session.scalar(select(Conversation).where(*same).with_for_update())
    if conversation is None:
        conversation = Conversation(
            id=f"cv-{uuid.uuid4().hex}", channel=channel, account=account, sender=sender, created_at=time.now(),
            state="bot", version=0, last_seq=0, priority=3,
        )
        session.add(conversation)
        session.flush()
    if conversation.customer_id is None:
        conversation.customer_id = _known(session, conversation)
    return conversation


def _known(session: Session, conversation: Conversation) -> int | None:
    # An imported openid names no account, so it counts for each of the firm's accounts.
    found = session.execute(
        select(Identity.account, Identity.customer_id).where(
            Identity.channel == conversation.channel,
            Identity.external_id == conversation.sender,
            Identity.account.in_({conversation.account, ""}),
        )
    ).all()
    return max(found)[1] if found else None


def _store(
    session: Session,
    conversation: Conversation,
    text: str,
    external_id: str | None,
    attachments: list[dict[str, Any]] | None,
    settle: float,
) -> Received:
    if external_id is not None:
        first = session.scalar(
            select(Message).where(Message.conversation_id == conversation.id, Message.external_id == external_id)
        )
        if first is not None and first.turn_id is not None:
            return Received(conversation.id, first.turn_id, first.seq, new=False)
    now = time.now()
    routing.reopen(session, conversation)
    button = offered.match(session, conversation.id, text)
    shown = button["title"] if button else text
    conversation.last_seq += 1
    conversation.last_message_at = now
    turn = None if button else _open_burst(session, conversation.id, now, settle)
    if turn is None:
        turn = Turn(
            id=f"tn-{uuid.uuid4().hex}", conversation_id=conversation.id, seq=conversation.last_seq, text=shown,
            state="waiting", attempts=0, notice_sent=False, created_at=now,
        )
        session.add(turn)
    else:
        turn.text = f"{turn.text}\n{shown}"
    settle = 0.0 if button else settle
    latest = turn.created_at + timedelta(seconds=settle * LONGEST_BURST)
    turn.next_try_at = min(now + timedelta(seconds=settle), latest) if settle else None
    message = Message(
        conversation_id=conversation.id, seq=conversation.last_seq, author="customer", external_id=external_id,
        turn_id=turn.id, text=shown, payload=button["payload"] if button else None, attachments=attachments or None,
        created_at=now,
    )
    session.add(message)
    session.flush()
    _release_held(session, conversation.id, now)
    return Received(conversation.id, turn.id, message.seq, new=True, settle=settle)


def _open_burst(session: Session, conversation_id: str, now: datetime, settle: float) -> Turn | None:
    """The conversation's turn that still gathers messages; None when there is none or the next would be too long."""
    if not settle:
        return None
    turn = session.scalar(
        select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.seq.desc()).limit(1).with_for_update()
    )
    gathering = turn is not None and turn.state == "waiting" and turn.attempts == 0
    if turn is None or not gathering or turn.next_try_at is None or turn.next_try_at <= now:
        return None
    return turn if len(turn.text) < words.LONGEST else None


def _release_held(session: Session, conversation_id: str, now: datetime) -> None:
    for waiting in session.scalars(
        select(Outbound).where(Outbound.conversation_id == conversation_id, Outbound.state == "held")
    ):
        waiting.state, waiting.next_try_at = "pending", now
