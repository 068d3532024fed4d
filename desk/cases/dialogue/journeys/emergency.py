"""report_emergency: safety first, then a person at once, then the least data needed."""

from desk import time
from desk.cases import danger_kinds, hours, oncall, tickets, words
from desk.cases import handoff as handoffs
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import complaint, fault
from desk.records.models import Alarm, Complaint, Ticket
from desk.texts import data, render

KINDS = ("gas", "fire", "smoke", "shock", "injury", "trapped", "brakes", "flood", "explosion")


def start(case: Case, kind: str | None) -> bool:
    """Safety text, an A ticket, people told; whatever was under way waits."""
    kind = danger_kinds.precise(kind, case.said.plain) if kind in KINDS else "other"
    case.begin("emergency")
    case.facts["danger"] = kind
    if not case.facts.get("symptom"):
        case.facts["symptom"] = case.said.plain[:120]
    case.say(f"emergency.{kind}")
    ticket = case.ticket() if case.state.get("emergency_ticket") else None
    if ticket is None:
        case.save_intake()
        ticket = fault.open_from_intake(case, "repair", "A")
        case.state["emergency_ticket"] = ticket.number
    elif case.said.plain and case.said.plain[:60] not in ticket.symptom:
        tickets.change(
            case.session, ticket, "customer", "补充险情", symptom=f"{ticket.symptom}；{case.said.plain[:120]}"[:500]
        )
    _keep_complaint(case)
    case.touch(ticket)
    case.step.handoff = {"reason": "emergency"}
    alarm = oncall.raise_alarm(case.session, kind, case.said.plain, conversation_id=case.conversation.id, ticket=ticket)
    _say_who_knows(case, alarm, ticket.number)
    return advance(case)


def _keep_complaint(case: Case) -> None:
    """A complaint that the danger interrupts is filed now: nobody has to tell it again."""
    if "complaint" not in case.state.get("stack", []) or not case.state.get("complaint"):
        return
    known = case.facts.get("symptom")
    filed, _ = complaint.file(case)
    case.facts["symptom"] = known
    case.drop("complaint")
    case.state["complaint_kept"] = filed.number


def _what_waited(case: Case, ticket: Ticket) -> None:
    """What the danger interrupted is said to the customer or written down for the colleague."""
    kept = tickets.by_number(case.session, case.state.pop("complaint_kept", ""))
    promised = case.session.get(Complaint, kept.id) if kept is not None else None
    if kept is not None and promised is not None:
        if ticket.contact_phone and not kept.contact_phone:
            tickets.change(case.session, kept, "customer", contact_phone=ticket.contact_phone)
        case.say("emergency.complaint_kept", number=kept.number, by=words.moment(promised.plan_due))
    titles = data("emergency.waited")
    waited = [titles[journey] for journey in case.state.get("stack", []) if journey in titles]
    if waited:
        tickets.add_note(case.session, ticket, "bot", render("emergency.waited_note", what="、".join(waited)))


def _say_who_knows(case: Case, alarm: Alarm, number: str) -> None:
    """What has been done about people by now; each thing once."""
    if alarm.state == "acknowledged":
        case.say("emergency.people_taken", who=alarm.taken_by)
    elif not case.told("emergency_people"):
        key = "emergency.people_open" if hours.open_now() else "emergency.people_closed"
        case.say(f"{key}_called" if oncall.reachable(case.session) else key, number=number)


def say_again(case: Case) -> None:
    """The safety text of the danger that is being handled."""
    case.say(f"emergency.{case.facts.get('danger', 'other')}")


def advance(case: Case) -> bool:
    """Phone, then address, a question each and no more; then a person has the conversation."""
    case.state["pending"] = None
    ticket = tickets.by_number(case.session, case.state["emergency_ticket"])
    assert ticket is not None
    _complete(case, ticket)
    case.touch(ticket)
    case.step.handoff = {"reason": "emergency"}
    if not ticket.contact_phone and not case.gave_up("phone"):
        if case.customer is not None and case.customer.phone:
            case.facts["phone"] = case.customer.phone
            _complete(case, ticket)
        else:
            return case.ask("phone", "emergency.ask_phone")
    registered = case.customer.address if case.customer is not None else ""
    if not ticket.address and not case.gave_up("address") and registered and case.facts["danger"] != "brakes":
        return case.ask("address", "emergency.ask_known_address")
    if not ticket.address and not case.gave_up("address") and case.facts["danger"] != "brakes":
        return case.ask("address", "emergency.ask_address")
    if case.facts["danger"] == "brakes" and not ticket.address and not case.gave_up("address"):
        return case.ask("address", "emergency.ask_place")
    if not case.told("emergency_done"):
        somebody = hours.open_now() or oncall.reachable(case.session)
        key = "emergency.done" if somebody else "emergency.done_closed"
        key = key if ticket.contact_phone else "emergency.done_without_phone"
        case.say(key, number=ticket.number, phone=ticket.contact_phone)
    _what_waited(case, ticket)
    rank = handoffs.priority("emergency", case.customer)
    case.step.transition = handoffs.transition("emergency", rank)
    case.forget_case("ticketed")
    case.end()
    case.state["journey"], case.state["stack"] = None, []
    return False


def _complete(case: Case, ticket: Ticket) -> None:
    """What was learnt since the ticket was opened goes into it."""
    facts, device = case.facts, case.device
    learnt = {
        "contact_phone": facts.get("phone"),
        "address": facts.get("address"),
        "contact_name": facts.get("name"),
        "product_type": case.product or None,
        "serial_number": device.serial_number if device else None,
    }
    changed = {name: value for name, value in learnt.items() if value and getattr(ticket, name) != value}
    if case.customer is not None and ticket.customer_id is None:
        changed["customer_id"] = case.customer.id
    if changed:
        tickets.change(case.session, ticket, "customer", "补全联系信息", **changed)


def opened_today(case: Case) -> bool:
    """Whether this conversation already has an emergency ticket of today."""
    number = case.state.get("emergency_ticket")
    found = tickets.by_number(case.session, number) if number else None
    return bool(found and time.local(found.opened_at).date() == time.today())
