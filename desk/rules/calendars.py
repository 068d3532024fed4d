"""The calendar of an installation: its holidays and opening hours read from files, and what is asked of it."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from desk.rules.places import SHIPPED, company_dir, find, of_installation
from desk.rules.versions import Edition, read_editions
from desk.rules.worktime import (
    BEIJING,
    SECOND,
    Calendar,
    Hours,
    Spans,
    Year,
    from_ticks,
    ordinal_of,
    statutory_days,
    to_ticks,
)
from desk.rules.yamlfile import Field, PolicyError, read

__all__ = [
    "BEIJING",
    "SECOND",
    "Calendar",
    "Hours",
    "Spans",
    "Year",
    "add_working_time",
    "check_year",
    "default_calendar",
    "from_ticks",
    "is_open",
    "is_working_day",
    "load_calendar",
    "next_opening",
    "ordinal_of",
    "read_dates",
    "read_years",
    "statutory_days",
    "to_ticks",
    "years_in",
]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE = re.compile(r"(\d\d)-(\d\d)(?:/(\d\d)-(\d\d))?")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def _days(field_: Field, year: int) -> frozenset[int]:
    days: set[int] = set()
    for item in field_.items():
        match = _RANGE.fullmatch(item.text())
        if not match:
            raise item.error("请写成 10-01 或 10-01/10-07")
        try:
            start = date(year, int(match[1]), int(match[2]))
            end = date(year, int(match[3]), int(match[4])) if match[3] else start
        except ValueError:
            raise item.error("没有这一天") from None
        if end < start:
            raise item.error("止日早于起日")
        days |= set(range(start.toordinal(), end.toordinal() + 1))
    return frozenset(days)


def check_year(year: Year) -> str | None:
    """What cannot be right in a year's arrangement, or None."""
    if not year.holidays:
        return "一年不会没有节假日，请核对通知"
    for ordinal in sorted(year.workdays):
        shown = f"{date.fromordinal(ordinal):%m-%d}"
        if ordinal in year.holidays:
            return f"{shown} 同时写在放假和上班里"
        if (ordinal + 6) % 7 < 5:
            return f"{shown} 不是周六、周日，不用写调休上班"
    return None


def read_years(path: Path) -> dict[int, Year]:
    """The yearly arrangements in a holiday file.

    Raises PolicyError naming file, line and field.
    """
    return years_in(read(path).dated())


def years_in(content: Field) -> dict[int, Year]:
    """The yearly arrangements under `years`. Raises PolicyError naming file, line and field."""
    years = {}
    for name, entry in content.fields("years", "effective_from")["years"].entries().items():
        if not re.fullmatch(r"(19|20|21)\d\d", name) or int(name) < 1980:
            raise entry.error("年份要写成四位数字")
        parts = entry.fields("holidays workdays")
        holidays = _days(parts["holidays"], int(name))
        workdays = _days(parts["workdays"], int(name))
        years[int(name)] = Year(holidays, workdays)
        problem = check_year(years[int(name)])
        if problem is not None:
            raise entry.error(problem)
    return years


def _span(item: Field) -> tuple[int, int]:
    match = _SPAN.fullmatch(item.text())
    if not match:
        raise item.error("时段请写成 08:00-17:00")
    h1, m1, h2, m2 = map(int, match.groups())
    start, end = h1 * 60 + m1, h2 * 60 + m2
    if m1 > 59 or m2 > 59 or end > 24 * 60 or start >= end:
        raise item.error("时段的起止不对（结束要晚于开始，最晚 24:00;跨夜请分成两段）")
    return start * 60 * SECOND, end * 60 * SECOND


def _spans(field_: Field) -> Spans:
    spans = sorted(_span(item) for item in field_.items())
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise field_.error("时段有重叠")
    return tuple(spans)


