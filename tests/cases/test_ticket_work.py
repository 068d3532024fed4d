"""What a colleague does with a ticket, and what follows from it."""

from datetime import datetime

import pytest
from sqlalchemy import select

from desk import time
from desk.cases import ticket_work, tickets, visits
from desk.records.db import transaction
from desk.records.models import Device, Engineer, Product, Repair, Staff, Visit

ADDRESS = "苏州市姑苏区观前街1号"
MONDAY = (datetime.fromisoformat("2026-11-23T00:00:00+08:00"), datetime.fromisoformat("2026-11-24T00:00:00+08:00"))
WEEK = {"days": [1, 2, 3, 4, 5], "from": "08:30", "to": "17:30"}


@pytest.fixture
def wang(clean_database: str, pinned_clock) -> int:  # type: ignore[no-untyped-def]
    pinned_clock("2026-11-21T10:00:00+08:00")
    with transaction() as session:
        person = Staff(login="wang", name="王工", role="agent", password_hash="x", active=True)
        session.add(person)
        session.flush()
        return person.id


def version_of(number: str) -> int:
    with transaction() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None
        return ticket.version


def move(number: str, staff_id: int, *statuses: str) -> None:
    for status in statuses:
        ticket_work.set_status(number, staff_id, version_of(number), status, "因为")


def test_a_resolved_ticket_is_a_repair_of_its_device(wang: int) -> None:
    with transaction() as session:
        session.add(Product(model="KFR-35GW", name="挂式空调", product_type="空调", category="home_appliance"))
        device = Device(serial_number="FD1", serial_key="FD1", model="KFR-35GW")
        session.add(device)
        session.flush()
        number = tickets.open_ticket(session, "bot", device, severity="B", symptom="不制冷", kind="repair").number
    move(number, wang, "accepted", "in_progress", "resolved", "reopened", "in_progress", "resolved")
    with transaction() as session:
        repair = session.scalars(select(Repair)).one()
        assert (repair.fault, repair.returned_on) == ("不制冷", time.today())


def test_a_cancelled_ticket_frees_the_engineers_time(wang: int) -> None:
    need = visits.Need("空调", ADDRESS)
    with transaction() as session:
        session.add(Engineer(name="陆志强", phone="13800000801", skills=["空调"], regions=["苏州市"], shift=WEEK))
        about = {"severity": "B", "symptom": "不制冷", "product_type": "空调", "address": ADDRESS}
        ticket = tickets.open_ticket(session, "bot", **about)
        slot = visits.slots(session, need, *MONDAY)[0]
        kept = visits.hold(session, slot, need)
        assert kept is not None and visits.book(session, kept.id, ticket)
        number = ticket.number
    move(number, wang, "cancelled")
    with transaction() as session:
        assert session.scalars(select(Visit.state)).all() == ["cancelled"]
        assert slot in visits.slots(session, need, *MONDAY)
