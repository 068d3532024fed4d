"""What the console's list shows of conversations, read in a fixed number of queries however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from desk import time
from desk.cases import handoff, tickets, unanswered
from desk.cases.summary import masked_name
from desk.records.models import ChatRead, Conversation, Customer, Mention, Message, Staff, Ticket

PARTS = ("queue", "mine", "open", "closed")
MOST_ROWS = {"queue": 300, "mine": 100, "open": 100, "closed": 100}
SOON, LATE = timedelta(minutes=3), timedelta(minutes=10)
LIVELY = timedelta(days=1)
COMMON = "-"  # the group filter's word for the common line
MOST_IDS = 200

_OF_CONVERSATION = (
    Conversation.id, Conversation.channel, Conversation.sender, Conversation.state, Conversation.version,
    Conversation.agent_id, Conversation.priority, Conversation.queue_group, Conversation.queued_at,
    Conversation.handoff_reason, Conversation.last_message_at, Conversation.created_at,
)


@dataclass(frozen=True)
class Filter:
    """Which rows are wanted: of a group (COMMON: of none), a channel, a part of the list; empty is all."""

    group: str = ""
    channel: str = ""
    part: str = ""

    def parts(self) -> tuple[str, ...]:
        """The parts to show; what is over only when it is asked for."""
        return (self.part,) if self.part in PARTS else PARTS[:3]

    def conditions(self) -> list[ColumnElement[bool]]:
        """For the query."""
        found: list[ColumnElement[bool]] = []
        if self.group:
            mine = self.group == COMMON
            found.append(Conversation.queue_group.is_(None) if mine else Conversation.queue_group == self.group)
        if self.channel:
            found.append(Conversation.channel == self.channel)
        return found


@dataclass(frozen=True)
class Row:
    """One line of the list. `since`: from when on somebody waits for an answer of ours; `order` sorts in its part."""

    id: str
    part: str
    order: str
    name: str
    vip: bool
    channel: str
    state: str
    version: int
    owner: str | None
    words: str
    author: str | None
    since: datetime | None
    severity: str | None
    reason: str | None
    group: str | None
    urgent: bool
    unread: int
    mentioned: bool

    @property
    def tone(self) -> str:
        """How long the wait is: "", soon or late."""
        waited = time.now() - self.since if self.since else timedelta()
        return "late" if waited >= LATE else "soon" if waited >= SOON else ""


@dataclass(frozen=True)
class Chat:
    """A conversation with its owner's name."""

    conversation: Conversation
    owner: str | None
    customer: str


def rows(session: Session, staff_id: int, wanted: Filter, ids: Sequence[str] | None = None) -> list[Row]:
    """The rows of a colleague's list, in order; with `ids` only those of these conversations that belong into it."""
    if ids is None:
        ids = [found for part in wanted.parts() for found in _ids(session, staff_id, wanted, part)]
    if not ids:
        return []
    found = session.execute(
        _select().where(*wanted.conditions()), {"me": staff_id, "wanted_ids": list(ids)}
    ).all()
    waits = unanswered.since(session, ids)
    made = [_row(staff_id, row, waits.get(row.id)) for row in found]
    return sorted((row for row in made if row.part in wanted.parts()), key=lambda row: (row.part, row.order))


def counts(found: list[Row]) -> dict[str, int]:
    """How many rows each part has."""
    return {part: sum(row.part == part for row in found) for part in PARTS}


def waiting(session: Session) -> int:
    """How many wait in all lines."""
    return session.scalar(select(func.count()).select_from(Conversation).where(Conversation.state == "queued")) or 0


def chat(session: Session, conversation_id: str) -> Chat | None:
    """The conversation, if there is one."""
    found = session.execute(
        select(Conversation, Staff.name, Customer.name)
        .outerjoin(Staff, Staff.id == Conversation.agent_id)
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.id == conversation_id)
    ).first()
    if found is None:
        return None
    conversation, owner, name = found
    return Chat(conversation, owner, name_of(conversation.sender, name))


def mark_read(session: Session, staff_id: int, conversation_id: str, seq: int) -> None:
    """The colleague has seen the lines up to `seq`."""
    found = session.get(ChatRead, (staff_id, conversation_id))
    if found is None:
        session.add(ChatRead(staff_id=staff_id, conversation_id=conversation_id, seq=seq))
    else:
        found.seq = max(found.seq, seq)


def name_of(sender: str, name: str | None) -> str:
    """The customer's masked name; who is not known is told apart by the end of the channel's own name for them."""
    return masked_name(name) if name else f"#{sender[-4:]}"