def _hours(edition: Edition) -> dict[str, Hours]:
    hours = {}
    for key, entry in edition.content.entries().items():
        parts = entry.fields("name open_on holidays spans", "weekdays")
        spans = _spans(parts["spans"])
        if not spans:
            raise parts["spans"].error("至少要有一个时段")
        own: dict[int, Spans] = {}
        if "weekdays" in parts:
            for day, child in parts["weekdays"].fields("", " ".join(_WEEKDAYS)).items():
                own[_WEEKDAYS.index(day)] = _spans(child)
        if len(own) == 7 and not any(own.values()):
            raise parts["weekdays"].error("一周里至少要有一天营业")
        every_day = parts["open_on"].choice(("workdays", "all_days")) == "all_days"
        hours[key] = Hours(parts["name"].text(), every_day, parts["holidays"].boolean(), spans, own)
    return hours


def read_dates(path: Path) -> dict[str, dict[int, Spans]]:
    """Days that differ from the rule, by the name of the opening hours: {agents: {2026-12-24: ["09:00-12:00"]}}.

    An empty list is a day off. Raises PolicyError naming file, line and field.
    """
    found: dict[str, dict[int, Spans]] = {}
    for name, entry in read(path).dated().entries().items():
        found[name] = {}
        for written, spans in entry.entries().items():
            try:
                day = date.fromisoformat(written)
            except ValueError:
                raise spans.error("日期请写成 2026-12-24") from None
            found[name][day.toordinal()] = _spans(spans)
    return found


def _all_hours(own: Path | None) -> dict[str, Hours]:
    """All opening hours by name: the company's, from their first day on, and the shipped ones that it has none for."""
    found: dict[str, list[tuple[int, Hours]]] = {}
    files = [SHIPPED / "hours.yml", *([own / "hours.yml"] if own is not None else [])]
    for edition in (edition for path in files if path.is_file() for edition in read_editions(path)):
        for name, hours in _hours(edition).items():
            since = edition.since.toordinal()
            kept = [(day, old) for day, old in found.get(name, []) if day < since]
            found[name] = [*kept, (since, hours)]
    return {
        name: replace(versions[0][1], later=tuple(reversed(versions[1:]))) for name, versions in found.items()
    }


def load_calendar(own: Path | None = None) -> Calendar:
    """The calendar from the shipped data, with a company's years and hours over it.

    `own` is a directory that may hold `holidays.yml` (its years are added or replace), `hours.yml`, and `dates.yml`
    (single days that differ).
    Raises PolicyError naming file, line and field.
    """
    years = read_years(find("holidays.yml"))
    if own is not None and (own / "holidays.yml").is_file():
        years |= read_years(own / "holidays.yml")
    hours = _all_hours(own)
    if own is not None and (own / "dates.yml").is_file():
        for name, days in read_dates(own / "dates.yml").items():
            if name not in hours:
                raise PolicyError(own / "dates.yml", 1, name, f"没有叫“{name}”的营业时间")
            hours[name] = replace(hours[name], dates=days)
    return Calendar(years, hours)


@of_installation
def default_calendar() -> Calendar:
    """The calendar of this installation, read again when its files are replaced."""
    return load_calendar(company_dir())


# What other parts call


def is_working_day(day: date, calendar: Calendar | None = None) -> bool:
    """Whether `day` is a working day (weekends off, 调休 weekends and holidays considered)."""
    return (calendar or default_calendar()).works(day.toordinal())


def add_working_time(
    start: datetime, duration: timedelta, hours: str = "service", calendar: Calendar | None = None
) -> datetime:
    """The instant (UTC) when `duration` of the opening hours `hours` has passed since `start` (aware)."""
    clock = (calendar or default_calendar()).working_time(hours)
    return from_ticks(clock.add(to_ticks(start), duration // timedelta(microseconds=1)))


def is_open(calendar_name: str, at: datetime, calendar: Calendar | None = None) -> bool:
    """Whether the opening hours `calendar_name` (such as `agents`) include `at` (aware)."""
    return (calendar or default_calendar()).working_time(calendar_name).is_open(to_ticks(at))


def next_opening(calendar_name: str, at: datetime, calendar: Calendar | None = None) -> datetime:
    """`at` (aware) when open then, else the next opening, in UTC."""
    return from_ticks((calendar or default_calendar()).working_time(calendar_name).opening(to_ticks(at)))
