"""Engineers' days off: entered, taken back, and the visits on them that somebody else must make or that must move.

Free times are cut by leave in `visits`; here is what was booked before the leave was known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit, tickets, words
from desk.cases.oncall import rota
from desk.notify import post
from desk.records.models import Engineer, EngineerLeave, OncallPerson, Ticket

LONGEST = 365
NAMED = 10


@dataclass(frozen=True, slots=True)
class Rebook:
    """A visit that falls on a day off of its engineer."""

    ticket: Ticket
    engineer: Engineer
    leave: EngineerLeave


def add(
    session: Session, engineer_id: int, starts_on: date, ends_on: date, actor: str, reason: str = ""
) -> EngineerLeave:
    """Days off from `starts_on` to `ends_on`, both included; the supervisors are told of visits booked on them.

    Raises ValueError with words for the office: no such engineer, wrong order, past, too long, entered before.
    """
    engineer = session.get(Engineer, engineer_id, with_for_update=True)
    if engineer is None:
        raise ValueError(texts.render("planning.leave.nobody"))
    problem = wrong(session, engineer, starts_on, ends_on)
    if problem:
        raise ValueError(problem)
    leave = EngineerLeave(
        engineer_id=engineer_id, starts_on=starts_on, ends_on=ends_on, reason=" ".join(reason.split())[:120]
    )
    session.add(leave)
    session.flush()
    audit.note(session, actor, "leave_added", "engineer", engineer_id, starts=str(starts_on), ends=str(ends_on))
    tell(session, leave)
    return leave


def remove(session: Session, leave_id: int, actor: str) -> bool:
    """The days are worked after all: they can be booked again. False when the leave is gone already."""
    leave = session.get(EngineerLeave, leave_id)
    if leave is None:
        return False
    days = {"starts": str(leave.starts_on), "ends": str(leave.ends_on)}
    audit.note(session, actor, "leave_removed", "engineer", leave.engineer_id, **days)
    session.delete(leave)
    session.flush()
    return True


def wrong(
    session: Session, engineer: Engineer, starts_on: date, ends_on: date, besides: EngineerLeave | None = None
) -> str | None:
    """Why these days cannot be entered, in words; None when they can. `besides` is the leave that is changed."""
    if ends_on < starts_on:
        return texts.render("planning.leave.order")
    if ends_on < time.today():
        return texts.render("planning.leave.past")
    if (ends_on - starts_on).days >= LONGEST:
        return texts.render("planning.leave.too_long", days=LONGEST)
    others = select(EngineerLeave).where(
        EngineerLeave.engineer_id == engineer.id, EngineerLeave.starts_on <= ends_on, EngineerLeave.ends_on >= starts_on
    )
    if besides is not None:
        others = others.where(EngineerLeave.id != besides.id)
    there = session.scalar(others.limit(1))
    if there is not None:
        return texts.render("planning.leave.overlaps", name=engineer.name, span=span_words(there))
    return None


def coming(session: Session) -> list[tuple[EngineerLeave, Engineer]]:
    """Leaves that are not over, the next one first."""
    query = (
        select(EngineerLeave, Engineer)
        .join(Engineer, Engineer.id == EngineerLeave.engineer_id)
        .where(EngineerLeave.ends_on >= time.today())
        .order_by(EngineerLeave.starts_on, Engineer.name)
    )
    return [(leave, engineer) for leave, engineer in session.execute(query)]


def to_rebook(session: Session, leave: EngineerLeave | None = None) -> list[Rebook]:
    """Visits to come on days off of their engineers (of this `leave` alone), by time."""
    leaves = [leave] if leave is not None else [one for one, _ in coming(session)]
    if not leaves:
        return []
    first, last = min(one.starts_on for one in leaves), max(one.ends_on for one in leaves)
    query = (
        select(Ticket, Engineer)
        .join(Engineer, Engineer.id == Ticket.engineer_id)
        .where(
            and_(Ticket.visit_start >= max(_start(first), time.now()), Ticket.visit_start < _start(last, 1)),
            Ticket.status.in_(tickets.OPEN),
            Ticket.engineer_id.in_({one.engineer_id for one in leaves}),
        )
        .order_by(Ticket.visit_start, Ticket.id)
    )
    found = []
    for ticket, engineer in session.execute(query):
        off = _covering(leaves, engineer.id, ticket.visit_start or time.now())
        if off is not None:
            found.append(Rebook(ticket, engineer, off))
    return found


def tell(session: Session, leave: EngineerLeave) -> int:
    """Tell the supervisors of the visits booked on this leave; how many there are."""
    found = to_rebook(session, leave)
    if not found:
        return 0
    rows = [_row(one) for one in found[:NAMED]]
    if len(found) > NAMED:
        rows.append(texts.render("planning.leave.more", count=len(found) - NAMED))
    who = found[0].engineer
    title = texts.render("planning.leave.notice_title", name=who.name, span=span_words(leave), count=len(found))
    text = texts.render("planning.leave.notice", rows="\n".join(rows))
    last = max(one.ticket.number for one in found)
    key = f"leave:{who.id}:{leave.starts_on}:{leave.ends_on}:{len(found)}:{last}"
    people: list[OncallPerson | None] = [*rota.supervisors(session)]
    for person in people or [None]:
        post.queue(session, key, "leave", person, title, text)
    return len(found)


def span_words(leave: EngineerLeave) -> str:
    """明天 / 11月23日（周一）至 11月25日（周三）."""
    first, last = words.day(leave.starts_on), words.day(leave.ends_on)
    return first if leave.starts_on == leave.ends_on else f"{first}至 {last}"


def _row(one: Rebook) -> str:
    ticket = one.ticket
    assert ticket.visit_start is not None
    return texts.render(
        "planning.leave.row", number=ticket.number, what=f"{ticket.product_type or ''}{ticket.symptom[:20]}",
        when=words.span(ticket.visit_start, ticket.visit_end or ticket.visit_start),
        customer=ticket.contact_name or "", phone=ticket.contact_phone or "—",
    )


def _covering(leaves: Iterable[EngineerLeave], engineer_id: int, at: datetime) -> EngineerLeave | None:
    day = time.local(at).date()
    return next((one for one in leaves if one.engineer_id == engineer_id and one.starts_on <= day <= one.ends_on), None)


def _start(day: date, more: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=more), datetime.min.time(), tzinfo=time.SHOWN_IN)
