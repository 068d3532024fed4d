"""How far each message of the outbox has reached the phone, so that nothing is sent twice."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import time
from desk.records import db
from desk.records.models import Message, Outbound, WechatSent
from desk.talk.outbox import UNSENT


def parts_done(session: Session, outbound_id: int) -> int:
    """How many parts of it have reached the phone."""
    row = session.get(WechatSent, outbound_id)
    return row.parts if row is not None else 0


def of(session: Session, outbound_id: int) -> WechatSent:
    """The row of an outbox message, made when there is none."""
    row = session.get(WechatSent, outbound_id)
    if row is None:
        row = WechatSent(outbound_id=outbound_id, parts=0, done=False, at=time.now())
        session.add(row)
    return row


def sent_since(session: Session, conversation_id: str, since: datetime) -> int:
    """How many messages went out to the phone since then."""
    mine = (Outbound.conversation_id == conversation_id, WechatSent.at > since)
    return session.scalar(
        select(func.coalesce(func.sum(WechatSent.parts), 0))
        .join(Outbound, Outbound.id == WechatSent.outbound_id)
        .where(*mine)
    ) or 0


def finished(session: Session, outbound_id: int) -> bool:
    """Whether all of it has reached the phone."""
    row = session.get(WechatSent, outbound_id)
    return row is not None and row.done


def finish(session: Session, outbound_ids: list[int]) -> None:
    """All of these have reached the phone; the outbox hears of it when it tries them, so none may be held back."""
    for outbound_id in outbound_ids:
        row = of(session, outbound_id)
        row.done, row.at = True, time.now()
        _release(session.get_one(Outbound, outbound_id))


def release(session: Session, conversation_id: str) -> None:
    """The customer was heard of: what was held back may be tried again."""
    same = (Outbound.conversation_id == conversation_id, Outbound.state == "held")
    for waiting in session.scalars(select(Outbound).where(*same)):
        _release(waiting)


def let_go() -> None:
    """Let the outbox hear of what reached the phone while it was just holding it back."""
    with db.transaction() as session:
        query = select(Outbound).join(WechatSent, WechatSent.outbound_id == Outbound.id)
        for outbound in session.scalars(query.where(Outbound.state == "held", WechatSent.done.is_(True))):
            _release(outbound)


def _release(outbound: Outbound) -> None:
    if outbound.state == "held":
        outbound.state, outbound.next_try_at = "pending", time.now()


def unsent(session: Session, conversation_id: str, from_seq: int = 0) -> list[tuple[Outbound, Message]]:
    """What has not reached the phone yet, oldest first."""
    rows = session.execute(
        select(Outbound, Message)
        .join(Message, Message.id == Outbound.message_id)
        .outerjoin(WechatSent, WechatSent.outbound_id == Outbound.id)
        .where(
            Outbound.conversation_id == conversation_id, Outbound.state.in_(UNSENT), Message.seq >= from_seq,
            WechatSent.done.isnot(True),
        )
        .order_by(Message.seq)
    )
    return [(outbound, message) for outbound, message in rows]
