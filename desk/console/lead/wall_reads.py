"""What the wall shows, read in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import presence, tickets, unanswered
from desk.cases.presence import Colleague
from desk.console import shown
from desk.console.reads import name_of
from desk.console.render import text
from desk.console.shown import Deadline
from desk.records.models import Alarm, Conversation, Customer, Message, Outbound, Staff, Ticket, Turn, WechatAccount

MOST_WAITING, MOST_HELD, MOST_DUE, DAY = 30, 30, 20, timedelta(days=1)
_WITH_AGENTS = select(Conversation.id).where(Conversation.state == "agent")
SEVERE = {"A": 0, "B": 1, "C": 2}


@dataclass(frozen=True)
class Waiting:
    """A conversation in the line; `version` is what a command must name."""

    id: str
    name: str
    channel: str
    reason: str | None
    priority: int
    group: str | None
    since: datetime | None
    version: int


@dataclass(frozen=True)
class Held:
    """A conversation in a colleague's hands; `since`: from when on its customer waits for an answer."""

    id: str
    name: str
    channel: str
    owner: str
    owner_id: int
    since: datetime | None
    version: int


@dataclass(frozen=True)
class Working:
    """A colleague with their load, and since when a customer of theirs waits for an answer."""

    colleague: Colleague
    waiting: int
    longest: datetime | None


@dataclass(frozen=True)
class Due:
    """An open ticket whose next promise is broken or about to be."""

    number: str
    severity: str
    what: str
    status: str
    assignee: str | None
    deadline: Deadline


@dataclass(frozen=True)
class Wall:
    """Everything on the wall."""

    waiting: list[Waiting]
    waiting_count: int
    longest: datetime | None
    with_agents: int
    with_bot: int
    team: list[Working]
    held: list[Held]
    due: list[Due]
    late: int
    soon: int
    alarms: list[tuple[str, str]]


def wall(session: Session) -> Wall:
    """How things stand now."""
    counts, longest = _counts(session)
    due, waits = _due(session), unanswered.since(session, _WITH_AGENTS)
    held = _held(session, waits)
    return Wall(
        _waiting(session), counts.get("queued", 0), longest, counts.get("agent", 0), counts.get("bot", 0),
        _team(session, held), held[:MOST_HELD], due[:MOST_DUE], sum(row.deadline.tone == "late" for row in due),
        sum(row.deadline.tone == "soon" for row in due), _alarms(session),
    )


def _counts(session: Session) -> tuple[dict[str, int], datetime | None]:
    rows = session.execute(
        select(Conversation.state, func.count(), func.min(Conversation.queued_at))
        .where((Conversation.state != "bot") | (Conversation.last_message_at > time.now() - DAY))
        .group_by(Conversation.state)
    ).all()
    longest = next((oldest for state, _, oldest in rows if state == "queued"), None)
    return {state: count for state, count, _ in rows}, longest


def _waiting(session: Session) -> list[Waiting]:
    rows = session.execute(
        select(Conversation, Customer.name)
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.state == "queued")
        .order_by(Conversation.priority, Conversation.queued_at, Conversation.id)
        .limit(MOST_WAITING)
    )
    return [
        Waiting(
            found.id, name_of(found.sender, name), found.channel, found.handoff_reason,
            found.priority, found.queue_group, found.queued_at, found.version,
        )
        for found, name in rows
    ]


def _held(session: Session, waits: dict[str, datetime]) -> list[Held]:
    """Who waits longest for an answer comes first, then who has been answered."""
    rows = session.execute(
        select(
            Conversation.id, Conversation.sender, Conversation.channel, Conversation.version, Conversation.agent_id,
            Staff.name, Customer.name.label("customer"),
        )
        .join(Staff, Staff.id == Conversation.agent_id)
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.state == "agent")
        .order_by(Conversation.last_message_at.desc())
    )
    found = [
        Held(
            row.id, name_of(row.sender, row.customer), row.channel, row.name, row.agent_id, waits.get(row.id),
            row.version,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.since is None, one.since))


def _team(session: Session, held: list[Held]) -> list[Working]:
    waits: dict[int, list[datetime]] = {}
    for one in held:
        if one.since is not None:
            waits.setdefault(one.owner_id, []).append(one.since)
    return [
        Working(one, len(waits.get(one.id, ())), min(waits.get(one.id, ()), default=None))
        for one in presence.team(session)
    ]


def _due(session: Session) -> list[Due]:
    rows = session.execute(
        select(Ticket, Staff.name)
        .outerjoin(Staff, Staff.id == Ticket.assignee_id)
        .where(Ticket.status.in_(tickets.OPEN))
    )
    found = []
    for ticket, assignee in rows:
        deadline = shown.next_deadline(ticket)
        if deadline is not None and deadline.tone in ("late", "soon"):
            what = " ".join(part for part in (ticket.product_type, ticket.symptom) if part)
            found.append(Due(ticket.number, ticket.severity, what, ticket.status, assignee, deadline))
    return sorted(found, key=lambda row: (SEVERE[row.severity], row.deadline.at))


def _alarms(session: Session) -> list[tuple[str, str]]:
    """What somebody must look at as (words, address): dangers that nobody has taken on, channels in trouble, answers
    that were not sent."""
    ringing = session.scalars(
        select(Alarm).where(Alarm.state == "ringing").order_by(Alarm.raised_at).limit(10)
    ).all()
    told = [
        (
            text("wall.ringing", what=one.summary or one.kind),
            f"/console/chats/{one.conversation_id}" if one.conversation_id else "",
        )
        for one in ringing
    ]
    accounts = session.scalars(select(WechatAccount).where(WechatAccount.alarm_text.is_not(None))).all()
    told += [(text("wall.wechat", account=one.account or "—", what=one.alarm_text), "") for one in accounts]
    since = time.now() - DAY
    unsent, held = session.execute(
        select(
            select(func.count())
            .select_from(Outbound)
            .join(Message, Message.id == Outbound.message_id)
            .where(Outbound.state == "failed", Message.created_at > since)
            .scalar_subquery(),
            select(func.count()).where(Turn.state == "waiting", Turn.attempts > 0).scalar_subquery(),
        )
    ).one()
    told += [(text("wall.unsent", count=unsent), "")] if unsent else []
    return told + ([(text("wall.assistant_slow", count=held), "")] if held else [])
