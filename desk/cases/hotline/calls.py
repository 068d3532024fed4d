"""A call from its first second to its end. A hang-up, or a process that dies, loses nothing that was said."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from desk import texts, time
from desk.cases import audit, hours, tickets
from desk.cases.hotline import early
from desk.cases.oncall import alarms
from desk.language import phones
from desk.records import db
from desk.records.models import Call, CallTurn, Conversation, DialogueState, Ticket, Voicemail
from desk.rules import severity
from desk.talk import saying

NIGHT = timedelta(hours=12)
LONGEST_TRANSCRIPT = 1500


@dataclass(frozen=True)
class Begun:
    """A call that may go on. `limited`: this number has called, or reported, too often; only messages are taken."""

    call_id: str
    caller: str | None
    limited: bool
    people_here: bool
    opening: datetime


@dataclass(frozen=True)
class Line:
    """What was said, heard or keyed, or what failed; and when."""

    kind: str
    text: str
    confidence: float | None = None
    at: datetime = field(default_factory=time.now)


def number_of(shown: str | None) -> str | None:
    """The caller's number as it can be called back; None for withheld ones (anonymous, unknown)."""
    digits = re.sub(r"\D", "", shown or "")
    if len(digits) < 3:
        return None
    found = phones.last(digits)
    return found.number.replace("-", "") if found is not None and found.problem is None else digits[:32]


def begin(call_id: str, shown: str | None, called: str, *, calls_an_hour: int, tickets_a_night: int) -> Begun:
    """Write a call down and open its conversation. Called again for the same call it changes nothing."""
    try:
        _write(call_id, number_of(shown), called)
    except IntegrityError:  # the desk has opened the conversation at the same moment
        _write(call_id, number_of(shown), called)
    with db.reading() as session:
        call = session.get_one(Call, call_id)
        limited = _too_often(session, call, calls_an_hour, tickets_a_night)
        return Begun(call_id, call.caller, limited, hours.open_now(), hours.next_opening())


def _write(call_id: str, caller: str | None, called: str) -> None:
    now = time.now()
    with db.transaction() as session:
        if session.get(Call, call_id) is not None:
            return
        mine = (Conversation.channel == "phone", Conversation.sender == call_id)
        conversation = session.scalar(select(Conversation).where(*mine))
        if conversation is None:
            conversation = Conversation(
                id=f"cv-{call_id}", channel="phone", sender=call_id, created_at=now, state="bot", version=0, last_seq=0,
                priority=3,
            )
            session.add(conversation)
            session.flush()
        session.add(
            Call(id=call_id, conversation_id=conversation.id, caller=caller, called=called[:32], started_at=now)
        )


def _too_often(session: Session, call: Call, calls_an_hour: int, tickets_a_night: int) -> bool:
    if call.caller is None:
        return False
    mine = (Call.caller == call.caller, Call.id != call.id)
    recent = session.scalar(
        select(func.count()).select_from(Call).where(*mine, Call.started_at > call.started_at - timedelta(hours=1))
    )
    night = (Call.started_at > call.started_at - NIGHT, Call.ticket_id.is_not(None))
    opened = session.scalar(select(func.count(Call.ticket_id.distinct())).where(*mine, *night))
    return (recent or 0) >= calls_an_hour or (opened or 0) >= tickets_a_night


def note(call_id: str, lines: list[Line]) -> None:
    """Write lines of the call down, in order."""
    with db.transaction() as session:
        if session.get(Call, call_id) is None:
            return
        for line in lines:
            session.add(
                CallTurn(call_id=call_id, kind=line.kind, text=line.text, confidence=line.confidence, at=line.at)
            )
            session.flush()


def after_turn(call_id: str) -> str | None:
    """What the last turn allows to be kept: a ticket, once there is a fault and any number. Its number, or None."""
    with db.transaction() as session:
        call = session.get(Call, call_id)
        if call is None or call.conversation_id is None:
            return None
        ticket = early.keep(session, call)
        return ticket.number if ticket else None


def danger(call_id: str, kind: str, words: str) -> str:
    """Somebody is in danger: who is on call is alarmed at once, whatever else works. The ticket's number.

    The assistant opens the A ticket itself where it can; `emergency_ticket` does it where it cannot.
    """
    with db.transaction() as session:
        call = session.get_one(Call, call_id)
        call.danger = kind
        alarm = alarms.raise_alarm(session, kind, words[:300], conversation_id=call.conversation_id, by="hotline")
        ticket = early.of_call(session, call)
        if ticket is not None:
            alarms.link_ticket(session, alarm, ticket)
        return ticket.number if ticket else ""


