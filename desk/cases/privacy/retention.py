"""How long data are kept: set in the console, applied by the clock."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit
from desk.cases.privacy import clearing, files
from desk.cases.privacy.places import GONE
from desk.records import db
from desk.records.models import Conversation, Message, SavedSetting, SigninFailure, StaffSession, Ticket, WechatInbound
from desk.talk import rasa

KEY = "retention"
LONGEST_MONTHS = 240
AT_ONCE = 200  # conversations, and tickets, cleared in one transaction
MONTH = timedelta(days=31)  # never earlier than promised
TECHNICAL = timedelta(days=30)  # keys of deliveries, failed sign-ins, ended sessions


@dataclass(frozen=True)
class Periods:
    """Months after the last message (`chats`), and after a ticket was closed (`tickets`). 0: for ever."""

    chats: int = 36
    tickets: int = 60


@dataclass(frozen=True)
class Applied:
    """What one call cleared. `files` are to be deleted after the commit; `more`: call again."""

    conversations: int
    tickets: int
    files: tuple[tuple[str, str], ...]
    more: bool


def periods(session: Session) -> Periods:
    """The periods that hold."""
    found = session.get(SavedSetting, KEY)
    return Periods(**{key: int(value) for key, value in found.value.items()}) if found else Periods()


def set_periods(session: Session, chats: int, tickets: int, actor: str) -> None:
    """Change them. Raises ValueError."""
    if not (0 <= chats <= LONGEST_MONTHS and 0 <= tickets <= LONGEST_MONTHS):
        raise ValueError(texts.render("console.privacy.months_range", most=LONGEST_MONTHS))
    before, after = periods(session), Periods(chats, tickets)
    if before == after:
        return
    values = {"value": asdict(after), "changed_by": actor, "changed_at": time.now()}
    session.merge(SavedSetting(key=KEY, **values))
    audit.note(session, actor, "retention_set", "setting", KEY, before=asdict(before), after=asdict(after))


def due(session: Session, now: datetime) -> list[str]:
    """The conversations, at most AT_ONCE, whose words have been kept long enough."""
    kept = periods(session)
    if not kept.chats:
        return []
    limit = now - kept.chats * MONTH
    still = select(Message.id).where(
        Message.conversation_id == Conversation.id, Message.text != GONE,
        or_(Message.text != "", Message.attachments.is_not(None)),
    )
    old = (Conversation.last_message_at < limit, Conversation.state.in_(("bot", "closed")), still.exists())
    return list(session.scalars(select(Conversation.id).where(*old).order_by(Conversation.id).limit(AT_ONCE)))


def apply_retention(session: Session, now: datetime, conversations: list[str] | None = None) -> Applied:
    """Clear what has been kept long enough: `conversations` (default: those that are due), tickets, technical traces.

    In the caller's transaction. `run` also lets the assistant forget and deletes the files.
    """
    talks = due(session, now) if conversations is None else conversations
    old = _old_tickets(session, now)
    gone = [*clearing.conversations(session, talks), *clearing.tickets(session, old)]
    limit = now - TECHNICAL
    session.execute(delete(WechatInbound).where(WechatInbound.received_at < limit))
    session.execute(delete(SigninFailure).where(SigninFailure.at < limit))
    session.execute(delete(StaffSession).where(StaffSession.last_seen_at < limit))
    if talks or old:
        audit.note(session, "clock", "retention_applied", "setting", KEY, conversations=len(talks), tickets=len(old))
    more = max(len(talks), len(old)) >= AT_ONCE
    return Applied(len(talks), len(old), tuple(dict.fromkeys(gone)), more)


def run(now: datetime | None = None) -> Applied:
    """One portion: for the clock, once a day and again while `more`. Raises rasa.Unavailable, then nothing changed."""
    now = now or time.now()
    with db.reading() as session:
        talks = due(session, now)
    for conversation_id in talks:
        rasa.forget(conversation_id)
    with db.transaction() as session:
        done = apply_retention(session, now, talks)
    files.delete(done.files)
    return done


def _old_tickets(session: Session, now: datetime) -> list[int]:
    kept = periods(session)
    if not kept.tickets:
        return []
    limit = now - kept.tickets * MONTH
    ended = or_(Ticket.closed_at < limit, (Ticket.status == "cancelled") & (Ticket.opened_at < limit))
    named = or_(Ticket.contact_phone.is_not(None), Ticket.contact_name.is_not(None), Ticket.address.is_not(None))
    over = Ticket.status.in_(("closed", "cancelled"))
    return list(session.scalars(select(Ticket.id).where(ended, over, named).order_by(Ticket.id).limit(AT_ONCE)))

