"""What the clock does with an alarm's step when its time has come: choose whom to tell, and write the messages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit
from desk.cases.oncall import links, rota, telling
from desk.notify import media, post
from desk.records.models import Alarm, AlarmStep, OncallPerson, Ticket

RUNG = "alarm_step"


def due(session: Session) -> list[tuple[int, str]]:
    """(id, unique name) of the steps whose time has come: of each alarm the first, so that a late clock keeps order."""
    rows = session.execute(
        select(AlarmStep.id, Alarm.key, AlarmStep.number)
        .join(Alarm, Alarm.id == AlarmStep.alarm_id)
        .where(AlarmStep.state == "waiting", AlarmStep.due_at <= time.now())
        .order_by(AlarmStep.due_at, AlarmStep.id)
    )
    first: dict[str, tuple[int, str]] = {}
    for step_id, key, number in rows:
        first.setdefault(key, (step_id, f"alarm:{key}:{number}"))
    return list(first.values())


def run(session: Session, step_id: int) -> None:
    """Do the step once; played again it does nothing."""
    found = session.get(AlarmStep, step_id)
    if found is None:
        return
    alarm = session.get_one(Alarm, found.alarm_id, with_for_update=True, populate_existing=True)
    step = session.get_one(AlarmStep, step_id, with_for_update=True, populate_existing=True)
    if step.state != "waiting":
        return
    if alarm.state != "ringing":
        step.state = "skipped"
        return
    people = _people(session, alarm, step)
    step.state, step.done_at, step.people = "done", time.now(), [person.id for person in people]
    for person in people:
        _tell(session, alarm, step, person)
    if step.kind == "leaders" and (media.group_ways() or not people):
        _tell(session, alarm, step, None)
    names = "、".join(person.name for person in people)
    audit.note(session, "clock", RUNG, "alarm", alarm.id, names[:300], step=step.number, about=step.kind)
    telling.ticket_event(session, alarm, RUNG, "clock", names)


def _people(session: Session, alarm: Alarm, step: AlarmStep) -> list[OncallPerson]:
    """Who was told least so far, in the order of the rota; the leaders where nobody is on duty."""
    if step.kind == "leaders":
        return rota.leaders(session)
    chain = rota.on_duty(session, step.due_at)
    if not chain:
        # A hole in the rota: who would be told last is told at once.
        if step.number:
            return []
        step.kind = "leaders"
        return rota.leaders(session)
    told = [who for before in alarm.steps if before.state == "done" for who in before.people]
    return [min(chain, key=lambda person: (told.count(person.id), chain.index(person)))]


def _tell(session: Session, alarm: Alarm, step: AlarmStep, person: OncallPerson | None) -> None:
    ticket = session.get(Ticket, alarm.ticket_id) if alarm.ticket_id else None
    title = texts.render("oncall.notice.alarm.title", what=telling.what(alarm))
    lines = [
        texts.render("oncall.notice.alarm.said", words=alarm.summary),
        texts.render("oncall.notice.alarm.about", about=telling.about(session, alarm)),
    ]
    if ticket is not None and ticket.address:
        lines.append(texts.render("oncall.notice.alarm.place", place=ticket.address))
    lines.append(texts.render("oncall.notice.alarm.ask"))
    post.queue(
        session, f"alarm:{alarm.key}:{step.number}", "alarm", person, title, "\n".join(lines),
        links.link(alarm, person.id if person else links.GROUP), alarm.id, step.number,
    )