def emergency_ticket(call_id: str, kind: str, words: str) -> str:
    """An A ticket without the assistant's help, once a call; the alarm is raised with it. Its number."""
    with db.transaction() as session:
        call = session.get_one(Call, call_id)
        if call.conversation_id is not None:
            saying.locked(session, call.conversation_id)
        call.danger = kind
        ticket = early.of_call(session, call)
        if ticket is None:
            ticket = tickets.open_ticket(
                session, "hotline", kind="repair", severity="A", severity_reason=texts.render("hotline.records.danger"),
                conversation_id=call.conversation_id, symptom=words[:500], contact_phone=call.caller,
            )
            call.ticket_id = ticket.id
        elif ticket.severity != "A":
            tickets.change(session, ticket, "hotline", texts.render("hotline.records.danger"), severity="A", priority=0)
        alarms.raise_alarm(
            session, kind, words[:300], conversation_id=call.conversation_id, ticket=ticket, by="hotline"
        )
        return ticket.number


def end(call_id: str, next_step: str, *, answered: bool = False, recording: str | None = None) -> str:
    """The call is over. `next_step`: where the caller went (hangup, oncall, agents); `answered`: nothing was left open.

    Returns the outcome, one of desk.records.hotline.OUTCOMES. Called again it changes nothing.
    """
    with db.transaction() as session:
        call = session.get(Call, call_id)
        if call is None:
            return "missed"
        if call.outcome is None:
            call.ended_at, call.next, call.recording = time.now(), next_step, recording or call.recording
            call.outcome = _outcome(session, call, next_step, answered)
            audit.note(session, "hotline", "call_ended", "call", call.id, call.outcome, next=next_step)
        return call.outcome


def reopen(call_id: str) -> bool:
    """A call was kept aside: unless it ended in a ticket, it may be ended anew. What was heard and written late goes,
    since who kept the call has all of it."""
    with db.transaction() as session:
        call = session.get_one(Call, call_id)
        if call.outcome == "ticket":
            return False
        call.outcome = None
        session.execute(delete(CallTurn).where(CallTurn.call_id == call_id, CallTurn.kind == "heard"))
        return True


def _outcome(session: Session, call: Call, next_step: str, answered: bool) -> str:
    heard = _heard(session, call)
    ticket = early.keep(session, call)
    left = session.scalar(select(Voicemail.id).where(Voicemail.call_id == call.id))
    if ticket is None and left is None and heard and _broke(session, call) and call.caller:
        ticket = _from_words(session, call, heard)
    if ticket is not None:
        _attach(session, call, ticket, heard)
        return "ticket"
    if left is not None:
        return "voicemail"
    if next_step in ("oncall", "agents"):
        return "transfer"
    if not heard:
        return "missed"
    return "answered" if answered else "half"


def _heard(session: Session, call: Call) -> list[str]:
    rows = session.scalars(
        select(CallTurn.text).where(CallTurn.call_id == call.id, CallTurn.kind == "heard").order_by(CallTurn.id)
    )
    return [text for text in rows if text.strip()]


def _broke(session: Session, call: Call) -> bool:
    """Whether something of ours failed in this call, so that its words reached nobody."""
    failed = select(CallTurn.id).where(CallTurn.call_id == call.id, CallTurn.kind == "failed").limit(1)
    return session.scalar(failed) is not None


def _from_words(session: Session, call: Call, heard: list[str]) -> Ticket:
    """The assistant was not there: the caller's own words, with the number that was shown."""
    words = "；".join(heard)[:500]
    judged = severity.assess(words, critical=False, contract=False, emergency=call.danger is not None)
    ticket = tickets.open_ticket(
        session, "hotline", kind="repair", severity=judged.code, severity_reason=judged.reason[:200],
        conversation_id=call.conversation_id, symptom=words, contact_phone=call.caller,
    )
    call.ticket_id = ticket.id
    return ticket


def _attach(session: Session, call: Call, ticket: Ticket, heard: list[str]) -> None:
    if heard:
        said = "\n".join(heard)[:LONGEST_TRANSCRIPT]
        tickets.add_note(session, ticket, "hotline", texts.render("hotline.records.transcript", said=said))


def lost(after: timedelta) -> list[tuple[str, list[str]]]:
    """Calls that began longer than `after` ago and never ended, as their process died: id, and what was
    heard (nothing where somebody was alarmed already)."""
    with db.reading() as session:
        ids = session.scalars(
            select(Call.id).where(Call.outcome.is_(None), Call.started_at < time.now() - after)
        ).all()
        calls = [session.get_one(Call, call_id) for call_id in ids]
        return [(call.id, [] if call.danger else _heard(session, call)) for call in calls]


def facts(call_id: str) -> dict[str, Any]:
    """For the exchange: what is to be done with the caller now, and the outcome."""
    with db.reading() as session:
        call = session.get(Call, call_id)
        return {"next": call.next, "outcome": call.outcome, "danger": call.danger} if call else {}


def use_caller(call_id: str) -> str | None:
    """The caller wants to be rung at the number that was shown. The assistant is told that it proves nobody."""
    with db.transaction() as session:
        call = session.get_one(Call, call_id)
        if call.caller and call.conversation_id:
            memory = session.get(DialogueState, call.conversation_id)
            if memory is None:
                memory = DialogueState(conversation_id=call.conversation_id, data={}, updated_at=time.now())
                session.add(memory)
            memory.data = {**memory.data, "unproved_phone": call.caller}
            flag_modified(memory, "data")
        return call.caller
