"""Answers inside the reply to a push, for accounts that may not send by themselves."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts
from desk.channels.wechat import people, progress, split, wording
from desk.records import db
from desk.records.models import Conversation, Turn, WechatInbound
from desk.talk import engine, saying
from desk.talk.view import UNFINISHED


def collect(inbound_id: int) -> str | None:
    """What is to be said now, as one text of at most 2,000 bytes, kept as this push's reply; None for nothing.

    Asked again for the same push it gives the same text: WeChat asks again when it did not get the first.
    """
    return _kept(inbound_id, _next)


def still_working(inbound_id: int) -> str | None:
    """As `collect`, with a line about the answer that is not there yet."""

    def with_line(session: Session, conversation: Conversation) -> str:
        line = texts.render("wechat.still_working", people.CHANNEL)
        return "\n\n".join(said for said in (_next(session, conversation), line) if said)

    return _kept(inbound_id, with_line)


def _kept(inbound_id: int, make: Callable[[Session, Conversation], str | None]) -> str | None:
    with db.transaction() as session:
        inbound = session.get_one(WechatInbound, inbound_id)
        conversation = saying.locked(session, inbound.conversation_id or "")
        session.refresh(inbound, with_for_update=True)
        if inbound.reply is not None or conversation is None:
            return inbound.reply
        inbound.reply = make(session, conversation)
        reply, conversation_id = inbound.reply, conversation.id
    if reply is not None:
        engine.current().send(conversation_id)  # the outbox notes as sent what has reached the phone
    return reply


def open_turn(session: Session, conversation_id: str) -> str | None:
    """The conversation's newest turn that is not answered yet."""
    return session.scalar(
        select(Turn.id)
        .where(Turn.conversation_id == conversation_id, Turn.state.in_(UNFINISHED))
        .order_by(Turn.seq.desc())
        .limit(1)
    )


def _next(session: Session, conversation: Conversation) -> str | None:
    rows = progress.unsent(session, conversation.id)
    if not rows:
        return None
    first = progress.of(session, rows[0][0].id)
    together = wording.batch(rows[:1] if first.parts else rows, numbers=True)
    parts = split.parts(together.text, wording.PART_BYTES)
    if len(parts) > first.parts + 1:
        first.parts += 1
        return wording.continued(parts[first.parts - 1])
    progress.finish(session, together.outbound_ids)
    part = parts[-1] if parts else ""
    return (wording.continued(part) if together.more or len(together.outbound_ids) < len(rows) else part) or None
