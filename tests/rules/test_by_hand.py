"""Cases worked out on paper from the rules and a calendar on the wall, each on its last day or the day after."""

from typing import Any

import pytest

from desk.rules.sla import answer_request
from tests.rules.build import CAR, COMPUTER, FRIDGE, PHONE, ROUTER, SERVER, TRACTOR, code, judge

Case = tuple[dict[str, Any], dict[str, Any], str, str]


def bought(day: str, report: str, **more: Any) -> dict[str, Any]:
    """Bought and invoiced on `day`, reported on `report`."""
    return {"purchase_date": day, "invoice_date": day, "report_date": report, **more}


WINDOWS: list[Case] = [
    # the seventh day is Dragon Boat Friday, three days off
    (FRIDGE, bought("2026-06-12", "2026-06-22"), "D7", "2027-06-14"),
    (FRIDGE, bought("2026-06-12", "2026-06-23"), "D15", "2027-06-14"),
    # the fifteenth is a Saturday that is worked, the seventh a Sunday that is worked
    (FRIDGE, bought("2026-01-30", "2026-02-14"), "D15", "2027-02-01"),
    (FRIDGE, bought("2026-01-30", "2026-02-15"), "IN_PERIOD", "2027-02-01"),
    (PHONE, bought("2026-09-13", "2026-09-20"), "D7", "2027-09-13"),
    (PHONE, bought("2026-09-13", "2026-09-21"), "D15", "2027-09-13"),
    # the fifteenth in the Spring Festival; the seventh on a day off of the new year, the next day is worked
    (COMPUTER, bought("2026-02-05", "2026-02-24"), "D15", "2027-02-09"),
    (COMPUTER, bought("2026-02-05", "2026-02-25"), "IN_PERIOD", "2027-02-09"),
    (COMPUTER, bought("2025-12-27", "2026-01-04"), "D7", "2026-12-28"),
    (COMPUTER, bought("2025-12-27", "2026-01-05"), "D15", "2026-12-28"),
    # anew from an exchange, with the holiday behind it
    (FRIDGE, bought("2024-09-02", "2025-10-09", exchange_date="2025-09-26"), "D7", "2026-09-28"),
    (FRIDGE, bought("2024-09-02", "2025-10-10", exchange_date="2025-09-26"), "D15", "2026-09-28"),
    # a car's seven and sixty days
    (CAR, {"delivery_date": "2025-09-27", "report_date": "2025-10-09", "part": "发动机"}, "CAR_22", "2028-09-27"),
    (CAR, {"delivery_date": "2025-09-27", "report_date": "2025-10-10", "part": "发动机", "mileage_km": 3000},
     "CAR_20", "2028-09-27"),
    (CAR, {"delivery_date": "2025-08-08", "report_date": "2025-10-09", "mileage_km": 900, "part": "曲轴"},
     "CAR_20", "2028-08-08"),
    (CAR, {"delivery_date": "2025-08-08", "report_date": "2025-10-10", "mileage_km": 900, "part": "曲轴"},
     "CAR_19", "2028-08-08"),
    # forty-five days of a contract, ten days in repair
    (SERVER, {"acceptance_date": "2025-06-16", "report_date": "2025-07-31", "contract_exchange_rule": "2in45",
              "repairs": [{"in": "2025-07-07", "out": "2025-07-08", "same_fault": True}]},
     "CONTRACT_2IN45", "2028-06-19"),
    (SERVER, {"acceptance_date": "2025-06-16", "report_date": "2025-08-01", "contract_exchange_rule": "2in45",
              "repairs": [{"in": "2025-07-07", "out": "2025-07-08", "same_fault": True}]},
     "IN_PERIOD", "2028-06-19"),
]
ENDS: list[Case] = [
    # months without such a day end on their last; a Saturday that is worked is not passed over
    (FRIDGE, bought("2024-08-31", "2025-09-01"), "IN_PERIOD", "2025-09-01"),
    (FRIDGE, bought("2024-08-31", "2025-09-02"), "OUT_OF_PERIOD", "2025-09-01"),
    (SERVER, {"acceptance_date": "2024-08-31", "contract_months": 18, "report_date": "2026-02-28"},
     "IN_PERIOD", "2026-02-28"),
    (PHONE, bought("2025-08-31", "2026-02-28", product="手机电池"), "PHONE_ACC", "2026-02-28"),
    (PHONE, bought("2025-08-31", "2026-03-01", product="手机电池"), "OUT_OF_PERIOD", "2026-02-28"),
    (PHONE, bought("2025-11-30", "2026-02-28", product="蓝牙耳机"), "PHONE_ACC", "2026-02-28"),
    (PHONE, bought("2025-06-10", "2026-01-05", part="电池"), "OUT_OF_PERIOD", "2025-12-10"),
    # leap days
    (COMPUTER, bought("2024-02-29", "2026-02-28", part="内存"), "PART_IN_PERIOD", "2026-02-28"),
    (COMPUTER, bought("2024-02-29", "2026-03-02", part="内存"), "OUT_OF_PERIOD", "2026-02-28"),
    (SERVER, {"acceptance_date": "2024-02-29", "contract_months": 48, "report_date": "2026-03-02"},
     "IN_PERIOD", "2028-02-29"),
    # years whose holidays are not published: New Year's Eve to the third day, Qingming, Dragon Boat, Mid-Autumn
    (FRIDGE, bought("2026-02-05", "2026-10-12"), "IN_PERIOD", "2027-02-09"),
    (FRIDGE, bought("2026-04-05", "2026-10-12"), "IN_PERIOD", "2027-04-06"),
    (FRIDGE, bought("2026-05-01", "2026-10-12"), "IN_PERIOD", "2027-05-03"),
    (FRIDGE, bought("2026-06-09", "2026-10-12"), "IN_PERIOD", "2027-06-10"),
    (FRIDGE, bought("2026-09-15", "2026-10-12"), "IN_PERIOD", "2027-09-16"),
    (FRIDGE, bought("2026-10-01", "2026-11-02"), "IN_PERIOD", "2027-10-04"),
    # where cover starts: the old law by the invoice, the new one by installation, delivery, invoice
    (FRIDGE, {"purchase_date": "2024-06-30", "invoice_date": "2024-07-02", "delivery_date": "2024-07-04",
              "install_date": "2024-07-10", "report_date": "2025-07-02"}, "IN_PERIOD", "2025-07-02"),
    (FRIDGE, {"purchase_date": "2024-07-01", "invoice_date": "2024-07-02", "delivery_date": "2024-07-04",
              "install_date": "2024-07-10", "report_date": "2025-07-10"}, "IN_PERIOD", "2025-07-10"),
    (FRIDGE, {"purchase_date": "2024-07-01", "invoice_date": "2024-07-02", "delivery_date": "2024-07-04",
              "report_date": "2025-07-07"}, "OUT_OF_PERIOD", "2025-07-04"),
    (FRIDGE, bought("2023-03-06", "2024-03-20", install_date="2023-03-20", product="65寸液晶彩电"),
     "IN_PERIOD", "2024-03-20"),
    (FRIDGE, bought("2023-03-06", "2024-03-20", install_date="2023-03-20", product="CRT彩电"),
     "OUT_OF_PERIOD", "2024-03-06"),
    # a car counts from its delivery, from its exchange; mileage included
    (CAR, {"delivery_date": "2023-03-20", "report_date": "2026-03-20", "mileage_km": 60_000}, "CAR_19", "2026-03-20"),
    (CAR, {"delivery_date": "2023-03-20", "report_date": "2026-03-23", "mileage_km": 100}, "OUT_OF_PERIOD",
     "2026-03-20"),
    # promises: the best holds, a day promised is not moved
    (ROUTER, {"promised_until": "2025-11-30", "report_date": "2025-11-30"}, "IN_PERIOD", "2025-11-30"),
    (ROUTER, {"promised_until": "2025-11-30", "report_date": "2025-12-01"}, "OUT_OF_PERIOD", "2025-11-30"),
    (FRIDGE, {"promised_until": "2026-05-31", "promised_months": 6}, "IN_PERIOD", "2026-06-10"),
    (FRIDGE, {"promised_until": "2026-07-05", "promised_months": 18}, "IN_PERIOD", "2026-12-10"),
    (FRIDGE, {"promises": [{"name": "厂家", "until": "2027-01-02"}, {"name": "商场", "months": 18}]},
     "IN_PERIOD", "2027-01-02"),
    (SERVER, {"contract_ends_on": "2026-06-20"}, "IN_PERIOD", "2026-06-22"),
    # a contract counts as it says; without papers from the completion
    (SERVER, {"signing_date": "2025-05-06", "contract_start_basis": "signing"}, "IN_PERIOD", "2028-05-08"),
    (SERVER, {"shipment_date": "2025-05-20", "contract_start_basis": "shipment"}, "IN_PERIOD", "2028-05-22"),
    (SERVER, {"completion_date": "2025-05-20", "invoice": False, "card": False}, "IN_PERIOD", "2028-05-22"),
]
REPAIRS: list[Case] = [
    # overlapping, inside another, touching, the day after: twelve days and one
    (FRIDGE, {"repairs": [{"in": "2025-07-13", "out": "2025-07-13"}, {"in": "2025-07-10", "out": "2025-07-12"},
                          {"in": "2025-07-01", "out": "2025-07-10"}, {"in": "2025-07-05", "out": "2025-07-06"}],
              "fault": {"performance": False}}, "IN_PERIOD", "2026-06-23"),
    # still in repair: up to the report; from the last day of cover on; from the day that it was moved to; too late
    (FRIDGE, {"repairs": [{"in": "2026-06-01"}], "report_date": "2026-06-12"}, "IN_PERIOD", "2026-06-22"),
    (FRIDGE, {"repairs": [{"in": "2026-06-10", "out": "2026-06-12"}], "report_date": "2026-06-15"},
     "IN_PERIOD", "2026-06-15"),
    (FRIDGE, bought("2025-06-07", "2026-06-10", repairs=[{"in": "2026-06-08", "out": "2026-06-10"}]),
     "IN_PERIOD", "2026-06-10"),
    (FRIDGE, {"repairs": [{"in": "2026-06-11", "out": "2026-06-18"}], "report_date": "2026-06-22"},
     "OUT_OF_PERIOD", "2026-06-10"),
    # what was repaired before the exchange is of the old one
    (FRIDGE, {"exchange_date": "2025-09-01", "repairs": [{"in": "2025-07-01", "out": "2025-07-03"},
                                                         {"in": "2025-08-01", "out": "2025-08-09"}]},
     "IN_PERIOD", "2026-09-01"),
    # fetched today and broken again: two repairs
    (FRIDGE, {"repairs": [{"in": "2025-08-04", "out": "2025-08-05"}, {"in": "2025-11-28", "out": "2025-12-01"}]},
     "TWO_REP", "2026-06-16"),
    (PHONE, {"repairs": [{"in": "2025-08-04", "out": "2025-08-05"}, {"in": "2025-11-28", "out": "2025-12-02"}]},
     "IN_PERIOD", "2026-06-16"),
    # thirty working days with the National Day and its worked weekend between
    (TRACTOR, {"repairs": [{"in": "2025-09-22"}], "report_date": "2025-11-08"}, "IN_PERIOD", "2026-07-28"),
    (TRACTOR, {"repairs": [{"in": "2025-09-22"}], "report_date": "2025-11-10"}, "AG_30WD", "2026-07-30"),
    # a car's days in repair: ten, ten and ten; one more
    (CAR, {"repairs": [{"in": "2025-07-01", "out": "2025-07-11"}, {"in": "2025-08-01", "out": "2025-08-11"},
                       {"in": "2025-09-01", "out": "2025-09-11"}]}, "CAR_19", "2028-06-19"),
    (CAR, {"repairs": [{"in": "2025-07-01", "out": "2025-07-11"}, {"in": "2025-08-01", "out": "2025-08-11"},
                       {"in": "2025-09-01", "out": "2025-09-12"}]}, "CAR_24_4D", "2028-06-19"),
]
ORDER: list[Case] = [
    # no-reason return goes before all, needs no papers, and its seventh day moves behind the holiday
    (FRIDGE, {"no_reason_request": True, "channel": "online", "delivery_date": "2025-09-30",
              "report_date": "2025-10-09", "exclusions": {"established": "drop"}}, "NR7_OK", "2026-09-30"),
    (FRIDGE, {"no_reason_request": True, "channel": "tv", "delivery_date": "2025-09-30",
              "report_date": "2025-10-10"}, "NR7_DENIED", "2026-09-30"),
    (PHONE, {"no_reason_request": True, "channel": "mail", "delivery_date": "2025-06-12", "invoice": False,
             "card": False, "report_date": "2025-06-19"}, "NR7_OK", "2026-06-12"),
    # what is established goes before the end of cover, what is only claimed does not
    (FRIDGE, {"exclusions": {"established": "liquid"}, "report_date": "2027-01-05"}, "EXCL_liquid", "2026-06-10"),
    (FRIDGE, {"exclusions": {"claimed": "liquid"}, "report_date": "2027-01-05"}, "OUT_OF_PERIOD", "2026-06-10"),
    (FRIDGE, {"exclusions": {"claimed": "liquid"}, "consumable": True}, "BURDEN_MERCHANT_6M", "2026-06-10"),
    (SERVER, {"fault": {"cause": "unknown"}}, "INSPECT_CONTRACT", "2028-06-12"),
    (FRIDGE, bought("2025-03-07", "2025-09-08", exclusions={"claimed": "drop"}), "BURDEN_MERCHANT_6M", "2026-03-09"),
    (FRIDGE, bought("2025-03-07", "2025-09-09", exclusions={"claimed": "drop"}), "INSPECT_AFTER_6M", "2026-03-09"),
    # the end of cover before papers, papers before a minor fault
    (FRIDGE, {"invoice": False, "card": False, "fault": {"performance": False}}, "NO_PROOF", "2026-06-10"),
    (TRACTOR, {"invoice": False, "card": False, "report_date": "2026-06-11"}, "OUT_OF_PERIOD", "2026-06-10"),
    # without papers a phone counts from the factory and ninety days, even when that is still to come
    (PHONE, {"invoice": False, "card": False, "manufacture_date": "2025-01-01", "report_date": "2025-06-12"},
     "IMEI_90", "2026-04-01"),
    (PHONE, {"invoice": False, "card": False, "purchase_date": None, "invoice_date": None,
             "manufacture_date": "2025-10-01", "report_date": "2025-11-03"}, "IMEI_90", "2026-12-30"),
    # rights of the whole product end with it
    (COMPUTER, {"part": "主板", "report_date": "2026-08-31",
                "repairs": [{"in": "2026-07-01", "delay": "parts"}]}, "PART_IN_PERIOD", "2027-08-11"),
]


