"""Alarms: raised once, taken once, called off when false; each change is in the audit log."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit
from desk.cases.oncall import telling
from desk.records import db
from desk.records.models import Alarm, AlarmStep, Conversation, OncallPerson, Staff, StaffNotice, Ticket

# Seconds after the first danger word: one person after the other, then manager and duty group, and these again.
PEOPLE_AT = (0, 60, 120, 180, 240)
LEADERS_AT = (300, 600, 1200, 1800)
# The same conversation's dangers within this time are one.
SAME_WITHIN = timedelta(hours=12)


class NotFound(Exception):
    """There is no such alarm, person or colleague."""


@dataclass(frozen=True)
class Taken:
    """How an alarm stands after a command: its state, by whom, and whether this command changed it."""

    alarm_id: int
    state: str
    who: str
    changed: bool


def raise_alarm(
    session: Session,
    kind: str,
    summary: str,
    *,
    conversation_id: str | None = None,
    ticket: Ticket | None = None,
    by: str = "bot",
) -> Alarm:
    """A danger was heard: the chain starts with the commit of `session`; the clock tells the first person in a second.

    `kind` is one of the emergencies (gas, fire, …), `stopped` or `distress`; `summary` the customer's words, or what is
    known of the place. Either `conversation_id` or `ticket` must be given, and should both be where both are known.
    One alarm for each ticket and for each conversation's danger (within twelve hours, unless called off): called again
    it returns the alarm that is there, completed by what is new. Raises ValueError when neither is given.
    """
    if conversation_id is None and ticket is None:
        raise ValueError("an alarm is about a conversation or a ticket")
    # Who raises the same alarm in this moment waits here, and then finds it.
    if conversation_id is not None:
        session.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update())
    elif ticket is not None:
        session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update())
    found = _standing(session, conversation_id, ticket)
    if found is None:
        found = _raised(session, kind, summary, conversation_id, ticket, by)
    if ticket is not None:
        link_ticket(session, found, ticket)
    return found


def open_of(session: Session, conversation_id: str) -> Alarm | None:
    """The alarm of a conversation that is still of this danger (not called off), if there is one."""
    return _standing(session, conversation_id, None)


def latest_of(session: Session, conversation_id: str) -> Alarm | None:
    """The last alarm of a conversation, whatever came of it."""
    query = select(Alarm).where(Alarm.conversation_id == conversation_id)
    return session.scalar(query.order_by(Alarm.id.desc()).limit(1))


def link_ticket(session: Session, alarm: Alarm, ticket: Ticket) -> None:
    """The ticket of a danger was opened after its alarm."""
    if alarm.ticket_id is None:
        alarm.ticket_id = ticket.id
        session.flush()


def acknowledge(alarm_id: int, *, person_id: int | None = None, staff_id: int | None = None, by: str = "link") -> Taken:
    """Somebody has taken the alarm: the chain ends, the customer and those told before are told who has it.

    `person_id` is of oncall_people, `staff_id` of a colleague in the console; `by` says how: link, console or phone.
    Again, or after somebody else, it changes nothing and says who has it. A transaction of its own. Raises NotFound.
    """
    with db.transaction() as session:
        alarm, person, name, actor = _at(session, alarm_id, person_id, staff_id)
        if alarm.state != "ringing":
            return Taken(alarm.id, alarm.state, alarm.taken_by, False)
        _end(session, alarm, "acknowledged", name, actor, by)
        alarm.person_id = person.id if person else None
        telling.colleagues_know(session, alarm, "taken", who=name, besides=person)
        telling.customer(session, alarm.conversation_id, telling.words_for(alarm, "taken"), who=name)
        done, conversation_id = Taken(alarm.id, alarm.state, name, True), alarm.conversation_id
    telling.spread(conversation_id)
    return done


def call_off(alarm_id: int, reason: str, *, person_id: int | None = None, staff_id: int | None = None) -> Taken:
    """A false alarm: the chain ends and those told before are told. Also after it was taken. Raises NotFound."""
    with db.transaction() as session:
        alarm, person, name, actor = _at(session, alarm_id, person_id, staff_id)
        if alarm.state == "called_off":
            return Taken(alarm.id, alarm.state, alarm.taken_by, False)
        _end(session, alarm, "called_off", name, actor, "call_off", reason)
        telling.colleagues_know(session, alarm, "called_off", who=name, besides=person)
        done, conversation_id = Taken(alarm.id, alarm.state, name, True), alarm.conversation_id
    telling.spread(conversation_id)
    return done


def _standing(session: Session, conversation_id: str | None, ticket: Ticket | None) -> Alarm | None:
    if ticket is not None:
        found = session.scalar(select(Alarm).where(Alarm.ticket_id == ticket.id, Alarm.state != "called_off"))
        if found is not None:
            return found
        conversation_id = conversation_id or ticket.conversation_id
    if conversation_id is None:
        return None
    query = select(Alarm).where(
        Alarm.conversation_id == conversation_id, Alarm.state != "called_off",
        Alarm.raised_at >= time.now() - SAME_WITHIN,
    )
    if ticket is not None:
        query = query.where(Alarm.ticket_id.is_(None))
    return session.scalar(query.order_by(Alarm.id.desc()).limit(1))


def _raised(
    session: Session, kind: str, summary: str, conversation_id: str | None, ticket: Ticket | None, by: str
) -> Alarm:
    now = time.now()
    about = f"conversation:{conversation_id}" if conversation_id else f"ticket:{ticket.number if ticket else ''}"
    same = Alarm.subject.startswith(f"{about}:", autoescape=True)
    before = session.scalar(select(func.count()).select_from(Alarm).where(same))
    alarm = Alarm(
        key=secrets.token_hex(16), subject=f"{about}:{(before or 0) + 1}", conversation_id=conversation_id,
        ticket_id=ticket.id if ticket else None, kind=kind[:16], summary=summary[:300], raised_at=now, raised_by=by,
    )
    session.add(alarm)
    session.flush()
    session.add_all(steps_of(alarm, now))
    session.flush()
    audit.note(session, by, "alarm_raised", "alarm", alarm.id, summary[:300], kind=kind, conversation=conversation_id)
    return alarm


def steps_of(alarm: Alarm, start: datetime) -> list[AlarmStep]:
    """The chain of an alarm, as rows with their instants."""
    kinds = [("person", after) for after in PEOPLE_AT] + [("leaders", after) for after in LEADERS_AT]
    return [
        AlarmStep(alarm_id=alarm.id, number=number, kind=kind, due_at=start + timedelta(seconds=after))
        for number, (kind, after) in enumerate(kinds)
    ]


def _at(
    session: Session, alarm_id: int, person_id: int | None, staff_id: int | None
) -> tuple[Alarm, OncallPerson | None, str, str]:
    alarm = telling.locked(session, alarm_id)
    person = session.get(OncallPerson, person_id) if person_id is not None else None
    colleague = session.get(Staff, staff_id) if staff_id is not None else None
    if alarm is None or (person is None and colleague is None):
        raise NotFound
    if colleague is not None:
        return alarm, person, colleague.name, f"staff:{colleague.id}"
    assert person is not None
    return alarm, person, person.name, f"oncall:{person.id}"


def _end(
    session: Session, alarm: Alarm, state: str, name: str, actor: str, by: str, reason: str = ""
) -> None:
    alarm.state, alarm.taken_by, alarm.ended_at, alarm.reason = state, name, time.now(), reason[:300]
    for step in alarm.steps:
        if step.state == "waiting":
            step.state = "skipped"
    waiting = select(StaffNotice).where(StaffNotice.alarm_id == alarm.id, StaffNotice.state == "pending")
    for notice in session.scalars(waiting):
        notice.state = "cancelled"
    audit.note(session, actor, f"alarm_{state}", "alarm", alarm.id, reason[:300], by=by)
    telling.ticket_event(session, alarm, f"alarm_{state}", actor, reason)
    session.flush()
