"""Rights that follow from an earlier repair, an older fault, mere looks, or a part that was replaced."""

from typing import Any

import pytest

from tests.rules.build import COMPUTER, FRIDGE, PHONE, SERVER, code, judge

BACK = {"in": "2026-06-15", "out": "2026-06-20", "same_fault": True}


@pytest.mark.parametrize("base", [FRIDGE, COMPUTER, PHONE])
def test_a_repair_has_to_hold_for_thirty_days_also_when_cover_is_over(base: dict[str, Any]) -> None:
    decision = judge(base, repairs=[BACK], report_date="2026-07-20")

    assert (decision.reason_code, decision.decisions, decision.payer) == ("REPAIR_30D", ("FREE_REPAIR",), "merchant")
    assert (decision.in_period, decision.coverage, str(decision.window_end)) == (False, "out", "2026-07-20")
    assert "保证期内" in decision.sentence
    assert code(base, repairs=[BACK], report_date="2026-07-21") == "OUT_OF_PERIOD"
    assert code(base, repairs=[BACK | {"same_fault": False}], report_date="2026-07-20") == "OUT_OF_PERIOD"
    assert code(base, repairs=[BACK | {"out": None}], report_date="2026-07-20") != "REPAIR_30D"


def test_the_latest_repair_holds_longest() -> None:
    repairs = [BACK, {"in": "2026-08-01", "out": "2026-08-10", "same_fault": True}]

    assert str(judge(FRIDGE, repairs=repairs, report_date="2026-09-09").window_end) == "2026-09-09"


def test_no_thirty_days_where_the_rules_of_the_goods_name_none() -> None:
    assert code(SERVER, repairs=[BACK | {"in": "2028-06-20", "out": "2028-06-25"}], report_date="2028-07-01") == (
        "OUT_OF_PERIOD"
    )


@pytest.mark.parametrize(
    ("occurred", "report", "expected"),
    [
        ("2025-06-16", "2025-06-17", "D7"),
        ("2025-06-17", "2025-06-18", "BURDEN_MERCHANT_6M"),
        ("2025-06-18", "2025-06-25", "D15"),
        ("2025-06-25", "2025-06-26", "BURDEN_MERCHANT_6M"),
        ("2025-06-26", "2025-07-20", "IN_PERIOD"),
        ("2025-06-25", "2026-02-01", "INSPECT_AFTER_6M"),
        ("2026-06-10", "2026-06-20", "INSPECT_AFTER_6M"),
        ("2026-06-11", "2026-06-20", "OUT_OF_PERIOD"),
    ],
)
def test_a_fault_proved_to_be_older_is_inspected_where_a_right_was_lost(
    occurred: str, report: str, expected: str
) -> None:
    decision = judge(FRIDGE, fault={"occurred_on": occurred}, report_date=report)

    assert decision.reason_code == expected
    assert ("INSPECT" in decision.decisions) is decision.earlier_fault
    assert ("故障出现" in decision.derivation) and ("早于报修日" in decision.derivation)
    assert ("那时您还有" in decision.sentence) is decision.earlier_fault


def test_a_disputed_cause_is_told_as_such_also_when_the_fault_is_older() -> None:
    decision = judge(
        FRIDGE, fault={"occurred_on": "2025-06-12"}, exclusions={"claimed": "liquid"}, report_date="2025-07-01"
    )

    assert decision.reason_code == "BURDEN_MERCHANT_6M" and not decision.earlier_fault


@pytest.mark.parametrize(("base", "person"), [(FRIDGE, True), (PHONE, True), (SERVER, False)])
def test_looks_alone_in_the_first_days_are_repaired_and_shown_to_a_person(base: dict[str, Any], person: bool) -> None:
    decision = judge(base, fault={"performance": False}, report_date="2025-06-17")

    assert (decision.decisions, decision.needs_person) == (("FREE_REPAIR",), person)
    assert ("同事" in decision.sentence) is person
    assert not judge(base, fault={"performance": False}, report_date="2025-06-18").needs_person
    assert not judge(base, fault={"performance": None}, report_date="2025-06-17").needs_person


TELEVISION = FRIDGE | {"product": "液晶电视", "part": "显示屏"}


def test_a_replaced_main_part_of_a_television_has_its_whole_period_again() -> None:
    replaced = judge(TELEVISION, part_replaced_on="2027-03-01", report_date="2029-06-01")

    assert code(TELEVISION, report_date="2029-06-01") == "OUT_OF_PERIOD"
    assert (replaced.reason_code, str(replaced.warranty_end)) == ("PART_IN_PERIOD", "2030-03-01")
    assert "2027-03-01 更换过" in replaced.derivation


def test_other_main_parts_keep_their_period() -> None:
    fridge = judge(FRIDGE, part="压缩机", part_replaced_on="2027-03-01", report_date="2027-06-01")

    assert str(fridge.warranty_end) == "2028-06-12" and "更换过" not in fridge.derivation
