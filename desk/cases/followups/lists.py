"""What colleagues see of follow-ups, and what they write."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
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
    by_hand = FollowUp.kind.not_in(("opened", "visit_booked"))
    unreached = by_hand & (FollowUp.result == "no_channel") & (FollowUp.done_at >= time.now() - timedelta(days=7))
    query = select(FollowUp).where(or_((FollowUp.state == "waiting") & (FollowUp.due_at <= until), unreached))
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
