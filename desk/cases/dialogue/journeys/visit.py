"""book_visit and change_visit: a time for someone to come, or a new one."""

from datetime import datetime
from typing import Any

from desk.cases import devices, maintenance, tickets, visit_hours, visits, words
from desk.cases.dialogue import absorb_things
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import appointment, booking, calendar, fault, people, reach
from desk.records.models import Device, Ticket
from desk.texts import data


def start(case: Case) -> bool:
    """A visit for the ticket that is open, for a fault, or without one (installation, cleaning, maintenance)."""
    ticket = case.ticket()
    due = _reminded_of(case)
    if due is not None:
        return _maintain(case, due)
    if ticket is not None and ticket.status in tickets.OPEN and not _other_work(case):
        case.begin("change_visit")
        return change(case, ticket)
    if case.symptom or not _other_work(case):
        return fault.start(case)
    case.begin("visit")
    return advance(case)


def _reminded_of(case: Case) -> Device | None:
    """The device whose maintenance this customer was reminded of some days ago: 预约上门 answers that."""
    if case.customer is None or case.symptom or case.said.symptoms or (case.said.product and not _other_work(case)):
        return None
    return maintenance.reminded_of(case.session, case.customer)


def _maintain(case: Case, device: Device) -> bool:
    absorb_things.set_device(case, device)
    case.begin("visit")
    case.state["visit_said"] = data("visit.maintain")
    return advance(case)


def _other_work(case: Case) -> bool:
    return any(word in case.said.plain for words_ in data("visit.work").values() for word in words_)


def work_of(case: Case) -> str:
    """installation or maintenance, by the words used."""
    for kind, words_ in data("visit.work").items():
        if any(word in case.state.get("visit_said", "") for word in words_):
            return str(kind)
    return "maintenance"


def advance(case: Case) -> bool:
    """What for, who, where, when; then a ticket of kind installation or maintenance."""
    case.state["pending"] = None
    case.state.setdefault("visit_said", case.said.plain)
    facts = case.facts
    facts.setdefault("mode", "on_site")
    if not case.product and not case.gave_up("which_product"):
        return case.ask("which_product", "visit.ask_product")
    if case.device is None and case.customer is not None:
        owned = devices.fitting(devices.of_customer(case.session, case.customer.id), case.product, None)
        if len(owned) == 1:
            absorb_things.set_device(case, owned[0])
    facts.setdefault("symptom", case.state["visit_said"][:60])
    case.state["work"] = work_of(case)
    for step in (reach.phone, reach.address, appointment.visit, booking.confirm):
        if step(case):
            return True
    ticket = booking.open_from_intake(case, case.state.pop("work"), "C")
    case.say("ticket.opened", number=ticket.number, next=booking.next_step_words(ticket))
    case.state.pop("visit_said", None)
    case.forget_case("ticketed")
    case.end()
    return False


def change(case: Case, ticket: Ticket) -> bool:
    """Move the visit of `ticket`, or call it off; the repair stays open."""
    case.touch(ticket)
    said = case.said
    wish = case.facts.pop("wish", None)
    if said.has(*data("visit.call_off")) and not said.has("改"):
        return _call_off(case, ticket)
    if (
        said.visit is not None
        and said.visit.shift is not None
        and ticket.visit_start is not None
        and ticket.visit_end is not None
    ):
        start, end = ticket.visit_start + said.visit.shift, ticket.visit_end + said.visit.shift
        wish = {"start": start.isoformat(), "end": end.isoformat(), "text": said.visit.raw, "flexible": False}
    if ticket.service_mode in (None, "on_site") and visits.staffed(case.session):
        return _in_calendar(case, ticket, wish)
    if wish is None:
        start, end = visit_hours.next_slot(ticket.service_mode or "on_site")
        slot = words.span(start, end)
        case.state["slot"] = [start.isoformat(), end.isoformat()]
        return case.ask("visit_time", "visit.ask_new", buttons=[(slot, slot)], slot=slot, number=ticket.number)
    return _settle(case, ticket, wish)


def _call_off(case: Case, ticket: Ticket) -> bool:
    visits.call_off(case.session, ticket, "customer", case.said.plain)
    tickets.change(
        case.session, ticket, "customer", case.said.plain[:200], visit_start=None, visit_end=None, visit_text=None
    )
    case.say("visit.called_off", number=ticket.number)
    case.end()
    return False


def _in_calendar(case: Case, ticket: Ticket, wish: dict[str, Any] | None) -> bool:
    """A new time from the engineers' calendars; the old one stands until the new one is had."""
    need = visits.need_of(ticket)
    found = [slot for slot in calendar.free(case, need) if slot.start != ticket.visit_start]
    if not found:
        case.end()
        none = "slots.none_free" if visits.serviced(case.session, need) else "slots.none_here_move"
        return people.offer(case, none)
    if wish is None:
        return calendar.show(case, "slots.ask_new", visits.spread(found, calendar.SHOWN), number=ticket.number)
    for slot in calendar.chosen(case, found, wish):
        if visits.move(case.session, ticket, slot, "customer", str(wish["text"])):
            case.say("slots.moved", number=ticket.number, when=words.span(slot.start, slot.end))
            case.state.pop("slots", None)
            case.end()
            return False
    return calendar.show_nearest(case, found, wish)


def _settle(case: Case, ticket: Ticket, wish: dict[str, Any]) -> bool:
    if not wish.get("start"):
        tickets.change(
            case.session, ticket, "customer", wish["text"], visit_start=None, visit_end=None, visit_text=wish["text"]
        )
        case.say("visit.moved_flexible", number=ticket.number)
        case.end()
        return False
    mode = ticket.service_mode or "on_site"
    possible = visit_hours.check(datetime.fromisoformat(wish["start"]), datetime.fromisoformat(wish["end"]), mode)
    if possible.start is None or possible.end is None:
        slot = words.span(possible.next_start, possible.next_end)
        case.offer("next_slot", "human")
        case.state["slot"] = [possible.next_start.isoformat(), possible.next_end.isoformat()]
        return case.ask(
            "visit_time", "visit.not_possible_on_site", buttons=[(slot, slot)], wish=wish["text"], slot=slot,
            **visit_hours.in_words(mode),
        )
    tickets.change(
        case.session,
        ticket,
        "customer",
        wish["text"],
        visit_start=possible.start,
        visit_end=possible.end,
        visit_text=wish["text"],
    )
    case.say("visit.moved", number=ticket.number, when=words.span(possible.start, possible.end))
    case.end()
    return False
