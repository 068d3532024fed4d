"""Deadline requests in their JSON form."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from desk.rules.asked import fields, listed, text
from desk.rules.calendars import default_calendar
from desk.rules.errors import RuleInputError
from desk.rules.sla.deadlines import Pause, deadlines
from desk.rules.sla.duties import When, duty, to_dict
from desk.rules.sla.levels import SERVICE_MODES, default_levels

_KNOWN = {
    "profile",
    "severity",
    "service_level",
    "created_at",
    "diagnosed_at",
    "visit_at",
    "service_mode",
    "pauses",
    "severity_changes",
    "input",
}
_FIRST_YEAR, _LAST_YEAR = 1990, 2099


def _when(value: object, name: str) -> When:
    if not isinstance(value, str):
        raise RuleInputError(f"{name} 要写成 2026-03-10T10:00:00+08:00 或 2026-03-10")
    try:
        found = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        raise RuleInputError(f"{name}“{value}”不是有效的时间，请写成 2026-03-10T10:00:00+08:00") from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise RuleInputError(f"{name}“{value}”超出 {_FIRST_YEAR} 至 {_LAST_YEAR} 年的范围")
    if isinstance(found, datetime) and found.tzinfo is None:
        raise RuleInputError(f"{name}“{value}”要带时区，例如 +08:00")
    return found


def _instant(value: object, name: str) -> datetime:
    found = _when(value, name)
    if not isinstance(found, datetime):
        raise RuleInputError(f"{name} 要写到时刻，例如 2026-03-10T10:00:00+08:00")
    return found


def _optional(raw: Mapping[str, Any], name: str) -> datetime | None:
    return None if raw.get(name) is None else _instant(raw[name], name)


def _pause(data: object) -> Pause:
    raw = fields(data, {"start", "end", "reason"}, "pauses ")
    return Pause(_instant(raw.get("start"), "start"), _optional(raw, "end"), text(raw.get("reason"), "reason") or "")


def _change(data: object) -> tuple[datetime, str]:
    raw = fields(data, {"at", "severity"}, "severity_changes ")
    return _instant(raw.get("at"), "at"), text(raw.get("severity"), "severity") or ""


def _reported(raw: Mapping[str, Any]) -> When | None:
    """The first time that the request names: it says which version of the service levels holds."""
    inputs = raw.get("input")
    named = {"created_at": raw.get("created_at"), **(inputs if isinstance(inputs, Mapping) else {})}
    return next((_when(value, name) for name, value in named.items() if value is not None), None)


def answer_request(data: object) -> dict[str, Any]:
    """The deadlines, or the dates of a duty, for a request in its JSON form.

    Raises RuleInputError, with a message in Chinese, for what is missing, unknown or impossible.
    """
    raw = fields(data, _KNOWN, "请求")
    levels, calendar = default_levels(_reported(raw)), default_calendar()
    profile, level = text(raw.get("profile"), "profile"), text(raw.get("service_level"), "service_level")
    code = levels.code_of(profile or level or "") or profile
    inputs = raw.get("input")
    if code is not None and code in levels.duties:
        anchors = fields(inputs or {}, set(levels.duties[code].inputs), f"{code} 的 input ")
        known = {name: _when(value, name) for name, value in anchors.items() if value is not None}
        return to_dict(code, duty(code, known, calendar, levels), calendar, levels)
    inner = fields(inputs or {}, {"created_at", "diagnosed_at", "visit_at"}, "input ")
    raw = {**raw, **{name: value for name, value in inner.items() if raw.get(name) is None}}
    if raw.get("created_at") is None:
        raise RuleInputError("缺少 created_at(报修时间)")
    mode = text(raw.get("service_mode"), "service_mode")
    if mode is not None and mode not in SERVICE_MODES:
        raise RuleInputError(f"service_mode 不能是“{mode}”，可以用的有：{'、'.join(SERVICE_MODES)}")
    return deadlines(
        code,
        text(raw.get("severity"), "severity") or "C",
        _instant(raw["created_at"], "created_at"),
        diagnosed_at=_optional(raw, "diagnosed_at"),
        visit_at=_optional(raw, "visit_at"),
        pauses=[_pause(item) for item in listed(raw.get("pauses"), "pauses")],
        severity_changes=[_change(item) for item in listed(raw.get("severity_changes"), "severity_changes")],
        service_mode=mode,
        calendar=calendar,
        levels=levels,
    ).to_dict()
