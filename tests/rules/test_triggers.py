"""Each trigger on the last day that it holds and the first that it does not."""

from typing import Any

import pytest

from desk.rules.errors import RuleInputError
from tests.rules.build import CAR, COMPUTER, FRIDGE, PHONE, ROUTER, SERVER, TRACTOR, TWICE, code, judge


def test_seven_and_fifteen_days_do_not_count_the_first_day() -> None:
    assert code(FRIDGE, report_date="2025-06-10") == "D7"
    assert code(FRIDGE, report_date="2025-06-17") == "D7"
    assert code(FRIDGE, report_date="2025-06-18") == "D15"
    assert code(FRIDGE, report_date="2025-06-25") == "D15"
    assert code(FRIDGE, report_date="2025-06-26") == "IN_PERIOD"


def test_window_that_ends_on_a_holiday_rolls_to_the_next_working_day() -> None:
    bought = {"purchase_date": "2025-09-25", "invoice_date": "2025-09-25"}

    assert code(FRIDGE, **bought, report_date="2025-10-09") == "D7"
    assert code(FRIDGE, **bought, report_date="2025-10-10") == "D15"


@pytest.mark.parametrize("base", [TRACTOR, SERVER, ROUTER | {"promised_months": 12}, PHONE | {"product": "手机电池"}])
def test_windows_are_for_appliances_computers_and_phones_only(base: dict[str, Any]) -> None:
    assert code(base, report_date="2025-06-12") in ("IN_PERIOD", "PHONE_ACC")


@pytest.mark.parametrize(
    ("papers", "options"),
    [
        ({"invoice": True, "card": False}, ("RETURN", "EXCHANGE", "FREE_REPAIR")),
        ({"invoice": False, "card": True}, ("EXCHANGE", "FREE_REPAIR")),
    ],
)
@pytest.mark.parametrize("base", [FRIDGE, COMPUTER, PHONE])
def test_a_card_alone_gives_no_return(base: dict[str, Any], papers: dict[str, Any], options: tuple[str, ...]) -> None:
    decision = judge(base, **papers, report_date="2025-06-12")

    assert (decision.reason_code, decision.decisions, decision.payer) == ("D7", options, "merchant")


@pytest.mark.parametrize(("base", "returns"), [(FRIDGE, True), (COMPUTER, False), (PHONE, False)])
@pytest.mark.parametrize("proof", ["copy", "other_proof"])
def test_a_copy_counts_in_full_for_appliances_only(base: dict[str, Any], returns: bool, proof: str) -> None:
    decision = judge(base, invoice=False, card=False, **{proof: True}, report_date="2025-06-12")

    assert decision.reason_code == "D7"
    assert ("RETURN" in decision.decisions) is returns
    assert decision.evidence_missing == (() if returns else ("invoice",))


def test_two_repairs_any_fault_for_appliances_and_phones_the_same_for_computers() -> None:
    mixed = [TWICE[0], TWICE[1] | {"same_fault": False}]

    assert code(FRIDGE, repairs=mixed) == code(PHONE, repairs=mixed) == "TWO_REP"
    assert code(COMPUTER, repairs=mixed) == "IN_PERIOD"
    assert code(COMPUTER, repairs=TWICE) == "TWO_REP"
    assert code(TRACTOR, repairs=TWICE) == code(SERVER, repairs=TWICE) == "IN_PERIOD"


def test_one_repair_or_one_still_open_is_not_two() -> None:
    assert code(FRIDGE, repairs=TWICE[:1]) == "IN_PERIOD"
    assert code(FRIDGE, repairs=[TWICE[0], {"in": "2025-11-28"}]) == "IN_PERIOD"
    assert code(FRIDGE, repairs=[TWICE[0], {"in": "2025-11-28", "out": "2025-12-05"}]) == "IN_PERIOD"
    assert code(FRIDGE, repairs=[TWICE[0], TWICE[0]]) == "IN_PERIOD"


