"""What the console shows of on call: alarms that ring, the rota by day, and messages that did not arrive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.cases.oncall import rota, telling
from desk.notify import media
from desk.records.models import Alarm, Conversation, OncallPerson, OncallShift, StaffNotice, Ticket


@dataclass(frozen=True)
class Banner:
    """An alarm as a line over every page of the console; a colleague takes it with
    `oncall.acknowledge(id, staff_id=…, by="console")`.

    `told` are the names of those who were told so far; `unreached` says that no message has left the house.
    """

    id: int
    what: str
    summary: str
    raised_at: datetime
    conversation_id: str | None
    ticket: str | None
    channel: str
    told: tuple[str, ...]
    unreached: bool


@dataclass(frozen=True)
class OnDuty:
    """One shift of one day: when, and who in which order (after swaps)."""

    shift_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    people: tuple[OncallPerson, ...]


def banner(session: Session) -> list[Banner]:
    """The alarms that nobody has taken, the oldest first."""
    rows = session.scalars(select(Alarm).where(Alarm.state == "ringing").order_by(Alarm.raised_at))
    return [_banner(session, alarm) for alarm in rows]


def calendar(session: Session, first: date | None = None, days: int = 14) -> list[OnDuty]:
    """Who is on duty in the `days` from `first` (default today) on, by time."""
    first = first or time.today()
    shifts = list(session.scalars(select(OncallShift).order_by(OncallShift.id)))
    people = {person.id: person for person in session.scalars(select(OncallPerson).where(OncallPerson.active))}
    return sorted(_duties(session, shifts, people, first, days), key=lambda duty: duty.starts_at)


def failed_notices(session: Session, since: datetime | None = None) -> list[StaffNotice]:
    """Messages to colleagues that failed for good since `since` (default: a day), the newest first."""
    since = since or time.now() - timedelta(days=1)
    query = select(StaffNotice).where(StaffNotice.state == "failed", StaffNotice.created_at >= since)
    return list(session.scalars(query.order_by(StaffNotice.id.desc()).limit(100)))


def alarms(session: Session, limit: int = 50) -> list[Alarm]:
    """All alarms, the newest first."""
    return list(session.scalars(select(Alarm).order_by(Alarm.id.desc()).limit(limit)))


def _banner(session: Session, alarm: Alarm) -> Banner:
    ticket = session.get(Ticket, alarm.ticket_id) if alarm.ticket_id else None
    conversation = session.get(Conversation, alarm.conversation_id) if alarm.conversation_id else None
    sent = session.execute(
        select(OncallPerson.name, StaffNotice.medium)
        .join(OncallPerson, OncallPerson.id == StaffNotice.person_id)
        .where(StaffNotice.alarm_id == alarm.id, StaffNotice.state == "sent")
        .order_by(StaffNotice.id)
    ).all()
    told = tuple(dict.fromkeys(name for name, medium in sent if medium != media.CONSOLE))
    return Banner(
        alarm.id, telling.what(alarm), alarm.summary, alarm.raised_at, alarm.conversation_id,
        ticket.number if ticket else None, conversation.channel if conversation else "", told, not told,
    )


def _duties(
    session: Session, shifts: list[OncallShift], people: dict[int, OncallPerson], first: date, days: int
) -> Iterator[OnDuty]:
    for day in (first + timedelta(days=number) for number in range(days)):
        for shift in rota.of_day(shifts, day):
            start, end = rota.span(shift, day)
            ids = rota.swapped(session, rota.order(shift, day), start)
            yield OnDuty(shift.id, shift.name, start, end, tuple(people[who] for who in ids if who in people))
