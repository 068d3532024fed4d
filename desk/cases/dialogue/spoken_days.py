"""Days as people say them around the Spring Festival, and numbers that only look like days."""

import re
from datetime import date, timedelta

from desk.rules import lunar

_NUMBERS = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}
_FIRST_DAYS = re.compile(r"(正月|大年|年)?初([一二三四五六七八九十])(?![月号日])")
_TWELFTH = re.compile(r"腊月(?:二十|廿)([一二三四五六七八九])")
_NAMED = {"大年三十": (1, 0), "年三十": (1, 0), "除夕": (1, 0), "元宵节": (1, 15), "元宵": (1, 15), "正月十五": (1, 15)}
_LUNAR_FEASTS = {"中秋": (8, 15), "端午": (5, 5), "重阳": (9, 9), "七夕": (7, 7)}
_SOLAR_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "国庆": (10, 1), "圣诞": (12, 25)}
# 国庆期间, 中秋以后 name no day.
_ON_A_FEAST = re.compile(
    rf"({'|'.join([*_LUNAR_FEASTS, *_SOLAR_FEASTS])})节?(?:那天|当天|那日|当日|(?=上午|下午|中午|早上|晚上|早晨))"
)
_HOUSE = re.compile(r"([路街道巷弄里村园区楼栋座苑院坊])(第?)\s*\d{1,5}\s*号(?!上午|下午|早|晚|来|到|来修)")
SOON = timedelta(days=30)


def plainly(text: str, today: date) -> str:
    """`text` with lunar days as dates (初五 → 2月21日), and without house numbers (观前街1号)."""
    words = _HOUSE.sub(r"\1", text)
    for name, (month, day) in _NAMED.items():
        if name in words:
            words = words.replace(name, _written(_coming(month, day, today)))
    words = _ON_A_FEAST.sub(lambda found: _written(_feast(found.group(1), today)), words)
    words = _TWELFTH.sub(lambda found: _written(_coming(12, 20 + _NUMBERS[found.group(1)], today)), words)
    return _FIRST_DAYS.sub(lambda found: _of_new_year(found, today), words)


def _of_new_year(found: re.Match[str], today: date) -> str:
    """初五 alone is of the first month when that is near."""
    day = _coming(1, _NUMBERS[found.group(2)], today)
    return _written(day) if found.group(1) or day - today <= SOON else found.group()


def _feast(name: str, today: date) -> date:
    if name in _LUNAR_FEASTS:
        return _coming(*_LUNAR_FEASTS[name], today)
    days = (date(year, *_SOLAR_FEASTS[name]) for year in (today.year, today.year + 1))
    return next(found for found in days if found >= today)


def _coming(month: int, day: int, today: date) -> date:
    years = (today.year - 1, today.year, today.year + 1)
    days = (lunar.solar(year, month, 1) + timedelta(days=day - 1) for year in years)
    return next(found for found in days if found >= today)


def _written(day: date) -> str:
    return f"{day.month}月{day.day}日"
