"""What each wish starts."""

from collections.abc import Callable

from desk.cases import tickets
from desk.cases.dialogue import acknowledge, advance
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import (
    callback,
    complaint,
    cover,
    emergency,
    fault,
    info,
    people,
    returns,
    ticket,
    visit,
)

SWITCH = (
    "talk_to_human",
    "request_callback",
    "check_ticket",
    "urge_ticket",
    "add_to_ticket",
    "cancel_ticket",
    "change_visit",
    "report_unresolved",
    "complain",
    "request_return_exchange",
    "restart",
    "rate_service",
)


def _restart(case: Case) -> bool:
    if case.intake is not None or case.facts:
        case.forget_case("closed")
    for name in ("journey", "stack", "pending", "later", "misses", "known", "not_listed", "choices"):
        case.state.pop(name, None)
    case.say("small.restart")
    case.offer_buttons(info.menu())
    return False


def _goodbye(case: Case) -> bool:
    case.say("small.goodbye_open" if case.journey else "small.goodbye")
    return False


def report_fault(case: Case) -> bool:
    """A fault: goes on with the one being registered, or starts; a warranty, return or visit question gives way."""
    if case.journey == "fault":
        if case.pending and case.said.symptoms:
            case.say("small.noted_this")
        return fault.advance(case)
    case.drop("return", "warranty", "visit")
    return fault.start(case)


def _unresolved(case: Case) -> bool:
    """Repaired and broken again: the owner's ticket is taken up, else it is found on the way of a new report."""
    if case.facts.get("ticket_number") or case.ticket() is not None or case.customer is not None:
        return ticket.start(case, "report_unresolved")
    case.facts["unresolved"] = True
    case.say("fault.again_sorry")
    return report_fault(case)


def _cancel(case: Case) -> bool:
    """Calling off a report that is no ticket yet needs no ticket number."""
    if case.journey in ("fault", "visit", "return") and not case.said.ticket_numbers:
        case.say("fault.left")
        case.forget_case("refused")
        case.end()
        return True
    return ticket.start(case, "cancel_ticket")


def _affirm(case: Case) -> bool:
    if case.journey in advance.ADVANCE and case.pending:
        advance.again(case)
        return True
    just = case.ticket()
    if just is not None and just.conversation_id == case.conversation.id and just.status in tickets.OPEN:
        case.say("ack.booked")
        return True
    if acknowledge.wants_repair(case) and case.state.get("things"):
        return fault.start(case) or True
    case.say("small.yes_to_what")
    case.offer_buttons(info.menu())
    return True


def _deny(case: Case) -> bool:
    if case.journey in advance.ADVANCE and case.pending:
        advance.again(case)
        return True
    case.say("small.no_then")
    return True


def _about_ticket(wish: str) -> Callable[[Case], bool]:
    return lambda case: ticket.start(case, wish)


WISHES: dict[str, Callable[[Case], bool]] = {
    "report_fault": report_fault,
    "report_emergency": lambda case: emergency.start(case, case.said.danger),
    "report_unresolved": _unresolved,
    "ask_warranty": cover.start,
    "request_return_exchange": returns.start,
    "book_visit": visit.start,
    "talk_to_human": people.hand_over,
    "request_callback": callback.start,
    "complain": complaint.start,
    "rate_service": complaint.rate,
    "restart": _restart,
    "goodbye": _goodbye,
    "affirm": _affirm,
    "deny": _deny,
    "cancel_ticket": _cancel,
    **{wish: _about_ticket(wish) for wish in ticket.WISHES if wish not in ("report_unresolved", "cancel_ticket")},
}
