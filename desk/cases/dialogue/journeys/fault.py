"""report_fault: from "it is broken" to a ticket with a decision, a deadline and a visit."""

from datetime import date, datetime
from typing import Any

from desk import texts, time
from desk.cases import (
    articles,
    branches,
    devices,
    identity,
    prices,
    product_types,
    quotes,
    symptoms,
    tickets,
    visits,
    words,
)
from desk.cases import handoff as handoffs
from desk.cases import warranty as warranties
from desk.cases.dialogue import absorb
from desk.cases.dialogue.case import Case
from desk.records.models import Branch, Device, Ticket
from desk.rules import severity

# A repair is guaranteed for thirty days (部分商品修理更换退货责任规定 §6).
REPAIR_GUARANTEE_DAYS = 30
PAYS = ("customer", "customer_cost")
YES = ("是的", "/affirm")
NO = ("不是", "/deny")
HUMAN = ("转人工", "/talk_to_human")


def start(case: Case) -> bool:
    """Take a fault up, and go on."""
    case.begin("fault")
    return advance(case)


def advance(case: Case) -> bool:
    """Say and ask the next thing that this repair still needs. True when a question is open."""
    case.state["pending"] = None
    steps = (
        _fault,
        _device,
        _existing,
        _help,
        _decision,
        _payment,
        _phone,
        _prove,
        _mode,
        _address,
        _visit,
        _confirm,
    )
    return any(step(case) for step in steps) or _finish(case)


# what and which


def _fault(case: Case) -> bool:
    if case.symptom or case.facts.get("fault_code"):
        return False
    if case.device is None and not case.product:
        return case.ask("symptom", "fault.ask_what", api="which_product")
    return case.ask("symptom", "fault.ask_symptom", api="else", product=case.product)


def _device(case: Case) -> bool:
    if case.device is not None or case.gave_up("serial_number"):
        return _statement(case)
    if case.customer is not None:
        asked = _own_device(case)
        if asked is not None:
            return asked
    if case.facts.get("serial_claimed") and not case.tries("serial_number"):
        case.count("serial_number")
        case.say("serial.not_found", serial=case.facts["serial_claimed"])
        return ask_serial(case, "serial.ask_again")
    return ask_serial(case)


def _own_device(case: Case) -> bool | None:
    """One of the bound customer's devices: known at once, chosen, or None when none fits."""
    assert case.customer is not None
    if case.state.get("not_listed"):
        return None
    owned = devices.of_customer(case.session, case.customer.id)
    fitting = devices.fitting(owned, case.product or None, case.facts.get("model_said"))
    if len(fitting) == 1:
        absorb.set_device(case, fitting[0])
        return False
    if not fitting:
        return None
    case.state["choices"] = [device.id for device in fitting[:5]]
    buttons = [(devices.name_of(device), f"第{n}个") for n, device in enumerate(fitting[:5], 1)]
    listed = "、".join(devices.name_of(device) for device in fitting[:3])
    return case.ask("which_product", "fault.which", buttons=[*buttons, ("都不是", "都不是")], listed=listed)


def ask_serial(case: Case, key: str | None = None) -> bool:
    """The serial number: where it stands, and that a photo or the phone number will do too."""
    place = texts.data("serial.places")
    kind = product_types.find(case.product)
    named = case.product if kind else "产品"
    where = place.get(kind[1].name if kind else "", place["default"])
    buttons = [("找不到序列号", "/dont_know")]
    return case.ask("serial_number", key or "serial.ask", buttons=buttons, where=where, product=named)


def _statement(case: Case) -> bool:
    """Without a record: the customer's own date decides for now."""
    if case.device is not None:
        return False
    if not case.product and not case.gave_up("which_product"):
        return case.ask("which_product", "fault.ask_product")
    if not case.facts.get("purchase_date") and not case.gave_up("purchase_date"):
        return case.ask("purchase_date", "fault.ask_bought", buttons=[("记不清了", "/dont_know")])
    return False


