"""The last look, and the ticket."""

from datetime import datetime
from typing import Any

from desk import texts
from desk.cases import deadlines, devices, identity, quotes, symptoms, tickets, visits, words
from desk.cases import handoff as handoffs
from desk.cases.dialogue.case import HUMAN, Case
from desk.cases.dialogue.journeys import appointment, calendar, verdict
from desk.records.models import Device, Ticket
from desk.rules import severity


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
        rows.append(("visit", appointment.visit_words(facts["visit"], bool(facts.get("phone")))))
    if verdict.must_pay(case):
        rows.append(("paid", texts.render("payment.row", cap=cap_words(case))))
    labels = texts.data("confirm.labels")
    return "\n".join(f"{labels[name]}：{value}" for name, value in rows)


def cap_words(case: Case) -> str:
    cap = case.facts.get("cap_fen")
    return texts.render("payment.cap", amount=words.yuan(cap)) if cap else ""


def confirm(case: Case) -> bool:
    if case.facts.get("confirmed"):
        return calendar.lost(case)
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
    decision = verdict.current(case)
    ticket = _open(
        case,
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
        quote=_quote(case, decision) if verdict.must_pay(case) and decision else None,
        order_number=facts.get("order_number"),
        attachments=case.state.get("pictures", []),
        repeat_repair=bool(facts.get("unresolved")),
        **fields,
    )
    if visit.get("visit_id") and visits.book(case.session, visit["visit_id"], ticket):
        tickets.change(case.session, ticket, "bot", status="scheduled")
    if device is not None and case.device is None:
        tickets.event(case.session, ticket, "device_matched", "bot", texts.render("ticket.candidate"))
    cap = facts.get("cap_fen")
    if cap:
        tickets.add_note(case.session, ticket, "bot", texts.render("payment.cap_note", amount=words.yuan(cap)))
    case.touch(ticket)
    return ticket


def _open(case: Case, device: Device | None, **fields: Any) -> Ticket:
    """A new ticket, or the one that was begun in the middle of a call with this intake, completed."""
    begun = tickets.by_number(case.session, case.state.get("begun_ticket") or "")
    if begun is None or begun.intake_id is None or begun.intake_id != fields["intake_id"]:
        return tickets.open_ticket(case.session, "bot", device, **fields)
    if device is not None:
        level = deadlines.level_of(device)
        fields |= {"device_id": device.id, "serial_number": device.serial_number, "service_level": level}
    known = {name: value for name, value in fields.items() if value not in (None, "", [])}
    learnt = {name: value for name, value in known.items() if getattr(begun, name) != value}
    if learnt.get("severity"):
        learnt["priority"] = tickets.PRIORITY[learnt["severity"]]
    if learnt:
        tickets.change(case.session, begun, "bot", texts.render("hotline.records.completed"), **learnt)
    return begun


def _quote(case: Case, decision: dict[str, Any]) -> dict[str, Any]:
    facts = case.facts
    visit_at = _instant((facts.get("visit") or {}).get("start"))
    return quotes.for_ticket(
        case.session,
        decision,
        case.product,
        facts.get("part"),
        facts.get("mode"),
        visit_at,
        facts.get("address") or "",
    )


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
    if device is not None and identity.owns_device(device, case.proof_phone):
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
        when = words.span(ticket.visit_start, ticket.visit_end)
        if ticket.engineer_id is not None:
            return texts.render("slots.booked", when=when)
        return texts.render("ticket.next_visit", by=by, visit=when)
    return texts.render("ticket.next_call", by=by)


def close(case: Case) -> None:
    case.forget_case("ticketed")
    case.end()


def offer_people(case: Case, reason: str) -> None:
    """Put the human offer into the turn."""
    case.offer("human")
    case.state["human_reason"] = reason if reason in handoffs.PRIORITY else "customer_request"
