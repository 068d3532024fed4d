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
    """One complaint. `late`: its plan was promised for an instant that has passed."""

    number: str
    grade: str
    reasons: tuple[str, ...]
    symptom: str
    assignee: str | None
    conversation_id: str | None
    opened_at: datetime
    plan_due: datetime
    plan_at: datetime | None
    supervisor_at: datetime | None
    head_due: datetime | None
    head_at: datetime | None
    raised: int

    @property
    def late(self) -> bool:
        return self.plan_at is None and self.plan_due < time.now()


def waiting(session: Session) -> list[Entry]:
    """Those without a plan first, the one due soonest at the top; then those with one."""
    rows = session.execute(
        select(Complaint, Ticket, Staff.name)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .outerjoin(Staff, Staff.id == Ticket.assignee_id)
        .where(Ticket.status.not_in(complaints.SETTLED))
    )
    found = [
        Entry(
            ticket.number, one.grade, tuple(map(str, one.reasons)), ticket.symptom, assignee, ticket.conversation_id,
            ticket.opened_at, one.plan_due, one.plan_at, one.supervisor_at, one.head_due, one.head_at, one.raised,
        )
        for one, ticket, assignee in rows
    ]
    return sorted(found, key=lambda one: (one.plan_at is not None, one.plan_due, one.number))


def write_plan(session: Session, number: str, actor: str, plan: str) -> None:
    """A colleague wrote the plan that was promised. Raises ValueError with words."""
    ticket = tickets.by_number(session, number)
    if ticket is None or session.get(Complaint, ticket.id) is None:
        raise ValueError(texts.render("console.complaints.gone"))
    if not plan.strip():
        raise ValueError(texts.render("console.complaints.needs_plan"))
    tickets.add_note(session, ticket, actor, plan.strip()[:LONGEST_PLAN])
    complaints.give_plan(session, ticket, actor, plan.strip())