@pytest.mark.parametrize("base", [FRIDGE, COMPUTER, PHONE])
def test_two_repairs_and_what_the_customer_accepts(base: dict[str, Any]) -> None:
    no_stock = judge(base, repairs=TWICE, same_model_available=False, refuse_other=True)
    refuses = judge(base, repairs=TWICE, refuse_exchange=True, price=3000)

    assert (no_stock.reason_code, no_stock.decisions) == ("TWO_REP_NOSTOCK", ("RETURN", "FREE_REPAIR"))
    assert (refuses.reason_code, refuses.payer) == ("TWO_REP_REFUSE", "merchant_depreciation")
    assert refuses.decisions == ("RETURN", "EXCHANGE", "FREE_REPAIR")
    assert code(base, repairs=TWICE, same_model_available=False, refuse_exchange=True) == "TWO_REP_NOSTOCK"
    assert code(base, repairs=TWICE, same_model_available=False) == "TWO_REP"
    assert code(base, repairs=TWICE, same_model_available=True, refuse_other=True) == "TWO_REP"


@pytest.mark.parametrize("wish", [{"refuse_exchange": True}, {"refuse_other": True, "same_model_available": False}])
def test_no_refund_after_two_repairs_on_a_copy_of_the_invoice(wish: dict[str, Any]) -> None:
    assert code(COMPUTER, repairs=TWICE, invoice=False, card=False, copy=True, **wish) == "TWO_REP"


@pytest.mark.parametrize(
    ("base", "delay", "last", "first", "expected", "payer"),
    [
        (FRIDGE, "parts", "2025-09-29", "2025-09-30", "LONG_PARTS", "merchant"),
        (FRIDGE, "no_parts", "2025-09-29", "2025-09-30", "LONG_PARTS", "merchant"),
        (FRIDGE, "repairer", "2025-07-31", "2025-08-01", "LONG_30", "repairer"),
        (COMPUTER, "parts", "2025-08-30", "2025-08-31", "LONG_PARTS", "merchant"),
        (COMPUTER, "repairer", "2025-07-31", "2025-08-01", "LONG_30", "repairer"),
        (PHONE, "parts", "2025-08-30", "2025-08-31", "LONG_PARTS", "merchant"),
        (PHONE, "repairer", "2025-07-31", "2025-08-01", "LONG_30", "repairer"),
        (TRACTOR, None, "2025-08-12", "2025-08-13", "AG_30WD", "merchant"),
    ],
)
def test_overdue_repairs(
    base: dict[str, Any], delay: str | None, last: str, first: str, expected: str, payer: str
) -> None:
    repairs = [{"in": "2025-07-01", "delay": delay}]
    decision = judge(base, repairs=repairs, report_date=first)

    assert code(base, repairs=repairs, report_date=last) == "IN_PERIOD"
    assert (decision.reason_code, decision.payer) == (expected, payer)
    assert decision.decisions == ("EXCHANGE", "FREE_REPAIR")
    assert decision.waited_days is not None and decision.open_repair


def test_a_long_repair_that_is_over_gives_nothing_more() -> None:
    assert code(FRIDGE, repairs=[{"in": "2025-07-01", "out": "2025-11-01", "delay": "parts"}]) == "IN_PERIOD"


def test_windows_come_before_overdue_and_overdue_before_two_repairs() -> None:
    late = [*TWICE, {"in": "2025-10-20", "delay": "repairer"}]

    assert code(FRIDGE, repairs=late) == "LONG_30"
    assert code(FRIDGE, exchange_date="2025-11-27", repairs=late) == "D7"


def test_phone_accessories() -> None:
    battery = {**PHONE, "product": "手机电池"}

    assert judge(battery).warranty_months == 6
    assert code(battery, report_date="2025-12-10") == "PHONE_ACC"
    assert code(battery, report_date="2025-12-11") == "OUT_OF_PERIOD"
    assert code(battery, accessory_replaced=1) == "PHONE_ACC"
    assert judge(battery, accessory_replaced=2).decisions == ("RETURN", "EXCHANGE")
    assert code(battery, accessory_replaced=2, invoice=False) == "PHONE_ACC"
    assert code(battery, fault={"performance": False}) == "IN_PERIOD"
    assert judge(PHONE, part="耳机", report_date="2025-09-10").reason_code == "PHONE_ACC"
    assert judge(PHONE, part="耳机", report_date="2025-09-11").reason_code == "OUT_OF_PERIOD"
    assert judge(PHONE, product="数据接口卡").warranty_months == 12
    assert judge(PHONE, part="屏幕").reason_code == "IN_PERIOD"


