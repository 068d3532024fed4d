"""Follow-ups that colleagues are told of: promises that fall due, reports, calls, complaints' plans."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import handoff, tickets, words
from desk.cases.followups import hours, reach
from desk.cases.followups.reach import Words
from desk.cases.oncall import rota
from desk.notify import post
from desk.records.models import Callback, Conversation, FollowUp, OncallPerson, Ticket

Outcome = Words | str
MOST_MISSED = 2


def soon(session: Session, follow: FollowUp) -> Outcome:
    """A promise falls due: who has the ticket is told, else the supervisors."""
    ticket = _ticket(session, follow)
    tickets.event(session, ticket, "deadline_soon", "clock", **follow.data)
    return _about_ticket(session, follow, "soon", ticket, _having(session, ticket) or rota.supervisors(session))


def broken(session: Session, follow: FollowUp) -> Outcome:
    """A promise is broken: the supervisors are told, the ticket goes to the front, the customer gets an apology."""
    ticket = _ticket(session, follow)
    ticket.priority = 0
    tickets.event(session, ticket, "deadline_broken", "clock", **follow.data)
    if ticket.conversation_id is not None:
        _apologise_later(session, follow, ticket)
    return _about_ticket(session, follow, "broken", ticket, rota.supervisors(session) + _having(session, ticket))


def _apologise_later(session: Session, follow: FollowUp, ticket: Ticket) -> None:
    """At once, or in the morning. Of an imported ticket nobody knows what its customer was promised: none."""
    now = time.now()
    told = FollowUp(
        key=f"told:{follow.key}"[:120], kind="broken_told", ticket_id=ticket.id, data=follow.data,
        conversation_id=ticket.conversation_id, due_at=hours.allowed_from(now), latest_at=now + timedelta(days=1),
        state="waiting", created_at=now,
    )
    session.add(told)


def report_ask(session: Session, follow: FollowUp) -> Outcome:
    """Who did the work is asked for the service report."""
    ticket = _ticket(session, follow)
    tickets.event(session, ticket, "report_asked", "clock", **follow.data)
    return _about_ticket(session, follow, "report_ask", ticket, _having(session, ticket) or rota.supervisors(session))


def report_late(session: Session, follow: FollowUp) -> Outcome:
    """A day has passed without the report."""
    ticket = _ticket(session, follow)
    tickets.event(session, ticket, "report_late", "clock", **follow.data)
    return _about_ticket(session, follow, "report_late", ticket, _having(session, ticket) + rota.supervisors(session))


def plan_soon(session: Session, follow: FollowUp) -> Outcome:
    """A complaint's plan is to be given within hours."""
    ticket = _ticket(session, follow)
    return _about_ticket(session, follow, "plan_soon", ticket, _having(session, ticket) or rota.supervisors(session))


def plan_broken(session: Session, follow: FollowUp) -> Outcome:
    """A complaint's plan was not given in time: the head is told."""
    ticket = _ticket(session, follow)
    tickets.event(session, ticket, "plan_overdue", "clock", **follow.data)
    return _about_ticket(session, follow, "plan_broken", ticket, rota.managers(session))


def callback_soon(session: Session, follow: FollowUp) -> Outcome:
    """A promised call is due in some minutes."""
    callback = _callback(session, follow)
    if callback is None:
        return "not_needed"
    return _about_call(session, follow, "callback_soon", callback)


def callback_missed(session: Session, follow: FollowUp) -> Outcome:
    """A promised call was not made: apologise, promise it anew once, and tell the supervisors."""
    callback = _callback(session, follow)
    conversation = session.get(Conversation, callback.conversation_id) if callback is not None else None
    if callback is None or conversation is None:
        return "not_needed"
    now = time.now()
    callback.state, callback.settled_at = "missed", now
    _about_call(session, follow, "callback_missed", callback)
    missed = select(Callback.id).where(
        Callback.conversation_id == conversation.id, Callback.state == "missed",
        Callback.due_at >= callback.due_at - timedelta(days=3),
    )
    if len(session.scalars(missed).all()) >= MOST_MISSED:
        callback.apologised_at = now
        return Words(conversation.id, reach.words_for("after.customer.callback_missed_again", conversation))
    again = handoff.first_callback_time(now)
    handoff.promise_callback(
        session, conversation, again, callback.phone, callback.reason, ticket_id=callback.ticket_id
    )
    callback.apologised_at = now
    text = reach.words_for(
        "after.customer.callback_missed", conversation, when=words.moment(callback.due_at),
        again=words.moment(again), tail=(callback.phone or "")[-4:],
    )
    return Words(conversation.id, text)


def _about_ticket(
    session: Session, follow: FollowUp, key: str, ticket: Ticket, people: list[OncallPerson]
) -> Outcome:
    milestone = follow.data.get("milestone")
    title = texts.render(
        f"after.staff.{key}", number=ticket.number,
        due=words.moment(datetime.fromisoformat(follow.data["due"])) if "due" in follow.data else "",
        milestone=texts.render(f"after.milestones.{milestone}") if milestone else "",
    )
    status = texts.data("console.ticket.statuses").get(ticket.status, ticket.status)
    text = texts.render("after.staff.ticket", what=ticket.symptom[:120], severity=ticket.severity, status=status)
    return _tell(session, follow, people, title, text)


def _about_call(session: Session, follow: FollowUp, key: str, callback: Callback) -> Outcome:
    ticket = session.get(Ticket, callback.ticket_id) if callback.ticket_id else None
    reason = texts.data("console.reasons").get(callback.reason, callback.reason) if callback.reason else ""
    about = f"（{ticket.number}）" if ticket is not None else ""
    text = texts.render("after.staff.callback_about", phone=callback.phone or "—", reason=reason, about=about)
    title = texts.render(f"after.staff.{key}", when=words.moment(callback.due_at))
    people = _having(session, ticket) if ticket is not None else []
    if key == "callback_missed" or not people:
        people += [person for person in rota.supervisors(session) if person not in people]
    return _tell(session, follow, people, title, text)


def _tell(session: Session, follow: FollowUp, people: list[OncallPerson], title: str, text: str) -> str:
    for person in {person.id: person for person in people}.values() or [None]:
        post.queue(session, f"follow:{follow.id}:{follow.created_at.timestamp():.6f}", follow.kind, person, title, text)
    return "told"


def _having(session: Session, ticket: Ticket) -> list[OncallPerson]:
    """Who has the ticket: the colleague it is assigned to, and the engineer."""
    mine = []
    if ticket.assignee_id is not None:
        mine.append(OncallPerson.staff_id == ticket.assignee_id)
    if ticket.engineer_id is not None:
        mine.append(OncallPerson.engineer_id == ticket.engineer_id)
    if not mine:
        return []
    return list(session.scalars(select(OncallPerson).where(OncallPerson.active, or_(*mine)).order_by(OncallPerson.id)))


def _ticket(session: Session, follow: FollowUp) -> Ticket:
    return session.get_one(Ticket, follow.ticket_id)


def _callback(session: Session, follow: FollowUp) -> Callback | None:
    """The promised call, while it stands as it did when it was planned."""
    callback = session.get(Callback, follow.callback_id, with_for_update=True) if follow.callback_id else None
    planned = follow.key.rpartition(":")[2]
    if callback is None or callback.state != "promised" or f"{callback.due_at.timestamp():.0f}" != planned:
        return None
    return callback
