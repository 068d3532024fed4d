"""Complaints: their class, the plan promised, and who in the house is told when."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import tickets, words
from desk.notify import post
from desk.records.models import Complaint, Customer, OncallPerson, Ticket
from desk.rules import complaints as rules

PRIORITY = {"major": 0, "important": 1, "minor": 2}
SETTLED = ("resolved", "closed", "cancelled")


def open_for(session: Session, ticket: Ticket, text: str, repeated: bool, unresolved: bool) -> Complaint:
    """Class and promises of a new complaint ticket; the supervisors are told."""
    judged = rules.judge(text, repeated, unresolved)
    now, figures = time.now(), rules.rules()
    complaint = Complaint(
        ticket_id=ticket.id,
        grade=judged.grade,
        reasons=list(judged.reasons),
        raised=int(repeated or unresolved),
        plan_due=now + figures.plan,
        head_due=now + figures.head,
    )
    session.add(complaint)
    session.flush()
    ticket.priority = PRIORITY[judged.grade]
    reason = "、".join(judged.reasons)
    tickets.event(session, ticket, "complaint_graded", "bot", reason, grade=judged.grade)
    plan_due = complaint.plan_due.isoformat()
    tickets.event(session, ticket, "plan_promised", "bot", reason, plan_due=plan_due, grade=judged.grade)
    tell(session, complaint, ticket)
    return complaint


def raise_again(session: Session, ticket: Ticket, text: str) -> Complaint:
    """The same customer complains again before it is settled: one class up."""
    complaint = session.get(Complaint, ticket.id)
    if complaint is None:
        tickets.add_note(session, ticket, "customer", text[:500])
        return open_for(session, ticket, f"{ticket.symptom} {text}", repeated=True, unresolved=False)
    judged = rules.judge(text)
    above = rules.raised(complaint.grade)
    complaint.grade = max(above, judged.grade, key=rules.GRADES.index)
    complaint.raised += 1
    complaint.reasons = [*complaint.reasons, texts.render("grievance.reason_again")]
    ticket.priority = min(ticket.priority, PRIORITY[complaint.grade])
    tickets.add_note(session, ticket, "customer", text[:500])
    tickets.event(session, ticket, "complaint_raised", "bot", complaint.reasons[-1], grade=complaint.grade)
    tell(session, complaint, ticket)
    return complaint


def tell(session: Session, complaint: Complaint, ticket: Ticket) -> None:
    """Tell the supervisors now, and the head at once when it is major."""
    _notify(session, complaint, ticket, "supervisor")
    complaint.supervisor_at = time.now()
    if complaint.grade == "major" and complaint.head_at is None:
        tell_head(session, complaint, ticket)


def tell_head(session: Session, complaint: Complaint, ticket: Ticket) -> None:
    """Tell the head of the department; once."""
    if complaint.head_at is not None:
        return
    complaint.head_at = time.now()
    _notify(session, complaint, ticket, "manager")


def due_for_head(session: Session, now: datetime) -> list[tuple[Complaint, Ticket]]:
    """Complaints whose head must have been told by `now`: for the clock."""
    query = (
        select(Complaint, Ticket)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .where(Complaint.head_at.is_(None), Complaint.head_due <= now, Ticket.status.not_in(SETTLED))
        .order_by(Complaint.head_due)
    )
    return [(complaint, ticket) for complaint, ticket in session.execute(query)]


def give_plan(session: Session, ticket: Ticket, actor: str, plan: str) -> None:
    """A colleague wrote the plan that was promised."""
    complaint = session.get_one(Complaint, ticket.id)
    complaint.plan_at = time.now()
    tickets.event(session, ticket, "plan_given", actor, plan[:300])


def open_of(session: Session, customer: Customer | None, conversation_id: str, phone: str | None) -> Ticket | None:
    """The complaint of this customer that is not settled yet."""
    query = select(Ticket).where(
        Ticket.kind == "complaint", Ticket.status.not_in(SETTLED), _theirs(customer, conversation_id, phone)
    )
    return session.scalar(query.order_by(Ticket.opened_at.desc()).limit(1))


def earlier(session: Session, customer: Customer | None, conversation_id: str, phone: str | None) -> bool:
    """Whether this customer complained before, within the days that count as repeated."""
    since = time.now() - rules.rules().repeated
    query = select(Ticket.id).where(
        Ticket.kind == "complaint", Ticket.opened_at >= since, _theirs(customer, conversation_id, phone)
    )
    return session.scalar(query.limit(1)) is not None


def _theirs(customer: Customer | None, conversation_id: str, phone: str | None):  # type: ignore[no-untyped-def]
    mine = Ticket.conversation_id == conversation_id
    if customer is not None:
        mine |= Ticket.customer_id == customer.id
    return mine | (Ticket.contact_phone == phone) if phone else mine


def reachable(session: Session, role: str) -> list[OncallPerson]:
    """Who of this role can be told outside the console."""
    query = select(OncallPerson).where(OncallPerson.role == role, OncallPerson.active.is_(True))
    return list(session.scalars(query.order_by(OncallPerson.id)))


def recipients(session: Session, role: str) -> list[OncallPerson | None]:
    """Whom a notice for this role goes to; None stands for the group, or the log where nobody is set up."""
    found: list[OncallPerson | None] = [*reachable(session, role)]
    return found or [None]


def _notify(session: Session, complaint: Complaint, ticket: Ticket, role: str) -> None:
    title = texts.render(f"grievance.notice_{complaint.grade}", number=ticket.number)
    text = texts.render(
        "grievance.notice",
        reasons="、".join(complaint.reasons),
        by=words.moment(complaint.plan_due),
        text=ticket.symptom[:200],
    )
    people = recipients(session, role)
    for person in people:
        key = f"complaint:{ticket.number}:{complaint.raised}:{role}"
        post.queue(session, key, "complaint", person, title, text)
    told = "、".join(person.name for person in people if person is not None)
    tickets.event(session, ticket, f"{role}_told", "bot", told[:200], grade=complaint.grade)
