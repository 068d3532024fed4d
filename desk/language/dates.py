"""Purchase dates as customers say them: 去年618, 买了十三个月, 2023.8.20, 上上个月."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from desk.language import english, festivals
from desk.language.digits import DIGITS, NUMBER, value
from desk.language.months import WEEKDAYS, month_of, plus_months
from desk.language.text import half_width, to_simplified

Precision = Literal["day", "month", "quarter", "year", "approximate"]


@dataclass(frozen=True)
class DateSpan:
    """The days that a phrase may mean, first to last, both within. `raw` is the phrase as written."""

    start: date
    end: date
    raw: str
    precision: Precision


class DateError(ValueError):
    """A date that cannot be a purchase date. `kind`: impossible (2月30号) or future; `raw`: the phrase."""

    def __init__(self, kind: Literal["impossible", "future"], raw: str) -> None:
        super().__init__(f"日历上没有{raw}这一天" if kind == "impossible" else f"{raw}还没有到")
        self.kind = kind
        self.raw = raw


_Found = tuple[date, date, Precision]

_CN = "[零〇一二两三四五六七八九十]"
_YEAR = (
    rf"(?P<year>(?:19|20)\d\d|\d\d|[二两][零〇]{_CN}{{2}}|[零〇一二三]{_CN})年|(?P<ago>今|去|上一?|前|大前"
    rf"|大大前|明|后)年(?:的)?"
)
_MONTH = r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2}|正|腊|元)月份?"
_DAY = r"(?P<day>\d{1,2}|[一二三四五六七八九十廿]{1,3})[号日]?"
_AGO = {"今": 0, "去": 1, "上": 1, "上一": 1, "前": 2, "大前": 3, "大大前": 4, "明": -1, "后": -2}
_FESTIVAL = "|".join(festivals.NAMES)
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 14), "暑": (7, 8), "寒": (1, 2)}
_PARTS = {
    "初": (1, 2),
    "年初": (1, 2),
    "上半年": (1, 6),
    "中": (6, 7),
    "年中": (6, 7),
    "下半年": (7, 12),
    "底": (11, 12),
    "末": (11, 12),
    "年底": (11, 12),
    "年末": (11, 12),
}
_UNITS = r"周?年|个多?月|月|周|个?礼拜|个?星期|天|日"


def parse(s: str, today: date) -> DateSpan | None:
    """The purchase date that `s` names, as a span of days up to `today`. None when it names none.

    Without a year the nearest past one is meant. Raises `DateError` for impossible and for future dates.
    """
    chinese, start, end = english.to_chinese(s)
    if end:
        span = _parse(chinese, today)
        return span and replace(span, raw=s[start:end])
    return _parse(s, today)


def _parse(s: str, today: date) -> DateSpan | None:
    words = half_width(to_simplified(s))
    for pattern, read in _RULES:
        match = pattern.search(words)
        if not match:
            continue
        raw = s[match.start() : match.end()]
        found = _checked(read, match, today, raw)
        if found:
            start, end, precision = found
            if start > today:
                raise DateError("future", raw)
            return DateSpan(start, min(end, today), raw, precision)
    return None


def _checked(
    read: Callable[[re.Match[str], date], _Found | None], match: re.Match[str], today: date, raw: str
) -> _Found | None:
    try:
        return read(match, today)
    except (ValueError, OverflowError) as error:
        raise DateError("impossible", raw) from error


def _number(words: str) -> int:
    number = value(words)
    if number is None:
        raise ValueError(words)
    return int(number)


def _year(match: re.Match[str], today: date) -> int | None:
    """The year that a match of `_YEAR` names; None when the phrase has no year."""
    groups = match.groupdict()
    if groups.get("ago"):
        return today.year - _AGO[groups["ago"]]
    written = groups.get("year")
    if not written:
        return None
    digits = "".join(DIGITS.get(char, char) for char in written)
    if not digits.isdecimal():
        raise ValueError(written)
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(words: str) -> int:
    month = {"正": 1, "元": 1, "腊": 12}.get(words) or _number(words)
    if not 1 <= month <= 12:
        raise ValueError(words)
    return month


def _full(match: re.Match[str], today: date) -> _Found:
    month, day = _month(match["month"]), _number(match["day"])
    year = _year(match, today)
    if year is None:
        year = _nearest_year(month, day, today)
    found = date(year, month, day)
    return found, found, "day"


def _nearest_year(month: int, day: int, today: date) -> int:
    if (month, day) == (2, 29):
        return next(
            year
            for year in range(today.year, today.year - 9, -1)
            if month_of(year, 2)[1].day == 29 and date(year, 2, 29) <= today
        )
    return today.year if date(today.year, month, day) <= today else today.year - 1


def _year_month(match: re.Match[str], today: date) -> _Found:
    month = _month(match["month"])
    year = _year(match, today)
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    return _part_of_month(year, month, match.groupdict().get("part"))


def _part_of_month(year: int, month: int, part: str | None) -> _Found:
    first, last = month_of(year, month)
    if part in ("初", "上旬"):
        return first, first.replace(day=10), "approximate"
    if part in ("中", "中旬"):
        return first.replace(day=11), first.replace(day=20), "approximate"
    if part in ("底", "末", "下旬"):
        return first.replace(day=21), last, "approximate"
    return first, last, "month"


def _numeric(match: re.Match[str], today: date) -> _Found:
    year, month, day = int(match["y"]), int(match["m"]), match.groupdict().get("d")
    year = year if year > 99 else 2000 + year
    if day:
        found = date(year, month, int(day))
        return found, found, "day"
    return (*month_of(year, _month(str(month))), "month")


def _festival(match: re.Match[str], today: date) -> _Found | None:
    year = _year(match, today)
    name = match["festival"]
    if year is None:
        this_year = festivals.day(name, today.year)
        year = today.year if this_year and this_year <= today else today.year - 1
    found = festivals.day(name, year)
    if not found:
        return None
    if re.match("前后|期间|左右|那会|那阵|假期|的?时候", match.string[match.end("festival") :]):
        return found - timedelta(days=7), found + timedelta(days=7), "approximate"
    return found, found, "day"


def _quarter(match: re.Match[str], today: date) -> _Found:
    year = _year(match, today)
    number = _number(match["quarter"])
    if not 1 <= number <= 4:
        raise ValueError(number)
    if year is None:
        year = today.year if number * 3 - 2 <= today.month else today.year - 1
    return month_of(year, number * 3 - 2)[0], month_of(year, number * 3)[1], "quarter"


def _season(match: re.Match[str], today: date) -> _Found:
    first, last = _SEASONS[match["season"]]
    year = _year(match, today)
    if year is None:
        year = today.year if first <= today.month else today.year - 1
    return date(year, first, 1), plus_months(date(year, 1, 1), last) - timedelta(days=1), "approximate"


def _part_of_year(match: re.Match[str], today: date) -> _Found:
    first, last = _PARTS[match["part"]]
    year = _year(match, today)
    if year is None:
        year = today.year if first <= today.month else today.year - 1
    return month_of(year, first)[0], month_of(year, last)[1], "approximate"


def _whole_year(match: re.Match[str], today: date) -> _Found:
    year = _year(match, today) or today.year
    return date(year, 1, 1), date(year, 12, 31), "year"


def _relative_month(match: re.Match[str], today: date) -> _Found:
    back = match["back"].count("上")
    month = plus_months(today.replace(day=1), -back)
    if match["day"]:
        found = date(month.year, month.month, _number(match["day"]))
        return found, found, "day"
    return _part_of_month(month.year, month.month, match["part"])


def _relative_week(match: re.Match[str], today: date) -> _Found:
    monday = today - timedelta(days=today.weekday() + 7 * match["back"].count("上"))
    name = match["weekday"]
    if not name:
        return monday, monday + timedelta(days=6), "approximate"
    found = monday + timedelta(days=WEEKDAYS[name])
    return found, found + timedelta(days=name == "末"), "day" if name != "末" else "approximate"


def _weekday(match: re.Match[str], today: date) -> _Found:
    back = (today.weekday() - WEEKDAYS[match["weekday"]]) % 7
    found = today - timedelta(days=back)
    return found, found, "day"


_DAYS = {
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "今儿": 0,
    "刚刚": 0,
    "刚才": 0,
    "昨天": 1,
    "昨日": 1,
    "昨儿": 1,
    "昨晚": 1,
    "琴日": 1,
    "寻日": 1,
    "前天": 2,
    "前日": 2,
    "大前天": 3,
}


def _relative_day(match: re.Match[str], today: date) -> _Found:
    found = today - timedelta(days=_DAYS[match.group("name")])
    return found, found, "day"


def _age(match: re.Match[str], today: date) -> _Found | None:
    """An age, read as completed units: 十三个月 is from 13 up to 14 months.

    不到一年 is the unit before, 快一年 its last quarter.
    """
    unit = match["unit"]
    numbers = _age_numbers(match["number"], match["half"])
    if numbers is None:
        return None
    low, high = numbers
    if match["extra"]:
        more = _number(match["extra"]) / 12 if "年" in unit else 0
        low, high = low + more, high + more
    if match["short"]:
        nearly = match["short"] in ("快", "差不多快", "将近", "接近")
        low = high - 0.25 * max(1.0, high / 4) if nearly else max(0.0, high - 1)
        return *_back(unit, low, high, today), "approximate"
    if unit in "天日":
        day = today - timedelta(days=int(low))
        return day - timedelta(days=int(high - low)), day, "day" if low == high else "approximate"
    step = 0.5 if match["half"] or match["number"] == "半" else 1 / 12 if match["extra"] else 1.0
    start, end = _back(unit, low, high + step, today)
    return min(start + timedelta(days=1), end), end, "approximate"


def _age_numbers(words: str, half: str | None) -> tuple[float, float] | None:
    neighbours = re.fullmatch("([一二两三四五六七八九])([二三四五六七八九])", words)
    if neighbours:
        low, high = (_number(word) for word in neighbours.groups())
        return (float(low), float(high)) if high == low + 1 else None
    number = value(words)
    if number is None or number > 1000:
        return None
    return (number + 0.5, number + 0.5) if half else (float(number), float(number))


def _back(unit: str, low: float, high: float, today: date) -> tuple[date, date]:
    """The days from `high` units ago to `low` units ago."""
    if "年" in unit:
        return plus_months(today, -round(high * 12)), plus_months(today, -round(low * 12))
    if "月" in unit:
        return _months_back(high, today), _months_back(low, today)
    days = 7 if unit not in "天日" else 1
    return today - timedelta(days=round(high * days)), today - timedelta(days=round(low * days))


def _months_back(months: float, today: date) -> date:
    return plus_months(today, -int(months)) - timedelta(days=round((months % 1) * 30))


_YEAR_OPTIONAL = f"(?:{_YEAR})?"
_AGE_BODY = (
    rf"(?P<short>不到|还?没到|未满|快|将近|差不多快|接近|不满)?(?P<number>{NUMBER})(?:多|来"
    rf"|几)?个?(?P<half>半)?(?P<unit>{_UNITS})(?P<more>多|半|零)?"
)
_AGE = _AGE_BODY.replace("(?P<half>半)?", "(?P<half>半(?=个?月|个?礼拜|个?星期|天|年))?").replace(
    "(?P<more>多|半|零)?", rf"(?:[零又]?(?P<extra>{NUMBER})个月)?(?:多|来|左右)?"
)
_YEAR_AND_HALF = rf"(?P<short>不到|快|将近)?(?P<number>{NUMBER})(?P<unit>年)(?P<half>半)(?P<extra>(?!))?"
_BOUGHT = (
    r"(?:买|用|购|装|入手|到手|提车|开|使|穿|有)(?:了|过|来|回来)?(?:的|差不多|大概|大约|才|刚|有|都|也就"
    r"|已经|将)*"
)

_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], _Found | None]], ...] = tuple(
    (re.compile(pattern, re.I), read)
    for pattern, read in (
        (
            rf"(?:{_YEAR})(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}}|元)月份?(?P<day>\d{{1,2}}"
            rf"|[一二三四五六七八九十廿]{{1,3}})[号日]?(?!\d)",
            _full,
        ),
        (r"(?<![\dA-Za-z-])(?P<y>(?:19|20)\d\d)\s?[-./]\s?(?P<m>\d{1,2})\s?[-./]\s?(?P<d>\d{1,2})(?![\d-])", _numeric),
        (r"(?<![\dA-Za-z-])(?P<y>2[0-9])[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?![\d-])", _numeric),
        (r"(?<![\dA-Za-z-])(?P<y>20[0-3]\d)(?P<m>\d\d)(?P<d>\d\d)(?![\dA-Za-z-])", _numeric),
        (rf"(?:{_YEAR})(?P<month>\d{{1,2}})[./](?P<day>\d{{1,2}})(?!\d)", _full),
        (
            rf"(?:{_YEAR}|(?<![一二三四五六七八九十\d]))(?P<festival>{_FESTIVAL})(?!月|\d"
            rf"|[个天周年号日点块元路街村]|大道|广场)(?:节|那天|前后|期间|左右|那会儿?|那阵子?|的?时候)?",
            _festival,
        ),
        (rf"(?:{_YEAR}){_MONTH}(?P<part>初|中旬?|底|末|上旬|下旬)?", _year_month),
        (
            r"(?P<back>上+|这|本)个?月(?:份)?(?:的)?(?:(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[号日]"
            r"|(?P<part>初|中旬?|底|末|上旬|下旬))?",
            _relative_month,
        ),
        (rf"(?<![个\d]){_MONTH}(?:的)?{_DAY.replace('[号日]?', '[号日]')}", _full),
        (r"(?<![\dA-Za-z-.])(?P<y>(?:19|20)\d\d)[-./](?P<m>\d{1,2})(?![\d./-])", _numeric),
        (r"(?<![\dA-Za-z-])(?P<y>20[12]\d)(?P<m>0[1-9]|1[0-2])(?![\dA-Za-z-])", _numeric),
        (rf"{_YEAR_OPTIONAL}(?:第?(?P<quarter>[一二三四1-4])季度)", _quarter),
        (rf"{_YEAR_OPTIONAL}(?P<season>[春夏秋冬暑寒])(?:天|季|假)", _season),
        (rf"(?:{_YEAR})(?P<part>初|上半年|中|下半年|底|末|年初|年中|年底|年末)", _part_of_year),
        (r"(?<![今去前\d半整])(?P<part>年初|年中|上半年|下半年|年底|年末)", _part_of_year),
        (r"(?P<back>上+|这|本)个?(?:周|礼拜|星期)(?P<weekday>[一二三四五六日天末1-6])?", _relative_week),
        (r"(?P<name>大前天|今天|今日|今早|今儿|刚刚|刚才|昨天|昨日|昨儿|昨晚|琴日|寻日|前天|前日)", _relative_day),
        (rf"(?:{_BOUGHT}|刚|才)?{_YEAR_AND_HALF}(?:多|了|前|左右)*", _age),
        (rf"(?:刚|才)?{_BOUGHT}(?:刚|才)?{_AGE}(?:了|前)?", _age),
        (rf"(?:刚过?|才){_AGE}", _age),
        (rf"(?<!保修)(?<!质保)(?<![保修延包过晚第后]){_AGE}(?:以前|之前|前|了)", _age),
        (rf"^\W*(?:大概|大约|差不多|应该|可能|得有|有|都)*{_AGE}\W*(?:吧|了|的|呢|多)*\W*$", _age),
        (r"(?<![上下这本每])(?:周|礼拜|星期)(?P<weekday>[一二三四五六日天])(?=买|购|到|下单|的|刚|才|收)", _weekday),
        (rf"(?<![个\d]){_MONTH}(?P<part>初|中旬?|底|末|上旬|下旬)?", _year_month),
        (rf"(?<!\d)(?:{_YEAR})", _whole_year),
    )
)
