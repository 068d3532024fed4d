"""Dates of duties other than repairs: reports, follow-ups, complaints, refunds, spare parts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from desk.rules.calendars import BEIJING, Calendar, default_calendar
from desk.rules.errors import RuleInputError
from desk.rules.sla.levels import Duty, Levels, Step, default_levels
from desk.rules.warranty.period import add_months

When = datetime | date


def duty(
    code: str, anchors: Mapping[str, When], calendar: Calendar | None = None, levels: Levels | None = None
) -> dict[str, When | None]:
    """What is due for a duty, by name: instants (UTC+8) and dates. None where its anchor is not known yet.

    Without `levels`, the duties of the day of the first anchor hold.
    Raises RuleInputError for an unknown duty or anchor, an anchor of the wrong kind, or none at all.
    """
    found = (levels or default_levels(next(iter(anchors.values()), None))).duties.get(code)
    if found is None:
        raise RuleInputError(f"没有叫“{code}”的职责")
    values: dict[str, When | None] = dict(_checked(found, anchors))
    for step in found.steps:
        start = values.get(step.start)
        values[step.name] = None if start is None else _add(start, step, calendar or default_calendar())
    return {step.name: values[step.name] for step in found.steps}


def _checked(found: Duty, anchors: Mapping[str, When]) -> dict[str, When]:
    values: dict[str, When] = {}
    for name, value in anchors.items():
        if name not in found.inputs:
            raise RuleInputError(f"{found.code} 里有不认识的字段“{name}”，可以用的有：{'、'.join(found.inputs)}")
        if found.inputs[name] == "date":
            values[name] = value.astimezone(BEIJING).date() if isinstance(value, datetime) else value
        elif isinstance(value, datetime):
            values[name] = value.astimezone(BEIJING)
        else:
            raise RuleInputError(f"{name} 要写到时刻，例如 2026-03-12T15:00:00+08:00")
    if not values:
        raise RuleInputError(f"{found.code} 缺少 {'、'.join(found.inputs)}")
    return values


def _add(start: When, step: Step, calendar: Calendar) -> When:
    if step.unit == "hours":
        moment = start if isinstance(start, datetime) else datetime.combine(start, datetime.min.time(), BEIJING)
        return moment + timedelta(hours=step.amount)
    if step.unit == "days":
        return start + timedelta(days=step.amount)
    ordinal = start.toordinal()
    if step.unit == "months":
        return date.fromordinal(add_months(ordinal, step.amount))
    return date.fromordinal(calendar.add_working_days(ordinal, step.amount))


def provisional(code: str, due: Mapping[str, When | None], calendar: Calendar, levels: Levels) -> bool:
    """Whether working days of a year not published yet were counted."""
    counted = [step.name for step in levels.duties[code].steps if step.unit == "working_days"]
    days = [due[name] for name in counted]
    return any(day is not None and calendar.provisional(day.toordinal()) for day in days)


def to_dict(code: str, due: Mapping[str, When | None], calendar: Calendar, levels: Levels) -> dict[str, Any]:
    """JSON-ready."""
    found = {name: None if at is None else at.isoformat() for name, at in due.items()}
    return {"level": code, **found, "provisional": provisional(code, due, calendar, levels)}