def _existing(case: Case) -> bool:
    """The same fault is not booked twice; an open ticket is only named to its owner."""
    if case.state.get("existing") or case.customer is None:
        return False
    if case.facts.get("unresolved") and _repaired_before(case):
        return True
    mine = tickets.open_of_customer(case.session, case.customer.id)
    device = case.device
    same = [
        ticket
        for ticket in mine
        if ticket.kind == "repair"
        and ((device is not None and ticket.device_id == device.id) or _same_thing(case, ticket))
    ]
    if not same:
        return False
    ticket = same[0]
    case.state["existing"] = ticket.number
    case.touch(ticket)
    when = words.day(time.local(ticket.opened_at).date())
    buttons = [("是同一个问题", "/affirm"), ("是新的问题", "/deny")]
    return case.ask(
        "existing_ticket",
        "fault.existing",
        buttons=buttons,
        number=ticket.number,
        when=when,
        symptom=ticket.symptom or "报修",
        product=ticket.product_type or case.product,
    )


def _repaired_before(case: Case) -> bool:
    """A finished repair of this device within the guarantee of repairs: that ticket is reopened."""
    from desk.cases.dialogue.journeys import ticket as journey

    assert case.customer is not None
    device = case.device
    recent = tickets.recent_of_customer(case.session, case.customer.id, REPAIR_GUARANTEE_DAYS)
    done = [
        one
        for one in recent
        if device is not None and one.device_id == device.id and one.status in ("resolved", "closed")
    ]
    if not done:
        return False
    case.facts["ticket_number"] = done[0].number
    case.drop("fault")
    journey.start(case, "report_unresolved")
    return True


def _same_thing(case: Case, ticket: Ticket) -> bool:
    if ticket.device_id is not None and case.device is not None:
        return False
    if ticket.product_type and case.product:
        return product_types.same(ticket.product_type, case.product)
    return bool(ticket.symptom and case.symptom and (ticket.symptom in case.symptom or case.symptom in ticket.symptom))


def urgent(case: Case) -> bool:
    """Whether goods or a business suffer while the customer waits."""
    return any(word in case.symptom for word in texts.data("understanding.urgent"))


def _help(case: Case) -> bool:
    """Something safe to try, once; the booking goes on meanwhile."""
    warm = "不制冷" in f"{case.symptom}{symptoms.standard(case.symptom)}"
    if warm and product_types.same(case.product, "冰箱") and not case.told("keep_cold"):
        case.say("advice.keep_cold")
    told = f"{case.symptom} {' '.join(symptoms.standard(case.symptom))}"
    article = articles.fitting(case.session, case.product, told, case.facts.get("fault_code"))
    if article is None or case.told("help"):
        return False
    if article.safe:
        steps = "\n".join(f"{n}. {step}" for n, step in enumerate(article.steps[:4], 1))
        case.say("fault.help", title=article.title, steps=steps)
    elif article.steps:
        case.say("fault.help_unsafe", reason=article.steps[0])
    return False


# cover and money


def _decision(case: Case) -> bool:
    facts = case.facts
    key = f"{facts.get('device_id')}/{facts.get('purchase_date')}/{facts.get('cause')}"
    if facts.get("decided") == key and case.intake is not None and case.intake.decision:
        return False
    facts["decided"] = key
    show(case, decide(case))
    return False


def decide(case: Case) -> dict[str, Any]:
    """The decision object of this case, kept with the intake and shown in the turn."""
    device, facts = case.device, case.facts
    if device is not None:
        decision = warranties.for_device(device, case.symptom, facts.get("cause"))
    elif facts.get("purchase_date") and case.product:
        bought = date.fromisoformat(facts["purchase_date"])
        decision = warranties.by_statement(case.product, bought, case.symptom, facts.get("cause"))
    else:
        decision = warranties.unknown("serial_number")
    keep_decision(case, decision)
    return decision


