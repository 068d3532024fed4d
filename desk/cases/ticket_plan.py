"""Who comes to a ticket and when, and what it will cost: an engineer, a time in their calendar, a quote."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import quotes, tickets, visits
from desk.cases.ticket_work import LONGEST_REASON, NEXT, Refused, at
from desk.cases.visits import Slot
from desk.records.models import Engineer, Ticket
from desk.rules.quotes import default_prices

DAYS_SHOWN = 7
MOST_SHOWN = 40
HIGHEST_FEN = 100_000_000
FINISHED = ("resolved", "closed", "cancelled")


def engineers(session: Session) -> list[Engineer]:
    """Everybody who visits, by name."""
    return list(session.scalars(select(Engineer).order_by(Engineer.name)))


def offered(session: Session, ticket: Ticket) -> list[Slot]:
    """The free times of the next days for this ticket's visit."""
    if ticket.status in FINISHED:
        return []
    now = time.now()
    return visits.slots(session, visits.need_of(ticket), now, now + timedelta(days=DAYS_SHOWN))[:MOST_SHOWN]


def assign(number: str, staff_id: int, version: int, engineer_id: int, reason: str = "") -> None:
    """Give the ticket to an engineer, with the visit that is booked if there is one. Raises Refused."""
    with at(number, staff_id, version) as (session, ticket, person):
        _unfinished(ticket)
        engineer = session.get(Engineer, engineer_id)
        if engineer is None:
            raise Refused("no_engineer")
        if ticket.engineer_id == engineer_id:
            raise Refused("same")
        actor, reason = f"staff:{person.id}", reason.strip()[:LONGEST_REASON]
        visit = visits.booked(session, ticket)
        if visit is None:
            tickets.change(session, ticket, actor, reason, engineer_id=engineer_id)
        elif not visits.move(session, ticket, Slot(visit.starts_at, visit.ends_at, (engineer_id,)), actor, reason):
            raise Refused("engineer_busy", who=engineer.name)


def book(number: str, staff_id: int, version: int, start: str, reason: str = "") -> None:
    """Book the free time that begins at `start` (ISO 8601), instead of the one booked before. Raises Refused."""
    with at(number, staff_id, version) as (session, ticket, person):
        _unfinished(ticket)
        slot = next((one for one in offered(session, ticket) if one.start == _instant(start)), None)
        actor, reason = f"staff:{person.id}", reason.strip()[:LONGEST_REASON]
        if slot is None or not visits.move(session, ticket, slot, actor, reason):
            raise Refused("slot_gone")
        if "scheduled" in NEXT[ticket.status]:
            tickets.change(session, ticket, actor, reason, status="scheduled")


def quote(number: str, staff_id: int, version: int, lines: list[tuple[str, str]], reason: str = "") -> None:
    """Store what the repair will cost: `lines` of (what, yuan), else by the price table. Raises Refused."""
    with at(number, staff_id, version) as (session, ticket, person):
        _unfinished(ticket)
        named = [(what.strip()[:60], yuan) for what, yuan in lines if what.strip() or yuan.strip()]
        made = _by_hand(named) if named else _by_table(session, ticket)
        tickets.change(session, ticket, f"staff:{person.id}", reason.strip()[:LONGEST_REASON], quote=made)


def _unfinished(ticket: Ticket) -> None:
    if ticket.status in FINISHED:
        raise Refused("finished")


def _by_hand(lines: list[tuple[str, str]]) -> dict[str, Any]:
    priced = [{"name": what, "pieces": 1, "low_fen": _fen(yuan), "high_fen": _fen(yuan)} for what, yuan in lines]
    if not all(what for what, _ in lines):
        raise Refused("quote_needs_name")
    total = sum(_fen(yuan) for _, yuan in lines)
    today = time.today()
    prices = default_prices(today)
    until = today + timedelta(days=prices.valid_days)
    return {
        "lines": priced, "low_fen": total, "high_fen": total, "open_parts": False,
        "why": texts.render("console.ticket.quoted_by_hand"), "valid_until": until.isoformat(),
        "policy_version": prices.version,
    }


def _by_table(session: Session, ticket: Ticket) -> dict[str, Any]:
    if not ticket.decision:
        raise Refused("quote_needs_decision")
    return quotes.for_ticket(
        session, ticket.decision, ticket.product_type or "", None, ticket.service_mode, ticket.visit_start,
        ticket.address or "",
    )


def _fen(yuan: str) -> int:
    try:
        fen = round(float(yuan) * 100)
    except (ValueError, OverflowError) as error:
        raise Refused("quote_amount") from error
    if not 0 <= fen <= HIGHEST_FEN:
        raise Refused("quote_amount")
    return fen


def _instant(start: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(start)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