@pytest.mark.parametrize(("base", "changes", "expected", "end"), [*WINDOWS, *ENDS, *REPAIRS, *ORDER])
def test_reason_and_end(base: dict[str, Any], changes: dict[str, Any], expected: str, end: str) -> None:
    decision = judge(base, **changes)

    assert (decision.reason_code, str(decision.warranty_end)) == (expected, end)
    moved = not decision.promise_fixed
    assert decision.calendar_provisional is (moved and end >= "2027") or decision.three_guarantee_end is not None


def test_money() -> None:
    television = bought("2023-09-01", "2024-03-01", product="CRT电视", price=2000, refuse_exchange=True)
    television["repairs"] = [{"in": "2023-11-01", "out": "2023-11-03"}, {"in": "2024-01-08", "out": "2024-01-10"}]
    old = judge(FRIDGE, **television).depreciation
    assert old is not None
    # 182 days, six of them in repair, a thousandth a day
    assert (old.days, old.if_charged_fen, old.charged_fen) == (176, 35_200, 35_200)
    fee = judge(CAR, fault={"same_part_replaced": 2}, mileage_km=15_000, price=200_000, n_coef=0.004)
    assert (fee.reason_code, fee.use_fee_fen) == ("CAR_24_3", 1_200_000)


def test_repairs_of_other_faults_are_not_counted_for_a_computer() -> None:
    repairs = [{"in": "2025-08-01", "out": "2025-08-02", "same_fault": True}, {"in": "2025-09-01", "out": "2025-09-02"},
               {"in": "2025-10-09", "out": "2025-10-10"}]
    again = {"in": "2025-11-03", "out": "2025-11-04", "same_fault": True}
    assert code(COMPUTER, repairs=repairs) == "IN_PERIOD"
    assert code(COMPUTER, repairs=[*repairs, again]) == "TWO_REP"