def keep_decision(case: Case, decision: dict[str, Any]) -> None:
    """Store a decision with the intake and put it into the turn."""
    if case.intake is None:
        case.save_intake()
    assert case.intake is not None
    case.intake.decision = decision
    case.step.decision = decision


def show(case: Case, decision: dict[str, Any]) -> None:
    """The verdict in a sentence, with the reason; by the customer's word only, it says so."""
    if decision["coverage"] == "unknown":
        case.say("warranty.unknown")
        return
    case.say_raw(decision["sentence"])
    if case.device is None:
        case.say("warranty.by_statement")


def current(case: Case) -> dict[str, Any] | None:
    """The decision that stands for this case."""
    return case.intake.decision if case.intake else None


def must_pay(case: Case) -> bool:
    """Whether the decision leaves only a paid repair."""
    decision = current(case)
    return bool(decision and decision.get("primary") == "PAID_REPAIR" and decision.get("payer") in PAYS)


def _payment(case: Case) -> bool:
    if not must_pay(case) or case.facts.get("paid") == "agreed":
        return False
    case.offer("paid_repair", "human")
    cost = prices.estimate(case.session, case.symptom + (case.facts.get("part") or ""), case.product).in_words()
    buttons = [("同意付费维修", "/affirm"), ("先不修", "/deny"), HUMAN]
    if cost:
        return case.ask("payment", "payment.ask_with_price", api="confirm", buttons=buttons, cost=cost)
    return case.ask("payment", "payment.ask", api="confirm", buttons=buttons)


# who and where


def _phone(case: Case, key: str = "phone.ask") -> bool:
    if case.facts.get("phone") or case.gave_up("phone"):
        return False
    known = case.state.get("known", {}).get("phone")
    if known:
        case.facts["phone"] = known
        return False
    if case.customer is not None and case.customer.phone:
        buttons = [("就用这个号", "/affirm"), ("换一个", "/deny")]
        return case.ask("phone", "phone.ask_known", buttons=buttons, tail=case.customer.phone[-4:])
    return case.ask("phone", key)


def _prove(case: Case) -> bool:
    """Serial number and registered phone together: the owner is known, and so are the records."""
    device, phone = case.device, case.facts.get("phone")
    if case.customer is None and device is not None and identity.owns_device(device, phone):
        assert device.customer is not None
        identity.prove(case.session, case.conversation, device.customer, "phone_and_serial")
        case.customer = device.customer
        return _existing(case)
    if device is None and phone and not case.facts.get("candidate_id"):
        _candidate(case, phone)
    return False


def _candidate(case: Case, phone: str) -> None:
    """A record that may fit, for the colleague only: a phone number alone proves nothing."""
    registered = devices.customers_by_phone(case.session, phone)
    owned = [device for customer in registered for device in devices.of_customer(case.session, customer.id)]
    fitting = devices.fitting(owned, case.product or None, case.facts.get("model_said"))
    if len(fitting) == 1:
        case.facts["candidate_id"] = fitting[0].id
    elif case.tries("serial_number") and not case.told("phone_unknown"):
        # Nobody is told whether a number is registered.
        case.say("phone.proves_nothing")
        case.offer("human")


def _mode(case: Case) -> bool:
    modes = modes_of(case)
    said = case.facts.get("mode_said")
    if said:
        case.facts["mode"] = said
    if case.facts.get("mode"):
        return False
    if len(modes) == 1:
        case.facts["mode"] = modes[0]
        return False
    if case.gave_up("service_mode"):
        case.facts["mode"] = modes[0]
        return False
    titles = texts.data("mode.titles")
    if "mail_in" in modes:
        case.offer("mail_in")
    listed = "、".join(titles[mode] for mode in modes)
    return case.ask("service_mode", "mode.ask", buttons=[(titles[mode], titles[mode]) for mode in modes], listed=listed)


