"""Dates of reports, follow-ups, complaints, refunds and spare parts."""

from datetime import date, datetime
from typing import Any

import pytest

from desk.rules.errors import RuleInputError
from desk.rules.sla import answer_request, default_levels, duty, load_levels
from tests.rules.build import at, day
from tests.rules.test_sla import SLA


@pytest.mark.parametrize(
    ("code", "anchors", "expected"),
    [
        ("REPORT24", {"resolved_at": "2026-02-14 16:50"}, {"report_due": "2026-02-15 16:50"}),
        ("FOLLOWUP1", {"handover_date": "2026-12-28"}, {"earliest": "2026-12-31", "latest": "2027-01-04"}),
        ("FOLLOWUP2", {"first_followup_date": "2026-03-16"}, {"latest": "2026-03-23"}),
        ("FOLLOWUP3WD", {"handover_date": "2026-02-13"}, {"latest": "2026-02-25"}),
        ("FOLLOWUP24", {"resolved_at": "2026-03-13 16:50"}, {"due": "2026-03-14 16:50"}),
        ("ARCHIVE2", {"visit_date": "2026-02-27"}, {"due": "2026-03-01"}),
        ("COMPLAINT2", {"received_date": "2026-04-30"}, {"due": "2026-05-02"}),
        ("COMPLAINT_ANSWER", {"decided_date": "2026-04-30"}, {"due": "2026-04-30"}),
        ("COMPLAINT_MAJOR", {"received_date": "2026-01-31"}, {"major_after": "2026-02-28"}),
        ("COMPLAINT_MAJOR", {"received_date": "2026-02-28"}, {"major_after": "2026-03-28"}),
        (
            "PROACTIVE",
            {"service_date": "2026-03-03"},
            {
                "contact_from": "2026-02-26",
                "contact_to": "2026-02-28",
                "renotify_from": "2026-03-01",
                "renotify_to": "2026-03-02",
            },
        ),
        ("CAR28", {"request_date": "2026-02-10"}, {"reply_due": "2026-03-02", "complete_due": "2026-03-16"}),
        ("CAR21", {"repair_start": "2026-02-26 10:00"}, {"spare_car_from": "2026-03-03 10:00"}),
        ("REFUND7", {"goods_received_back": "2026-02-25"}, {"refund_due": "2026-03-04"}),
        ("FIXEDPHONE20", {"sent": "2026-03-10"}, {"spare_due_after": "2026-03-13"}),
        (
            "SPARE-PART",
            {"arrived_at": "2026-03-12 15:00", "dispatched_at": "2026-03-13 23:59"},
            {
                "unresolved_at": "2026-03-12 17:00",
                "spare_dispatch_due": "2026-03-13 17:00",
                "spare_arrive_due": "2026-03-17",
            },
        ),
        (
            "SPARE-PART",
            {"dispatched_at": "2026-02-13 10:00"},
            {"unresolved_at": None, "spare_dispatch_due": None, "spare_arrive_due": "2026-02-24"},
        ),
    ],
)
def test_duties(code: str, anchors: dict[str, str], expected: dict[str, str | None]) -> None:
    def moment(text: str | None) -> date | datetime | None:
        return None if text is None else day(text) if len(text) == 10 else at(text)

    found = duty(code, {name: moment(value) for name, value in anchors.items()})  # type: ignore[misc]
    assert found == {name: moment(value) for name, value in expected.items()}


def test_every_duty_is_tried_above() -> None:
    tried = {mark.args[1][index][0] for mark in test_duties.pytestmark for index in range(len(mark.args[1]))}  # type: ignore[attr-defined]
    assert tried == set(default_levels().duties)


def test_an_instant_serves_as_a_date_of_beijing() -> None:
    assert duty("ARCHIVE2", {"visit_date": at("2026-03-14 00:30")}) == {"due": day("2026-03-16")}


def test_hours_after_a_date_count_from_midnight(tmp_path: Any) -> None:
    old = "inputs: {sent: date}\n    outputs: {spare_due_after: {from: sent, days: 3}}"
    assert old in SLA
    (tmp_path / "sla.yml").write_text(SLA.replace(old, old.replace("days: 3", "hours: 30")), "utf-8")
    found = duty("FIXEDPHONE20", {"sent": day("2026-03-10")}, levels=load_levels(tmp_path).on(day("2026-03-10")))
    assert found == {"spare_due_after": at("2026-03-11 06:00")}


@pytest.mark.parametrize(
    ("code", "anchors", "message"),
    [
        ("NOTHING", {}, "没有叫“NOTHING”的职责"),
        ("REFUND7", {}, "REFUND7 缺少 goods_received_back"),
        ("REFUND7", {"sent": day("2026-03-10")}, "不认识的字段“sent”"),
        ("REPORT24", {"resolved_at": day("2026-03-10")}, "resolved_at 要写到时刻"),
    ],
)
def test_refused(code: str, anchors: dict[str, date], message: str) -> None:
    with pytest.raises(RuleInputError, match=message):
        duty(code, anchors)


def test_request_says_when_working_days_are_provisional() -> None:
    late = answer_request({"profile": "CAR28", "input": {"request_date": "2026-12-20"}})
    early = answer_request({"profile": "CAR28", "input": {"request_date": "2026-03-20"}})

    assert (late["level"], late["provisional"], early["provisional"]) == ("CAR28", True, False)
    assert not answer_request({"profile": "ARCHIVE2", "input": {"visit_date": "2027-03-20"}})["provisional"]
