"""Complaints that are not settled, for who works them off: the class, the promised plan, who was told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import complaints, tickets
from desk.records.models import Complaint, Staff, Ticket

LONGEST_PLAN = 1000


@dataclass(frozen=True)
class Entry:
    """One complaint; an imported one has neither class nor promise. `late`: its plan was due before now."""

    number: str
    grade: str | None
    reasons: tuple[str, ...]
    symptom: str
    assignee: str | None
    conversation_id: str | None
    opened_at: datetime
    plan_due: datetime | None
    plan_at: datetime | None
    supervisor_at: datetime | None
    head_due: datetime | None
    head_at: datetime | None
    raised: int

    @property
    def late(self) -> bool:
        return self.plan_at is None and self.plan_due is not None and self.plan_due < time.now()


def waiting(session: Session) -> list[Entry]:
    """Those without a plan first, the one due soonest at the top; then those with one."""
    rows = session.execute(
        select(Ticket, Complaint, Staff.name)
        .outerjoin(Complaint, Complaint.ticket_id == Ticket.id)
        .outerjoin(Staff, Staff.id == Ticket.assignee_id)
        .where(Ticket.kind == "complaint", Ticket.status.not_in(complaints.SETTLED))
    )
    found = [_entry(ticket, one, assignee) for ticket, one, assignee in rows]
    return sorted(found, key=lambda one: (one.plan_at is not None, one.plan_due or one.opened_at, one.number))


def _entry(ticket: Ticket, one: Complaint | None, assignee: str | None) -> Entry:
    about = (ticket.symptom, assignee, ticket.conversation_id, ticket.opened_at)
    if one is None:
        return Entry(ticket.number, None, (), *about, None, None, None, None, None, 0)
    return Entry(
        ticket.number, one.grade, tuple(map(str, one.reasons)), *about, one.plan_due, one.plan_at, one.supervisor_at,
        one.head_due, one.head_at, one.raised,
    )


def write_plan(session: Session, number: str, actor: str, plan: str) -> None:
    """A colleague wrote the plan that was promised. Raises ValueError with words."""
    ticket = tickets.by_number(session, number)
    if ticket is None or ticket.kind != "complaint" or ticket.status in complaints.SETTLED:
        raise ValueError(texts.render("console.complaints.gone"))
    if not plan.strip():
        raise ValueError(texts.render("console.complaints.needs_plan"))
    tickets.add_note(session, ticket, actor, plan.strip()[:LONGEST_PLAN])
    if session.get(Complaint, ticket.id) is None:
        complaints.open_for(session, ticket, ticket.symptom, repeated=False, unresolved=False)
    complaints.give_plan(session, ticket, actor, plan.strip())
