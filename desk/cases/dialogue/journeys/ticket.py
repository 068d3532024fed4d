"""Journeys about an existing ticket: check, urge, add to, cancel, report unresolved; only its owner is told."""

from desk import texts, time
from desk.cases import identity, repairs, tickets, visits, words
from desk.cases import warranty as warranties
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import by_code, fault, people
from desk.records.models import Device, Ticket

COMING = ("new", "accepted", "scheduled", "reopened")
WISHES = ("check_ticket", "urge_ticket", "add_to_ticket", "cancel_ticket", "report_unresolved", "change_visit")


def start(case: Case, wish: str) -> bool:
    """Take a wish about a ticket up."""
    case.begin(wish)
    case.state["wish_text"] = case.said.plain[:300]
    return advance(case)


def advance(case: Case) -> bool:
    """Find the ticket, see that it is theirs, do what is wished."""
    case.state["pending"] = None
    wish = case.journey or "check_ticket"
    ticket = _ticket(case)
    if ticket is None:
        return _ask_for_it(case, wish)
    case.touch(ticket)
    if wish in ("check_ticket", "urge_ticket") and "symptom" in case.learnt and not case.state.get("stack"):
        # What is wrong there stands in that ticket already.
        case.facts.pop("symptom")
    return DO[wish](case, ticket)


def _ticket(case: Case) -> Ticket | None:
    """The ticket meant, if the speaker may know it."""
    number = case.facts.get("ticket_number")
    if number:
        found = tickets.by_number(case.session, number)
        if found is not None and _mine(case, found):
            return found
        return None
    device = case.device
    if case.customer is None and device is not None and device.customer is not None and _proves(case, device):
        identity.prove(case.session, case.conversation, device.customer, "phone_and_serial")
        case.customer = device.customer
    last = case.ticket()
    if last is not None and _mine(case, last):
        return last
    if case.customer is None:
        return None
    mine = tickets.open_of_customer(case.session, case.customer.id)
    if case.said.product:
        from desk.cases import product_types

        named = [one for one in mine if one.product_type and product_types.same(one.product_type, case.said.product)]
        mine = named or mine
    if len(mine) == 1 or (mine and not _choosing(case)):
        return mine[0]
    if not mine:
        recent = tickets.recent_of_customer(case.session, case.customer.id)
        return recent[0] if recent and case.journey in ("check_ticket", "report_unresolved") else None
    return None


def _proves(case: Case, device: Device) -> bool:
    """The registered phone with the serial number; on the telephone its last four digits are enough."""
    phone, tail = case.facts.get("phone"), case.state.get("tail")
    registered = device.customer.phone if device.customer else None
    if not registered:
        return False
    return phone == registered or bool(case.channel == "phone" and tail and registered.endswith(tail))


def _choosing(case: Case) -> bool:
    return case.journey == "cancel_ticket"


def _mine(case: Case, ticket: Ticket) -> bool:
    if ticket.conversation_id == case.conversation.id:
        return True
    phone = case.proof_phone
    if not identity.owns_ticket(case.session, ticket, phone, case.customer):
        return False
    if case.customer is None and ticket.customer_id is not None:
        from desk.records.models import Customer

        owner = case.session.get(Customer, ticket.customer_id)
        if owner is not None and owner.phone == phone:
            identity.prove(case.session, case.conversation, owner, "phone_and_ticket")
            case.customer = owner
    return True


def _ask_for_it(case: Case, wish: str) -> bool:
    """Ticket number, then the registered phone; whether a record exists is told to nobody else."""
    number = case.facts.get("ticket_number")
    if number is None and case.customer is not None:
        return _none_open(case, wish)
    if number is None and case.device is not None and not case.gave_up("identity") and not case.facts.get("phone"):
        key = "ticket.ask_tail" if case.channel == "phone" else "ticket.ask_phone"
        return case.ask("identity", key, api="phone")
    if number is None and not case.gave_up("ticket_number"):
        if case.facts.get("phone") and case.tries("ticket_number"):
            case.give_up("ticket_number")
        else:
            case.count("ticket_number")
            key = "ticket.ask_number" if by_code.possible(case) or case.channel == "phone" else "ticket.ask_number_only"
            return case.ask("ticket_number", key, buttons=[("找不到单号", "/dont_know")])
    if number is None and by_code.possible(case) and by_code.ask(case):
        return True
    if number is None:
        case.end()
        if wish in ("urge_ticket", "report_unresolved"):
            case.say("ticket.without_number_urged")
            return people.hand_over(case, "identity_unproven")
        case.state["human_reason"] = "identity_unproven"
        return people.offer(case, "ticket.without_number")
    if not case.facts.get("phone") and not case.gave_up("identity"):
        return case.ask("identity", "ticket.ask_phone", api="phone")
    case.keep_contact()
    case.facts.pop("ticket_number", None)
    case.facts.pop("phone", None)
    case.end()
    if case.count("not_owner") > 1:
        case.say("ticket.only_owner_again")
        return False
    case.say("ticket.only_owner")
    return False