def test_phone_without_papers_counts_from_the_factory() -> None:
    lost = {**PHONE, "invoice": False, "card": False, "manufacture_date": "2024-12-31"}

    assert judge(lost).warranty_start.isoformat() == "2025-03-31"
    assert (judge(lost).reason_code, judge(lost).decisions) == ("IMEI_90", ("FREE_REPAIR",))
    assert code(lost, report_date="2026-03-31") == "IMEI_90"
    assert code(lost, report_date="2026-04-01") == "OUT_OF_PERIOD"
    assert code(lost, manufacture_date=None) == "NO_PROOF"
    assert code(lost, repairs=TWICE) == "IMEI_90"
    assert code(lost, exchange_date="2025-11-30") == "D7"


def test_no_proof() -> None:
    nothing = {"invoice": False, "card": False}

    assert judge(FRIDGE, **nothing).evidence_missing == ("invoice",)
    assert code(FRIDGE, **nothing) == code(COMPUTER, **nothing) == code(ROUTER, **nothing, promised_months=12)
    assert code(FRIDGE, **nothing) == "NO_PROOF"
    assert code(TRACTOR, **nothing) == "AG_NO_PROOF"
    assert code(SERVER, **nothing) == "IN_PERIOD"
    assert code(CAR, **nothing) == "CAR_19"
    assert code(FRIDGE, **nothing, report_date="2026-07-01") == "OUT_OF_PERIOD"
    assert judge(FRIDGE, **nothing).warranty_end is not None


def test_minor_fault_is_repaired_free_whatever_else_holds() -> None:
    minor = {"fault": {"performance": False}}

    for base in (FRIDGE, COMPUTER, PHONE, TRACTOR, SERVER):
        assert code(base, **minor, report_date="2025-06-12", repairs=[]) == "IN_PERIOD"
    assert code(FRIDGE, **minor, repairs=TWICE) == "IN_PERIOD"
    assert code(CAR, **minor, cum_repair_days=40) == "CAR_19"
    assert code(COMPUTER, **minor, part="主板") == "PART_IN_PERIOD"
    assert "performance" in judge(FRIDGE, fault={"performance": None}).evidence_missing


def test_main_parts_outlive_the_product() -> None:
    second_year = {"report_date": "2026-08-03"}

    assert code(COMPUTER, part="主板", **second_year) == "PART_IN_PERIOD"
    assert code(COMPUTER, part="键盘", **second_year) == "OUT_OF_PERIOD"
    assert code(COMPUTER, part="主板", **second_year, repairs=TWICE) == "PART_IN_PERIOD"
    assert code(COMPUTER, part="主板", report_date="2025-06-12") == "D7"
    assert code(COMPUTER, part="主板") == "PART_IN_PERIOD"
    assert code(FRIDGE, part="压缩机", report_date="2028-06-12") == "PART_IN_PERIOD"
    assert code(FRIDGE, part="压缩机", report_date="2028-06-13") == "OUT_OF_PERIOD"
    assert code(TRACTOR, part="变速箱体", **second_year) == "IN_PERIOD"
    assert judge(FRIDGE, part="压").warranty_months == 12


@pytest.mark.parametrize(
    ("product", "months", "part_months"),
    [
        ("大中型拖拉机", 12, 24),
        ("小型拖拉机", 9, 18),
        ("联合收割机", 12, 24),
        ("多缸柴油机", 12, 24),
        ("单缸柴油机", 9, 18),
        ("二冲程汽油机", 3, 6),
        ("四冲程汽油机", 6, 12),
        ("插秧机", 12, 12),
    ],
)
def test_farm_machine_periods(product: str, months: int, part_months: int) -> None:
    assert judge(TRACTOR, product=product).warranty_months == months
    assert judge(TRACTOR, product=product, part="曲轴").warranty_months == part_months


@pytest.mark.parametrize(
    ("product", "months", "part", "part_months"),
    [
        ("彩电CRT", 12, "显像管", 36),
        ("黑白电视", 12, "显像管", 36),
        ("液晶电视", 12, "背光组件", 36),
        ("录像机", 12, "主要部件", 12),
        ("自行车", 12, "车架", 24),
        ("空调", 12, "压缩机", 36),
        ("洗衣机", 12, "电机", 36),
        ("电饭煲", 12, "内胆", 12),
    ],
)
def test_appliance_periods(product: str, months: int, part: str, part_months: int) -> None:
    assert judge(FRIDGE, product=product).warranty_months == months
    assert judge(FRIDGE, product=product, part=part).warranty_months == part_months


