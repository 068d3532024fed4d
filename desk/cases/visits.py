"""Visits in engineers' calendars: free times, kept while the customer confirms, booked, moved, called off.

A time is free for an engineer who has the skill, goes to that region, works then, is not on leave, has room that day
and gets there from the visit before (and from there to the one after) in time. Whoever keeps a time first has it: the
engineer's row is locked while it is decided.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from desk import time
from desk.cases import product_types, tickets, visit_notices
from desk.records.models import Engineer, EngineerLeave, Ticket, Visit
from desk.rules import visits as rules


@dataclass(frozen=True, slots=True)
class Need:
    """What a visit is for: decides who can come and how long it takes."""

    product: str = ""
    address: str = ""
    kind: str = "repair"

    @property
    def place(self) -> rules.Place:
        return rules.place_of(self.address)

    @property
    def work(self) -> timedelta:
        return rules.rules().work.get(self.kind, rules.rules().work["repair"])


@dataclass(frozen=True, slots=True)
class Slot:
    """A free time; `engineers` (numbers) could come, the best fitting first."""

    start: datetime
    end: datetime
    engineers: tuple[int, ...] = field(default=(), compare=False)


def staffed(session: Session) -> bool:
    """Whether this company keeps its engineers' calendars here."""
    return session.scalar(select(Engineer.id).limit(1)) is not None


def need_of(ticket: Ticket) -> Need:
    """The need of a ticket's visit."""
    return Need(ticket.product_type or "", ticket.address or "", ticket.kind)


def slots(session: Session, need: Need, start: datetime, end: datetime) -> list[Slot]:
    """The free times that begin in `start`–`end` (not sooner than the notice, not later than the horizon), in order."""
    figures = rules.rules()
    start = max(start, time.now() + figures.notice)
    end = min(end, time.now() + timedelta(days=figures.days_ahead))
    if start >= end:
        return []
    found: dict[datetime, list[tuple[int, int, Slot]]] = {}
    people = _fitting(session, need)
    busy, leaves = _taken(session, start, end), _leaves(session)
    for engineer in people:
        taken = busy.get(engineer.id, [])
        for first, last in _windows(engineer, leaves.get(engineer.id, []), start, end):
            if start <= first < end and _free(first, last, taken, need):
                load = sum(time.local(one.starts_at).date() == time.local(first).date() for one in taken)
                found.setdefault(first, []).append((load, engineer.id, Slot(first, last)))
    return [_merged(rows) for _, rows in sorted(found.items())]


def _merged(rows: list[tuple[int, int, Slot]]) -> Slot:
    """One time for several engineers; who already drives that day comes first, so that others stay free."""
    rows.sort(key=lambda row: (-row[0], row[1]))
    return Slot(rows[0][2].start, rows[0][2].end, tuple(number for _, number, _ in rows))


def serviced(session: Session, need: Need) -> bool:
    """Whether anybody at all goes there for such a thing."""
    return bool(_fitting(session, need))


def fitting(found: list[Slot], start: datetime, end: datetime) -> list[Slot]:
    """The times of `found` that keep the wish: they begin in it, or contain the moment wished."""
    inside = [slot for slot in found if start <= slot.start < end]
    if not inside and end - start <= rules.rules().window:
        inside = [slot for slot in found if slot.start <= start < slot.end]
    return inside


def nearest(found: list[Slot], start: datetime, count: int = 3) -> list[Slot]:
    """The times closest to a wish that nobody can keep, in the order of time."""
    return sorted(sorted(found, key=lambda slot: abs(slot.start - start))[:count], key=lambda slot: slot.start)


def spread(found: list[Slot], count: int = 3) -> list[Slot]:
    """A few times to choose from: the first one, then others on half days of their own."""
    chosen: list[Slot] = []
    halves: set[tuple[date, bool]] = set()
    for slot in found:
        begin = time.local(slot.start)
        half = (begin.date(), begin.hour < 12)
        if half not in halves:
            halves.add(half)
            chosen.append(slot)
    return chosen[:count]


