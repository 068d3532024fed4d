"""Working days, opening hours and working time."""

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from desk.rules import lunar
from desk.rules.calendars import (
    BEIJING,
    Calendar,
    add_working_time,
    default_calendar,
    from_ticks,
    is_open,
    is_working_day,
    load_calendar,
    next_opening,
    statutory_days,
    to_ticks,
)
from desk.rules.yamlfile import PolicyError
from tests.rules.build import HEAD, at, day


@pytest.mark.parametrize(
    ("when", "works"),
    [
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-03-01", False),
        ("2026-10-10", True),
        ("2025-10-08", False),
        ("2004-01-17", True),
        ("2027-02-05", False),
        ("2027-02-08", False),
        ("2027-02-09", True),
        ("2027-04-05", False),
        ("2027-05-01", False),
        ("2027-05-03", True),
        ("2027-06-09", False),
        ("2027-09-15", False),
        ("2027-10-04", True),
        ("2003-10-01", False),
        ("2150-10-01", False),
    ],
)
def test_working_days(when: str, works: bool) -> None:
    assert is_working_day(day(when)) is works


@pytest.mark.parametrize(
    ("year", "new_year", "dragon_boat", "mid_autumn"),
    [
        (1990, "1990-01-27", "1990-05-28", "1990-10-03"),
        (2020, "2020-01-25", "2020-06-25", "2020-10-01"),
        (2026, "2026-02-17", "2026-06-19", "2026-09-25"),
        (2033, "2033-01-31", "2033-06-01", "2033-09-08"),
        (2057, "2057-02-04", "2057-06-06", "2057-09-13"),
        (2099, "2099-01-21", "2099-06-23", "2099-09-29"),
    ],
)
def test_lunar_days(year: int, new_year: str, dragon_boat: str, mid_autumn: str) -> None:
    assert lunar.solar(year, 1, 1) == day(new_year)
    assert lunar.solar(year, 5, 5) == day(dragon_boat)
    assert lunar.solar(year, 8, 15) == day(mid_autumn)


def test_published_years_contain_the_statutory_days_computed_for_them() -> None:
    for year in (2025, 2026):
        assert not any(is_working_day(date.fromordinal(ordinal)) for ordinal in statutory_days(year))


def test_qingming() -> None:
    assert [lunar.qingming(year).day for year in (1999, 2024, 2025, 2026, 2027, 2028)] == [5, 4, 4, 5, 5, 4]


def test_days_too_far_away_are_refused() -> None:
    with pytest.raises(ValueError, match="超出 1980 至 2299 年"):
        default_calendar().works(date(2300, 1, 1).toordinal())


def test_counting_working_days() -> None:
    calendar = default_calendar()
    friday = day("2026-02-13").toordinal()

    assert calendar.add_working_days(friday, 0) == friday
    assert date.fromordinal(calendar.add_working_days(friday, 2)) == day("2026-02-24")
    assert calendar.working_days_between(friday, day("2026-02-24").toordinal()) == 2


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-10 08:00", 0, "2026-03-10 08:00"),
        ("2026-03-10 17:00", 0, "2026-03-11 08:00"),
        ("2026-03-10 16:30", 30, "2026-03-10 17:00"),
        ("2026-03-10 16:31", 30, "2026-03-11 08:01"),
        ("2026-03-10 17:00", 1, "2026-03-11 08:01"),
        ("2026-03-14 03:00", 60, "2026-03-16 09:00"),
        ("2026-02-14 16:50", 30, "2026-02-24 08:20"),
        ("2026-03-10 08:00", 9 * 60 * 5, "2026-03-16 17:00"),
        ("2024-12-31 12:00", 9 * 60 * 250, "2026-01-05 12:00"),
    ],
)
def test_working_time(start: str, minutes: int, end: str) -> None:
    assert add_working_time(at(start), timedelta(minutes=minutes)) == at(end)


def test_working_time_between() -> None:
    clock = default_calendar().working_time("service")

    spent = clock.between(to_ticks(at("2026-03-10 16:00")), to_ticks(at("2026-03-11 09:30")))
    assert spent == 2.5 * 3600 * 1_000_000
    years = clock.between(to_ticks(at("2026-03-10 16:00")), to_ticks(at("2031-03-10 16:00")))
    assert years > 1200 * 9 * 3600 * 1_000_000


def test_agents_hours() -> None:
    assert is_open("agents", at("2026-11-21 13:00"))
    assert not is_open("agents", at("2026-11-21 18:00"))
    assert not is_open("agents", at("2026-02-17 13:00"))
    assert next_opening("agents", at("2026-02-16 20:00")) == at("2026-02-24 09:00")
    assert next_opening("agents", at("2026-11-21 09:00")) == at("2026-11-21 09:00")
    assert next_opening("agents", at("2026-11-21 07:00")) == at("2026-11-21 09:00")
    assert next_opening("visits", at("2026-02-17 19:00")) == at("2026-02-18 08:00")


def test_unknown_hours() -> None:
    with pytest.raises(KeyError, match="night"):
        is_open("night", at("2026-11-21 13:00"))


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="要带时区"):
        to_ticks(at("2026-11-21 13:00").replace(tzinfo=None))