def _none_open(case: Case, wish: str) -> bool:
    case.end()
    if wish == "report_unresolved":
        return fault.start(case)
    case.say("ticket.none_open")
    case.propose("repair")
    case.offer_buttons([("我要报修", "/report_fault"), ("转人工", "/talk_to_human")])
    return False


# what is wished


def _check(case: Case, ticket: Ticket) -> bool:
    case.say(
        "ticket.status",
        number=ticket.number,
        what=_what(ticket),
        status=status_words(ticket),
        next=promise_words(ticket),
    )
    case.end()
    return False


def _urge(case: Case, ticket: Ticket) -> bool:
    """Count it, say the deadline honestly; overdue or pressed again, a person takes it up."""
    now = time.now()
    tickets.urge(case.session, ticket, "customer", case.said.plain)
    nobody_came = ticket.visit_end is not None and ticket.visit_end < now and ticket.status in COMING
    late = tickets.overdue(ticket, now) or nobody_came
    again = ticket.urge_count >= 2 and case.said.has(*texts.data("promise.press_words"))
    case.end()
    if late or again or ticket.urge_count >= 3:
        tickets.event(case.session, ticket, "escalated", "bot", "超时或再次催促")
        case.say(
            "ticket.urge_late" if late else "ticket.urge_again",
            number=ticket.number,
            waited=words.waiting(now - ticket.opened_at),
        )
        return people.hand_over(case, "sla_breached")
    case.say("ticket.urged", number=ticket.number, next=promise_words(ticket))
    return False


def _add(case: Case, ticket: Ticket) -> bool:
    """Put what was said into the ticket; a new phone, address or symptom into its field."""
    facts = case.facts
    text = case.state.pop("wish_text", case.said.plain)
    learnt = {
        "contact_phone": facts.get("phone"),
        "address": facts.get("address"),
        "contact_name": facts.get("name"),
        "order_number": facts.get("order_number"),
    }
    changed = {name: value for name, value in learnt.items() if value and getattr(ticket, name) != value}
    if changed:
        tickets.change(case.session, ticket, "customer", text[:200], **changed)
    tickets.add_note(case.session, ticket, "customer", text)
    case.say("ticket.added", number=ticket.number, what=_changed_words(changed) or texts.render("ticket.added_note"))
    _done(case)
    return False


def _changed_words(changed: dict) -> str:  # type: ignore[type-arg]
    labels = texts.data("ticket.fields")
    return "、".join(f"{labels[name]}改为 {value}" for name, value in changed.items())


def _cancel(case: Case, ticket: Ticket) -> bool:
    """Second thoughts first; then cancelled with the reason."""
    if ticket.status not in tickets.OPEN:
        case.say("ticket.cannot_cancel", number=ticket.number, status=status_words(ticket))
        case.end()
        return False
    if not case.state.get("cancel_sure"):
        if case.said.has(*texts.data("promise.waited_words")) and not case.told("cancel_waited"):
            case.say("promise.cancel_waited")
            case.offer("human")
        buttons = [("确定取消", "/affirm"), ("先不取消", "/deny")]
        return case.ask(
            "cancel_sure",
            "ticket.cancel_sure",
            api="confirm",
            buttons=buttons,
            number=ticket.number,
            what=_what(ticket),
        )
    case.state.pop("cancel_sure")
    visits.call_off(case.session, ticket, "customer", case.state.get("wish_text", ""))
    tickets.change(case.session, ticket, "customer", case.state.pop("wish_text", "")[:200], status="cancelled")
    case.say("ticket.cancelled", number=ticket.number)
    _done(case)
    return False