def hold(session: Session, slot: Slot, need: Need, intake_id: int | None = None) -> Visit | None:
    """Keep a time while the customer confirms. None when somebody else has it by now."""
    for number in slot.engineers:
        kept = _keep(session, number, slot, need)
        if kept is not None:
            kept.intake_id, kept.held_until = intake_id, time.now() + rules.rules().hold
            session.flush()
            return kept
    return None


def _keep(session: Session, engineer_id: int, slot: Slot, need: Need) -> Visit | None:
    session.execute(select(Engineer.id).where(Engineer.id == engineer_id).with_for_update())
    _sweep(session, engineer_id)
    if _off(session, engineer_id, slot.start):
        return None
    if not _free(slot.start, slot.end, _taken(session, slot.start, slot.end).get(engineer_id, []), need):
        return None
    visit = Visit(engineer_id=engineer_id, starts_at=slot.start, ends_at=slot.end, state="held", place=need.place.key())
    session.add(visit)
    session.flush()
    return visit


def _sweep(session: Session, engineer_id: int) -> None:
    """Lapsed holds, and visits of tickets that were cancelled elsewhere, leave the calendar."""
    cancelled = select(Ticket.id).where(Ticket.status == "cancelled")
    stale = or_(
        (Visit.state == "held") & (Visit.held_until <= time.now()),
        (Visit.state == "booked") & Visit.ticket_id.in_(cancelled),
    )
    session.execute(update(Visit).where(Visit.engineer_id == engineer_id, stale).values(state="cancelled"))


def book(session: Session, visit_id: int, ticket: Ticket) -> bool:
    """Make a held time the ticket's visit. False when it lapsed and somebody else took it."""
    visit = find(session, visit_id)
    if visit is None or not keep_on(session, visit, need_of(ticket)):
        return False
    visit.state, visit.ticket_id, visit.held_until = "booked", ticket.id, None
    ticket.engineer_id = visit.engineer_id
    told = visit_notices.tell(session, visit, ticket, "booked")
    tickets.event(session, ticket, "visit_booked", "bot", **_about(visit), engineer_told=told)
    session.flush()
    return True


def find(session: Session, visit_id: int | None) -> Visit | None:
    """The visit with this number."""
    return session.get(Visit, visit_id) if visit_id else None


def keep_on(session: Session, visit: Visit, need: Need) -> bool:
    """Keep a held time a while longer. False when it has lapsed and somebody else took it."""
    if visit.engineer_id is None:
        return False
    session.execute(select(Engineer.id).where(Engineer.id == visit.engineer_id).with_for_update())
    session.refresh(visit)
    if visit.state == "booked":
        return True
    around = _taken(session, visit.starts_at, visit.ends_at).get(visit.engineer_id, [])
    soon = visit.starts_at < time.now() + rules.rules().notice / 2
    if _off(session, visit.engineer_id, visit.starts_at):
        return False
    if soon or visit.state != "held" or not _free(visit.starts_at, visit.ends_at, _but(around, visit), need):
        return False
    visit.held_until = time.now() + rules.rules().hold
    session.flush()
    return True


def _but(around: list[Visit], visit: Visit) -> list[Visit]:
    return [one for one in around if one.id != visit.id]


def release(session: Session, visit_id: int | None) -> None:
    """Give a held time back."""
    visit = find(session, visit_id)
    if visit is not None and visit.state == "held":
        visit.state = "cancelled"
        session.flush()


def booked(session: Session, ticket: Ticket) -> Visit | None:
    """The visit that stands for a ticket."""
    return session.scalar(
        select(Visit).where(Visit.ticket_id == ticket.id, Visit.state == "booked").order_by(Visit.starts_at.desc())
    )


