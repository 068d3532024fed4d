"""Dangers that nobody raised an alarm for, and customers who wait too long: looked for by the clock."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import complaints, danger_kinds, handoff, hours, presence, words
from desk.cases.oncall import alarms, rota
from desk.notify import post
from desk.records.models import Alarm, Conversation, Message, OncallPerson, Rating, Ticket
from desk.settings import settings

FRESH = timedelta(hours=2)
# The head is to be told within the time promised, not at its end.
HEAD_AHEAD = timedelta(hours=6)
JUST_SAID = timedelta(minutes=10)


def everything(session: Session) -> None:
    """Look once."""
    a_tickets(session)
    waiting_in_danger(session)
    waiting_long(session)
    for complaint, ticket in complaints.due_for_head(session, time.now() + HEAD_AHEAD):
        complaints.tell_head(session, complaint, ticket)
    low_scores(session)


def a_tickets(session: Session) -> None:
    """Each A ticket of the last hours has an alarm, whoever opened it, or made it an A."""
    query = select(Ticket).where(
        Ticket.severity == "A",
        Ticket.status.in_(("new", "accepted", "reopened")),
        ~exists().where(Alarm.ticket_id == Ticket.id),
    )
    for ticket in session.scalars(query).all():
        if _an_a_since(ticket) >= time.now() - FRESH:
            alarms.raise_alarm(
                session,
                danger_kinds.kind_of(ticket.symptom) or "stopped",
                ticket.symptom,
                ticket=ticket,
                conversation_id=ticket.conversation_id,
                by="clock",
            )


def _an_a_since(ticket: Ticket) -> datetime:
    changed = [datetime.fromisoformat(change["at"]) for change in (ticket.severity_changes or [])[-1:]]
    return max([ticket.clock_from or ticket.opened_at, *changed])


def waiting_in_danger(session: Session) -> None:
    """Who waits for a person in distress, or speaks of danger while waiting, when the assistant is silent."""
    recent = time.now() - JUST_SAID
    urgent = select(Conversation).where(
        Conversation.state == "queued",
        Conversation.handoff_reason.in_(handoff.URGENT),
        Conversation.queued_at >= recent,
    )
    for talk in session.scalars(urgent).all():
        if talk.queued_at is not None and not _dealt_with(session, talk.id, talk.queued_at):
            words_of_it = select(Message.text).where(Message.conversation_id == talk.id, Message.author == "customer")
            last = session.scalar(words_of_it.order_by(Message.seq.desc()).limit(1))
            alarms.raise_alarm(session, str(talk.handoff_reason), last or "", conversation_id=talk.id, by="clock")
    said = (
        select(Message.conversation_id, Message.text, Message.created_at)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.state == "queued", Message.author == "customer", Message.created_at >= recent)
    )
    for conversation_id, text, at in session.execute(said).all():
        kind = danger_kinds.kind_of(text)
        if kind is not None and not _dealt_with(session, conversation_id, at):
            alarms.raise_alarm(session, kind, text, conversation_id=conversation_id, by="clock")


def _dealt_with(session: Session, conversation_id: str, since: datetime) -> bool:
    """Whether an alarm stands for what was heard at `since`, or was called off after it."""
    last = alarms.latest_of(session, conversation_id)
    if last is None:
        return False
    if last.state == "called_off":
        return last.ended_at is not None and last.ended_at >= since
    return last.raised_at >= since - alarms.SAME_WITHIN


def waiting_long(session: Session) -> None:
    """In the agents' hours somebody waits: all colleagues are told when nobody is at the console, and the supervisors
    when it has lasted too long; once each for everybody who waits."""
    now = time.now()
    if not hours.open_now(now):
        return
    query = select(Conversation).where(Conversation.state == "queued", Conversation.queued_at.is_not(None))
    found = list(session.scalars(query.order_by(Conversation.queued_at)))
    if not found:
        return
    nobody = all(one.presence == "offline" for one in presence.team(session, now))
    about = texts.render("after.staff.queue_about", count=len(found))
    for talk in found:
        assert talk.queued_at is not None
        waited, key = now - talk.queued_at, f"queue:{talk.id}:{talk.version}"
        link = f"{settings().base_url}/console/chats/{talk.id}"
        if waited.total_seconds() >= settings().queue_alert_after:
            title = texts.render("after.staff.queue", waited=words.waiting(waited))
            _tell(session, key, "queue", title, about, rota.supervisors(session), link)
        elif nobody:
            title = texts.render("after.staff.queue_nobody")
            _tell(session, f"{key}:nobody", "queue", title, about, rota.colleagues(session), link)


def low_scores(session: Session) -> None:
    """A low score that nobody has followed up in time."""
    now = time.now()
    query = select(Rating).where(Rating.followed_up_at.is_(None), Rating.follow_up_due.between(now - FRESH, now))
    for rating in session.scalars(query).all():
        assert rating.follow_up_due is not None
        ticket = session.get(Ticket, rating.ticket_id) if rating.ticket_id else None
        title = texts.render("after.staff.rating_late", when=words.moment(rating.follow_up_due))
        about = ticket.number if ticket is not None else rating.conversation_id
        key = f"rating_late:{rating.id}:{rating.at.timestamp():.0f}"
        _tell(session, key, "rating", title, about, rota.supervisors(session))


def _tell(
    session: Session, key: str, purpose: str, title: str, text: str, people: list[OncallPerson], link: str = ""
) -> None:
    receivers: list[OncallPerson | None] = [*people]
    for person in receivers or [None]:
        post.queue(session, key, purpose, person, title, text, link)