def test_farm_machines() -> None:
    serious = {"fault": {"serious": True}, "repairs": TWICE}

    assert judge(TRACTOR, **serious).decisions == ("PART_REPLACE", "FREE_REPAIR")
    assert code(TRACTOR, **serious) == "AG_2REP"
    assert code(TRACTOR, fault={"serious": True}, repairs=TWICE[:1]) == "IN_PERIOD"
    assert code(TRACTOR, fault={"serious": True, "assembly_replaced": 1}, repairs=TWICE) == "AG_AFTER_PART"
    assert code(TRACTOR, repairs=TWICE) == "IN_PERIOD"


def test_farm_machine_in_its_first_season() -> None:
    assert code(TRACTOR, repairs=TWICE, season_start="2025-07-30", report_date="2025-10-15") == "IN_PERIOD"
    early = [{"in": "2025-08-01", "out": "2025-08-02", "same_fault": True}, TWICE[0]]
    assert code(TRACTOR, repairs=early, season_start="2025-07-30", report_date="2025-08-29") == "AG_2REP"
    assert code(TRACTOR, repairs=early, season_start="2025-08-01", report_date="2025-09-02") == "IN_PERIOD"
    assert code(TRACTOR, repairs=early[:1], season_start="2025-07-30", report_date="2025-08-29") == "IN_PERIOD"


def test_contract_exchange_clauses() -> None:
    once = [{"in": "2025-06-20", "out": "2025-06-21", "same_fault": True}]

    assert code(SERVER, contract_exchange_rule="2in45", repairs=once, report_date="2025-07-25") == "CONTRACT_2IN45"
    assert code(SERVER, contract_exchange_rule="2in45", repairs=once, report_date="2025-07-28") == "IN_PERIOD"
    assert code(SERVER, contract_exchange_rule="2in45", report_date="2025-07-25") == "IN_PERIOD"
    waiting = [{"in": "2025-07-01"}]
    both = "2in45/10d"
    assert code(SERVER, contract_exchange_rule=both, repairs=waiting, report_date="2025-07-11") == "IN_PERIOD"
    assert code(SERVER, contract_exchange_rule=both, repairs=waiting, report_date="2025-07-12") == "CONTRACT_10D"
    assert code(SERVER, repairs=waiting, report_date="2025-07-12") == "IN_PERIOD"
    with pytest.raises(RuleInputError, match="没有换货条款“3次”"):
        judge(SERVER, contract_exchange_rule="3次")


def test_contract_terms() -> None:
    dates = {
        "purchase_date": "2023-06-01",
        "invoice_date": "2023-07-01",
        "delivery_date": "2023-08-01",
        "acceptance_date": "2023-09-20",
        "completion_date": "2023-10-01",
    }
    starts = {
        None: "2023-09-20",
        "acceptance": "2023-09-20",
        "signing": "2023-06-01",
        "shipment": "2023-08-01",
        "invoice": "2023-07-01",
        "completion": "2023-10-01",
    }
    for basis, start in starts.items():
        assert judge(SERVER, **dates, contract_start_basis=basis).warranty_start.isoformat() == start
    assert judge(SERVER, **dates, signing_date="2023-05-01", contract_start_basis="signing").start_from == "signing"
    assert judge(SERVER, acceptance_date=None).evidence_missing == ("acceptance_date",)
    assert judge(SERVER, invoice=False, card=False, completion_date="2025-05-01").start_from == "completion"


def test_contract_without_a_period_is_looked_at_first() -> None:
    decision = judge(SERVER, contract_months=None)

    assert (decision.reason_code, decision.coverage, decision.warranty_end) == ("INSPECT_CONTRACT", "unknown", None)
    assert decision.evidence_missing == ("contract", "inspection_report")


def test_contract_end_date_wins_over_months() -> None:
    decision = judge(SERVER, contract_ends_on="2025-12-31")

    assert (decision.reason_code, str(decision.warranty_end)) == ("IN_PERIOD", "2025-12-31")
    assert judge(SERVER, contract_ends_on="2025-11-28").payer == "customer_cost"


def test_life_abnormal_is_free_after_the_end() -> None:
    decision = judge(SERVER, contract_months=3, fault={"life_abnormal_certified": True})

    assert (decision.reason_code, decision.coverage, decision.in_period) == ("LIFE_ABNORMAL", "in", False)


