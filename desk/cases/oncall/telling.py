"""What customer, colleagues and the ticket's history are told of an alarm. Only what has happened is said."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import tickets
from desk.notify import post
from desk.records.models import Alarm, Conversation, OncallPerson, StaffNotice, Ticket
from desk.talk import engine, nudge, saying


def customer(session: Session, conversation_id: str | None, key: str, **values: object) -> None:
    """Say the text `key` in the customer's conversation; call `spread` after the commit."""
    conversation = saying.locked(session, conversation_id) if conversation_id else None
    if conversation is not None and conversation.state != "closed":
        saying.say(session, conversation, "system", texts.render(key, conversation.channel, **values))


def spread(conversation_id: str | None) -> None:
    """Send what was said, and nudge the pages that show it. After the commit."""
    nudge.tell(nudge.CONSOLE)
    if conversation_id is None:
        return
    try:
        engine.current().send(conversation_id)
    except RuntimeError:
        # In a process without the engine: desk sends what it finds in the outbox.
        nudge.tell(conversation_id)


def locked(session: Session, alarm_id: int | None) -> Alarm | None:
    """The alarm, locked until the transaction ends; its conversation first and its notices after it, everywhere."""
    if alarm_id is None:
        return None
    about = select(Alarm.conversation_id).where(Alarm.id == alarm_id).scalar_subquery()
    session.execute(select(Conversation.id).where(Conversation.id == about).with_for_update())
    return session.get(Alarm, alarm_id, with_for_update=True, populate_existing=True)


def lock(session: Session, notice_id: int) -> None:
    """Lock the alarm of a notice, if it is of one."""
    locked(session, session.scalar(select(StaffNotice.alarm_id).where(StaffNotice.id == notice_id)))


def accepted(session: Session, notice: StaffNotice) -> str | None:
    """A medium has taken a notice: tell the customer who was told, each person once, while nobody has the alarm.

    Call `lock` before: two messages may be taken in the same moment. Returns the conversation to `spread`, if anything
    was said.
    """
    if notice.alarm_id is None or notice.medium == "console":
        return None
    alarm = session.get(Alarm, notice.alarm_id, populate_existing=True)
    if alarm is None or alarm.state != "ringing" or _told_before(session, notice):
        return None
    person = session.get(OncallPerson, notice.person_id) if notice.person_id else None
    if person is None or _step_kind(alarm, notice.step) == "leaders":
        if any(step.kind == "leaders" and step.number < (notice.step or 0) for step in alarm.steps):
            return None
        customer(session, alarm.conversation_id, words_for(alarm, "leaders_told"))
    else:
        key = "told" if notice.step == 0 else "next_told"
        customer(session, alarm.conversation_id, words_for(alarm, key), who=person.name)
    return alarm.conversation_id


def colleagues_know(session: Session, alarm: Alarm, key: str, who: str, besides: OncallPerson | None) -> None:
    """Those who were told of the alarm are told that they need not act any more."""
    told = select(StaffNotice.person_id).where(StaffNotice.alarm_id == alarm.id, StaffNotice.state == "sent").distinct()
    title = texts.render(f"oncall.notice.{key}.title", who=who)
    text = texts.render(f"oncall.notice.{key}.body", who=who, what=what(alarm), about=about(session, alarm))
    for person_id in session.scalars(told).all():
        person = session.get(OncallPerson, person_id) if person_id else None
        if person_id and (person is None or (besides is not None and person.id == besides.id)):
            continue
        post.queue(session, f"alarm:{alarm.key}:{key}", f"alarm_{key}", person, title, text)


def ticket_event(session: Session, alarm: Alarm, kind: str, actor: str, reason: str = "") -> None:
    """Write it into the ticket's history, where there is a ticket."""
    ticket = session.get(Ticket, alarm.ticket_id) if alarm.ticket_id else None
    if ticket is not None:
        tickets.event(session, ticket, kind[:32], actor, reason, alarm=alarm.id)


def words_for(alarm: Alarm, name: str) -> str:
    """The key of the customer's text `name` that fits this kind of alarm."""
    own = f"oncall.customer_{alarm.kind}.{name}"
    return own if texts.has(own) else f"oncall.customer.{name}"


def what(alarm: Alarm) -> str:
    """The danger in words."""
    key = f"oncall.kinds.{alarm.kind}"
    return texts.render(key if texts.has(key) else "oncall.kinds.other")


def about(session: Session, alarm: Alarm) -> str:
    """The ticket's number, else the channel."""
    ticket = session.get(Ticket, alarm.ticket_id) if alarm.ticket_id else None
    if ticket is not None:
        return ticket.number
    conversation = session.get(Conversation, alarm.conversation_id) if alarm.conversation_id else None
    return texts.render(f"oncall.channels.{conversation.channel}") if conversation else ""


def _told_before(session: Session, notice: StaffNotice) -> bool:
    before = select(StaffNotice.id).where(
        StaffNotice.alarm_id == notice.alarm_id, StaffNotice.state == "sent", StaffNotice.medium != "console",
        StaffNotice.id != notice.id,
    )
    if _step_kind(session.get_one(Alarm, notice.alarm_id), notice.step) == "leaders":
        return session.scalar(before.where(StaffNotice.step == notice.step).limit(1)) is not None
    return session.scalar(before.where(StaffNotice.person_id == notice.person_id).limit(1)) is not None


def _step_kind(alarm: Alarm, number: int | None) -> str:
    return next((step.kind for step in alarm.steps if step.number == number), "person")
