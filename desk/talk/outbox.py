"""What is to be sent: in the order it was said, again after a failure, and shown when it cannot be."""

import logging
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import time
from desk.records import db
from desk.records.models import Conversation, Message, Outbound
from desk.talk import locks, metrics, senders

BACKOFF = (2.0, 5.0, 15.0, 60.0, 300.0, 900.0)
MOST_ATTEMPTS = 10
UNSENT = ("pending", "held")

log = logging.getLogger(__name__)


def due() -> list[str]:
    """Conversations with a message whose time to be sent has come."""
    with db.reading() as session:
        query = select(Outbound.conversation_id).where(Outbound.state == "pending", Outbound.next_try_at <= time.now())
        return list(session.scalars(query.distinct()))


def deliver(conversation_id: str) -> float | None:
    """Send the oldest unsent message of a conversation if its time has come; the next one waits behind it.

    Returns the seconds after which there is more to do, None when there is nothing.
    """
    with locks.conversation(f"outbox:{conversation_id}", wait=False) as mine:
        if not mine:
            return None
        letter = _next(conversation_id)
        if not isinstance(letter, senders.Letter):
            return letter
        sender = senders.sender_of(letter.channel)
        if sender is None:
            return None
        try:
            sender(letter)
        except senders.NeverDeliverable as error:
            return _failed(letter, "never", str(error), for_good=True)
        except senders.Held as error:
            _held(letter, str(error))
            return None
        except senders.TryLater as error:
            return _failed(letter, "later", str(error), after=error.after)
        except Exception as error:
            log.exception("sender_broke", extra={"channel": letter.channel})
            return _failed(letter, "broke", type(error).__name__)
        return _sent(letter)


def _next(conversation_id: str) -> senders.Letter | float | None:
    with db.transaction() as session:
        row = session.scalar(
            select(Outbound)
            .join(Message, Message.id == Outbound.message_id)
            .where(Outbound.conversation_id == conversation_id, Outbound.state.in_(UNSENT))
            .order_by(Message.seq)
            .limit(1)
        )
        if row is None or row.state == "held":
            return None
        wait = (row.next_try_at - time.now()).total_seconds()
        if wait > 0:
            return wait
        row.attempts += 1
        return _letter(session, row)


def _letter(session: Session, row: Outbound) -> senders.Letter:
    conversation = session.get_one(Conversation, row.conversation_id)
    message = session.get_one(Message, row.message_id)
    heard = session.scalar(
        select(func.max(Message.created_at)).where(
            Message.conversation_id == row.conversation_id, Message.author == "customer"
        )
    )
    return senders.Letter(
        outbound_id=row.id, message_id=message.id, conversation_id=conversation.id, channel=row.channel,
        account=conversation.account, sender=conversation.sender, author=message.author, text=message.text,
        buttons=list(message.buttons or []), attachments=list(message.attachments or []),
        created_at=message.created_at, last_inbound_at=heard, attempt=row.attempts,
    )


def _sent(letter: senders.Letter) -> float:
    with db.transaction() as session:
        row = session.get(Outbound, letter.outbound_id)
        if row is not None:
            row.state, row.sent_at, row.error = "sent", time.now(), None
            session.get_one(Message, row.message_id).delivered_at = row.sent_at
    metrics.SENT.labels(letter.channel).inc()
    return 0.0


def _failed(
    letter: senders.Letter, kind: str, reason: str, *, after: float | None = None, for_good: bool = False
) -> float:
    metrics.SEND_FAILURES.labels(letter.channel, kind).inc()
    with db.transaction() as session:
        row = session.get(Outbound, letter.outbound_id)
        if row is None:
            return 0.0
        row.error = reason[:300]
        if for_good or row.attempts >= MOST_ATTEMPTS:
            row.state = "failed"
            return 0.0
        wait = after if after is not None else BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
        row.next_try_at = time.now() + timedelta(seconds=wait)
        return wait


def _held(letter: senders.Letter, reason: str) -> None:
    with db.transaction() as session:
        row = session.get(Outbound, letter.outbound_id)
        if row is not None:
            # Waiting for the customer is no failure, however often it happens.
            row.state, row.error, row.attempts = "held", reason[:300], 0


def retry(session: Session, message_id: int) -> bool:
    """Let a message that failed for good be tried again (a person asked for it); False when it had not failed."""
    row = session.scalar(select(Outbound).where(Outbound.message_id == message_id, Outbound.state == "failed"))
    if row is None:
        return False
    row.state, row.attempts, row.next_try_at = "pending", 0, time.now()
    return True
