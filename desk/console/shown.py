"""Records in words: deadlines, facts, a ticket's fields. Personal data is masked here, so that no page forgets to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk import texts, time
from desk.cases import deadlines as clocks
from desk.cases import words
from desk.cases.summary import Known, masked_address, masked_name
from desk.console.render import has, text
from desk.language import phones
from desk.records.models import Ticket, TicketEvent
from desk.rules.sla import Standing

SOON = timedelta(hours=1)
PRIVATE = {"name": masked_name, "phone": phones.mask, "address": masked_address}
_TICKET_PRIVATE = {"contact_name": masked_name, "contact_phone": phones.mask, "address": masked_address}


@dataclass(frozen=True)
class Deadline:
    """One promise: words first, the exact time for who looks closer; `tone` is late, soon, past or empty."""

    words: str
    at: datetime
    tone: str


def deadlines(ticket: Ticket) -> list[Deadline]:
    """A ticket's promises, the next one first."""
    now = time.now()
    found = [_deadline(standing, now) for standing in clocks.standings(ticket, now)]
    return sorted(found, key=lambda item: (item.tone == "past", item.at))


def next_deadline(ticket: Ticket) -> Deadline | None:
    """The promise that counts now, if any."""
    return next((item for item in deadlines(ticket) if item.tone != "past"), None)


def _deadline(standing: Standing, now: datetime) -> Deadline:
    shown, at = _word("deadlines.names", standing.name), standing.due
    if standing.state in ("met", "late", "stopped"):
        return Deadline(text(f"deadlines.{standing.state}", name=shown), at, "past")
    if standing.state == "overdue":
        return Deadline(text("deadlines.over", name=shown, time=words.waiting(now - at)), at, "late")
    left = text("deadlines.left", name=shown, time=words.waiting(at - now))
    return Deadline(left, at, "soon" if at - now < SOON else "")


def facts(known: Known) -> list[tuple[str, str]]:
    """(label, words) of what the customer said, in the catalogue's order; unknown keys stay inside."""
    found = known.facts
    shown = []
    for name, label in texts.data("console.facts").items():
        value = found.get(name)
        if value in (None, "", [], {}):
            continue
        value = PRIVATE[name](str(value)) if name in PRIVATE else _word(f"values.{name}", str(value))
        shown.append((str(label), value))
    return shown


def fields(ticket: Ticket, engineer: str | None, assignee: str | None) -> list[tuple[str, str]]:
    """(label, words) of a ticket's columns, in the catalogue's order, without the empty ones."""
    values: dict[str, Any] = {
        **{name: getattr(ticket, name) for name in texts.data("console.ticket.columns") if hasattr(ticket, name)},
        "kind": _word("ticket.kinds", ticket.kind),
        "status": _word("ticket.statuses", ticket.status),
        "severity": _word("ticket.severities", ticket.severity),
        "service_mode": _word("values.mode", ticket.service_mode or ""),
        "payer": _word("ticket.payers", ticket.payer or ""),
        "visit": _visit(ticket),
        "repeat_repair": text("ticket.true_word") if ticket.repeat_repair else "",
        "linked_tickets": "",  # links of their own on the page
        "opened_at": words.moment(ticket.opened_at),
        "urge_count": ticket.urge_count or "",
        "engineer": engineer,
        "assignee": assignee,
    }
    values |= {name: mask(values[name]) for name, mask in _TICKET_PRIVATE.items() if values.get(name)}
    columns = texts.data("console.ticket.columns").items()
    return [(str(label), str(values[name])) for name, label in columns if values.get(name) not in (None, "")]


def linked(ticket: Ticket) -> list[str]:
    """The numbers of the tickets that belong to it."""
    return [str(number) for number in ticket.linked_tickets]


def event(found: TicketEvent, names: dict[int, str]) -> tuple[str, str, str]:
    """(what, details, who) of one change, in words; contact data that was changed is not repeated."""
    return event_kind(found.kind), _changes(found), actor(found.actor, names)


def event_kind(kind: str) -> str:
    """What happened, in words; a notice that went out is named by what it was about."""
    about = kind.removesuffix("_sent")
    if about != kind and texts.has(f"after.list.{about}"):
        return text("ticket.event_sent", what=texts.render(f"after.list.{about}"))
    return _word("ticket.event_kinds", kind)


def actor(code: str, names: dict[int, str]) -> str:
    """Who did it: a colleague's name, the assistant, the customer."""
    kind, _, number = code.partition(":")
    if kind == "staff" and number.isdigit():
        return names.get(int(number), text("chat.agent"))
    return text(f"chat.{kind}") if has(f"chat.{kind}") else code


def _changes(found: TicketEvent) -> str:
    after, before = found.data.get("after"), found.data.get("before") or {}
    if not isinstance(after, dict):
        return ""
    parts = []
    for name, value in after.items():
        if name in ("status", "severity"):
            key = "ticket.statuses" if name == "status" else "ticket.severities"
            parts.append(f"{_word(key, str(before.get(name)))} → {_word(key, str(value))}")
        else:
            parts += [text(f"ticket.{kind}.{name}") for kind in ("columns", "changed") if has(f"ticket.{kind}.{name}")]
    return "；".join(dict.fromkeys(parts))


def _visit(ticket: Ticket) -> str:
    if ticket.visit_start is None:
        return ticket.visit_text or ""
    return words.span(ticket.visit_start, ticket.visit_end or ticket.visit_start)


def _word(branch: str, value: str) -> str:
    key = f"{branch}.{value}"
    return text(key) if value and has(key) else value
