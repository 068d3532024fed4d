"""Who is on duty at an instant, and who comes next."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.notify import media
from desk.records.models import OncallPerson, OncallShift, OncallSwap
from desk.rules import calendars

_WORKING, _HOLIDAY = 1, 2


def on_duty(session: Session, at: datetime) -> list[OncallPerson]:
    """The people of the shifts that hold at `at`: the one on duty first, then who is called next. May be empty."""
    people = {person.id: person for person in session.scalars(select(OncallPerson).where(OncallPerson.active))}
    ids = [who for shift, day in shifts_at(session, at) for who in order(shift, day)]
    return [people[who] for who in swapped(session, ids, at) if who in people]


def leaders(session: Session) -> list[OncallPerson]:
    """The managers (supervisors where there are none) and the duty group."""
    people = _active(session)
    managers = [person for person in people if person.role == "manager"]
    managers = managers or [person for person in people if person.role == "supervisor"]
    return managers + [person for person in people if person.duty_group and person not in managers]


def supervisors(session: Session) -> list[OncallPerson]:
    """Who is told of broken promises: the supervisors, else the managers."""
    people = _active(session)
    found = [person for person in people if person.role == "supervisor"]
    return found or [person for person in people if person.role == "manager"]


def colleagues(session: Session) -> list[OncallPerson]:
    """Who works at the console, and the supervisors."""
    return [person for person in _active(session) if person.staff_id is not None or person.role == "supervisor"]


def managers(session: Session) -> list[OncallPerson]:
    """The heads, else the supervisors."""
    people = _active(session)
    found = [person for person in people if person.role == "manager"]
    return found or [person for person in people if person.role == "supervisor"]


def reachable(session: Session, at: datetime | None = None) -> bool:
    """Whether an alarm raised now goes to somebody by a way that is set up."""
    people = on_duty(session, at or time.now()) or leaders(session)
    return any(media.ways(person, urgent=True) for person in people)


def shifts_at(session: Session, at: datetime) -> list[tuple[OncallShift, date]]:
    """The shifts that hold at `at`, each with the day that it began on."""
    local = time.local(at)
    shifts = list(session.scalars(select(OncallShift).order_by(OncallShift.id)))
    found = []
    for day in (local.date(), local.date() - timedelta(days=1)):
        for shift in of_day(shifts, day):
            start, end = span(shift, day)
            if start <= at < end:
                found.append((shift, day))
    return found


def of_day(shifts: Iterable[OncallShift], day: date) -> list[OncallShift]:
    """The shifts that begin on `day`: on a holiday those for holidays, if there are any, else by the kind of day."""
    shifts = list(shifts)
    kind = calendars.default_calendar().kind(day.toordinal())
    holiday = [shift for shift in shifts if shift.days == "holiday"]
    if kind == _HOLIDAY and holiday:
        return holiday
    fitting = ("every", "workday") if kind == _WORKING else ("every", "restday")
    return [shift for shift in shifts if shift.days in fitting]


def span(shift: OncallShift, day: date) -> tuple[datetime, datetime]:
    """From when to when a shift that begins on `day` lasts."""
    start, end = _moment(day, shift.starts), _moment(day, shift.ends)
    return start, end if end > start else _moment(day + timedelta(days=1), shift.ends)


def order(shift: OncallShift, day: date) -> list[int]:
    """The ids of a shift's people on `day`, the one on duty first."""
    people = [int(who) for who in shift.people]
    if not people:
        return []
    turns = 0
    if shift.turn == "day":
        turns = (day - shift.since).days
    elif shift.turn == "week":
        turns = (_monday(day) - _monday(shift.since)).days // 7
    first = turns % len(people)
    return people[first:] + people[:first]


def swapped(session: Session, ids: list[int], at: datetime) -> list[int]:
    """`ids` with those replaced or left out who swapped or are away at `at`; nobody twice."""
    rows = session.scalars(
        select(OncallSwap)
        .where(OncallSwap.starts_at <= at, OncallSwap.ends_at > at, OncallSwap.cancelled_at.is_(None))
        .order_by(OncallSwap.id)
    )
    for swap in rows:
        ids = [swap.in_id if who == swap.out_id else who for who in ids]  # type: ignore[misc]
    return list(dict.fromkeys(who for who in ids if who is not None))


def _active(session: Session) -> list[OncallPerson]:
    return list(session.scalars(select(OncallPerson).where(OncallPerson.active).order_by(OncallPerson.id)))


def _moment(day: date, hhmm: str) -> datetime:
    hour, _, minute = hhmm.partition(":")
    if hour == "24":
        return datetime.combine(day + timedelta(days=1), clock_time(0), tzinfo=time.SHOWN_IN)
    return datetime.combine(day, clock_time(int(hour), int(minute)), tzinfo=time.SHOWN_IN)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
