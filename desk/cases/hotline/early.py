"""The ticket of a call: opened as soon as a fault and any number are known, completed while the call goes on."""


from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import tickets
from desk.cases.dialogue.case import load
from desk.cases.dialogue.journeys import booking
from desk.cases.dialogue.turn import Heard, Turn
from desk.records.models import Call, Device, Intake, Ticket


def of_call(session: Session, call: Call) -> Ticket | None:
    """The newest ticket of a call, whoever opened it; the call remembers it."""
    about = Ticket.conversation_id == call.conversation_id
    found = session.scalar(select(Ticket).where(about).order_by(Ticket.id.desc()).limit(1))
    if found is not None and call.ticket_id != found.id:
        call.ticket_id = found.id
    return found


def keep(session: Session, call: Call) -> Ticket | None:
    """Open the ticket when it can be, complete it, or call it off when the caller has declined. The ticket, if any."""
    ticket = of_call(session, call)
    if ticket is None:
        ticket = _opened(session, call)
    if ticket is None:
        return None
    if not ticket.contact_phone and call.caller:
        tickets.change(session, ticket, "hotline", texts.render("hotline.records.caller"), contact_phone=call.caller)
    _complete(session, ticket)
    if _declined(session, ticket):
        tickets.change(session, ticket, "hotline", texts.render("hotline.records.declined"), status="cancelled")
    return ticket


def _opened(session: Session, call: Call) -> Ticket | None:
    about = (Intake.conversation_id == call.conversation_id, Intake.state == "open")
    intake = session.scalar(select(Intake).where(*about).order_by(Intake.id.desc()).limit(1))
    if intake is None or not _is_fault(intake) or not (intake.facts.get("phone") or call.caller):
        return None
    turn = Turn(f"call-{call.id}", call.conversation_id or "", "", Heard("inform"), time.now(), "phone")
    case = load(session, turn)
    ticket = booking.open_from_intake(case, "repair")
    # Only this is remembered: the dialogue's open question stays as it is.
    case.remember({**(case.memory or {}), "begun_ticket": ticket.number})
    call.ticket_id = ticket.id
    session.flush()
    return ticket


def _complete(session: Session, ticket: Ticket) -> None:
    """What was learnt since goes into the ticket at once: the next word may be the last."""
    intake = session.get(Intake, ticket.intake_id) if ticket.intake_id else None
    if intake is None or intake.state != "open":
        return
    facts, device = intake.facts, session.get(Device, intake.device_id) if intake.device_id else None
    known = {
        "contact_phone": facts.get("phone"), "contact_name": facts.get("name"), "address": facts.get("address"),
        "service_mode": facts.get("mode"), "product_type": facts.get("product_type"),
        "fault_code": facts.get("fault_code"), "device_id": device.id if device else None,
        "serial_number": device.serial_number if device else None,
    }
    learnt = {name: value for name, value in known.items() if value and getattr(ticket, name) != value}
    if learnt:
        tickets.change(session, ticket, "hotline", texts.render("hotline.records.completed"), **learnt)


def _is_fault(intake: Intake) -> bool:
    facts = intake.facts
    repairs = (intake.dialogue or {}).get("journey") in ("fault", "visit")
    return repairs and bool(facts.get("symptom") or facts.get("fault_code"))


def _declined(session: Session, ticket: Ticket) -> bool:
    """The caller did not want the repair after all (its price, most often)."""
    if ticket.status != "new" or ticket.intake_id is None or ticket.severity == "A":
        return False
    intake = session.get(Intake, ticket.intake_id)
    return intake is not None and intake.state == "refused"
