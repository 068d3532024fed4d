"""Start, months, time in repair, roll-over and promises."""

from datetime import date

import pytest

from desk.rules.errors import RuleInputError
from desk.rules.warranty.period import add_months, merged
from tests.rules.build import CAR, COMPUTER, FRIDGE, PHONE, SERVER, TWICE, code, day, judge


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2000-01-31", 1, "2000-02-29"),
        ("2025-10-31", 6, "2026-04-30"),
        ("2099-02-28", 12, "2100-02-28"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(start: str, months: int, end: str) -> None:
    assert date.fromordinal(add_months(day(start).toordinal(), months)) == day(end)


def test_overlapping_spans_are_joined() -> None:
    assert merged([(5, 9), (1, 3), (3, 4), (8, 8)]) == [(1, 4), (5, 9)]


DATES = {"invoice_date": "2025-06-12", "delivery_date": "2025-06-14", "install_date": "2025-06-20"}
OLD = {
    "purchase_date": "2024-06-10",
    "invoice_date": "2024-06-12",
    "delivery_date": "2024-06-14",
    "install_date": "2024-06-20",
}


def test_start_after_july_2024_is_installation_then_delivery_then_invoice() -> None:
    def start(*unknown: str) -> tuple[str, str]:
        decision = judge(FRIDGE, **DATES | dict.fromkeys(unknown))
        return decision.start_from, str(decision.warranty_start)

    assert start() == ("install", "2025-06-20")
    assert start("install_date") == ("delivery", "2025-06-14")
    assert start("install_date", "delivery_date") == ("invoice", "2025-06-12")
    assert start(*DATES) == ("purchase", "2025-06-10")


def test_start_before_july_2024_is_the_invoice_but_not_for_cars_and_flat_televisions() -> None:
    assert judge(FRIDGE, **OLD).start_from == "invoice"
    assert judge(FRIDGE, **OLD, product="液晶电视").start_from == "install"
    assert judge(CAR, **OLD).start_from == "delivery"
    assert judge(FRIDGE, **OLD | {"purchase_date": "2024-07-01"}).start_from == "install"


def test_exchange_starts_everything_anew() -> None:
    exchanged = {"exchange_date": "2025-11-28", "repairs": TWICE}

    assert code(FRIDGE, **exchanged, report_date="2025-12-05") == "D7"
    assert code(FRIDGE, **exchanged, report_date="2025-12-12") == "D15"
    decision = judge(FRIDGE, **exchanged, report_date="2026-03-02")
    assert (decision.reason_code, decision.repair_days_excluded) == ("IN_PERIOD", 0)
    assert str(decision.warranty_end) == "2026-11-30"
    assert judge(SERVER, **exchanged).start_from == "exchange"
    assert judge(SERVER, **exchanged).evidence_missing == ()
    assert not judge(FRIDGE, exchange_date="2025-11-28", repairs=[{"in": "2025-11-01"}]).open_repair


def test_repair_days_count_both_ends_and_overlaps_once() -> None:
    repairs = [{"in": "2025-07-04", "out": "2025-07-11"}, {"in": "2025-07-01", "out": "2025-07-06"}]

    assert judge(FRIDGE, repairs=repairs).repair_days_excluded == 11
    assert judge(FRIDGE, repairs=repairs[:1]).repair_days_excluded == 8
    assert judge(FRIDGE, repairs=[{"in": "2025-11-30"}]).repair_days_excluded == 2
    assert judge(FRIDGE, repairs=[{"in": "2025-11-30", "out": "2026-01-05"}]).repair_days_excluded == 2


def test_days_before_the_start_and_after_the_end_add_nothing() -> None:
    late = [{"in": "2026-06-20", "out": "2026-06-30"}]
    early = [{"in": "2025-06-01", "out": "2025-06-12"}]

    assert judge(FRIDGE, repairs=late, report_date="2026-07-01").repair_days_excluded == 0
    assert judge(FRIDGE, repairs=early).repair_days_excluded == 3
    assert judge(FRIDGE, repairs=[{"in": "2025-06-01", "out": "2025-06-05"}]).repair_days_excluded == 0


def test_cumulated_days_without_dates_do_not_extend() -> None:
    assert str(judge(CAR, cum_repair_days=10).warranty_end) == "2028-05-15"


def test_end_on_a_holiday_rolls_once_after_the_repair_days() -> None:
    bought = {"purchase_date": "2025-02-16", "invoice_date": "2025-02-16"}

    assert str(judge(FRIDGE, **bought).warranty_end) == "2026-02-24"
    assert code(FRIDGE, **bought, report_date="2026-02-24") == "IN_PERIOD"
    assert code(FRIDGE, **bought, report_date="2026-02-25") == "OUT_OF_PERIOD"


def test_years_without_a_notice_are_provisional() -> None:
    decision = judge(COMPUTER, part="主板")

    assert str(decision.warranty_end) == "2027-06-10"
    assert decision.calendar_provisional
    assert not judge(COMPUTER).calendar_provisional
    assert not judge(COMPUTER, promised_until="2028-01-01").calendar_provisional
    assert judge(COMPUTER, promised_months=36).calendar_provisional


def test_promise_until_a_day_includes_it_and_is_not_rolled() -> None:
    sunday = {"promised_until": "2026-11-15"}

    decision = judge(FRIDGE, **sunday)
    assert (str(decision.warranty_end), decision.promise, decision.promise_fixed) == ("2026-11-15", "商家承诺", True)
    assert code(FRIDGE, **sunday, report_date="2026-11-15") == "IN_PERIOD"
    assert code(FRIDGE, **sunday, report_date="2026-11-16") == "OUT_OF_PERIOD"


def test_promise_below_the_law_changes_nothing() -> None:
    decision = judge(FRIDGE, promised_until="2025-11-30", promised_months=6)

    assert (str(decision.warranty_end), decision.promise) == ("2026-06-10", None)


def test_the_best_of_several_promises_holds() -> None:
    promises = [{"name": "厂家", "until": "2027-01-01"}, {"name": "商场", "months": 24}, {"months": 18}]
    decision = judge(FRIDGE, promises=promises)

    assert (str(decision.warranty_end), decision.promise, decision.article) == ("2027-06-10", "商场", "商场")
    assert judge(FRIDGE, promises=promises[:1]).promise == "厂家"
    unnamed = judge(FRIDGE, promises=[{"until": "2028-01-01", "months": 48}])
    assert (str(unnamed.warranty_end), unnamed.promise) == ("2029-06-11", "商家承诺")


def test_promise_for_the_product_covers_its_main_parts_too() -> None:
    assert judge(COMPUTER, part="主板", promised_until="2029-01-01").promise == "商家承诺"
    assert judge(COMPUTER, part="主板", promised_until="2026-12-01").warranty_months == 24


def test_promise_for_a_phone_is_not_for_its_battery() -> None:
    promise = {"promised_until": "2028-01-01"}

    assert judge(PHONE, part="电池", **promise).warranty_end == day("2025-12-10")
    assert judge(PHONE, product="手机电池", **promise).warranty_end == day("2028-01-01")


def test_depreciation_is_an_option() -> None:
    wish = {"repairs": TWICE, "refuse_exchange": True, "product": "液晶电视"}
    new = judge(FRIDGE, **wish, price=2000).depreciation
    old = judge(FRIDGE, **wish, price=2000, purchase_date="2024-06-30", invoice_date="2025-06-10").depreciation
    priceless = judge(FRIDGE, **wish)

    assert new is not None and old is not None and priceless.depreciation is not None
    assert (new.days, new.if_charged_fen, new.charged_fen) == (168, 33_600, 0)
    assert (old.if_charged_fen, old.charged_fen) == (33_600, 33_600)
    assert (priceless.depreciation.if_charged_fen, priceless.evidence_missing) == (None, ("price",))
    assert judge(FRIDGE, repairs=TWICE, refuse_exchange=True, price=2000).depreciation is None
    assert judge(FRIDGE, repairs=TWICE, refuse_exchange=True, product="电饭煲").depreciation is None
    no_invoice = {"invoice_date": None, "purchase_date": None, "delivery_date": "2025-06-10"}
    undated = judge(FRIDGE, **wish, **no_invoice, price=2000).depreciation
    assert undated is not None and undated.days == 168


def test_when_only_the_promised_end_is_known_nothing_counts_from_the_start() -> None:
    undated = {"purchase_date": None, "invoice_date": None, "promised_until": "2025-12-01"}
    decision = judge(FRIDGE, **undated)

    assert (decision.reason_code, decision.warranty_start) == ("IN_PERIOD", None)
    assert str(decision.warranty_end) == "2025-12-01"
    assert decision.evidence_missing == ("purchase_date",)
    assert "购买日期不明" in decision.derivation
    assert decision.to_dict()["warranty_start"] is None
    assert code(FRIDGE, **undated, report_date="2025-12-02") == "OUT_OF_PERIOD"
    assert judge(CAR, **undated, delivery_date=None, report_date="2025-12-01").three_guarantee_end is None
    agreed = {"purchase_date": None, "invoice_date": None, "acceptance_date": None, "contract_ends_on": "2025-12-01"}
    assert judge(SERVER, **agreed).start_from == "unknown"


def test_a_date_that_can_start_cover_is_needed() -> None:
    with pytest.raises(RuleInputError, match="缺少能作起算日的日期"):
        judge(FRIDGE, purchase_date=None, invoice_date=None, acceptance_date="2025-06-10")


def test_unknown_category() -> None:
    with pytest.raises(RuleInputError, match="不认识的产品类别“飞机”"):
        judge(FRIDGE, category="飞机")
