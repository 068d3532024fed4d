"""What a colleague does with a ticket: change its severity or status, each with its reason, and add notes.

Every command is one transaction and names the version that the person saw.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from desk import texts, time
from desk.cases import deadlines, tickets
from desk.cases.takeover import LEADERS
from desk.records import db
from desk.records.models import Staff, Ticket, TicketEvent

NEXT: dict[str, tuple[str, ...]] = {
    "new": ("accepted", "scheduled", "cancelled"),
    "accepted": ("scheduled", "in_progress", "cancelled"),
    "scheduled": ("in_progress", "cancelled"),
    "in_progress": ("scheduled", "resolved", "cancelled"),
    "resolved": ("closed", "reopened"),
    "closed": ("reopened",),
    "cancelled": ("reopened",),
    "reopened": ("accepted", "scheduled", "in_progress", "cancelled"),
}
NEEDS_REASON = ("cancelled", "reopened", "resolved")
LONGEST_REASON = 300


class Refused(Exception):
    """The change is not possible; the message says why. `code` is a key of console.ticket."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(texts.render(f"console.ticket.{code}", **values))
        self.code = code


def set_status(number: str, staff_id: int, version: int, status: str, reason: str = "") -> None:
    """Move the ticket along NEXT. For resolved `reason` is what was done. Raises Refused."""
    with _at(number, staff_id, version) as (session, ticket, person):
        if status not in NEXT[ticket.status]:
            raise Refused("not_allowed", from_status=_status(ticket.status), to_status=_status(status))
        reason = reason.strip()[:LONGEST_REASON]
        if status in NEEDS_REASON and not reason:
            raise Refused("reason_needed")
        now = time.now()
        changed: dict[str, Any] = {"status": status}
        if status == "resolved":
            changed |= {"resolved_at": now, "resolution": reason}
        if status == "closed":
            changed |= {"closed_at": now}
        if status == "reopened":
            changed |= {"resolved_at": None, "closed_at": None}
        tickets.change(session, ticket, f"staff:{person.id}", reason, **changed)


def set_severity(number: str, staff_id: int, version: int, severity: str, reason: str) -> None:
    """Change the severity and so the deadlines; making it milder is for leaders. Raises Refused."""
    with _at(number, staff_id, version) as (session, ticket, person):
        reason = reason.strip()[:LONGEST_REASON]
        if severity not in tickets.PRIORITY or severity == ticket.severity:
            raise Refused("same")
        if not reason:
            raise Refused("reason_needed")
        if severity > ticket.severity and person.role not in LEADERS:
            raise Refused("leader_only")
        first, changes = _severities(session, ticket)
        changes.append((time.now(), severity))
        tickets.change(
            session,
            ticket,
            f"staff:{person.id}",
            reason,
            severity=severity,
            severity_reason=reason[:200],
            priority=min(ticket.priority, tickets.PRIORITY[severity])
            if severity < ticket.severity
            else tickets.PRIORITY[severity],
        )
        # The clocks of the new severity start at the change, not at the report.
        ticket.deadlines = deadlines.compute(
            ticket.service_level,
            first,
            ticket.opened_at,
            ticket.visit_start,
            ticket.service_mode,
            severity_changes=changes,
        )


def add_note(number: str, staff_id: int, text: str) -> None:
    """Add a note; it does not depend on what others changed. Raises Refused."""
    with _at(number, staff_id, None) as (session, ticket, person):
        text = text.strip()
        if not text:
            raise Refused("reason_needed")
        tickets.add_note(session, ticket, f"staff:{person.id}", text[:2000])


def _severities(session: Session, ticket: Ticket) -> tuple[str, list[tuple[datetime, str]]]:
    """The severity at the report, and each later one with its instant."""
    rows = session.scalars(
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "changed")
        .order_by(TicketEvent.id)
    )
    changed = [row for row in rows if "severity" in (row.data.get("after") or {})]
    first = changed[0].data["before"]["severity"] if changed else ticket.severity
    return first, [(row.at, row.data["after"]["severity"]) for row in changed]


def _status(code: str) -> str:
    key = f"console.ticket.statuses.{code}"
    return texts.render(key) if texts.has(key) else code


@contextmanager
def _at(number: str, staff_id: int, version: int | None) -> Iterator[tuple[Session, Ticket, Staff]]:
    try:
        with db.transaction() as session:
            ticket = session.scalar(select(Ticket).where(Ticket.number == number).with_for_update())
            person = session.get(Staff, staff_id)
            if ticket is None or person is None or not person.active:
                raise Refused("missing")
            if version is not None and ticket.version != version:
                raise Refused("stale")
            yield session, ticket, person
    except StaleDataError as error:
        raise Refused("stale") from error
