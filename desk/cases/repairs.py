"""Repairs that were done, as the rules count them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import Repair, Ticket


def remember(session: Session, ticket: Ticket) -> Repair | None:
    """The repair of a finished ticket as a record of its device, written once; None without a device."""
    if ticket.device_id is None or ticket.kind != "repair":
        return None
    received = time.local(ticket.opened_at).date()
    done = ticket.resolved_at or ticket.closed_at
    known = session.scalar(
        select(Repair).where(
            Repair.device_id == ticket.device_id, Repair.received_on == received, Repair.fault == ticket.symptom[:200]
        )
    )
    if known is not None:
        return known
    repair = Repair(
        device_id=ticket.device_id,
        received_on=received,
        returned_on=max(received, time.local(done).date()) if done else time.today(),
        fault=ticket.symptom[:200],
    )
    session.add(repair)
    session.flush()
    return repair
