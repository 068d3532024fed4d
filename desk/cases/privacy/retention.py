"""How long data are kept: set in the console, applied by the clock."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, tuple_, update
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit, tickets
from desk.cases.privacy import clearing, files
from desk.cases.privacy.places import GONE
from desk.records import db
from desk.records.models import (
    Conversation,
    Identity,
    Message,
    SavedSetting,
    SigninFailure,
    StaffSession,
    Ticket,
    WechatInbound,
    WechatUser,
)
from desk.talk import rasa

KEY = "retention"
LONGEST = 240
AT_ONCE = 200  # conversations, and tickets, cleared in one transaction
MONTH = timedelta(days=31)  # never earlier than promised
TECHNICAL = timedelta(days=30)  # keys of deliveries, failed sign-ins, ended sessions


@dataclass(frozen=True)
class Periods:
    """Months after the last message (`chats`) and after a ticket was closed (`tickets`), days after a follower left the
    WeChat account (`left`). 0: for ever."""

    chats: int = 36
    tickets: int = 60
    left: int = 0


@dataclass(frozen=True)
class Applied:
    """What one call cleared. `files` are to be deleted after the commit; `more`: call again."""

    conversations: int
    tickets: int
    followers: int
    files: tuple[tuple[str, str], ...]
    more: bool


def periods(session: Session) -> Periods:
    """The periods that hold."""
    found = session.get(SavedSetting, KEY)
    return Periods(**{key: int(value) for key, value in found.value.items()}) if found else Periods()


def set_periods(session: Session, after: Periods, actor: str) -> None:
    """Change them. Raises ValueError."""
    if not all(0 <= value <= LONGEST for value in asdict(after).values()):
        raise ValueError(texts.render("console.privacy.range", most=LONGEST))
    before = periods(session)
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
    old, gone_away = _old_tickets(session, now), _left(session, now)
    talks = [*dict.fromkeys([*talks, *_talks_of(session, gone_away)])]
    gone = [*clearing.conversations(session, talks), *clearing.tickets(session, old)]
    for follower in gone_away:
        _forget_follower(session, follower)
    limit = now - TECHNICAL
    session.execute(delete(WechatInbound).where(WechatInbound.received_at < limit))
    session.execute(delete(SigninFailure).where(SigninFailure.at < limit))
    session.execute(delete(StaffSession).where(StaffSession.last_seen_at < limit))
    counts = {"conversations": len(talks), "tickets": len(old), "followers": len(gone_away)}
    if any(counts.values()):
        audit.note(session, "clock", "retention_applied", "setting", KEY, cleared=counts)
    return Applied(**counts, files=tuple(dict.fromkeys(gone)), more=max(counts.values()) >= AT_ONCE)


def run(now: datetime | None = None) -> Applied:
    """One portion: for the clock, once a day and again while `more`. Raises rasa.Unavailable, then nothing changed."""
    now = now or time.now()
    with db.reading() as session:
        talks = [*due(session, now), *_talks_of(session, _left(session, now))]
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


def _left(session: Session, now: datetime) -> list[WechatUser]:
    """Who left the account long enough ago, and has nothing open with us."""
    kept = periods(session)
    if not kept.left:
        return []
    same = (
        Conversation.channel == "wechat", Conversation.account == WechatUser.account,
        Conversation.sender == WechatUser.openid,
    )
    at_work = select(Conversation.id).where(*same, Conversation.state.in_(("queued", "agent")))
    ticket = (
        select(Ticket.id)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(*same, Ticket.status.in_(tickets.OPEN))
    )
    gone = (WechatUser.follows.is_(False), WechatUser.left_at < now - timedelta(days=kept.left))
    query = select(WechatUser).where(*gone, ~at_work.exists(), ~ticket.exists()).order_by(WechatUser.id).limit(AT_ONCE)
    return list(session.scalars(query))


def _talks_of(session: Session, followers: list[WechatUser]) -> list[str]:
    named = [(one.account, one.openid) for one in followers]
    query = select(Conversation.id).where(
        Conversation.channel == "wechat", tuple_(Conversation.account, Conversation.sender).in_(named)
    )
    return list(session.scalars(query))


def _forget_follower(session: Session, follower: WechatUser) -> None:
    """The binding and all that WeChat told; who follows again starts anew."""
    account, openid = follower.account, follower.openid
    clearing.openid(session, account, openid)
    bound = (Identity.channel == "wechat", Identity.account == account, Identity.external_id == openid)
    session.execute(delete(Identity).where(*bound))
    talk = (Conversation.channel == "wechat", Conversation.account == account, Conversation.sender == openid)
    for conversation_id in session.scalars(select(Conversation.id).where(*talk)).all():
        session.execute(
            update(Conversation).where(Conversation.id == conversation_id).values(sender=f"erased-{conversation_id}")
        )
    follower.openid, follower.follows = f"erased-{follower.id}", None
