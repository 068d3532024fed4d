"""An engineer who will be late: the customer is told before waiting in vain."""

from datetime import datetime

from sqlalchemy.orm import Session

from desk import texts
from desk.cases import tickets, visits, words
from desk.records.models import Ticket
from desk.talk import saying


class NoVisit(Exception):
    """The ticket has no visit that is booked, or the time given is not later than the one agreed."""


def announce(session: Session, ticket: Ticket, until: datetime, actor: str, reason: str = "") -> bool:
    """Keep the new arrival time and say it in the customer's conversation. False when there is none to say it in.

    Raises NoVisit.
    """
    conversation = saying.locked(session, ticket.conversation_id) if ticket.conversation_id else None
    visit = visits.booked(session, ticket)
    if visit is None or until <= visit.starts_at:
        raise NoVisit(ticket.number)
    visit.late_until = until
    tickets.event(session, ticket, "visit_late", actor, reason[:200], visit=visit.id, until=until.isoformat())
    if conversation is None:
        return False
    was, until_words = words.span(visit.starts_at, visit.ends_at), words.moment(until)
    saying.say(session, conversation, "system", texts.render("slots.late", was=was, until=until_words))
    return True