def modes_of(case: Case) -> tuple[str, ...]:
    """How such a thing can reach the workshop, the usual way first."""
    kind = product_types.find(case.product)
    return kind[1].modes if kind else ("on_site", "carry_in", "mail_in")


def _address(case: Case) -> bool:
    facts = case.facts
    if facts.get("mode") == "carry_in":
        return _shop(case)
    if facts.get("address") or case.gave_up("address"):
        return False
    known = case.state.get("known", {}).get("address") or (case.customer.address if case.customer else None)
    if known and not case.state.get("ask_address"):
        if case.channel == "phone":
            return case.ask("address", "address.ask_known")
        facts["address"] = known
        return False
    return case.ask("address", f"address.ask_{facts.get('mode', 'on_site')}")


def _shop(case: Case) -> bool:
    """Where to bring it: the nearest branch, once we know the place."""
    if case.facts.get("shop") or case.gave_up("shop") or not branches.all_branches(case.session):
        return False
    known = case.facts.get("address") or (case.customer.address if case.customer else "")
    if known and tell_shop(case, known):
        return False
    return case.ask("shop", "address.ask_carry_in", api="address")


def branch_words(branch: Branch) -> dict[str, str]:
    """A branch's blanks for the catalogue, with whether it is open now."""
    is_open = branches.open_until(branch)
    state = "" if is_open is None else texts.render("service.open" if is_open else "service.closed")
    place = f"{branch.city}{branch.district}{branch.address}"
    return {"name": branch.name, "address": place, "hours": branch.hours, "phone": branch.phone, "state": state}


def tell_shop(case: Case, place: str) -> bool:
    """Name the branches near `place`; False when there are none."""
    near = branches.near(case.session, place)
    for branch in near[:2]:
        case.say("service.branch", **branch_words(branch))
    if near:
        case.facts["shop"] = near[0].name
    return bool(near)


def _visit(case: Case) -> bool:
    facts = case.facts
    if facts.get("mode") == "mail_in" or facts.get("visit"):
        return False
    if facts.get("wish"):
        return _settle_visit(case, facts["wish"])
    return ask_visit(case)


def ask_visit(case: Case) -> bool:
    """When: with the next possible half day to take."""
    mode = case.facts.get("mode") or "on_site"
    start, end = visits.next_slot(mode)
    case.offer("next_slot")
    slot = words.span(start, end)
    return case.ask("visit_time", f"visit.ask_{mode}", buttons=[(slot, slot), ("你们安排", "你们安排就行")], slot=slot)


def _settle_visit(case: Case, wish: dict[str, Any]) -> bool:
    """Take the wish when it can be kept; else say what can, and never promise more."""
    facts = case.facts
    if wish.get("flexible") or not wish.get("start"):
        start, end = visits.next_slot(facts.get("mode") or "on_site")
        facts["visit"] = {"start": None, "end": None, "text": wish["text"], "flexible": True}
        return False
    start, end = datetime.fromisoformat(wish["start"]), datetime.fromisoformat(wish["end"])
    mode = facts.get("mode") or "on_site"
    possible = visits.check(start, end, mode)
    if possible.start is not None and possible.end is not None:
        facts["visit"] = {
            "start": possible.start.isoformat(),
            "end": possible.end.isoformat(),
            "text": wish["text"],
            "flexible": False,
        }
        return False
    facts.pop("wish")
    slot = words.span(possible.next_start, possible.next_end)
    case.offer("next_slot", "human")
    key = "visit.not_possible_again" if case.count("visit_time") > 1 else f"visit.not_possible_{mode}"
    if not texts.has(key):
        key = "visit.not_possible_on_site"
    return case.ask("visit_time", key, buttons=[(slot, slot), HUMAN], wish=wish["text"], slot=slot)


# the ticket


