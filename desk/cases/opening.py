"""A colleague opens a ticket: for the customer in a chat, or for one who telephoned.

What is decided (cover, who pays, severity, price, deadlines) comes from the same use cases as in the assistant's own
tickets. A form is first looked at, then opened; sent twice, it opens one ticket.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit, complaints, devices, effects, identity, product_types, quotes, symptoms, tickets, warranty
from desk.cases.dialogue.journeys.booking import next_step_words
from desk.cases.dialogue.journeys.verdict import PAYS
from desk.cases.ticket_work import Refused
from desk.language import phones
from desk.records.models import Conversation, Customer, Device, Intake, Staff, Ticket
from desk.records.tickets import KINDS, SERVICE_MODES
from desk.rules import severity
from desk.talk import saying

AT_THE_CUSTOMERS = ("on_site", "pickup")
WITH_DECISION = ("repair", "return", "exchange")
LONGEST = {
    "symptom": 500, "serial": 64, "product_type": 60, "model": 60, "fault_code": 40, "name": 60, "phone": 32,
    "address": 200, "order_number": 64, "severity_reason": 200,
}


class Form(BaseModel, frozen=True, str_strip_whitespace=True):
    """What the colleague filled in. `severity` empty: by the rules."""

    kind: str = "repair"
    symptom: str = ""
    serial: str = ""
    product_type: str = ""
    model: str = ""
    fault_code: str = ""
    purchase_date: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    mode: str = ""
    order_number: str = ""
    severity: str = ""
    severity_reason: str = ""


@dataclass(frozen=True)
class Looked:
    """What the records and the rules say to a form: `same` are open tickets that may be about the same matter."""

    device: Device | None
    customer: Customer | None
    decision: dict[str, Any] | None
    severity: severity.Severity
    quote: dict[str, Any] | None
    same: list[Ticket]


def prefilled(session: Session, conversation: Conversation, contact: dict[str, str]) -> Form:
    """A form with what the intake and the records of this conversation know; `contact` is the shown contact data."""
    intake = _intake(session, conversation)
    facts = dict(intake.facts) if intake else {}
    device = session.get(Device, intake.device_id) if intake and intake.device_id else None
    return Form(
        symptom=str(facts.get("symptom") or ""),
        serial=device.serial_number if device else str(facts.get("serial_claimed") or ""),
        product_type=str(facts.get("product_type") or "") or (devices.type_of(device) if device else ""),
        model=str(facts.get("model") or facts.get("model_said") or "") or (device.model or "" if device else ""),
        fault_code=str(facts.get("fault_code") or ""), purchase_date=str(facts.get("purchase_date") or ""),
        mode=str(facts.get("mode") or ""), order_number=str(facts.get("order_number") or ""), **contact,
    )


def look(session: Session, form: Form, conversation: Conversation | None) -> Looked:
    """What would be decided. Raises Refused for what is missing or cannot be."""
    _check(form, conversation)
    device = devices.by_serial(session, form.serial) if form.serial else None
    customer = _customer(session, form, device, conversation)
    kind = product_types.find(form.product_type) if form.product_type else None
    named = kind[0] if kind else form.product_type
    if device is not None:
        named = devices.type_of(device) or named
    decision = None
    if form.kind in WITH_DECISION:
        cause = warranty.admitted_cause(form.symptom)
        decision = warranty.of_case(device, named, _day(form.purchase_date), symptom=form.symptom, cause=cause)
    quote = None
    if decision is not None and decision.get("primary") == "PAID_REPAIR" and decision.get("payer") in PAYS:
        quote = quotes.for_ticket(session, decision, named, None, form.mode or None, None, form.address)
    return Looked(device, customer, decision, _severity(form, device), quote, _same(session, device, conversation))


def open_ticket(
    session: Session, form: Form, staff_id: int, key: str, conversation: Conversation | None = None,
    anyway: bool = False,
) -> Ticket:
    """The ticket of this form, once for `key`. Raises Refused (also `same_open`, unless `anyway`)."""
    if conversation is not None:
        saying.locked(session, conversation.id)
    person = session.get(Staff, staff_id)
    if person is None or not person.active:
        raise Refused("missing")
    made = effects.once(
        session, f"desk-{staff_id}-{key}"[:40], "open_ticket",
        lambda: {"number": _opened(session, form, person, conversation, anyway).number},
    )
    return session.scalars(select(Ticket).where(Ticket.number == made["number"])).one()


def words_for_customer(ticket: Ticket) -> str:
    """The number and what happens next, to send or to read out."""
    return texts.render("console.opening.told", number=ticket.number, next=next_step_words(ticket))


def _opened(
    session: Session, form: Form, person: Staff, conversation: Conversation | None, anyway: bool
) -> Ticket:
    looked = look(session, form, conversation)
    if looked.same and not anyway:
        raise Refused("same_open", numbers="、".join(ticket.number for ticket in looked.same))
    place = conversation.id if conversation else ""
    repeated = form.kind == "complaint" and complaints.earlier(session, looked.customer, place, phone_of(form) or None)
    intake = _intake(session, conversation) if conversation else None
    standard = symptoms.standard(form.symptom)
    ticket = tickets.open_ticket(
        session, f"staff:{person.id}", looked.device, kind=form.kind, severity=looked.severity.code,
        severity_reason=looked.severity.reason[:200], customer_id=looked.customer.id if looked.customer else None,
        conversation_id=conversation.id if conversation else None,
        intake_id=intake.id if intake and intake.state == "open" else None,
        serial_number=form.serial or None, product_type=form.product_type or None, product_model=form.model or None,
        symptom=f"{form.symptom}（{'、'.join(standard)}）" if standard else form.symptom,
        fault_code=form.fault_code or None, contact_name=form.name or None, contact_phone=phone_of(form) or None,
        address=form.address or None, service_mode=form.mode or None, order_number=form.order_number or None,
        payer=looked.decision.get("payer") if looked.decision else None, decision=looked.decision,
        quote=looked.quote, assignee_id=person.id,
    )
    if form.kind == "complaint":
        complaints.open_for(session, ticket, form.symptom, repeated, unresolved=False)
    audit.note(session, f"staff:{person.id}", "ticket_opened", "ticket", ticket.number)
    return ticket


def _check(form: Form, conversation: Conversation | None) -> None:
    for name, most in LONGEST.items():
        if len(getattr(form, name)) > most:
            raise Refused("field_too_long", field=texts.render(f"console.opening.{name}"), most=most)
    if form.kind not in KINDS or (form.mode and form.mode not in SERVICE_MODES):
        raise Refused("choose_kind")
    if not form.symptom:
        raise Refused("needs_symptom")
    if not form.phone and conversation is None:
        raise Refused("needs_phone")
    if form.phone and not phone_of(form):
        raise Refused("bad_phone")
    if form.mode in AT_THE_CUSTOMERS and not form.address:
        raise Refused("needs_address")
    if form.severity and form.severity not in tickets.PRIORITY:
        raise Refused("choose_kind")
    if form.severity and not form.severity_reason:
        raise Refused("needs_severity_reason")
    bought = _day(form.purchase_date)
    if form.purchase_date and bought is None:
        raise Refused("bad_date")
    if bought is not None and bought > time.today():
        raise Refused("future_date")


def phone_of(form: Form) -> str:
    """The number as it is stored; "" when there is none or it cannot be one."""
    found = phones.last(form.phone)
    return found.number if found is not None and found.problem is None else ""


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _severity(form: Form, device: Device | None) -> severity.Severity:
    if form.severity:
        return severity.Severity(form.severity, form.severity_reason)
    return severity.assess(
        form.symptom, critical=bool(device and device.critical), contract=bool(device and device.contract_no)
    )


def _customer(
    session: Session, form: Form, device: Device | None, conversation: Conversation | None
) -> Customer | None:
    """Whose ticket it is: who proved to be it in the chat, else who is registered with this telephone number."""
    if conversation is not None:
        bound = identity.bound_customer(session, conversation)
        if bound is not None:
            return bound
    phone = phone_of(form)
    if device is not None and identity.owns_device(device, phone):
        return device.customer
    registered = devices.customers_by_phone(session, phone) if phone else []
    return registered[0] if len(registered) == 1 else None


def _same(session: Session, device: Device | None, conversation: Conversation | None) -> list[Ticket]:
    about = [Ticket.device_id == device.id] if device is not None else []
    about += [Ticket.conversation_id == conversation.id] if conversation is not None else []
    if not about:
        return []
    query = select(Ticket).where(or_(*about), Ticket.status.in_(tickets.OPEN)).order_by(Ticket.id.desc())
    return list(session.scalars(query.limit(5)))


def _intake(session: Session, conversation: Conversation) -> Intake | None:
    return session.scalar(
        select(Intake)
        .where(Intake.conversation_id == conversation.id)
        .order_by(Intake.state != "open", Intake.id.desc())
        .limit(1)
    )
