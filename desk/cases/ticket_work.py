"""What a colleague does with a ticket: change its severity or status, each with its reason, and add notes.

Every command is one transaction and names the version that the person saw.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from desk import texts
from desk.cases import repairs, tickets, visits
from desk.cases.takeover import LEADERS
from desk.records import db
from desk.records.models import Staff, Ticket
from desk.rules import severity as rules
from desk.rules.errors import RuleInputError

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
    with at(number, staff_id, version) as (session, ticket, person):
        if status not in NEXT[ticket.status]:
            raise Refused("not_allowed", from_status=_status(ticket.status), to_status=_status(status))
        reason = reason.strip()[:LONGEST_REASON]
        if status in NEEDS_REASON and not reason:
            raise Refused("reason_needed")
        changed = {"status": status} | ({"resolution": reason} if status == "resolved" else {})
        tickets.change(session, ticket, f"staff:{person.id}", reason, **changed)
        if status == "cancelled":
            visits.call_off(session, ticket, f"staff:{person.id}", reason)
        if status == "resolved":
            repairs.remember(session, ticket)


def set_severity(number: str, staff_id: int, version: int, severity: str, reason: str) -> None:
    """Change the severity and so the deadlines; making it milder is for leaders. Raises Refused."""
    with at(number, staff_id, version) as (session, ticket, person):
        if severity == ticket.severity:
            raise Refused("same")
        if not reason.strip():
            raise Refused("reason_needed")
        if severity > ticket.severity and person.role not in LEADERS:
            raise Refused("leader_only")
        with _told():
            new = rules.change(rules.Severity(ticket.severity, ""), severity, reason[:LONGEST_REASON])
        worse = new.code < ticket.severity
        tickets.change(
            session,
            ticket,
            f"staff:{person.id}",
            new.reason,
            severity=new.code,
            severity_reason=new.reason[:200],
            priority=min(ticket.priority, tickets.PRIORITY[new.code]) if worse else tickets.PRIORITY[new.code],
        )


def pause(number: str, staff_id: int, version: int, reason: str, why: str = "") -> None:
    """Let the ticket's clocks stand still for one of deadlines.pause_reasons(). Raises Refused."""
    with at(number, staff_id, version) as (session, ticket, person):
        with _told():
            tickets.pause(session, ticket, f"staff:{person.id}", reason, why.strip()[:LONGEST_REASON])


def go_on(number: str, staff_id: int, version: int, why: str = "") -> None:
    """Let the ticket's clocks run again. Raises Refused."""
    with at(number, staff_id, version) as (session, ticket, person):
        if not tickets.go_on(session, ticket, f"staff:{person.id}", why.strip()[:LONGEST_REASON]):
            raise Refused("not_paused")


def add_note(number: str, staff_id: int, text: str) -> None:
    """Add a note; it does not depend on what others changed. Raises Refused."""
    with at(number, staff_id, None) as (session, ticket, person):
        text = text.strip()
        if not text:
            raise Refused("reason_needed")
        tickets.add_note(session, ticket, f"staff:{person.id}", text[:2000])


@contextmanager
def _told() -> Iterator[None]:
    """What the rules refuse is told as Refused."""
    try:
        yield
    except RuleInputError as error:
        raise Refused("rule", words=str(error)) from error


def _status(code: str) -> str:
    key = f"console.ticket.statuses.{code}"
    return texts.render(key) if texts.has(key) else code


@contextmanager
def at(
    number: str, staff_id: int, version: int | None, talk: str | None = None
) -> Iterator[tuple[Session, Ticket, Staff]]:
    """The ticket, locked after its conversation (or `talk`), with who acts, in a transaction.

    Raises Refused (missing; stale unless `version` is None).
    """
    try:
        with db.transaction() as session:
            ticket = tickets.locked(session, Ticket.number == number, talk)
            person = session.get(Staff, staff_id)
            if ticket is None or person is None or not person.active:
                raise Refused("missing")
            if version is not None and ticket.version != version:
                raise Refused("stale")
            yield session, ticket, person
    except StaleDataError as error:
        raise Refused("stale") from error
