"""Plans of regular maintenance: put, changed, removed."""

from datetime import date

import pytest

from desk import time
from desk.cases import maintenance
from desk.cases.followups import plan as follow_plan
from desk.records.db import transaction
from desk.records.models import Customer, Device, FollowUp, Product


@pytest.fixture
def device(database: str, pinned_clock) -> int:
    pinned_clock("2026-11-26T12:00:00+08:00")
    with transaction() as session:
        customer = Customer(customer_no="C1", name="李敏", phone="15000009174", created_at=time.now())
        session.add_all([customer, Product(model="JX-1", product_type="净水器", category="home_appliance")])
        session.flush()
        one = Device(serial_number="JX1", serial_key="JX1", model="JX-1", customer_id=customer.id)
        session.add(one)
        session.flush()
        return one.id


def put(device: int, day: date, months: int = 6) -> None:
    with transaction() as session:
        maintenance.put(session, session.get_one(Device, device), months, day, "staff:1")


def waiting() -> list[tuple[str, str]]:
    with transaction() as session:
        follow_plan.everything(session)
        rows = session.query(FollowUp).filter_by(state="waiting").order_by(FollowUp.due_at)
        return [(row.kind, row.data["day"]) for row in rows]


def test_a_plan_is_listed_with_who_has_the_device(device: int) -> None:
    put(device, date(2026, 11, 30))
    with transaction() as session:
        [(plan, thing, customer)] = maintenance.coming(session)
        assert (plan.every_months, thing.serial_number) == (6, "JX1")
        assert customer is not None and customer.name == "李敏"
        assert maintenance.coming(session, days=3) == []


def test_another_day_takes_its_own_reminders(device: int) -> None:
    put(device, date(2026, 11, 30))
    assert waiting() == [("maintenance_early", "2026-11-30"), ("maintenance_late", "2026-11-30")]
    put(device, date(2026, 12, 1))
    assert waiting() == [("maintenance_early", "2026-12-01"), ("maintenance_late", "2026-12-01")]
    put(device, date(2026, 11, 30))
    assert waiting() == [("maintenance_early", "2026-11-30"), ("maintenance_late", "2026-11-30")]


def test_without_a_plan_nobody_is_reminded(device: int) -> None:
    put(device, date(2026, 11, 30))
    assert waiting()
    with transaction() as session:
        thing = session.get_one(Device, device)
        assert maintenance.remove(session, thing, "staff:1")
        assert not maintenance.remove(session, thing, "staff:1")
    assert waiting() == []


@pytest.mark.parametrize(("months", "day"), [(0, date(2027, 1, 1)), (121, date(2027, 1, 1)), (6, date(2026, 11, 1))])
def test_what_cannot_be_is_refused(device: int, months: int, day: date) -> None:
    with pytest.raises(ValueError, match=r"间隔|过去"):
        put(device, day, months)


def test_the_rhythm_goes_on_from_the_day_that_is_past() -> None:
    assert maintenance.next_after(date(2026, 1, 15), 3, date(2026, 11, 26)) == date(2027, 1, 15)