def _ids(session: Session, staff_id: int, wanted: Filter, part: str) -> list[str]:
    query = select(Conversation.id).where(*wanted.conditions())
    newest = Conversation.last_message_at.desc()
    if part == "queue":
        query = query.where(Conversation.state == "queued").order_by(Conversation.priority, Conversation.queued_at)
    elif part == "mine":
        query = query.where(Conversation.state == "agent", Conversation.agent_id == staff_id).order_by(newest)
    elif part == "open":
        # The assistant's conversations stay open for ever: what nobody has spoken in for a day is not in progress.
        lively = and_(Conversation.state == "bot", Conversation.last_message_at >= time.now() - LIVELY)
        theirs = and_(Conversation.state == "agent", Conversation.agent_id != staff_id)
        query = query.where(or_(lively, theirs)).order_by(newest)
    else:
        query = query.where(Conversation.state == "closed").order_by(newest)
    return list(session.scalars(query.limit(MOST_ROWS[part])))


@cache
def _select() -> Any:
    """The conversations `wanted_ids` with all that a row of `me` needs, made once; each subquery looks at a few lines
    of that conversation only."""

    def newest(*authors: str) -> Any:
        lines = aliased(Message)
        own = (lines.conversation_id == Conversation.id, lines.author.in_(authors))
        return select(func.max(lines.seq)).where(*own).correlate(Conversation).scalar_subquery()

    me: Any = bindparam("me")
    last, theirs, read = aliased(Message), aliased(Message), aliased(ChatRead)
    unread = (
        select(func.count())
        .select_from(theirs)
        .where(
            theirs.conversation_id == Conversation.id, theirs.author == "customer",
            theirs.seq > func.coalesce(read.seq, 0),
        )
        .correlate(Conversation, read)
        .scalar_subquery()
    )
    worst = (
        select(func.min(Ticket.severity))
        .where(Ticket.conversation_id == Conversation.id, Ticket.status.in_(tickets.OPEN))
        .correlate(Conversation)
        .scalar_subquery()
    )
    named = (
        select(func.count())
        .select_from(Mention)
        .where(Mention.conversation_id == Conversation.id, Mention.staff_id == me, Mention.seen_at.is_(None))
        .correlate(Conversation)
        .scalar_subquery()
    )
    mine = and_(Conversation.agent_id == me, Conversation.state == "agent")
    return (
        select(
            *_OF_CONVERSATION, Customer.name, Customer.vip, Staff.name.label("owner"), last.text, last.author,
            worst.label("severity"), case((mine, unread), else_=0).label("unread"), named.label("named"),
        )
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(Staff, Staff.id == Conversation.agent_id)
        .outerjoin(read, and_(read.conversation_id == Conversation.id, read.staff_id == me))
        .outerjoin(
            # What people said: the assistant's last words tell nobody what the matter is.
            last, and_(last.conversation_id == Conversation.id, last.seq == newest("customer", "agent"))
        )
        .where(Conversation.id.in_(bindparam("wanted_ids", expanding=True)))
    )


def _row(staff_id: int, found: Any, waits: datetime | None) -> Row:
    part = _part(found, staff_id)
    since = found.queued_at if part == "queue" else waits
    reason = found.handoff_reason
    pressing = reason in handoff.PRIORITY or found.severity == "A"
    return Row(
        found.id, part, _order(found, part, since), name_of(found.sender, found.name), bool(found.vip), found.channel,
        found.state, found.version, found.owner, found.text or "", found.author, since, found.severity, reason,
        found.queue_group, pressing and found.state in ("queued", "agent"), found.unread if part == "mine" else 0,
        bool(found.named),
    )


def _part(conversation: Any, staff_id: int) -> str:
    if conversation.state == "queued":
        return "queue"
    if conversation.state == "closed":
        return "closed"
    if conversation.state == "agent":
        return "mine" if conversation.agent_id == staff_id else "open"
    last = conversation.last_message_at
    return "open" if last is not None and last >= time.now() - LIVELY else ""


def _order(conversation: Any, part: str, since: datetime | None) -> str:
    if part == "queue":
        queued = conversation.queued_at or conversation.created_at
        return f"{conversation.priority}|{queued.isoformat(timespec='microseconds')}|{conversation.id}"
    last = conversation.last_message_at or conversation.created_at
    newest_first = f"{99_999_999_999 - int(last.timestamp()):011d}|{conversation.id}"
    if part == "mine":
        return f"0|{since.isoformat(timespec='microseconds')}" if since else f"1|{newest_first}"
    return newest_first
