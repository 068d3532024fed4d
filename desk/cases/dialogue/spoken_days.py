"""Days as people say them around the Spring Festival, and numbers that only look like days."""

import re
from datetime import date, timedelta

from desk.rules import lunar

_NUMBERS = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}
_FIRST_DAYS = re.compile(r"(正月|大年|年)?初([一二三四五六七八九十])(?![月号日])")
_TWELFTH = re.compile(r"腊月(?:二十|廿)([一二三四五六七八九])")
_NAMED = {"大年三十": (1, 0), "年三十": (1, 0), "除夕": (1, 0), "元宵节": (1, 15), "元宵": (1, 15), "正月十五": (1, 15)}
_HOUSE = re.compile(r"([路街道巷弄里村园区楼栋座苑院坊])(第?)\s*\d{1,5}\s*号(?!上午|下午|早|晚|来|到|来修)")
SOON = timedelta(days=30)


def plainly(text: str, today: date) -> str:
    """`text` with lunar days as dates (初五 → 2月21日), and without house numbers (观前街1号)."""
    words = _HOUSE.sub(r"\1", text)
    for name, (month, day) in _NAMED.items():
        if name in words:
            words = words.replace(name, _written(_coming(month, day, today)))
    words = _TWELFTH.sub(lambda found: _written(_coming(12, 20 + _NUMBERS[found.group(1)], today)), words)
    return _FIRST_DAYS.sub(lambda found: _of_new_year(found, today), words)


def _of_new_year(found: re.Match[str], today: date) -> str:
    """初五 alone is of the first month when that is near."""
    day = _coming(1, _NUMBERS[found.group(2)], today)
    return _written(day) if found.group(1) or day - today <= SOON else found.group()


def _coming(month: int, day: int, today: date) -> date:
    years = (today.year - 1, today.year, today.year + 1)
    days = (lunar.solar(year, month, 1) + timedelta(days=day - 1) for year in years)
    return next(found for found in days if found >= today)


def _written(day: date) -> str:
    return f"{day.month}月{day.day}日"
