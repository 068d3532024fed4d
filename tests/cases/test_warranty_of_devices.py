"""What the records say of a device, as a question to the rules."""

from typing import Any

import pytest

from desk.cases import devices, warranty
from desk.records.db import reading
from tests.dialogue.conftest import AIR, AIR_1, LI, world

__all__ = ["world"]
TV = {"model": "TV55", "name": "液晶电视", "product_type": "电视", "category": "home_appliance", "main_parts": "显示屏"}
TV_1 = AIR_1 | {"serial_number": "TV55-000001", "model": "TV55", "installed_on": "", "purchase_date": "2023-08-01",
                "delivered_on": "2023-08-02"}
COOL = {"serial_number": "FD0112-004417", "same_fault_key": "COOL", "fault": "不制冷"}


def decided(serial: str, symptom: str) -> dict[str, Any]:
    with reading() as session:
        device = devices.by_serial(session, serial)
        assert device is not None
        return warranty.for_device(device, symptom)


@pytest.mark.parametrize(
    ("symptom", "same"), [("又不制冷了", True), ("吹出来的是热风", True), ("", True), ("遥控器按键失灵", False)]
)
def test_only_repairs_of_this_fault_count_as_the_same(world, symptom: str, same: bool) -> None:  # type: ignore[no-untyped-def]
    repair = COOL | {"received_on": "2026-09-01", "returned_on": "2026-09-03"}
    world(customers=[LI], products=[AIR], devices=[AIR_1], repairs=[repair])

    assert decided("FD0112-004417", symptom)["inputs"]["repairs"][0]["same_fault"] is same


def test_repairs_with_the_same_mark_are_the_same_fault_however_they_were_worded(world) -> None:  # type: ignore[no-untyped-def]
    first = COOL | {"received_on": "2026-09-01", "returned_on": "2026-09-03"}
    second = first | {"received_on": "2026-10-01", "returned_on": "2026-10-03", "fault": "补氟"}
    world(customers=[LI], products=[AIR], devices=[AIR_1], repairs=[first, second])

    assert [repair["same_fault"] for repair in decided("FD0112-004417", "不制冷")["inputs"]["repairs"]] == [True, True]


def test_the_same_fault_within_thirty_days_after_a_repair_is_free_also_out_of_warranty(world) -> None:  # type: ignore[no-untyped-def]
    old = AIR_1 | {"purchase_date": "2022-08-01", "delivered_on": "2022-08-02", "installed_on": "2022-08-03"}
    repair = COOL | {"received_on": "2026-11-01", "returned_on": "2026-11-02"}
    world(customers=[LI], products=[AIR], devices=[old], repairs=[repair])

    again, other = decided("FD0112-004417", "还是不制冷"), decided("FD0112-004417", "遥控器按键失灵")
    assert (again["reason_code"], again["payer"]) == ("REPAIR_30D", "merchant")
    assert (other["reason_code"], other["payer"]) == ("OUT_OF_PERIOD", "customer")


def test_a_replaced_screen_has_its_period_again(world) -> None:  # type: ignore[no-untyped-def]
    repair = {"serial_number": "TV55-000001", "received_on": "2024-05-01", "returned_on": "2024-05-06",
              "fault": "黑屏", "parts": "显示屏"}
    world(customers=[LI], products=[TV], devices=[TV_1], repairs=[repair])

    found = decided("TV55-000001", "显示屏有竖线")
    assert (found["reason_code"], found["warranty_end"]) == ("PART_IN_PERIOD", "2027-05-12")
