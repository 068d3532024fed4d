"""Deadline requests in their JSON form."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

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


def _object(data: object, known: set[str], where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise RuleInputError(f"{where}要写成一个对象")
    for name in data:
        if name not in known:
            raise RuleInputError(f"{where}里有不认识的字段“{name}”")
    return data


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


def _text(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise RuleInputError(f"{name} 要写文字")
    return value or None


def _list(raw: Mapping[str, Any], name: str) -> list[Any]:
    value = raw.get(name)
    if value is not None and not isinstance(value, list):
        raise RuleInputError(f"{name} 要写成列表")
    return value or []


def _pause(data: object) -> Pause:
    raw = _object(data, {"start", "end", "reason"}, "pauses ")
    return Pause(_instant(raw.get("start"), "start"), _optional(raw, "end"), _text(raw, "reason") or "")


def _change(data: object) -> tuple[datetime, str]:
    raw = _object(data, {"at", "severity"}, "severity_changes ")
    return _instant(raw.get("at"), "at"), _text(raw, "severity") or ""


def _reported(raw: Mapping[str, Any]) -> When | None:
    """The first time that the request names: it says which version of the service levels holds."""
    inputs = raw.get("input")
    named = {"created_at": raw.get("created_at"), **(inputs if isinstance(inputs, Mapping) else {})}
    return next((_when(value, name) for name, value in named.items() if value is not None), None)


def answer_request(data: object) -> dict[str, Any]:
    """The deadlines, or the dates of a duty, for a request in its JSON form.

    Raises RuleInputError, with a message in Chinese, for what is missing, unknown or impossible.
    """
    raw = _object(data, _KNOWN, "请求")
    levels, calendar = default_levels(_reported(raw)), default_calendar()
    profile, level = _text(raw, "profile"), _text(raw, "service_level")
    code = levels.code_of(profile or level or "") or profile
    inputs = raw.get("input")
    if code is not None and code in levels.duties:
        anchors = _object(inputs or {}, set(levels.duties[code].inputs), f"{code} 的 input ")
        known = {name: _when(value, name) for name, value in anchors.items() if value is not None}
        return to_dict(code, duty(code, known, calendar, levels), calendar, levels)
    inner = _object(inputs or {}, {"created_at", "diagnosed_at", "visit_at"}, "input ")
    raw = {**raw, **{name: value for name, value in inner.items() if raw.get(name) is None}}
    if raw.get("created_at") is None:
        raise RuleInputError("缺少 created_at(报修时间)")
    mode = _text(raw, "service_mode")
    if mode is not None and mode not in SERVICE_MODES:
        raise RuleInputError(f"service_mode 不能是“{mode}”，可以用的有：{'、'.join(SERVICE_MODES)}")
    return deadlines(
        code,
        _text(raw, "severity") or "C",
        _instant(raw["created_at"], "created_at"),
        diagnosed_at=_optional(raw, "diagnosed_at"),
        visit_at=_optional(raw, "visit_at"),
        pauses=[_pause(item) for item in _list(raw, "pauses")],
        severity_changes=[_change(item) for item in _list(raw, "severity_changes")],
        service_mode=mode,
        calendar=calendar,
        levels=levels,
    ).to_dict()
