"""How long somebody in the line will wait: by who is there and how long conversations last, never promised."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil
from operator import attrgetter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import presence
from desk.records.models import AuditEntry, Conversation, WaitTold
from desk.talk import queue, saying

STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)  # minutes that are said; what is longer is not guessed
USUAL_MINUTES = 8.0  # of a conversation, until enough of today's are known
LOOK_BACK, ENOUGH, MOST_ENTRIES = timedelta(hours=4), 5, 400
# On the website a line is only seen; elsewhere it is a message that disturbs, and WeChat counts them.
AGAIN = {"web": timedelta(minutes=3)}
AGAIN_ELSEWHERE = timedelta(minutes=10)


@dataclass(frozen=True)
class Waiting:
    """The place in the line, 1 being next, and about how many minutes; None when that cannot be said honestly."""

    position: int
    minutes: int | None

    @property
    def words(self) -> str:
        """For the customer."""
        if self.minutes is None:
            return texts.render("waiting.position", position=self.position)
        key = "waiting.next" if self.position == 1 else "waiting.estimate"
        return texts.render(key, position=self.position, minutes=self.minutes)


def of(session: Session, conversation: Conversation, now: datetime | None = None) -> Waiting | None:
    """For a conversation that waits; None for any other."""
    position = queue.position(session, conversation)
    return None if position is None else at(session, position, conversation.queue_group, now)


def at(session: Session, position: int, group: str | None, now: datetime | None = None) -> Waiting:
    """For the place `position` of a group's line (None: the common one)."""
    now = now or time.now()
    there = [one for one in presence.team(session, now) if one.presence == "online" and one.serves(group)]
    places = sum(one.limit for one in there)
    if not places:
        return Waiting(position, None)
    behind = position - sum(one.free for one in there)
    needed = 1.0 if behind <= 0 else behind * usual_minutes(session, now) / places
    # Free places do not help while nobody takes from the line: who waits longest shows how long it really takes.
    needed = max(needed, _longest(session, group, now))
    return Waiting(position, next((step for step in STEPS if step >= ceil(needed)), None))


def _longest(session: Session, group: str | None, now: datetime) -> float:
    same = Conversation.queue_group.is_(None) if group is None else Conversation.queue_group == group
    since = session.scalar(select(func.min(Conversation.queued_at)).where(Conversation.state == "queued", same))
    return (now - since).total_seconds() / 60 if since is not None else 0.0


def usual_minutes(session: Session, now: datetime) -> float:
    """How long an agent has a conversation, by the last hours' average; USUAL_MINUTES when too few are known."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "conversation_moved", AuditEntry.at >= now - LOOK_BACK)
        .order_by(AuditEntry.id.desc())
        .limit(MOST_ENTRIES)
    ).all()
    lasted = []
    ordered = sorted(entries, key=attrgetter("subject_id", "id"))
    for _, moves in groupby(ordered, key=attrgetter("subject_id")):
        began = None
        for move in moves:
            if move.data.get("to") == "agent":
                began = move.at
            elif began is not None:
                lasted.append((move.at - began).total_seconds() / 60)
                began = None
    return max(1.0, sum(lasted) / len(lasted)) if len(lasted) >= ENOUGH else USUAL_MINUTES


def tell_again(session: Session, now: datetime) -> list[str]:
    """Tell customers in the line where they stand when that has changed; returns the conversations to send.

    Not sooner than AGAIN after the last time, and never the same twice.
    """
    told: list[str] = []
    rows = session.execute(
        select(Conversation.id, Conversation.queued_at, Conversation.channel, WaitTold.told_at)
        .outerjoin(WaitTold, WaitTold.conversation_id == Conversation.id)
        .where(Conversation.state == "queued")
    ).all()
    for conversation_id, queued_at, channel, told_at in rows:
        since = max(filter(None, (queued_at, told_at)), default=now)
        if now - since >= AGAIN.get(channel, AGAIN_ELSEWHERE) and _tell(session, conversation_id, now):
            told.append(conversation_id)
    return told


def _tell(session: Session, conversation_id: str, now: datetime) -> bool:
    conversation = saying.locked(session, conversation_id)
    found = of(session, conversation, now) if conversation is not None else None
    if conversation is None or found is None:
        return False
    before = session.get(WaitTold, conversation_id)
    this_wait = before is not None and (conversation.queued_at is None or before.told_at >= conversation.queued_at)
    if before is not None and this_wait and (before.position, before.minutes) == (found.position, found.minutes):
        return False
    kept = before or WaitTold(conversation_id=conversation_id)
    kept.position, kept.minutes, kept.told_at = found.position, found.minutes, now
    session.add(kept)
    saying.say(session, conversation, "system", found.words)
    return True
