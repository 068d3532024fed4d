"""Tickets: opened once, changed by events, told honestly."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from desk import time
from desk.cases import deadlines
from desk.records.models import Device, Ticket, TicketCounter, TicketEvent, TicketNote

OPEN = ("new", "accepted", "scheduled", "in_progress", "reopened")
PRIORITY = {"A": 0, "B": 2, "C": 3}


def next_number(session: Session) -> str:
    """The next ticket number of today: TK + yyyymmdd + - + 4 digits."""
    day = time.today()
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(insert(TicketCounter).values(day=day, last=0).on_conflict_do_nothing(index_elements=["day"]))
    while True:
        session.execute(update(TicketCounter).where(TicketCounter.day == day).values(last=TicketCounter.last + 1))
        last = session.scalar(select(TicketCounter.last).where(TicketCounter.day == day))
        number = f"TK{day:%Y%m%d}-{last:04d}"
        # An imported ticket may already carry this number.
        if session.scalar(select(Ticket.id).where(Ticket.number == number)) is None:
            return number


def open_ticket(session: Session, actor: str, device: Device | None = None, **fields: Any) -> Ticket:
    """A new ticket with its deadlines. `fields` are columns of Ticket; severity and kind among them."""
    now = time.now()
    ticket = Ticket(number=next_number(session), opened_at=now, status="new", **fields)
    if device is not None:
        ticket.device_id, ticket.serial_number = device.id, device.serial_number
        if device.product is not None:
            ticket.product_model = device.product.model
            ticket.product_type = device.product.product_type or ticket.product_type
    ticket.priority = PRIORITY[ticket.severity]
    ticket.service_level = ticket.service_level or deadlines.level_of(device) or "HOME"
    ticket.deadlines = _deadlines(ticket)
    session.add(ticket)
    session.flush()
    event(session, ticket, "opened", actor, severity=ticket.severity, about=ticket.kind)
    return ticket


def recompute(ticket: Ticket) -> None:
    """Deadlines anew, after severity, visit or level changed."""
    ticket.deadlines = _deadlines(ticket)


def _deadlines(ticket: Ticket) -> dict[str, Any]:
    return deadlines.compute(
        ticket.service_level, ticket.severity, ticket.opened_at, ticket.visit_start, ticket.service_mode
    )


def event(session: Session, ticket: Ticket, kind: str, actor: str, reason: str = "", **data: Any) -> None:
    """Write one change of a ticket."""
    session.add(TicketEvent(ticket_id=ticket.id, kind=kind, actor=actor, reason=reason, data=data, at=time.now()))
    session.flush()


def add_note(session: Session, ticket: Ticket, author: str, text: str) -> None:
    """Something the customer or a colleague added."""
    session.add(TicketNote(ticket_id=ticket.id, author=author, text=text, at=time.now()))
    event(session, ticket, "note_added", author, text=text)


def change(session: Session, ticket: Ticket, actor: str, reason: str = "", **fields: Any) -> None:
    """Set columns and write what changed."""
    before = {name: _plain(getattr(ticket, name)) for name in fields}
    for name, value in fields.items():
        setattr(ticket, name, value)
    if {"severity", "visit_start", "service_mode", "service_level"} & fields.keys():
        recompute(ticket)
    after = {name: _plain(value) for name, value in fields.items()}
    event(session, ticket, "changed", actor, reason, before=before, after=after)


def by_number(session: Session, number: str) -> Ticket | None:
    """The ticket with this number."""
    return session.scalar(select(Ticket).where(Ticket.number == number))


def open_of_customer(session: Session, customer_id: int) -> list[Ticket]:
    """A customer's unfinished tickets, newest first."""
    return list(
        session.scalars(
            select(Ticket)
            .where(Ticket.customer_id == customer_id, Ticket.status.in_(OPEN))
            .order_by(Ticket.opened_at.desc())
        )
    )


def recent_of_customer(session: Session, customer_id: int, days: int = 90) -> list[Ticket]:
    """A customer's tickets of the last days, newest first."""
    since = time.now() - timedelta(days=days)
    return list(
        session.scalars(
            select(Ticket)
            .where(Ticket.customer_id == customer_id, Ticket.opened_at >= since)
            .order_by(Ticket.opened_at.desc())
        )
    )


def open_of_device(session: Session, device_id: int) -> list[Ticket]:
    """Unfinished tickets about a device, newest first."""
    return list(
        session.scalars(
            select(Ticket)
            .where(Ticket.device_id == device_id, Ticket.status.in_(OPEN))
            .order_by(Ticket.opened_at.desc())
        )
    )


def due(ticket: Ticket) -> tuple[str, datetime] | None:
    """The next promised instant that is not kept yet: its name and time; the earliest one also when it is past."""
    names = {"new": ("response_due", "arrival_due", "fix_due"), "reopened": ("response_due", "arrival_due", "fix_due")}
    for name in names.get(ticket.status, ("arrival_due", "fix_due")):
        value = ticket.deadlines.get(name)
        if value:
            return name, datetime.fromisoformat(value).astimezone(UTC)
    return None


def overdue(ticket: Ticket, now: datetime) -> bool:
    """Whether a promise of this ticket is broken at `now`."""
    if ticket.status not in OPEN:
        return False
    following = due(ticket)
    # Of an imported ticket nobody wrote down whether it was answered: only a late arrival or fix is known to be late.
    answered_unknown = ticket.conversation_id is None and following is not None and following[0] == "response_due"
    if following is not None and following[1] < now and not answered_unknown:
        return True
    # Without any promised time a customer who has waited three days has waited too long.
    return ticket.visit_start is None and now - ticket.opened_at > timedelta(days=3)


def urge(session: Session, ticket: Ticket, actor: str, text: str) -> None:
    """Count a customer's push and raise the priority."""
    ticket.urge_count += 1
    ticket.priority = max(0, ticket.priority - 1)
    event(session, ticket, "urged", actor, text[:200], count=ticket.urge_count, priority=ticket.priority)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
