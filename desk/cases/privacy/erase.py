"""Take a customer's personal data away. Tickets stay as numbers; names, places and what was said do not."""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit, tickets
from desk.cases.privacy import clearing, files, subject
from desk.cases.privacy.subject import Subject
from desk.records import db
from desk.records.models import Conversation, Customer, Outbound, Ticket, WechatUser
from desk.talk import rasa


class Refused(Exception):
    """It cannot be done now; the message says why."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(texts.render(f"console.privacy.refused.{code}", **values))
        self.code = code


@dataclass(frozen=True)
class Erased:
    """How much was cleared."""

    conversations: int
    tickets: int
    files: int


def customer(customer_id: int, actor: str, reason: str) -> Erased:
    """Erase one customer. The assistant forgets first; while it cannot be reached nothing is changed.

    Raises Refused (missing, again, needs_reason, open_tickets, open_chats, assistant_down).
    """
    if not reason.strip():
        raise Refused("needs_reason")
    with db.reading() as session:
        found = _checked(session, customer_id)
    try:
        for conversation_id in found.conversations:
            rasa.forget(conversation_id)
    except rasa.Unavailable as error:
        raise Refused("assistant_down") from error
    with db.transaction() as session:
        found = _checked(session, customer_id)
        gone = [*clearing.conversations(session, found.conversations), *clearing.tickets(session, found.tickets)]
        gone += clearing.number(session, found.customer.phone) if found.customer.phone else []
        numbers = session.scalars(select(Ticket.number).where(Ticket.id.in_(found.tickets))).all()
        clearing.notices(session, [*numbers, *([found.customer.phone] if found.customer.phone else [])])
        clearing.customer(session, customer_id)
        _pseudonyms(session, found)
        audit.note(
            session, actor, "customer_erased", "customer", customer_id, reason.strip()[:300],
            conversations=len(found.conversations), tickets=len(found.tickets),
        )
    return Erased(len(found.conversations), len(found.tickets), files.delete(dict.fromkeys(gone)))


def _checked(session: Session, customer_id: int) -> Subject:
    found = subject.load(session, customer_id)
    if found is None:
        raise Refused("missing")
    if found.customer.erased_at is not None:
        raise Refused("again")
    of_ours = Ticket.id.in_(found.tickets)
    numbers = session.scalars(select(Ticket.number).where(of_ours, Ticket.status.in_(tickets.OPEN))).all()
    if numbers:
        raise Refused("open_tickets", numbers="、".join(numbers))
    busy = select(func.count()).where(
        Conversation.id.in_(found.conversations), Conversation.state.in_(("queued", "agent"))
    )
    if session.scalar(busy):
        raise Refused("open_chats")
    return found


def _pseudonyms(session: Session, found: Subject) -> None:
    """Names that tell nothing, where a row must keep one; and no message goes out to them any more."""
    now, number = time.now(), found.customer.id
    for conversation_id in found.conversations:
        named = {"sender": f"erased-{conversation_id}", "customer_id": None}
        session.execute(update(Conversation).where(Conversation.id == conversation_id).values(**named))
    unsent = (Outbound.conversation_id.in_(found.conversations), Outbound.state.in_(("pending", "held")))
    session.execute(update(Outbound).where(*unsent).values(state="failed"))
    for account, openid in found.openids:
        clearing.openid(session, account, openid)
        follower = session.scalar(
            select(WechatUser).where(WechatUser.account == account, WechatUser.openid == openid)
        )
        if follower is not None:
            follower.openid, follower.follows, follower.notices_off = f"erased-{follower.id}", None, True
    nothing = {"customer_no": f"erased-{number}", "name": "", "phone": None, "address": "", "notices_off": True,
               "erased_at": now}
    session.execute(update(Customer).where(Customer.id == number).values(**nothing))
