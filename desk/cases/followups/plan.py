"""Keeping follow_ups in step with the tickets, promised calls and maintenance plans that they follow from."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import maintenance, tickets
from desk.cases.followups import hours
from desk.cases.followups.wanted import HISTORY, Wanted, of_ticket
from desk.records.models import (
    Callback,
    Complaint,
    FollowPlan,
    FollowUp,
    MaintenancePlan,
    ServiceReport,
    Ticket,
)

AT_ONCE = 200
KEPT_AFTER_CLOSING = timedelta(days=20)
CALL_SOON, CALL_GRACE = timedelta(minutes=10), timedelta(minutes=15)


def everything(session: Session) -> None:
    """Plan what changed since the last time."""
    for ticket, plan in _changed(session):
        of(session, ticket)
        if plan is None:
            plan = FollowPlan(ticket_id=ticket.id)
            session.add(plan)
        plan.version = ticket.version
        session.flush()
    _callbacks(session)
    _maintenance(session)


def of(session: Session, ticket: Ticket) -> None:
    """Plan one ticket: what it wants is there, what it does not want any more is cancelled."""
    since = ticket.clock_from or ticket.opened_at
    written = select(ServiceReport).where(ServiceReport.ticket_id == ticket.id, ServiceReport.at >= since)
    report = session.scalar(written.limit(1))
    rows = {row.key: row for row in session.scalars(select(FollowUp).where(FollowUp.ticket_id == ticket.id))}
    first = next((row for row in rows.values() if row.kind == "follow_up_1" and row.state == "done"), None)
    wanted = of_ticket(ticket, time.now(), session.get(Complaint, ticket.id), report, first)
    _match(session, f"{ticket.number}:", rows, wanted, ticket_id=ticket.id, conversation_id=ticket.conversation_id)


def _changed(session: Session) -> Iterable[tuple[Ticket, FollowPlan | None]]:
    recent = time.now() - KEPT_AFTER_CLOSING
    living = or_(Ticket.status.in_((*tickets.OPEN, "resolved")), Ticket.closed_at >= recent)
    query = (
        select(Ticket, FollowPlan)
        .outerjoin(FollowPlan, FollowPlan.ticket_id == Ticket.id)
        .where(living, or_(FollowPlan.version.is_(None), FollowPlan.version != Ticket.version))
        .limit(AT_ONCE)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _match(
    session: Session, prefix: str, rows: dict[str, FollowUp], wanted: list[Wanted], **about: object
) -> None:
    by_key = {f"{prefix}{one.key}": one for one in wanted}
    for key, row in rows.items():
        if row.state == "waiting" and key.startswith(prefix) and key not in by_key:
            row.state, row.done_at = "cancelled", time.now()
    for key, one in by_key.items():
        there = rows.get(key)
        if there is None:
            if not one.ahead or one.due >= time.now():
                session.add(_row(key, one, **about))
        elif there.state == "cancelled":
            there.state, there.due_at, there.latest_at, there.done_at = "waiting", one.due, one.latest, None
    session.flush()


def _row(key: str, one: Wanted, **about: object) -> FollowUp:
    return FollowUp(
        key=key[:120], kind=one.kind, due_at=one.due, latest_at=one.latest, data=one.data, state="waiting",
        created_at=time.now(), **about,
    )


def _callbacks(session: Session) -> None:
    now = time.now()
    query = select(Callback).where(Callback.state == "promised", Callback.due_at <= now + CALL_SOON)
    for callback in session.scalars(query).all():
        prefix = f"callback:{callback.id}:{callback.created_at.timestamp():.0f}:"
        rows = {row.key: row for row in session.scalars(select(FollowUp).where(FollowUp.callback_id == callback.id))}
        moment = f"{callback.due_at.timestamp():.0f}"
        late = (callback.until or callback.due_at) + CALL_GRACE
        wanted = [Wanted(f"missed:{moment}", "callback_missed", late)]
        if callback.due_at > now - HISTORY:
            wanted.append(Wanted(f"soon:{moment}", "callback_soon", callback.due_at - CALL_SOON, late))
        _match(
            session, prefix, rows, wanted, callback_id=callback.id, conversation_id=callback.conversation_id,
            ticket_id=callback.ticket_id,
        )


def _maintenance(session: Session) -> None:
    today = time.today()
    query = select(MaintenancePlan).where(MaintenancePlan.next_on <= today + timedelta(days=5))
    for plan in session.scalars(query).all():
        if plan.next_on < today:
            plan.next_on = maintenance.next_after(plan.next_on, plan.every_months, today)
            continue
        prefix = f"maintenance:{plan.device_id}:"
        keys = [f"{prefix}{kind}:{plan.next_on}" for kind in ("early", "late")]
        rows = {row.key: row for row in session.scalars(select(FollowUp).where(FollowUp.key.in_(keys)))}
        _match(session, prefix, rows, _reminders(plan.next_on, time.now()), device_id=plan.device_id)


def _reminders(day: date, now: datetime) -> list[Wanted]:
    """Four days ahead (five to three are right), and the day before (two to one are)."""
    about = {"day": day.isoformat()}
    early, late = hours.friendly(day - timedelta(days=4)), hours.friendly(day - timedelta(days=1))
    until = hours.end_of(day - timedelta(days=3)), hours.end_of(day - timedelta(days=1))
    found = [
        Wanted(f"early:{day}", "maintenance_early", early, until[0], about),
        Wanted(f"late:{day}", "maintenance_late", late, until[1], about),
    ]
    return [one for one in found if one.latest is not None and one.latest > now]