def _unresolved(case: Case, ticket: Ticket) -> bool:
    """Not repaired after all: an open ticket is pressed on, a finished one reopened, the earlier repair remembered."""
    if case.facts.get("symptom") and case.device is not None and ticket.device_id not in (None, case.device.id):
        case.end()
        return fault.start(case)
    if ticket.status in ("resolved", "closed"):
        repairs.remember(case.session, ticket)
        tickets.change(
            case.session,
            ticket,
            "customer",
            case.said.plain[:200],
            status="reopened",
            repeat_repair=True,
            priority=max(0, ticket.priority - 1),
            resolved_at=None,
            opened_at=ticket.opened_at,
        )
        case.say("ticket.reopened", number=ticket.number)
        _say_if_twice(case, ticket)
    else:
        tickets.change(
            case.session,
            ticket,
            "customer",
            case.said.plain[:200],
            repeat_repair=True,
            priority=max(0, ticket.priority - 1),
        )
        case.say("ticket.still_open", number=ticket.number, next=promise_words(ticket))
    tickets.add_note(case.session, ticket, "customer", case.state.pop("wish_text", case.said.plain))
    case.offer("human")
    _done(case)
    return False


def _say_if_twice(case: Case, ticket: Ticket) -> None:
    """Two repairs for the same fault open an exchange; the customer is told without asking."""
    device = case.session.get(Device, ticket.device_id) if ticket.device_id else None
    if device is None:
        return
    case.session.refresh(device, ["repairs"])
    decision = warranties.for_device(device, ticket.symptom)
    if "EXCHANGE" in decision["decisions"] and len(device.repairs) > 1:
        ticket.decision = case.step.decision = decision
        case.say("promise.again_options", sentence=decision["sentence"])


def restore(case: Case, ticket: Ticket) -> bool:
    """Second thoughts after a cancellation: the ticket stands again; its visit is arranged anew."""
    had_visit = ticket.visit_start is not None
    tickets.change(
        case.session, ticket, "customer", case.said.plain[:200], status="reopened", visit_start=None, visit_end=None
    )
    case.touch(ticket)
    case.say("promise.uncancelled", number=ticket.number, next="" if had_visit else promise_words(ticket))
    if had_visit:
        case.say("promise.uncancelled_visit")
        case.begin("change_visit")
        return _change_visit(case, ticket)
    return False


def _change_visit(case: Case, ticket: Ticket) -> bool:
    """Move or call off a visit."""
    from desk.cases.dialogue.journeys import visit

    return visit.change(case, ticket)


def join_existing(case: Case, ticket: Ticket) -> None:
    """The same fault was reported before: one ticket, one history."""
    if case.symptom and case.symptom not in ticket.symptom:
        tickets.add_note(case.session, ticket, "customer", case.symptom)
    case.touch(ticket)
    case.say("ticket.joined", number=ticket.number, next=promise_words(ticket))
    case.forget_case("solved")
    case.end()


def _done(case: Case) -> None:
    case.keep_contact()
    for name in ("ticket_number", "symptom", "wish"):
        case.facts.pop(name, None)
    case.end()


def _what(ticket: Ticket) -> str:
    told = ticket.symptom[:20]
    return (
        told if ticket.product_type and ticket.product_type in told else f"{ticket.product_type or ''}{told}"
    ) or texts.render("ticket.repair")


def status_words(ticket: Ticket) -> str:
    """Where the ticket stands, in plain words."""
    return str(texts.data("ticket.statuses")[ticket.status])


def promise_words(ticket: Ticket) -> str:
    """The next deadline, honestly: also when it has passed."""
    if ticket.status not in tickets.OPEN:
        return ""
    if ticket.visit_start is not None and ticket.visit_end is not None and ticket.visit_start > time.now():
        return texts.render("ticket.visit_on", when=words.span(ticket.visit_start, ticket.visit_end))
    following = tickets.due(ticket)
    if following is None:
        return texts.render("ticket.no_deadline")
    name, at = following
    # Nobody wrote down whether the owner of an imported ticket was called.
    if name == "response_due" and ticket.conversation_id is None and at < time.now():
        return texts.render("ticket.no_deadline")
    label = texts.data("ticket.due_names")[name]
    if at < time.now():
        return texts.render("ticket.due_past", label=label, when=words.moment(at))
    return texts.render("ticket.due", label=label, when=words.moment(at))


DO = {
    "check_ticket": _check,
    "urge_ticket": _urge,
    "add_to_ticket": _add,
    "cancel_ticket": _cancel,
    "report_unresolved": _unresolved,
    "change_visit": _change_visit,
}
