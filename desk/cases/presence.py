"""Who of the colleagues is there, and with how many conversations: what each chose, unless their page is silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit
from desk.records.agents import PRESENCES
from desk.records.models import Conversation, Staff, StaffSeen

LOST = timedelta(seconds=60)  # a console that was not heard of for so long is gone
CHOICES = ("online", "busy", "away")
ORDER = {name: at for at, name in enumerate(PRESENCES)}


@dataclass(frozen=True)
class Colleague:
    """One of the staff as the others see them: `presence` is what counts now, `load` their open conversations."""

    id: int
    name: str
    role: str
    groups: tuple[str, ...]
    presence: str
    load: int
    limit: int
    assigned_at: datetime | None

    @property
    def free(self) -> int:
        """How many conversations they can still be given; none unless they are online."""
        return max(0, self.limit - self.load) if self.presence == "online" else 0

    def serves(self, group: str | None) -> bool:
        """Whether they are of this group; the common line is everybody's."""
        return group is None or group in self.groups


def beat(session: Session, staff_id: int, chosen: str | None = None) -> str:
    """The colleague's console is open; `chosen` is what they want to be (None: as before). Returns what they are.

    Who comes from offline is online. Raises ValueError for anything but CHOICES.
    """
    if chosen is not None and chosen not in CHOICES:
        raise ValueError(chosen)
    now, person = time.now(), session.get_one(Staff, staff_id)
    seen = session.get(StaffSeen, staff_id)
    if seen is None:
        session.add(StaffSeen(staff_id=staff_id, seen_at=now))
    else:
        seen.seen_at = now
    wanted = chosen or (person.presence if person.presence in CHOICES else "online")
    if wanted != person.presence:
        before = person.presence
        audit.note(session, f"staff:{staff_id}", "presence_changed", "staff", staff_id, before=before, to=wanted)
        person.presence = wanted
    return wanted


def chosen(session: Session, staff_id: int) -> str:
    """What the colleague is as soon as their console is open."""
    found = session.scalar(select(Staff.presence).where(Staff.id == staff_id))
    return found if found in CHOICES else "online"


def leave(session: Session, staff_id: int) -> None:
    """The colleague signs out: offline at once."""
    session.execute(update(Staff).where(Staff.id == staff_id).values(presence="offline"))


def team(session: Session, now: datetime | None = None) -> list[Colleague]:
    """Everybody who may sign in, those who can be given something first."""
    now = now or time.now()
    load = (
        select(Conversation.agent_id, func.count().label("load"))
        .where(Conversation.state == "agent")
        .group_by(Conversation.agent_id)
        .subquery()
    )
    rows = session.execute(
        select(Staff, StaffSeen.seen_at, StaffSeen.assigned_at, load.c.load)
        .outerjoin(StaffSeen, StaffSeen.staff_id == Staff.id)
        .outerjoin(load, load.c.agent_id == Staff.id)
        .where(Staff.active.is_(True))
    )
    found = [
        Colleague(
            person.id, person.name, person.role, tuple(map(str, person.groups)), _now(person, seen, now), count or 0,
            person.chat_limit, assigned,
        )
        for person, seen, assigned, count in rows
    ]
    return sorted(found, key=lambda one: (ORDER[one.presence], -one.free, one.name, one.id))


def _now(person: Staff, seen: datetime | None, now: datetime) -> str:
    lost = seen is None or now - seen > LOST
    return "offline" if lost or person.presence not in CHOICES else person.presence
