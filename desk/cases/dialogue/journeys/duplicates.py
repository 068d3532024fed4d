"""The same fault is not booked twice; a repair that did not hold is taken up again."""

from sqlalchemy import select

from desk import time
from desk.cases import product_types, tickets, words
from desk.cases.dialogue.case import Case
from desk.records.models import Ticket

# A repair is guaranteed for thirty days (部分商品修理更换退货责任规定 §6).
REPAIR_GUARANTEE_DAYS = 30


def ask_existing(case: Case) -> bool:
    """The same fault is not booked twice; an open ticket is only named to its owner."""
    if case.state.get("existing"):
        return False
    if case.customer is not None and case.facts.get("unresolved") and _repaired_before(case):
        return True
    mine = _open_tickets(case)
    same = [
        ticket
        for ticket in mine
        if ticket.kind == "repair"
        and ticket.number != case.state.get("begun_ticket")
        and (_same_device(case, ticket) or _same_thing(case, ticket))
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


def booked_here(case: Case) -> Ticket | None:
    """The open ticket of this conversation; while a fault is being told, only one for the same thing."""
    query = select(Ticket).where(Ticket.conversation_id == case.conversation.id, Ticket.status.in_(tickets.OPEN))
    mine = list(case.session.scalars(query.order_by(Ticket.id.desc())))
    if case.journey != "fault":
        return mine[0] if mine else None
    return next((one for one in mine if _same_device(case, one) or _same_thing(case, one)), None)


def _same_device(case: Case, ticket: Ticket) -> bool:
    return case.device is not None and ticket.device_id == case.device.id


def _open_tickets(case: Case) -> list[Ticket]:
    """The unfinished tickets that the speaker may know of: a known customer's, else the one opened right here."""
    if case.customer is not None:
        return tickets.open_of_customer(case.session, case.customer.id)
    here = case.ticket()
    own = here is not None and here.conversation_id == case.conversation.id and here.status in tickets.OPEN
    return [here] if here is not None and own else []


def has_ticket(case: Case) -> bool:
    """Whether a ticket was spoken of, or the known customer has one that is not finished."""
    if case.ticket() is not None:
        return True
    return case.customer is not None and bool(tickets.open_of_customer(case.session, case.customer.id))


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
