"""Leave and maintenance plans from tables."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from desk.records import db
from desk.records.models import EngineerLeave, MaintenancePlan
from tests.imports.tables import load, places


@pytest.fixture
def company(database: str, pinned_clock) -> None:
    pinned_clock("2026-11-21T10:00:00+08:00")
    assert load("engineers", "name,phone", "陆志强,13800000801", "严明,13800000802").ok
    assert load("products", "model,name", "JX-1,净水器").ok
    assert load("devices", "serial_number,model", "JX-0001,JX-1", "JX-0002,JX-1").ok


def rows(kind: type[Any]) -> list[Any]:
    with db.reading() as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def test_leave_by_its_chinese_names(company: None) -> None:
    first_row, second_row = "138 0000 0801,2026/11/23,2026年11月25日,婚假", "13800000802,2026-12-01,,"
    lines = ("工程师电话,开始日期,结束日期,原因", first_row, second_row)
    report = load("请假", *lines)
    assert report.ok and report.created == 2, report.in_words()
    first, second = rows(EngineerLeave)
    assert (first.starts_on, first.ends_on, first.reason) == (date(2026, 11, 23), date(2026, 11, 25), "婚假")
    assert second.ends_on == second.starts_on == date(2026, 12, 1)
    assert load("请假", *lines).unchanged == 2


def test_a_leave_made_longer(company: None) -> None:
    load("leaves", "phone,starts_on,ends_on", "13800000801,2026-11-23,2026-11-24")
    assert load("leaves", "phone,starts_on,ends_on", "13800000801,2026-11-23,2026-11-27").updated == 1
    assert load("leaves", "phone,starts_on", "13800000801,2026-11-23").unchanged == 1
    [leave] = rows(EngineerLeave)
    assert leave.ends_on == date(2026, 11, 27)


def test_bad_rows_of_leave_say_what_is_wrong(company: None) -> None:
    report = load(
        "leaves", "phone,starts_on,ends_on",
        "13900000000,2026-11-23,2026-11-24",
        "13800000801,2026-11-25,2026-11-24",
        "13800000802,2026-11-23,2026-11-26",
        "13800000802,2026-11-26,2026-11-27",
        "13800000801,下周一,",
    )
    assert places(report) == [(2, "phone"), (3, "ends_on"), (5, "starts_on"), (6, "starts_on")]
    assert "工程师表" in report.in_words() and "第 4 行的请假重叠" in report.in_words()
    assert rows(EngineerLeave) == []


def test_past_leave_is_taken_and_pointed_out(company: None) -> None:
    report = load("leaves", "phone,starts_on", "13800000801,2026-11-02")
    assert report.ok and [one.line for one in report.warnings] == [2]


def test_plans_by_their_chinese_names(company: None) -> None:
    lines = ("序列号,间隔（月）,下次保养日期", "jx0001,6个月,2026-12-01", "JX-0002,12,2025-12-24")
    report = load("保养计划", *lines)
    assert report.ok and report.created == 2, report.in_words()
    assert [(plan.every_months, plan.next_on) for plan in rows(MaintenancePlan)] == [
        (6, date(2026, 12, 1)), (12, date(2026, 12, 24)),
    ], "a day that is past goes on in its rhythm"
    assert [one.line for one in report.warnings] == [3]
    assert load("保养计划", *lines).unchanged == 2
    assert load("maintenance", "serial_number,next_on", "JX-0001,2026-12-08").updated == 1


def test_bad_rows_of_plans_say_what_is_wrong(company: None) -> None:
    report = load(
        "maintenance", "serial_number,every_months,next_on",
        "NO-1,6,2026-12-01", "JX-0001,0,2026-12-01", "JX-0002,6,", "JX-0002,200,2026-12-01",
    )
    assert {line for line, _ in places(report)} == {2, 3, 4, 5}
    assert (5, "every_months") in places(report) and (4, "next_on") in places(report)
    assert rows(MaintenancePlan) == []
