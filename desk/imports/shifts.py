"""An engineer's shift between how people write it (周一至周六 09:00-18:00) and how it is stored."""

import re
import unicodedata
from typing import Any

from desk.imports.values import Wrong

_WEEK = "一二三四五六日"
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|—|~|至|到)\s*(\d{1,2}):(\d{2})")
_RANGE = re.compile(r"([一二三四五六日1-7])\s*(?:-|–|—|~|至|到)\s*(?:周|星期)?([一二三四五六日1-7])")


def read(cell: str) -> dict[str, Any]:
    """`{"days": [1, …, 7], "from": "09:00", "to": "18:00"}`; days count from Monday. Hours default to 09:00–18:00."""
    plain = unicodedata.normalize("NFKC", cell).replace("天", "日")
    hours = _HOURS.search(plain)
    first, last = (
        ("09:00", "18:00")
        if not hours
        else ("{:0>2}:{}".format(*hours.groups()[:2]), "{:0>2}:{}".format(*hours.groups()[2:]))
    )
    days = _days(plain[: hours.start()] if hours else plain)
    if not days or not "00:00" <= first < last <= "24:00":
        raise Wrong("看不懂这个班次，请写成 周一至周六 09:00-18:00")
    return {"days": days, "from": first, "to": last}


def written(shift: dict[str, Any]) -> str:
    """The shift as `read` takes it."""
    if not shift:
        return ""
    days = shift["days"]
    names = [f"周{_WEEK[day - 1]}" for day in days]
    whole = len(days) > 2 and days == list(range(days[0], days[-1] + 1))
    return f"{f'{names[0]}至{names[-1]}' if whole else '、'.join(names)} {shift['from']}-{shift['to']}"


def _days(words: str) -> list[int]:
    if "每日" in words or not words.strip():
        return [1, 2, 3, 4, 5, 6, 7]
    if "工作日" in words:
        return [1, 2, 3, 4, 5]
    if "周末" in words:
        return [6, 7]
    found: set[int] = set()
    for first, last in _RANGE.findall(words):
        found.update(range(_number(first), _number(last) + 1))
    found.update(_number(day) for day in re.findall(r"[一二三四五六日1-7]", _RANGE.sub(" ", words)))
    return sorted(found)


def _number(day: str) -> int:
    return int(day) if day.isdigit() else _WEEK.index(day) + 1
