"""Tickets one row each, for the list and for files, in a fixed number of queries a page."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from desk.cases import tickets
from desk.cases.summary import masked_address, masked_name
from desk.console import shown
from desk.console.lead.conversation_rows import AT_ONCE, stamp, word
from desk.console.lead.filters import Filters, like
from desk.console.shown import Deadline
from desk.language import phones
from desk.records.models import Engineer, Staff, Ticket

DUE = ("late", "soon")


@dataclass(frozen=True)
class Row:
    """One ticket with who works on it and its next promise."""

    ticket: Ticket
    assignee: str | None
    engineer: str | None
    due: Deadline | None


def total(session: Session, filters: Filters) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(_chosen(session, filters).subquery())) or 0


def rows(session: Session, filters: Filters, offset: int, limit: int) -> list[Row]:
    """A part of them, the newest first."""
    return [_row(*found) for found in session.execute(_chosen(session, filters).offset(offset).limit(limit))]


def every(session: Session, filters: Filters) -> Iterator[Row]:
    """All of them, fetched in portions."""
    for found in session.execute(_chosen(session, filters).execution_options(yield_per=AT_ONCE)):
        yield _row(*found)


HEADS = (
    "number", "kind", "status", "severity", "opened", "resolved", "closed", "product_type", "product_model", "serial",
    "symptom", "fault_code", "contact", "phone", "address", "mode", "visit", "payer", "level", "due", "urged",
    "repeat", "assignee", "engineer", "resolution",
)


def cells(row: Row, full: bool = False) -> list[str]:
    """The cells under HEADS; contact data only in `full`."""
    one = row.ticket
    name, phone, address = one.contact_name or "", one.contact_phone or "", one.address or ""
    if not full:
        name, phone, address = masked_name(name), phones.mask(phone), masked_address(address)
    return [
        one.number, word("ticket.kinds", one.kind), word("ticket.statuses", one.status), one.severity,
        stamp(one.opened_at), stamp(one.resolved_at), stamp(one.closed_at), one.product_type or "",
        one.product_model or "", one.serial_number or "", one.symptom, one.fault_code or "", name, phone, address,
        word("values.mode", one.service_mode), stamp(one.visit_start), word("ticket.payers", one.payer),
        one.service_level or "", row.due.words if row.due else "", str(one.urge_count),
        word("list_page.yes_no", "yes" if one.repeat_repair else "no"), row.assignee or "", row.engineer or "",
        one.resolution or "",
    ]


def _row(ticket: Ticket, assignee: str | None, engineer: str | None) -> Row:
    return Row(ticket, assignee, engineer, shown.next_deadline(ticket) if ticket.status in tickets.OPEN else None)


def _chosen(session: Session, filters: Filters) -> Select[Ticket, str, str]:
    query = (
        select(Ticket, Staff.name, Engineer.name)
        .outerjoin(Staff, Staff.id == Ticket.assignee_id)
        .outerjoin(Engineer, Engineer.id == Ticket.engineer_id)
    )
    return query.where(*_conditions(session, filters)).order_by(Ticket.opened_at.desc(), Ticket.id.desc())


def _conditions(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state == "open":
        found.append(Ticket.status.in_(tickets.OPEN))
    elif filters.state in DUE:
        found.append(Ticket.id.in_(_due(session, filters.state)))
    elif filters.state:
        found.append(Ticket.status == filters.state)
    for column, value in ((Ticket.kind, filters.kind), (Ticket.severity, filters.severity)):
        if value:
            found.append(column == value)
    if filters.staff is not None:
        found.append(Ticket.assignee_id == filters.staff)
    if filters.customer is not None:
        found.append(Ticket.customer_id == filters.customer)
    found += filters.within(Ticket.opened_at)
    if filters.words:
        wanted = like(filters.words)
        exactly = (Ticket.number == filters.words.upper(), Ticket.contact_phone == filters.words)
        texts = (Ticket.symptom, Ticket.serial_number, Ticket.product_type)
        near = [column.like(wanted, escape="\\") for column in texts]
        found.append(or_(*exactly, *near))
    return found


def _due(session: Session, tone: str) -> list[int]:
    """Deadlines are computed, so the open tickets are looked at one by one here, in one query."""
    found = []
    for ticket in session.scalars(select(Ticket).where(Ticket.status.in_(tickets.OPEN))):
        deadline = shown.next_deadline(ticket)
        if deadline is not None and deadline.tone == tone:
            found.append(ticket.id)
    return found
