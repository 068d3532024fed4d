"""A fault that stops a line, a shop, a critical device: a ticket and people at once, then the least that they need."""

from dataclasses import replace

from desk import texts
from desk.cases import danger_kinds, hours, oncall, tickets, words
from desk.cases import handoff as handoffs
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import booking, reach, thing, verdict
from desk.records.models import Alarm, Ticket
from desk.rules import severity

KIND = "stopped"


def begins(case: Case) -> bool:
    """Whether what is known by now is an A case that nobody has been told of yet.

    Danger has its own guard, which knows figures of speech; here only what stands still counts.
    """
    if case.facts.get(KIND) or not case.symptom:
        return False
    device = case.device
    judged = severity.assess(
        case.symptom,
        critical=bool(device and device.critical),
        contract=bool(device and device.contract_no),
        rules=replace(severity.default_severity_rules(), danger=()),
    )
    return judged.code == "A"


def start(case: Case) -> bool:
    """The ticket is there and somebody is being told before anything is asked."""
    case.facts[KIND] = True
    case.facts.setdefault("mode", "on_site")
    case.save_intake()
    ticket = booking.open_from_intake(case, "repair")
    case.state["begun_ticket"] = case.state["existing"] = ticket.number
    kind = danger_kinds.kind_of(case.symptom) or KIND
    alarm = oncall.raise_alarm(case.session, kind, case.symptom, conversation_id=case.conversation.id, ticket=ticket)
    _say_who_knows(case, alarm, ticket.number)
    return advance(case)


def _say_who_knows(case: Case, alarm: Alarm, number: str) -> None:
    if alarm.state == "acknowledged":
        case.say("emergency.people_taken", who=alarm.taken_by)
    elif oncall.reachable(case.session):
        case.say("standstill.called", number=number)
    elif hours.open_now():
        case.say("standstill.open", number=number)
    else:
        case.say("standstill.closed", number=number, opening=words.moment(hours.next_opening()))


def advance(case: Case) -> bool:
    """A number to call, the machine, the place: one short question each; then a person has the conversation."""
    case.state["pending"] = None
    reach.proved(case)
    booking.open_from_intake(case, "repair")
    if reach.phone(case, "standstill.ask_phone") or _machine(case) or reach.address(case):
        return True
    if case.device is not None:
        verdict.tell(case)
    ticket = booking.open_from_intake(case, "repair")
    _done(case, ticket)
    rank = handoffs.priority("business_loss", case.customer)
    case.step.handoff = {"reason": "business_loss"}
    case.step.transition = handoffs.transition("business_loss", rank)
    booking.close(case)
    case.state["journey"], case.state["stack"] = None, []
    return False


def _machine(case: Case) -> bool:
    if case.device is not None or case.gave_up("serial_number") or case.tries("serial_number"):
        return False
    if case.customer is not None:
        asked = thing.own_device(case)
        if asked is not None:
            return asked
    return case.ask("serial_number", "standstill.ask_machine", buttons=[("找不到序列号", "/dont_know")])


def _done(case: Case, ticket: Ticket) -> None:
    somebody = oncall.reachable(case.session) or hours.open_now()
    phone = ticket.contact_phone
    key = "standstill.done" if phone else "standstill.done_here"
    case.say(key if somebody else f"{key}_closed", number=ticket.number, phone=phone)
    due = tickets.due(ticket)
    if due is not None and due[0] != "response_due":
        label = texts.data("ticket.due_names")[due[0]]
        case.say("standstill.due", label=label, when=words.moment(due[1]))
