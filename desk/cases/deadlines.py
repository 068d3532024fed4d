"""Deadlines of a ticket by its service level; the clock's own rules are in desk.rules.sla.

Everything they depend on is in the ticket's own columns, so that computing them again gives the same.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from desk import time
from desk.records.models import Device, Ticket
from desk.rules import sla
from desk.rules.errors import RuleInputError
from desk.rules.sla import Pause, Standing

FINISHED = ("resolved", "closed", "cancelled")
ANSWERED = ("accepted", "scheduled", "in_progress")


def level_of(device: Device | None, product_level: str | None = None) -> str | None:
    """The service level: of the contract, else of the product; None means HOME. Unknown ones do not count."""
    levels = sla.default_levels()
    named = [device.contract.service_level] if device is not None and device.contract is not None else []
    named += [device.product.service_level] if device is not None and device.product is not None else []
    known = (levels.code_of(one) for one in (*named, product_level) if one)
    return next((code for code in known if code is not None), None)


def compute(ticket: Ticket) -> dict[str, Any]:
    """Milestones as stored with the ticket: ISO instants by name, and what follows a breach."""
    changes = ticket.severity_changes or []
    first = changes[0]["before"] if changes else ticket.severity
    return sla.deadlines(
        ticket.service_level or "HOME",
        first,
        ticket.clock_from or ticket.opened_at,
        visit_at=ticket.visit_start,
        service_mode=ticket.service_mode,
        pauses=[Pause(_instant(p["start"]), _instant(p["end"]), p["reason"]) for p in ticket.pauses or []],
        severity_changes=[(_instant(change["at"]), change["after"]) for change in changes],
    ).to_dict()


def standings(ticket: Ticket, now: datetime) -> tuple[Standing, ...]:
    """How each promise stands, the earliest first. All clocks stop when the ticket is finished."""
    due = {
        name.removesuffix("_due"): datetime.fromisoformat(value).astimezone(UTC)
        for name, value in (ticket.deadlines or {}).items()
        if name.endswith("_due") and isinstance(value, str)
    }
    reached = {name: _instant(at) for name, at in (ticket.reached or {}).items()}
    return sla.standings(due, now, reached, _finished_at(ticket))


def pause_reasons(reported: datetime | None = None) -> Mapping[str, str]:
    """Why a clock may stand still: code and words, by the service levels for what was reported then (None: now)."""
    return {code: rule.name for code, rule in sla.default_levels(reported).pauses.items()}


def open_pause(ticket: Ticket) -> dict[str, Any] | None:
    """The pause that lasts, if the clock stands still."""
    return next((pause for pause in ticket.pauses or [] if pause["end"] is None), None)


def pause(ticket: Ticket, reason: str) -> None:
    """Let the clocks that `reason` stops stand still from now on.

    Raises RuleInputError for an unknown reason, a finished ticket, and when they stand still already.
    """
    if ticket.status in FINISHED:
        raise RuleInputError("工单已经结束，不用暂停")
    if open_pause(ticket) is not None:
        raise RuleInputError("计时已经暂停了")
    if reason not in pause_reasons(ticket.clock_from or ticket.opened_at):
        raise RuleInputError(f"没有叫“{reason}”的暂停原因")
    ticket.pauses = [*(ticket.pauses or []), {"start": time.now().isoformat(), "end": None, "reason": reason}]
    ticket.deadlines = compute(ticket)


def go_on(ticket: Ticket) -> bool:
    """Let the clocks run again; False when none stood still."""
    lasting = open_pause(ticket)
    if lasting is None:
        return False
    ended = {**lasting, "end": time.now().isoformat()}
    ticket.pauses = [ended if one is lasting else one for one in ticket.pauses]
    ticket.deadlines = compute(ticket)
    return True


def severity_changed(ticket: Ticket, before: str) -> None:
    """Remember that the severity was `before` until now."""
    if before != ticket.severity:
        change = {"at": time.now().isoformat(), "before": before, "after": ticket.severity}
        ticket.severity_changes = [*(ticket.severity_changes or []), change]


def status_changed(ticket: Ticket, before: str) -> None:
    """Note which promises the new status keeps; a reopened ticket's clocks start anew."""
    now = time.now()
    if ticket.status == "reopened":
        ticket.clock_from, ticket.resolved_at, ticket.closed_at = now, None, None
        ticket.reached, ticket.pauses, ticket.severity_changes = {}, [], []
        if ticket.visit_start is not None and ticket.visit_start <= now:
            ticket.visit_start = ticket.visit_end = ticket.visit_text = None
    elif ticket.status in FINISHED:
        go_on(ticket)
        ticket.resolved_at = ticket.resolved_at or (now if ticket.status == "resolved" else None)
        ticket.closed_at = None if ticket.status == "resolved" else now
    elif ticket.status in ANSWERED:
        kept = ["response"] if before in ("new", "reopened") else []
        kept += ["arrival"] if ticket.status == "in_progress" else []
        ticket.reached = {**dict.fromkeys(kept, now.isoformat()), **(ticket.reached or {})}


def _finished_at(ticket: Ticket) -> datetime | None:
    if ticket.status not in FINISHED:
        return None
    return ticket.resolved_at or ticket.closed_at or ticket.opened_at


def _instant(value: Any) -> Any:
    return None if value is None else datetime.fromisoformat(value)
