"""Follow-ups that go to customers: reminders, what was done, and how it went."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.cases import maintenance as plans
from desk.cases import tickets, visits, words
from desk.cases.followups import reach
from desk.cases.followups.reach import Words
from desk.records.models import Conversation, Device, Engineer, FollowUp, Rating, Ticket


def opened(session: Session, follow: FollowUp, talk: Conversation) -> Words:
    """A notice that the ticket is there; in the conversation the assistant has said so."""
    return _of_ticket(session, follow, talk, "", "ticket_opened", only_notice=True)


def visit_booked(session: Session, follow: FollowUp, talk: Conversation) -> Words:
    """A notice of the visit's time; in the conversation it was agreed."""
    ticket = session.get_one(Ticket, follow.ticket_id)
    assert ticket.visit_start is not None
    when = words.span(ticket.visit_start, ticket.visit_end or ticket.visit_start)
    return _of_ticket(session, follow, talk, "", "visit_booked", only_notice=True, time=when)


def visit_reminder(session: Session, follow: FollowUp, talk: Conversation) -> Words:
    """Tomorrow (or in some days, for maintenance) somebody comes."""
    ticket = session.get_one(Ticket, follow.ticket_id)
    assert ticket.visit_start is not None
    visit = visits.booked(session, ticket)
    engineer_id = (visit.engineer_id if visit is not None else None) or ticket.engineer_id
    engineer = session.get(Engineer, engineer_id) if engineer_id else None
    when = words.span(ticket.visit_start, ticket.visit_end or ticket.visit_start)
    key = "after.customer.visit_reminder_engineer" if engineer else "after.customer.visit_reminder"
    text = reach.words_for(
        key, talk, when=when, number=ticket.number, what=_what(ticket), engineer=engineer.name[:1] if engineer else ""
    )
    return _of_ticket(session, follow, talk, text, "visit_reminder", time=when)


def resolved(session: Session, follow: FollowUp, talk: Conversation) -> Words:
    """The work is done, and what was done."""
    ticket = session.get_one(Ticket, follow.ticket_id)
    text = reach.words_for(
        "after.customer.resolved", talk, number=ticket.number, what=_what(ticket),
        resolution=(ticket.resolution or "").strip().rstrip("。") or "已处理",
    )
    return _of_ticket(session, follow, talk, text, "ticket_resolved")


def survey(session: Session, follow: FollowUp, talk: Conversation) -> Words | str:
    """How was it? Who has said so already is not asked."""
    ticket = session.get_one(Ticket, follow.ticket_id)
    since = ticket.resolved_at or ticket.opened_at
    rated = select(Rating.id).where(Rating.ticket_id == ticket.id, Rating.at >= since)
    if session.scalar(rated.limit(1)) is not None:
        return "not_needed"
    return _plain(session, follow, talk, "survey", "survey")


def follow_up_1(session: Session, follow: FollowUp, talk: Conversation) -> Words:
    """Some days later: does it still work?"""
    return _plain(session, follow, talk, "follow_up_1", "follow_up")


def follow_up_2(session: Session, follow: FollowUp, talk: Conversation) -> Words:
    """And again within a week."""
    return _plain(session, follow, talk, "follow_up_2", "follow_up")


def broken_told(session: Session, follow: FollowUp, talk: Conversation) -> Words | str:
    """An apology for a broken promise, and what the service level gives for it."""
    ticket = session.get_one(Ticket, follow.ticket_id)
    if ticket.status not in tickets.OPEN:
        return "not_needed"
    milestone = follow.data["milestone"]
    due = words.moment(datetime.fromisoformat(follow.data["due"]))
    lines = [reach.words_for(f"after.customer.broken_{milestone}", talk, number=ticket.number, due=due)]
    action = ticket.deadlines.get("after_action")
    if ticket.deadlines.get("after_of") == milestone and action in ("spare_device", "exchange"):
        lines.append(reach.words_for(f"after.customer.{action}", talk))
        tickets.event(session, ticket, f"{action}_offered", "clock", ticket.deadlines.get("after_breach") or "")
    return _of_ticket(session, follow, talk, "".join(lines), "deadline", time=due)


def maintenance(session: Session, follow: FollowUp, talk: Conversation) -> Words | str:
    """A device's maintenance comes up."""
    device = session.get(Device, follow.device_id) if follow.device_id else None
    if device is None or plans.arranged(session, device):
        return "not_needed"
    day = words.day(date.fromisoformat(follow.data["day"]))
    product = (device.product.product_type or device.product.name) if device.product is not None else "设备"
    text = reach.words_for(f"after.customer.{follow.kind}", talk, product=product, serial=device.serial_number, day=day)
    blanks = (("what", product), ("time", day), ("text", text))
    return Words(talk.id, text, "maintenance", f"m{follow.id}:{follow.key}"[:100], blanks)


def _plain(session: Session, follow: FollowUp, talk: Conversation, key: str, notice: str) -> Words:
    ticket = session.get_one(Ticket, follow.ticket_id)
    text = reach.words_for(f"after.customer.{key}", talk, number=ticket.number, what=_what(ticket))
    return _of_ticket(session, follow, talk, text, notice)


def _of_ticket(
    session: Session, follow: FollowUp, talk: Conversation, text: str, notice: str, only_notice: bool = False,
    **blanks: str,
) -> Words:
    ticket = session.get_one(Ticket, follow.ticket_id)
    values = {"number": ticket.number, "what": _what(ticket), "text": text, **blanks}
    return Words(talk.id, text, notice, follow.key[:100], tuple(values.items()), only_notice)


def _what(ticket: Ticket) -> str:
    """空调不制冷."""
    product = ticket.product_type or ""
    symptom = (ticket.symptom or "").strip().split("；")[0][:30]
    return symptom if product and product in symptom else f"{product}{symptom}" or "您报的问题"