def test_a_level_may_be_asked_for_by_its_name() -> None:
    asked = {"severity": "C", "created_at": "2026-03-10T16:59:00+08:00"}
    for written in ("二级5×8", "二级 5×8", "STD-L2", "STD"):
        assert answer_request({**asked, "service_level": written})["level"] == "STD-L2"
    assert answer_request({**asked, "profile": "一级7×24", "service_level": "二级5×8"})["level"] == "STD-L1"
    assert answer_request({**asked, "service_level": "合同方案"})["level"] == "HOME"


L2 = {"profile": "STD-L2", "severity": "C"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # Mid-Autumn Friday; a worked Saturday in October; New Year's Eve, then a worked Sunday
        ({**L2, "created_at": "2026-09-25T10:00"}, {"response": "2026-09-28T08:30", "arrival": "2026-09-28T12:00"}),
        ({**L2, "created_at": "2026-10-10T16:00"}, {"response": "2026-10-10T16:30", "arrival": "2026-10-12T11:00"}),
        ({**L2, "created_at": "2025-12-31T16:45"}, {"response": "2026-01-04T08:15", "arrival": "2026-01-04T11:45"}),
        ({**L2, "created_at": "2026-03-10T13:00"}, {"response": "2026-03-10T13:30", "arrival": "2026-03-10T17:00"}),
        ({"profile": "HOME", "created_at": "2026-03-15T10:00"}, {"response": "2026-03-16T08:30", "arrival": None}),
        ({"profile": "HOME", "created_at": "2026-03-15T10:00", "visit_at": "2026-03-17T14:00+08:00"},
         {"response": "2026-03-16T08:30", "arrival": "2026-03-17T14:00"}),
        ({"profile": "STD", "severity": "B", "created_at": "2026-03-14T23:50"},
         {"response": "2026-03-15T00:20", "arrival": "2026-03-15T01:50"}),
        ({"profile": "STD", "severity": "C", "created_at": "2026-03-14T23:50", "service_mode": "mail_in"},
         {"response": "2026-03-16T08:30", "arrival": None}),
        # an emergency at the edges of the day, on a holiday, on a worked Sunday
        ({"profile": "EMERGENCY", "created_at": "2026-03-10T08:00"}, {"arrival": "2026-03-10T12:00"}),
        ({"profile": "EMERGENCY", "created_at": "2026-03-10T07:59"}, {"arrival": "2026-03-10T13:59"}),
        ({"profile": "EMERGENCY", "created_at": "2026-03-10T17:00"}, {"arrival": "2026-03-10T23:00"}),
        ({"profile": "EMERGENCY", "created_at": "2026-10-02T10:00"}, {"arrival": "2026-10-02T16:00"}),
        ({"profile": "EMERGENCY", "created_at": "2026-09-20T16:59"}, {"arrival": "2026-09-20T20:59"}),
        # the customer lets us wait over a weekend: one hour had passed; the answer is not waited for
        ({**L2, "created_at": "2026-03-13T15:00", "pauses": [
            {"start": "2026-03-13T16:00:00+08:00", "end": "2026-03-16T09:00:00+08:00", "reason": "waiting_customer"}]},
         {"response": "2026-03-13T15:30", "arrival": "2026-03-16T12:00"}),
        ({**L2, "created_at": "2026-03-13T15:00", "pauses": [
            {"start": "2026-03-14T09:00:00+08:00", "end": "2026-03-15T09:00:00+08:00", "reason": "waiting_customer"}]},
         {"response": "2026-03-13T15:30", "arrival": "2026-03-16T10:00"}),
        # parts are waited for: the repair may take longer, not the arrival
        ({"profile": "RAPID-4H", "created_at": "2026-03-10T10:00", "pauses": [
            {"start": "2026-03-10T13:00:00+08:00", "end": "2026-03-11T13:00:00+08:00", "reason": "waiting_parts"}]},
         {"response": "2026-03-10T10:30", "arrival": "2026-03-10T12:00", "fix": "2026-03-11T14:00"}),
        # worse and milder on the way
        ({"profile": "STD", "severity": "C", "created_at": "2026-03-10T10:00",
          "severity_changes": [{"at": "2026-03-10T11:00:00+08:00", "severity": "A"}]},
         {"response": "2026-03-10T10:30", "arrival": "2026-03-10T13:00"}),
        ({"profile": "STD", "severity": "A", "created_at": "2026-03-10T10:00",
          "severity_changes": [{"at": "2026-03-10T11:00:00+08:00", "severity": "C"}]},
         {"response": "2026-03-10T10:30", "arrival": "2026-03-10T14:00"}),
        # a visit within the hour, counted from eight to six on every day
        ({"profile": "CITY-1H", "created_at": "2026-10-03T06:00"},
         {"response": "2026-10-03T06:30", "arrival": "2026-10-03T09:00", "fix": "2026-10-04T06:00"}),
        ({"profile": "CITY-1H", "created_at": "2026-10-03T18:00"},
         {"response": "2026-10-03T18:30", "arrival": "2026-10-04T09:00", "fix": "2026-10-04T18:00"}),
    ],
)
def test_deadlines(asked: dict[str, Any], expected: dict[str, str | None]) -> None:
    answer = answer_request({**asked, "created_at": f"{asked['created_at']}:00+08:00"})

    found = {name: answer[f"{name}_due"] for name in expected}
    assert found == {name: f"{at}:00+08:00" if at else None for name, at in expected.items()}