def summary(case: Case) -> str:
    """What will be booked, a line each; on the phone no address is read aloud."""
    facts, device = case.facts, case.device
    titles = texts.data("mode.titles")
    thing = devices.name_of(device) if device is not None else case.product or "产品"
    if device is not None:
        thing += f"（{device.serial_number}）"
    rows = [("product", thing), ("symptom", case.symptom or f"显示 {facts.get('fault_code')}")]
    if facts.get("phone"):
        rows.append(("phone", facts["phone"]))
    if facts.get("mode"):
        rows.append(("mode", titles[facts["mode"]]))
    if facts.get("address") and facts.get("mode") != "carry_in" and case.channel != "phone":
        rows.append(("address", facts["address"]))
    if facts.get("visit"):
        rows.append(("visit", visit_words(facts["visit"], bool(facts.get("phone")))))
    if must_pay(case):
        rows.append(("paid", texts.render("payment.row", cap=cap_words(case))))
    labels = texts.data("confirm.labels")
    return "\n".join(f"{labels[name]}：{value}" for name, value in rows)


def cap_words(case: Case) -> str:
    cap = case.facts.get("cap_fen")
    return texts.render("payment.cap", amount=words.yuan(cap)) if cap else ""


def visit_words(visit: dict[str, Any], by_phone: bool = True) -> str:
    """The agreed span, or that we arrange it."""
    if not visit.get("start"):
        return texts.render("visit.flexible" if by_phone else "visit.flexible_here")
    return words.span(datetime.fromisoformat(visit["start"]), datetime.fromisoformat(visit["end"]))


def _confirm(case: Case) -> bool:
    if case.facts.get("confirmed"):
        return False
    if _unreachable(case):
        case.say("fault.unreachable")
        case.offer_buttons([HUMAN])
        offer_people(case, "customer_request")
        case.forget_case("refused")
        case.end()
        return True
    buttons = [("确认", "/affirm"), ("有地方要改", "/deny")]
    key = "confirm.ask_again" if case.tries("confirm") else "confirm.ask"
    return case.ask("confirm", key, buttons=buttons, summary=summary(case))


def _unreachable(case: Case) -> bool:
    """Neither a number nor a place nor a known customer: nobody could come."""
    facts = case.facts
    return not facts.get("phone") and not facts.get("address") and case.customer is None and case.channel != "wechat"


def _finish(case: Case) -> bool:
    ticket = open_from_intake(case, "repair")
    case.say("ticket.opened", number=ticket.number, next=next_step_words(ticket))
    if ticket.service_mode in ("mail_in", "carry_in", "pickup"):
        case.say(f"ticket.after_{ticket.service_mode}")
    if ticket.service_mode == "carry_in" and not case.facts.get("shop"):
        case.say("ticket.shop_later")
    _close_case(case)
    if ticket.severity == "A":
        return _urgent(case)
    return _second_device(case)


def _urgent(case: Case) -> bool:
    """A business that stands still gets a person at once."""
    from desk.cases.dialogue.journeys import people

    return people.hand_over(case, "business_loss")


