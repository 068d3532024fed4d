"""GET /tickets and what a ticket shows."""

from datetime import UTC, datetime
from typing import Any

from desk.records import db
from desk.records.models import Customer, Ticket, TicketEvent, TicketNote
from tests.fakes.desk_process import Desk

FIELDS = {
    "number", "kind", "status", "severity", "priority", "product_type", "product_model", "serial_number", "symptom",
    "fault_code", "contact_name", "contact_phone", "address", "service_mode", "visit_time", "payer", "decision",
    "deadlines", "service_level", "urge_count", "repeat_repair", "linked_tickets", "order_number", "attachments",
    "intake_id", "events", "notes",
}
OPENED = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def ticket(number: str, **more: Any) -> None:
    with db.transaction() as session:
        found = Ticket(number=number, opened_at=OPENED, symptom="不制冷", **more)
        session.add(found)
        session.flush()
        session.add(TicketEvent(ticket_id=found.id, kind="opened", actor="bot", at=OPENED))
        session.add(TicketNote(ticket_id=found.id, author="customer", text="门铃坏了", at=OPENED))


def numbers(desk: Desk, query: str) -> list[str]:
    answer = desk.call("GET", f"/tickets?{query}")
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


def test_a_ticket_has_exactly_the_fields_of_the_contract(desk: Desk) -> None:
    ticket(
        "TK20261121-0001", visit_start=datetime(2026, 11, 21, 23, 0, tzinfo=UTC), contact_phone="13900000001",
        deadlines={"response_due": "2026-11-21T02:30:00+00:00", "after_breach": None},
    )
    shown = desk.call("GET", "/tickets/tk20261121-0001").json()
    assert shown.keys() == FIELDS
    assert shown["visit_time"] == "2026-11-22T07:00:00+08:00"
    assert shown["deadlines"] == {"response_due": "2026-11-21T10:30:00+08:00", "after_breach": None}
    assert shown["events"][0]["kind"] == "opened" and shown["events"][0]["at"] == "2026-11-21T10:00:00+08:00"
    assert shown["notes"][0]["text"] == "门铃坏了"
    assert desk.call("GET", "/tickets/TK20261121-9999").status_code == 404


def test_filters_fit_all_at_once(desk: Desk) -> None:
    with db.transaction() as session:
        owner = Customer(customer_no="C1", phone="13900000009", created_at=OPENED)
        session.add(owner)
        session.flush()
        owner_id = owner.id
    ticket("TK20261121-0001", contact_phone="13900000001", serial_number="AB12-34", status="new")
    ticket("TK20261121-0002", contact_phone="13900000001", serial_number="CD5678", status="closed")
    ticket("TK20261121-0003", customer_id=owner_id, status="accepted")
    assert numbers(desk, "phone=13900000001") == ["TK20261121-0002", "TK20261121-0001"]
    assert numbers(desk, "phone=139-0000-0001&status=closed") == ["TK20261121-0002"]
    assert numbers(desk, "phone=13900000009") == ["TK20261121-0003"]
    assert numbers(desk, "serial=AB12-34") == ["TK20261121-0001"]
    assert numbers(desk, "status=new,accepted") == ["TK20261121-0003", "TK20261121-0001"]
    assert numbers(desk, "phone=13911111111") == []
    assert desk.call("GET", "/tickets?status=lost").status_code == 422


def test_pages_follow_each_other(desk: Desk) -> None:
    for n in range(5):
        ticket(f"TK20261121-000{n}")
    found, cursor = [], ""
    while True:
        page = desk.call("GET", f"/tickets?limit=2&cursor={cursor}").json()
        found += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert found == [f"TK20261121-000{n}" for n in (4, 3, 2, 1, 0)]
    assert desk.call("GET", "/tickets?cursor=x").status_code == 422
    assert desk.call("GET", "/tickets?limit=1000").status_code == 422