@pytest.mark.parametrize(
    ("profile", "anchors", "expected"),
    [
        ("CAR28", {"request_date": "2026-09-21"}, {"reply_due": "2026-10-12", "complete_due": "2026-10-26"}),
        ("FOLLOWUP3WD", {"handover_date": "2026-09-30"}, {"latest": "2026-10-10"}),
        ("SPARE-PART", {"dispatched_at": "2026-04-30T18:00:00+08:00"}, {"spare_arrive_due": "2026-05-07"}),
        ("COMPLAINT_MAJOR", {"received_date": "2025-08-31"}, {"major_after": "2025-09-30"}),
        ("COMPLAINT_MAJOR", {"received_date": "2024-01-31"}, {"major_after": "2024-02-29"}),
        ("PROACTIVE", {"service_date": "2026-03-03"},
         {"contact_from": "2026-02-26", "contact_to": "2026-02-28", "renotify_from": "2026-03-01",
          "renotify_to": "2026-03-02"}),
        ("FOLLOWUP1", {"handover_date": "2024-02-26"}, {"earliest": "2024-02-29", "latest": "2024-03-04"}),
        ("CAR21", {"repair_start": "2025-12-28T09:30:00+08:00"}, {"spare_car_from": "2026-01-02T09:30:00+08:00"}),
        ("REPORT24", {"resolved_at": "2025-12-31T23:30:00+08:00"}, {"report_due": "2026-01-01T23:30:00+08:00"}),
        ("REFUND7", {"goods_received_back": "2026-09-28"}, {"refund_due": "2026-10-05"}),
    ],
)
def test_duties(profile: str, anchors: dict[str, str], expected: dict[str, str]) -> None:
    answer = answer_request({"profile": profile, "input": anchors})

    assert {name: answer[name] for name in expected} == expected
