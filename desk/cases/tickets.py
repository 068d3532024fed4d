"""Tickets: opened once, changed by events, told honestly."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from desk import time
from desk.cases import deadlines
from desk.records.models import Conversation, Device, Ticket, TicketCounter, TicketEvent, TicketNote

OPEN = ("new", "accepted", "scheduled", "in_progress", "reopened")
PRIORITY = {"A": 0, "B": 2, "C": 3}
CLOCKED = {"severity", "status", "visit_start", "service_mode", "service_level"}


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
    ticket.deadlines = deadlines.compute(ticket)
    session.add(ticket)
    session.flush()
    event(session, ticket, "opened", actor, severity=ticket.severity, about=ticket.kind)
    return ticket


def event(session: Session, ticket: Ticket, kind: str, actor: str, reason: str = "", **data: Any) -> None:
    """Write one change of a ticket."""
    session.add(TicketEvent(ticket_id=ticket.id, kind=kind, actor=actor, reason=reason, data=data, at=time.now()))
    session.flush()


def add_note(session: Session, ticket: Ticket, author: str, text: str) -> None:
    """Something the customer or a colleague added."""
    session.add(TicketNote(ticket_id=ticket.id, author=author, text=text, at=time.now()))
    event(session, ticket, "note_added", author, text=text)
    lasting = deadlines.open_pause(ticket)
    if author == "customer" and lasting is not None and lasting["reason"] == "waiting_customer":
        go_on(session, ticket, author)


def pause(session: Session, ticket: Ticket, actor: str, reason: str, why: str = "") -> None:
    """Let the ticket's clocks stand still. Raises RuleInputError (see desk.cases.deadlines.pause)."""
    deadlines.pause(ticket, reason)
    event(session, ticket, "paused", actor, why, about=reason)


def go_on(session: Session, ticket: Ticket, actor: str, why: str = "") -> bool:
    """Let the clocks run again; False when none stood still."""
    running = deadlines.go_on(ticket)
    if running:
        event(session, ticket, "resumed", actor, why)
    return running


def change(session: Session, ticket: Ticket, actor: str, reason: str = "", **fields: Any) -> None:
    """Set columns and write what changed."""
    before = {name: _plain(getattr(ticket, name)) for name in fields}
    for name, value in fields.items():
        setattr(ticket, name, value)
    if "severity" in fields:
        deadlines.severity_changed(ticket, before["severity"])
    if "status" in fields:
        deadlines.status_changed(ticket, before["status"])
    if CLOCKED & fields.keys():
        ticket.deadlines = deadlines.compute(ticket)
    after = {name: _plain(value) for name, value in fields.items()}
    event(session, ticket, "changed", actor, reason, before=before, after=after)


def by_number(session: Session, number: str) -> Ticket | None:
    """The ticket with this number."""
    return session.scalar(select(Ticket).where(Ticket.number == number))


def locked(session: Session, which: ColumnElement[bool], talk: str | None = None) -> Ticket | None:
    """The ticket, as it is now, its row locked until the transaction ends. Its conversation is locked first (or `talk`,
    the one that is written to): everybody takes conversations before tickets, so that no two wait for each other."""
    first = talk or session.scalar(select(Ticket.conversation_id).where(which))
    if first is not None:
        session.execute(select(Conversation.id).where(Conversation.id == first).with_for_update())
    return session.scalar(select(Ticket).where(which).with_for_update().execution_options(populate_existing=True))


def open_of_customer(session: Session, customer_id: int) -> list[Ticket]:
    """A customer's unfinished tickets, newest first."""
    return _newest(session, Ticket.customer_id == customer_id, Ticket.status.in_(OPEN))


def recent_of_customer(session: Session, customer_id: int, days: int = 90) -> list[Ticket]:
    """A customer's tickets of the last days, newest first."""
    since = time.now() - timedelta(days=days)
    return _newest(session, Ticket.customer_id == customer_id, Ticket.opened_at >= since)


def open_of_device(session: Session, device_id: int) -> list[Ticket]:
    """Unfinished tickets about a device, newest first."""
    return _newest(session, Ticket.device_id == device_id, Ticket.status.in_(OPEN))


def _newest(session: Session, *conditions: ColumnElement[bool]) -> list[Ticket]:
    return list(session.scalars(select(Ticket).where(*conditions).order_by(Ticket.opened_at.desc())))


def due(ticket: Ticket) -> tuple[str, datetime] | None:
    """The next promised instant that is not kept yet: its name and time; the earliest one also when it is past."""
    for standing in deadlines.standings(ticket, time.now()):
        if standing.state in ("running", "overdue"):
            return f"{standing.name}_due", standing.due
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