def test_ticks_are_exact() -> None:
    moment = at("2026-11-21 13:00:00.123457")
    assert from_ticks(to_ticks(moment)) == moment
    assert from_ticks(to_ticks(moment)).astimezone(BEIJING).isoformat() == "2026-11-21T13:00:00.123457+08:00"


HOURS = """
shop:
  name: 门店
  open_on: all_days
  holidays: true
  spans: ["13:00-17:00", "08:00-12:00"]
  weekdays: {sat: ["10:00-12:00"], sun: []}
office:
  name: 办公室
  open_on: workdays
  holidays: false
  spans: ["08:00-12:00", "13:00-17:00"]
  weekdays: {fri: ["08:00-12:00"]}
"""


@pytest.fixture
def company(tmp_path: Path) -> Calendar:
    (tmp_path / "hours.yml").write_text(HEAD + HOURS, "utf-8")
    (tmp_path / "holidays.yml").write_text(
        HEAD + "years: {2027: {holidays: [01-01, 02-05/02-11], workdays: [02-13]}}", "utf-8"
    )
    return load_calendar(tmp_path)


def test_several_spans_and_own_days(company: Calendar) -> None:
    def after(start: str, minutes: int, name: str) -> str:
        end = add_working_time(at(start), timedelta(minutes=minutes), name, company)
        return f"{end.astimezone(BEIJING):%m-%d %H:%M}"

    assert after("2026-03-10 11:30", 60, "shop") == "03-10 13:30"
    assert after("2026-03-10 12:30", 240, "shop") == "03-10 17:00"
    assert after("2026-03-13 16:00", 120, "shop") == "03-14 11:00"
    assert after("2026-03-14 11:30", 60, "shop") == "03-16 08:30"
    assert after("2026-03-13 11:30", 60, "office") == "03-16 08:30"
    assert after("2026-02-14 12:30", 60, "office") == "02-14 14:00"
    assert next_opening("shop", at("2026-03-14 12:00"), company) == at("2026-03-16 08:00")
    assert not is_open("shop", at("2026-03-10 12:00"), company)
    assert company.hours["agents"].name == "人工客服"


def test_imported_year_is_no_longer_provisional(company: Calendar) -> None:
    saturday = day("2027-02-13").toordinal()

    assert company.works(saturday) and not company.provisional(saturday)
    assert default_calendar().provisional(saturday) and not default_calendar().works(saturday)
    assert company.works(day("2026-02-14").toordinal())


def test_hours_that_never_open_end_in_an_error(tmp_path: Path) -> None:
    closed = "w: {name: w, open_on: workdays, holidays: false, spans: ['08:00-09:00'], weekdays: %s}"
    days = "{mon: [], tue: [], wed: [], thu: [], fri: []}"
    (tmp_path / "hours.yml").write_text(HEAD + closed % days, "utf-8")
    calendar = load_calendar(tmp_path)

    with pytest.raises(ValueError, match="超出"):
        next_opening("w", at("2027-03-10 12:00"), calendar)


def test_many_threads_get_the_same_answers() -> None:
    calendar, wrong = load_calendar(), []

    def ask() -> None:
        for year in range(2040, 1995, -1):
            got = add_working_time(at(f"{year}-03-01 00:00"), timedelta(hours=1), "visits", calendar)
            if got != at(f"{year}-03-01 09:00"):
                wrong.append(year)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("holidays.yml", "years: {x: {holidays: [], workdays: []}}", "年份要写成四位数字"),
        ("holidays.yml", "years: {1979: {holidays: [], workdays: []}}", "年份要写成四位数字"),
        ("holidays.yml", "years: {2027: {holidays: [], workdays: []}}", "不会没有节假日"),
        ("holidays.yml", "years: {2027: {holidays: [1月1日], workdays: []}}", "请写成 10-01"),
        ("holidays.yml", "years: {2027: {holidays: [02-30], workdays: []}}", "没有这一天"),
        ("holidays.yml", "years: {2027: {holidays: [01-03/01-01], workdays: []}}", "止日早于起日"),
        ("holidays.yml", "years: {2027: {holidays: [01-02], workdays: [01-02]}}", "01-02 同时写在放假和上班里"),
        ("holidays.yml", "years: {2027: {holidays: [01-01], workdays: [01-04]}}", "01-04 不是周六、周日"),
        ("hours.yml", "a: {name: a, open_on: workdays, holidays: false, spans: []}", "至少要有一个时段"),
        ("hours.yml", "a: {name: a, open_on: workdays, holidays: false, spans: ['8-17']}", "时段请写成"),
        ("hours.yml", "a: {name: a, open_on: workdays, holidays: false, spans: ['08:00-24:01']}", "起止不对"),
        ("hours.yml", "a: {name: a, open_on: workdays, holidays: false, spans: ['17:00-08:00']}", "起止不对"),
        (
            "hours.yml",
            "a: {name: a, open_on: workdays, holidays: false, spans: ['08:00-12:00', '11:00-13:00']}",
            "时段有重叠",
        ),
        (
            "hours.yml",
            "a: {name: a, open_on: all_days, holidays: false, spans: ['08:00-12:00'],"
            " weekdays: {mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: []}}",
            "至少要有一天营业",
        ),
    ],
)
def test_bad_calendar_files(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(HEAD + content, "utf-8")

    with pytest.raises(PolicyError, match=rf"{name} 第 4 行 .*{message}"):
        load_calendar(tmp_path)