def test_consumables_and_wearing_parts() -> None:
    assert judge(FRIDGE, consumable=True).coverage == "excluded"
    assert code(FRIDGE, consumable=True, report_date="2027-12-01") == "CONSUMABLE"
    wear = {"fault": {"wear_part": True, "wear_months": 6}}
    assert code(CAR, **wear, report_date="2025-11-17") == "CAR_WEARPART"
    assert code(CAR, **wear, report_date="2025-11-18") == "OUT_OF_PERIOD"
    assert code(FRIDGE, **wear) == "IN_PERIOD"
    assert code(CAR, fault={"wear_part": True}) == "CAR_19"


CLAIM = {"exclusions": {"claimed": "liquid"}}


def test_burden_of_proof() -> None:
    assert code(FRIDGE, **CLAIM, report_date="2025-12-10") == "BURDEN_MERCHANT_6M"
    assert code(FRIDGE, **CLAIM, report_date="2025-12-11") == "INSPECT_AFTER_6M"
    assert code(SERVER, **CLAIM) == "INSPECT_CONTRACT"
    assert code(FRIDGE, **CLAIM, report_date="2026-06-11") == "OUT_OF_PERIOD"
    assert code(FRIDGE, fault={"cause": "unknown"}) == "BURDEN_MERCHANT_6M"
    assert code(FRIDGE, **CLAIM, invoice=False, card=False) == "BURDEN_MERCHANT_6M"
    early_invoice = {"purchase_date": "2024-05-06", "invoice_date": "2024-05-06", "delivery_date": "2024-06-03"}
    assert code(FRIDGE, **early_invoice, **CLAIM, report_date="2024-12-03") == "BURDEN_MERCHANT_6M"


def test_exclusions_that_are_established_or_admitted() -> None:
    for name in ("force_majeure", "drop"):
        decision = judge(FRIDGE, exclusions={"established": name}, report_date="2025-06-12")
        assert (decision.reason_code, decision.payer) == (f"EXCL_{name}", "customer")
    admitted = judge(FRIDGE, exclusions={"admitted": "human_damage"})
    assert (admitted.reason_code, admitted.basis) == ("EXCL_human_damage", "customer_statement")
    both = judge(FRIDGE, exclusions={"admitted": "drop", "established": "liquid"})
    assert (both.reason_code, both.basis) == ("EXCL_liquid", "record")


ONLINE = {
    "no_reason_request": True,
    "channel": "online",
    "delivery_date": "2025-06-12",
    "fault": {"performance": False},
}


def test_no_reason_return() -> None:
    assert judge(FRIDGE, **ONLINE, report_date="2025-06-19").decisions == ("RETURN",)
    assert judge(FRIDGE, **ONLINE, report_date="2025-06-20").decisions == ("NONE",)
    for channel, expected in (("tv", "OK"), ("phone", "OK"), ("mail", "OK"), ("store", "DENIED")):
        assert code(FRIDGE, **ONLINE | {"channel": channel}, report_date="2025-06-13") == f"NR7_{expected}"
    assert code(FRIDGE, **ONLINE, nr_excluded="customised", report_date="2025-06-13") == "NR7_DENIED"
    assert judge(FRIDGE, **ONLINE, report_date="2027-06-20").coverage == "out"
    no_dates = {"purchase_date": None, "delivery_date": None}
    assert code(FRIDGE, **ONLINE | no_dates, report_date="2025-06-17") == "NR7_OK"
    assert code(FRIDGE, **ONLINE | {"delivery_date": None}, report_date="2025-06-18") == "NR7_DENIED"


def test_other_goods_follow_the_promise() -> None:
    assert judge(ROUTER, promised_months=6).payer == "merchant"
    assert code(ROUTER, promised_months=5) == "OUT_OF_PERIOD"
    assert judge(ROUTER, promised_until="2025-12-01").article == "商家承诺"
    assert code(ROUTER, report_date="2025-06-17") == "D7"
    assert code(ROUTER, report_date="2025-06-18") == "BURDEN_MERCHANT_6M"
    assert code(ROUTER, report_date="2025-06-12", fault={"performance": False}) == "BURDEN_MERCHANT_6M"
    assert code(ROUTER, report_date="2026-06-18") == "INSPECT_AFTER_6M"
    assert judge(ROUTER).evidence_missing == ("promise", "inspection_report")
    assert judge(ROUTER).coverage == "unknown"


