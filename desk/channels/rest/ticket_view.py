"""A ticket as integrators see it: exactly the fields of the contract."""

from datetime import datetime
from typing import Any

from desk import time
from desk.records.models import Ticket

_AS_STORED = (
    "number", "kind", "status", "severity", "priority", "product_type", "product_model", "serial_number", "symptom",
    "fault_code", "contact_name", "contact_phone", "address", "service_mode",
)


def ticket(found: Ticket) -> dict[str, Any]:
    """`found` (in a live session) as a dict of the API's Ticket."""
    return {
        **{name: getattr(found, name) for name in _AS_STORED},
        "visit_time": shown(found.visit_start) if found.visit_start else found.visit_text,
        "payer": found.payer,
        "decision": found.decision,
        "deadlines": {name: _instant(value) for name, value in (found.deadlines or {}).items()},
        "service_level": found.service_level,
        "urge_count": found.urge_count,
        "repeat_repair": found.repeat_repair,
        "linked_tickets": found.linked_tickets,
        "order_number": found.order_number,
        "attachments": found.attachments,
        "intake_id": found.intake_id,
        "events": [
            {"kind": e.kind, "actor": e.actor, "reason": e.reason, "at": shown(e.at), "data": e.data}
            for e in found.events
        ],
        "notes": [{"author": n.author, "text": n.text, "at": shown(n.at)} for n in found.notes],
    }


def shown(instant: datetime) -> str:
    """ISO 8601 in the company's time zone, to the second."""
    return time.local(instant).isoformat(timespec="seconds")


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or "T" not in value:
        return value
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    return shown(instant) if instant.tzinfo else value
