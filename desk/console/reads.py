"""What the console shows of conversations, read in a fixed number of queries however many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from desk import time
from desk.cases import tickets
from desk.cases.summary import masked_name
from desk.records.models import Conversation, Customer, Message, Outbound, Staff, Ticket

MOST_ROWS, MOST_LINES = 100, 200
SOON, LATE = timedelta(minutes=3), timedelta(minutes=10)
LIVELY = timedelta(days=1)
URGENT = 1  # a priority up to this rises to the top, and says why


@dataclass(frozen=True)
class Row:
    """One line of the list. `since`: from when on somebody waits for an answer of ours."""

    id: str
    name: str
    vip: bool
    channel: str
    state: str
    owner: str | None
    words: str
    author: str | None
    since: datetime | None
    severity: str | None
    reason: str | None
    urgent: bool

    @property
    def tone(self) -> str:
        """How long the wait is: "", soon or late."""
        waited = time.now() - self.since if self.since else timedelta()
        return "late" if waited >= LATE else "soon" if waited >= SOON else ""


@dataclass(frozen=True)
class Lists:
    """The three parts of the list: who waits in line, the reader's own, and the rest that is open."""

    queue: list[Row]
    mine: list[Row]
    others: list[Row]


@dataclass(frozen=True)
class Line:
    """One line of a transcript. `first`: somebody else spoke before. `trouble`: failed or held, with `why`."""

    seq: int
    author: str
    name: str | None
    text: str
    at: datetime
    buttons: list[str]
    attachments: int
    first: bool
    trouble: str | None
    why: str


@dataclass(frozen=True)
class Chat:
    """A conversation with its owner's name."""

    conversation: Conversation
    owner: str | None
    customer: str


def lists(session: Session, staff_id: int) -> Lists:
    """All three parts of the list, each in its order: the queue as it is served, own chats by who waits longest."""
    queue = _rows(session, [Conversation.state == "queued"], Conversation.priority, Conversation.queued_at)
    own: list[ColumnElement[bool]] = [Conversation.state == "agent", Conversation.agent_id == staff_id]
    mine = _rows(session, own, Conversation.last_message_at.desc())
    # The assistant's conversations stay open for ever: what nobody has spoken in for a day is not in progress.
    lively = and_(Conversation.state == "bot", Conversation.last_message_at >= time.now() - LIVELY)
    theirs = and_(Conversation.state == "agent", Conversation.agent_id != staff_id)
    rest: list[ColumnElement[bool]] = [or_(lively, theirs)]
    others = _rows(session, rest, Conversation.last_message_at.desc())
    far = time.now() + timedelta(days=1)
    return Lists(queue, sorted(mine, key=lambda row: row.since or far), others)


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
    return Chat(conversation, owner, _name(conversation, name))


def lines(session: Session, conversation_id: str, after: int = 0) -> list[Line]:
    """What was said after line `after`, the last MOST_LINES of it, oldest first."""
    rows = session.execute(
        select(Message, Staff.name, Outbound.state, Outbound.error)
        .outerjoin(Staff, Staff.id == Message.staff_id)
        .outerjoin(Outbound, Outbound.message_id == Message.id)
        .where(Message.conversation_id == conversation_id, Message.seq >= after)  # the line before tells who spoke
        .order_by(Message.seq.desc())
        .limit(MOST_LINES)
    ).all()[::-1]
    shown, before = [], None
    for message, name, state, error in rows:
        speaker = (message.author, message.staff_id)
        if message.seq > after:
            trouble = state if state in ("failed", "held") else None
            shown.append(
                Line(
                    message.seq, message.author, name, message.text, message.created_at,
                    [str(button.get("title")) for button in message.buttons or []], len(message.attachments or []),
                    speaker != before, trouble, error or "",
                )
            )
        before = speaker
    return shown


def undelivered(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """The lines of a conversation that the channel did not take, with the reason."""
    rows = session.execute(
        select(Message.seq, Outbound.state, Outbound.error)
        .join(Outbound, Outbound.message_id == Message.id)
        .where(Outbound.conversation_id == conversation_id, Outbound.state.in_(("failed", "held")))
        .order_by(Message.seq)
    )
    return [{"seq": seq, "state": state, "why": error or ""} for seq, state, error in rows]


def colleagues(session: Session, staff_id: int) -> list[Staff]:
    """To whom a conversation may be passed on."""
    others = select(Staff).where(Staff.active.is_(True), Staff.id != staff_id)
    return list(session.scalars(others.order_by(Staff.name)))


def _rows(session: Session, conditions: list[ColumnElement[bool]], *order: Any) -> list[Row]:
    found = session.execute(_select().where(*conditions).order_by(*order, Conversation.id).limit(MOST_ROWS))
    return [_row(*row) for row in found]


def _select() -> Select[Any]:
    last, spoken = aliased(Message), Message.conversation_id == Conversation.id
    last_seq = (
        select(func.max(Message.seq)).where(spoken, Message.author.in_(("customer", "bot", "agent")))
    ).correlate(Conversation).scalar_subquery()
    ours, theirs = aliased(Message), aliased(Message)
    answered = (
        select(func.coalesce(func.max(ours.seq), 0))
        .where(ours.conversation_id == Conversation.id, ours.author.in_(("bot", "agent")))
        .correlate(Conversation)
        .scalar_subquery()
    )
    unanswered = (
        select(func.min(theirs.created_at))
        .where(theirs.conversation_id == Conversation.id, theirs.author == "customer", theirs.seq > answered)
        .correlate(Conversation)
        .scalar_subquery()
    )
    worst = (
        select(func.min(Ticket.severity))
        .where(Ticket.conversation_id == Conversation.id, Ticket.status.in_(tickets.OPEN))
        .correlate(Conversation)
        .scalar_subquery()
    )
    return (
        select(Conversation, Customer.name, Customer.vip, Staff.name, last.text, last.author, unanswered, worst)
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(Staff, Staff.id == Conversation.agent_id)
        .outerjoin(last, and_(last.conversation_id == Conversation.id, last.seq == last_seq))
    )


def _row(
    conversation: Conversation,
    name: str | None,
    vip: bool | None,
    owner: str | None,
    words: str | None,
    author: str | None,
    unanswered: datetime | None,
    severity: str | None,
) -> Row:
    return Row(
        conversation.id, _name(conversation, name), bool(vip), conversation.channel, conversation.state, owner,
        words or "", author, conversation.queued_at if conversation.state == "queued" else unanswered, severity,
        conversation.handoff_reason, conversation.priority <= URGENT and conversation.state != "bot",
    )


def _name(conversation: Conversation, name: str | None) -> str:
    """The customer's masked name; who is not known is told apart by the end of the channel's own name for them."""
    return masked_name(name) if name else f"#{conversation.sender[-4:]}"
