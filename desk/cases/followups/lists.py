"""What colleagues see of follow-ups, and what they write."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit, tickets
from desk.cases.followups import plan
from desk.records.models import Callback, FollowUp, ServiceReport, Ticket

LONGEST_REPORT = 4000


def due_list(session: Session, until: datetime | None = None, limit: int = 200) -> list[FollowUp]:
    """What comes up until `until` (default: a day), by time; and what could not reach the customer in the last week,
    which a person must do by telephone (result no_channel)."""
    until = until or time.now() + timedelta(days=1)
    waiting = (FollowUp.state == "waiting") & (FollowUp.due_at <= until)
    query = select(FollowUp).where(or_(waiting, _unreached(time.now())))
    return list(session.scalars(query.order_by(FollowUp.due_at).limit(limit)))


def write_report(session: Session, ticket: Ticket, actor: str, text: str) -> ServiceReport:
    """What was found and done. Raises ValueError for an empty one, or before the work is done."""
    text = text.strip()
    if not text:
        raise ValueError("请写一下查到了什么、做了什么")
    if ticket.status not in ("resolved", "closed"):
        raise ValueError("工单处理完以后才写服务报告")
    report = ServiceReport(ticket_id=ticket.id, author=actor, text=text[:LONGEST_REPORT], at=time.now())
    session.add(report)
    tickets.event(session, ticket, "service_report", actor, text[:200])
    plan.of(session, ticket)
    return report


def reports_of(session: Session, ticket: Ticket) -> list[ServiceReport]:
    """A ticket's reports, the newest first."""
    query = select(ServiceReport).where(ServiceReport.ticket_id == ticket.id)
    return list(session.scalars(query.order_by(ServiceReport.id.desc())))


def open_callbacks(session: Session) -> list[Callback]:
    """Promised calls that were not made yet, the next one first."""
    return list(session.scalars(select(Callback).where(Callback.state == "promised").order_by(Callback.due_at)))


def callback_kept(session: Session, callback_id: int, actor: str) -> bool:
    """A colleague has called; False when the promise was settled before."""
    callback = session.get(Callback, callback_id, with_for_update=True)
    if callback is None or callback.state != "promised":
        return False
    callback.state, callback.settled_at = "kept", time.now()
    audit.note(session, actor, "callback_kept", "conversation", callback.conversation_id, callback=callback.id)
    return True


@dataclass(frozen=True)
class ToDo:
    """Something that only a person can do: a report to write (`report`), or a customer to telephone (`call`)."""

    id: int
    kind: Literal["report", "call"]
    why: str
    ticket: str
    what: str
    due: datetime
    late: bool


def to_do(session: Session) -> list[ToDo]:
    """Reports that are missing, and customers whom no message reaches, the most urgent first."""
    now = time.now()
    missing = (FollowUp.kind == "report_late") & FollowUp.state.in_(("waiting", "done"))
    since = func.coalesce(Ticket.clock_from, Ticket.opened_at)
    written = exists().where(ServiceReport.ticket_id == Ticket.id, ServiceReport.at >= since)
    missing &= (FollowUp.due_at >= now - timedelta(days=14)) & ~written
    rows = session.execute(
        select(FollowUp, Ticket)
        .join(Ticket, Ticket.id == FollowUp.ticket_id)
        .where(or_(missing, _unreached(now)))
        .order_by(FollowUp.due_at)
    )
    return [_to_do(follow, ticket, now) for follow, ticket in rows]


def called(session: Session, follow_id: int, actor: str) -> bool:
    """A colleague has telephoned the customer whom no message reached; False when that was settled before."""
    follow = session.get(FollowUp, follow_id, with_for_update=True)
    if follow is None or follow.result != "no_channel":
        return False
    follow.state, follow.result, follow.done_at = "done", "called", time.now()
    ticket = session.get(Ticket, follow.ticket_id) if follow.ticket_id else None
    if ticket is not None:
        tickets.event(session, ticket, f"{follow.kind}_sent", actor, "called")
        plan.of(session, ticket)
    return True


def _unreached(now: datetime) -> ColumnElement[bool]:
    by_hand = FollowUp.kind.not_in(("opened", "visit_booked"))
    return by_hand & (FollowUp.result == "no_channel") & (FollowUp.done_at >= now - timedelta(days=7))


def _to_do(follow: FollowUp, ticket: Ticket, now: datetime) -> ToDo:
    kind: Literal["report", "call"] = "report" if follow.kind == "report_late" else "call"
    what = f"{ticket.product_type or ''} {ticket.symptom}".strip()[:80]
    return ToDo(follow.id, kind, follow.kind, ticket.number, what, follow.due_at, follow.due_at < now)