class TestCar:
    def test_serious_safety_fault_within_sixty_days(self) -> None:
        brakes = {"fault": {"critical": True}, "mileage_km": 3000}

        assert code(CAR, **brakes, report_date="2025-07-14") == "CAR_23"
        assert code(CAR, **brakes, report_date="2025-07-15") == "CAR_19"
        assert code(CAR, **brakes | {"mileage_km": 3001}, report_date="2025-07-14") == "CAR_19"
        assert code(CAR, **brakes, card=False, report_date="2025-07-14") == "CAR_19"
        assert "mileage_km" in judge(CAR, fault={"critical": True}, mileage_km=None).evidence_missing

    def test_main_assembly(self) -> None:
        gearbox = {"part": "变速器", "mileage_km": 500}

        assert code(CAR, **gearbox, report_date="2025-05-22") == "CAR_22"
        assert judge(CAR, **gearbox, report_date="2025-05-23").decisions == ("PART_REPLACE", "FREE_REPAIR")
        assert code(CAR, **gearbox, invoice=False, report_date="2025-05-22") == "CAR_20"
        assert code(CAR, **gearbox, report_date="2025-07-14") == "CAR_20"
        assert code(CAR, **gearbox, report_date="2025-07-15") == "CAR_19"
        assert code(CAR, **gearbox | {"mileage_km": 3001}, report_date="2025-07-14") == "CAR_19"
        assert code(CAR, part="车门", mileage_km=500, report_date="2025-05-22") == "CAR_19"

    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            ({"fault": {"safety": True}, "safety_repairs": 2}, "CAR_24_1"),
            ({"fault": {"safety": True}, "safety_repairs": 1}, "CAR_19"),
            ({"safety_repairs": 2}, "CAR_19"),
            ({"fault": {"safety": True}, "repairs": TWICE}, "CAR_24_1"),
            ({"fault": {"assembly_replaced": 2}}, "CAR_24_2"),
            ({"fault": {"assembly_replaced": 1}}, "CAR_19"),
            ({"fault": {"same_part_replaced": 2}}, "CAR_24_3"),
            ({"cum_repair_days": 31}, "CAR_24_4D"),
            ({"cum_repair_days": 30}, "CAR_19"),
            ({"repairs": [{"in": "2025-08-01", "out": "2025-08-31"}]}, "CAR_19"),
            ({"repairs": [{"in": "2025-08-01", "out": "2025-09-01"}]}, "CAR_24_4D"),
            ({"repairs": [{"in": "2026-03-01"}]}, "CAR_24_4D"),
            ({"same_issue_repairs": 5}, "CAR_24_4N"),
            ({"same_issue_repairs": 4}, "CAR_19"),
        ],
    )
    def test_repaired_in_vain(self, facts: dict[str, Any], expected: str) -> None:
        assert code(CAR, **facts) == expected
        assert code(CAR, **facts, card=False) == "CAR_19"
        assert code(CAR, **facts, mileage_km=50_001) == "CAR_19"

    def test_only_within_two_years(self) -> None:
        many = {"cum_repair_days": 31}

        assert str(judge(CAR).three_guarantee_end) == "2027-05-17"
        assert code(CAR, **many, report_date="2027-05-17") == "CAR_24_4D"
        assert code(CAR, **many, report_date="2027-05-18") == "CAR_19"
        assert code(CAR, **many, mileage_km=50_000) == "CAR_24_4D"

    def test_mileage_limit_is_included(self) -> None:
        assert code(CAR, mileage_km=60_000) == "CAR_19"
        over = judge(CAR, mileage_km=60_000.5)
        assert (over.reason_code, over.in_period, over.payer) == ("OUT_OF_PERIOD", False, "customer")

    def test_use_fee(self) -> None:
        assert judge(CAR, cum_repair_days=31, n_coef=0.004).use_fee_fen == 540_000
        assert judge(CAR, cum_repair_days=31, n_coef=0.9).use_fee_fen == 675_000
        assert judge(CAR, cum_repair_days=31).use_fee_fen == 675_000
        unknown = judge(CAR, cum_repair_days=31, price=None)
        assert unknown.use_fee_fen is None
        assert unknown.evidence_missing == ("price", "n_coef")