def call_off(session: Session, ticket: Ticket, actor: str, reason: str = "") -> None:
    """Free the ticket's visit: the engineer's time can be booked by others again."""
    visit = booked(session, ticket)
    if visit is None:
        return
    visit.state = "cancelled"
    ticket.engineer_id = None
    told = visit_notices.tell(session, visit, ticket, "cancelled")
    tickets.event(session, ticket, "visit_cancelled", actor, reason[:200], **_about(visit), engineer_told=told)
    session.flush()


def move(session: Session, ticket: Ticket, slot: Slot, actor: str, reason: str = "") -> bool:
    """Another time for the ticket. False when somebody else has it by now; the old one then stands."""
    kept = hold(session, slot, need_of(ticket))
    if kept is None:
        return False
    call_off(session, ticket, actor, reason)
    tickets.change(
        session, ticket, actor, reason, visit_start=slot.start, visit_end=slot.end, visit_text=reason[:120] or None
    )
    return book(session, kept.id, ticket)


def _about(visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit.id,
        "engineer": visit.engineer_id,
        "start": visit.starts_at.isoformat(),
        "end": visit.ends_at.isoformat(),
    }


def _fitting(session: Session, need: Need) -> list[Engineer]:
    people = session.scalars(select(Engineer).order_by(Engineer.id))
    return [one for one in people if _skilled(one, need.product) and rules.covers(list(one.regions or []), need.place)]


def _skilled(engineer: Engineer, product: str) -> bool:
    skills = engineer.skills or []
    return not skills or not product or any(product_types.same(str(skill), product) for skill in skills)


def _off(session: Session, engineer_id: int, at: datetime) -> bool:
    day = time.local(at).date()
    on_leave = select(EngineerLeave.id).where(
        EngineerLeave.engineer_id == engineer_id, EngineerLeave.starts_on <= day, EngineerLeave.ends_on >= day
    )
    return session.scalar(on_leave.limit(1)) is not None


def _leaves(session: Session) -> dict[int, list[tuple[date, date]]]:
    found: dict[int, list[tuple[date, date]]] = {}
    for one in session.scalars(select(EngineerLeave)):
        found.setdefault(one.engineer_id, []).append((one.starts_on, one.ends_on))
    return found


def _windows(
    engineer: Engineer, leaves: list[tuple[date, date]], start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    day, last = time.local(start).date(), time.local(end).date()
    while day <= last:
        if not any(first <= day <= until for first, until in leaves):
            yield from rules.windows(engineer.shift or {}, day, rules.rules())
        day += timedelta(days=1)


def _taken(session: Session, start: datetime, end: datetime) -> dict[int, list[Visit]]:
    """What engineers have booked or kept around that time; visits of cancelled tickets are free again."""
    day = timedelta(days=1)
    query = (
        select(Visit)
        .outerjoin(Ticket, Ticket.id == Visit.ticket_id)
        .where(
            Visit.ends_at > start - day,
            Visit.starts_at < end + day,
            or_(Visit.state == "booked", (Visit.state == "held") & (Visit.held_until > time.now())),
            or_(Ticket.id.is_(None), Ticket.status != "cancelled"),
        )
    )
    found: dict[int, list[Visit]] = {}
    for visit in session.scalars(query):
        if visit.engineer_id is not None:
            found.setdefault(visit.engineer_id, []).append(visit)
    return found


def _free(start: datetime, end: datetime, taken: list[Visit], need: Need) -> bool:
    figures, day = rules.rules(), time.local(start).date()
    same_day = [one for one in taken if time.local(one.starts_at).date() == day]
    if len(same_day) >= figures.per_day:
        return False
    for one in same_day:
        way = rules.travel(rules.place_from(one.place), need.place, figures)
        if one.starts_at <= start:
            if not rules.fits(one.ends_at, start, way, need.work, figures):
                return False
        elif not rules.fits(end, one.starts_at, way, need.work, figures):
            return False
    return True
