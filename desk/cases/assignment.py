"""Giving conversations to agents in turn, and taking them back from agents who do not answer."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import audit, groups, presence, unanswered
from desk.cases.presence import Colleague
from desk.records.models import AgentGroup, AuditEntry, Conversation, Staff, StaffSeen
from desk.talk import routing, saying

GONE = timedelta(minutes=3)  # of an agent whose console is lost, until the waiting customer goes to somebody else
_ONE_AT_A_TIME = 704_117  # the key of the advisory lock on PostgreSQL


def waits(session: Session) -> bool:
    """Whether anything is in a line that is given out."""
    return session.scalar(_given_lines().limit(1)) is not None


def give_out(session: Session, now: datetime) -> list[str]:
    """Give what waits in the lines of groups with round_robin to their agents; returns the conversations given.

    In the line's order, each to the agent who is online, has room and was given something longest ago.
    """
    if not _alone(session):
        return []
    given: list[str] = []
    for conversation_id in session.scalars(_given_lines()).all():
        conversation = saying.locked(session, conversation_id)
        if conversation is None or conversation.state != "queued":
            continue
        chosen = _next_agent(session, conversation.queue_group, now)
        if chosen is not None:
            _give(session, conversation, chosen, now)
            given.append(conversation_id)
    return given


def requeue_idle(session: Session, now: datetime) -> list[str]:
    """Put conversations back into the line whose agent leaves the customer waiting; returns them.

    After the group's idle_minutes, or GONE when the agent's console is lost. An idle agent becomes away, so that the
    line does not give it back. Call it now and then; what it did is sent by engine.current().send.
    """
    people = {one.id: one for one in presence.team(session, now)}
    limits = {group.code: timedelta(minutes=group.idle_minutes) for group in groups.active(session)}
    taken_back = []
    for conversation_id, waiting_since in _unanswered(session, now - GONE):
        conversation = saying.locked(session, conversation_id)
        if conversation is None or conversation.state != "agent":
            continue
        owner = people.get(conversation.agent_id or 0)
        usual = limits.get(conversation.queue_group or "", timedelta(minutes=groups.IDLE_MINUTES))
        patience = GONE if owner is None or owner.presence == "offline" else usual
        if now - max(waiting_since, _owner_since(session, conversation_id)) >= patience:
            _take_back(session, conversation, owner)
            taken_back.append(conversation_id)
    return taken_back


def load_of(session: Session, staff_id: int) -> int:
    """How many conversations a colleague has now."""
    mine = (Conversation.state == "agent", Conversation.agent_id == staff_id)
    return session.scalar(select(func.count()).select_from(Conversation).where(*mine)) or 0


def _given_lines() -> Select[str]:
    return (
        select(Conversation.id)
        .join(AgentGroup, AgentGroup.code == Conversation.queue_group)
        .where(Conversation.state == "queued", AgentGroup.assignment == "round_robin", AgentGroup.active.is_(True))
        .order_by(Conversation.priority, Conversation.queued_at, Conversation.id)
    )


def _alone(session: Session) -> bool:
    """Whether no other process gives out now: two would give one agent too many. Held until the transaction ends."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME}))


def _next_agent(session: Session, group: str | None, now: datetime) -> Colleague | None:
    able = [one for one in presence.team(session, now) if one.free and one.serves(group)]
    return min(able, key=lambda one: (one.assigned_at is not None, one.assigned_at, one.load, one.id), default=None)


def _give(session: Session, conversation: Conversation, agent: Colleague, now: datetime) -> None:
    routing.move(session, conversation, "agent", "system", "assigned", agent_id=agent.id)
    session.get_one(StaffSeen, agent.id).assigned_at = now
    saying.say(
        session, conversation, "system", texts.render("takeover.joined", conversation.channel, who=agent.name)
    )


def _unanswered(session: Session, before: datetime) -> list[tuple[str, datetime]]:
    """Conversations of agents with a customer who waits since `before` or longer, and since when."""
    with_agents = select(Conversation.id).where(Conversation.state == "agent")
    found = unanswered.since(session, with_agents)
    return sorted((conversation_id, since) for conversation_id, since in found.items() if since <= before)


def _owner_since(session: Session, conversation_id: str) -> datetime:
    moved = (AuditEntry.subject == "conversation", AuditEntry.subject_id == conversation_id)
    found = session.scalar(select(func.max(AuditEntry.at)).where(*moved, AuditEntry.action == "conversation_moved"))
    return found or session.get_one(Conversation, conversation_id).created_at


def _take_back(session: Session, conversation: Conversation, owner: Colleague | None) -> None:
    name, group = owner.name if owner else "", conversation.queue_group
    routing.move(
        session, conversation, "queued", "system", conversation.handoff_reason or "agent_idle", group=group,
    )
    audit.note(
        session, "system", "conversation_taken_back", "conversation", conversation.id, "agent_idle",
        agent_id=owner.id if owner else None,
    )
    if owner is not None and owner.presence == "online":
        session.get_one(Staff, owner.id).presence = "away"
    saying.say(session, conversation, "note", texts.render("takeover.note.taken_back", who=name))
    saying.say(session, conversation, "system", texts.render("takeover.taken_back", conversation.channel))