def open_from_intake(case: Case, kind: str, severity_code: str | None = None, **fields: Any) -> Ticket:
    """A ticket from what the intake holds; its decision, deadlines and device go with it."""
    facts = case.facts
    device = case.device or _candidate_device(case)
    judged = severity.assess(
        case.symptom or facts.get("danger", ""),
        critical=bool(device and device.critical),
        contract=bool(device and device.contract_no),
        emergency=severity_code == "A",
    )
    visit = facts.get("visit") or {}
    decision = current(case)
    ticket = tickets.open_ticket(
        case.session,
        "bot",
        device,
        kind=kind,
        severity=severity_code or judged.code,
        severity_reason=judged.reason[:200],
        customer_id=_ticket_customer(case, device),
        conversation_id=case.conversation.id,
        intake_id=case.intake.id if case.intake else None,
        product_type=case.product or None,
        product_model=facts.get("model") or facts.get("model_said"),
        symptom=ticket_symptom(case),
        fault_code=facts.get("fault_code"),
        contact_name=facts.get("name") or (case.customer.name if case.customer else None),
        contact_phone=facts.get("phone"),
        address=facts.get("address"),
        service_mode=facts.get("mode"),
        visit_start=_instant(visit.get("start")),
        visit_end=_instant(visit.get("end")),
        visit_text=visit.get("text"),
        payer=decision.get("payer") if decision else None,
        decision=decision,
        quote=_quote(case, decision) if must_pay(case) and decision else None,
        order_number=facts.get("order_number"),
        attachments=case.state.get("pictures", []),
        repeat_repair=bool(facts.get("unresolved")),
        **fields,
    )
    if device is not None and case.device is None:
        tickets.event(case.session, ticket, "device_matched", "bot", texts.render("ticket.candidate"))
    cap = facts.get("cap_fen")
    if cap:
        tickets.add_note(case.session, ticket, "bot", texts.render("payment.cap_note", amount=words.yuan(cap)))
    case.touch(ticket)
    return ticket


def _quote(case: Case, decision: dict[str, Any]) -> dict[str, Any]:
    facts = case.facts
    visit_at = _instant((facts.get("visit") or {}).get("start"))
    return quotes.for_ticket(case.session, decision, case.product, facts.get("part"), facts.get("mode"), visit_at)


def ticket_symptom(case: Case) -> str:
    """The fault in the customer's words, with the code shown and the standard words for it."""
    code, words_ = case.facts.get("fault_code"), case.symptom
    if code and code not in words_:
        words_ = f"{words_} 显示{code}".strip()
    standard = symptoms.standard(words_)
    return f"{words_}（{'、'.join(standard)}）" if standard else words_


def _candidate_device(case: Case) -> Device | None:
    found = case.facts.get("candidate_id")
    return case.session.get(Device, found) if found else None


def _ticket_customer(case: Case, device: Device | None) -> int | None:
    if case.customer is not None:
        return case.customer.id
    if device is not None and identity.owns_device(device, case.facts.get("phone")):
        return device.customer_id
    registered = devices.customers_by_phone(case.session, case.facts.get("phone") or "")
    return registered[0].id if len(registered) == 1 else None


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def next_step_words(ticket: Ticket) -> str:
    """The next promised thing, with its time."""
    response = ticket.deadlines.get("response_due")
    by = words.moment(datetime.fromisoformat(response)) if response else texts.render("ticket.soon")
    if (
        ticket.visit_start is not None
        and ticket.visit_end is not None
        and ticket.service_mode in ("on_site", "pickup", None)
    ):
        return texts.render("ticket.next_visit", by=by, visit=words.span(ticket.visit_start, ticket.visit_end))
    return texts.render("ticket.next_call", by=by)


def _close_case(case: Case) -> None:
    case.forget_case("ticketed")
    case.end()


def _second_device(case: Case) -> bool:
    later = case.state.pop("later", None)
    if not later:
        return False
    case.begin("fault")
    case.facts.update({name: value for name, value in later.items() if value})
    case.say("fault.second", product=later["product_type"])
    case.save_intake()
    return advance(case)


def open_for_handoff(case: Case) -> None:
    """Before a person takes over: a case that is known well enough becomes a ticket, so that nothing is lost."""
    facts = case.facts
    if case.journey != "fault" or not case.symptom or not facts.get("phone"):
        return
    if must_pay(case) and facts.get("paid") != "agreed":
        return
    if case.device is None and not facts.get("address"):
        return
    if case.state.get("existing"):
        return
    ticket = open_from_intake(case, "repair")
    case.say("ticket.opened_at_handoff", number=ticket.number)
    _close_case(case)


def offer_people(case: Case, reason: str) -> None:
    """Put the human offer into the turn."""
    case.offer("human")
    case.state["human_reason"] = reason if reason in handoffs.PRIORITY else "customer_request"
