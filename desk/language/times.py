"""Wanted visit and callback times as customers say them: 周五中午, 明天下班后六点半, 往后推两小时, 你们安排."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from desk.language import english
from desk.language.digits import NUMBER, value
from desk.language.months import WEEKDAYS, month_of, plus_months
from desk.language.text import half_width, plain

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

# Hours of the day that a part of it means, when no clock time is said.
_PARTS = {
    "凌晨": (0, 6),
    "清早": (7, 9),
    "清晨": (7, 9),
    "一大早": (8, 9),
    "大清早": (7, 9),
    "早上": (8, 12),
    "早晨": (8, 12),
    "朝早": (8, 12),
    "朝头早": (8, 12),
    "上午": (8, 12),
    "上昼": (8, 12),
    "上半天": (8, 12),
    "早": (8, 12),
    "中午": (11.5, 13.5),
    "晌午": (11.5, 13.5),
    "午休": (12, 13.5),
    "下午": (13, 18),
    "下昼": (13, 18),
    "后晌": (13, 18),
    "下半天": (13, 18),
    "傍晚": (17, 19),
    "晚上": (18, 21),
    "晚间": (18, 21),
    "夜里": (18, 22),
    "夜晚": (18, 21),
    "晚黑": (18, 21),
    "半夜": (22, 24),
    "晚": (18, 21),
    "下班后": (18, 21),
    "下班以后": (18, 21),
    "下了班": (18, 21),
    "下班": (18, 21),
    "放学后": (17, 20),
    "上班前": (7, 9),
    "全天": (8, 20),
    "一整天": (8, 20),
    "白天": (8, 18),
}
_WHOLE_DAY = (8, 20)
_EVENING_END = 21
_WORK_ENDS = 17

_DAYS = {
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "当天": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "大后儿": 3,
    "听日": 1,
    "后天": 2,
    "后日": 2,
    "后儿": 2,
    "大后天": 3,
}
_FLEXIBLE = re.compile(
    r"随时|都行|都可以|都得|都ok|你们(?:看着)?(?:安排|定|方便)|看你们|听你们的?|哪天都|什么时候都"
    r"|几点都|任何时间|无所谓|都成|都中|都方便|时间不限|全天都?在家|最近有空"
)
_SOON = re.compile(r"马上|立刻|立即|现在|尽快|尽早|越快越好|赶紧|赶快|asap|最快|而家|依家|right now")

_PART_WORDS = "|".join(sorted((part for part in _PARTS if len(part) > 1), key=len, reverse=True))
_CLOCK_HOUR = r"\d{1,2}|十[一二]?|二十[一二三四]?|[零一二两三四五六七八九]"
_MINUTE = r"半|一刻|三刻|(?:\d{1,2}|[一二三四五]?十[一二三四五六七八九]?|零?[一二三四五六七八九])(?:分钟?)?"
_CLOCK = rf"(?:(?P<h>{_CLOCK_HOUR})(?:[点时](?!内|候|长)(?:钟|整)?(?P<m>{_MINUTE})?|[:：](?P<mm>[0-5]\d)))"
_CLOCK_1, _CLOCK_2 = (re.sub(r"\?P<(\w+)>", rf"?P<\g<1>{n}>", _CLOCK) for n in "12")
_FROM_TO = (
    rf"(?:(?P<from>{_CLOCK_HOUR})[点时]?(?P<fromhalf>半)?|{_CLOCK_1})(?:到|至|-|~"
    rf"|—)(?:(?:{_PART_WORDS})?){_CLOCK_2}"
)
_FEW = r"(?P<few>[一二两三四五六七八九]{2})点"
_AFTER = r"以后|之后|过后|往后|后(?!天|面|台)|起|开始"
_BEFORE = r"以前|之前|前(?!天|面|台)"


@dataclass(frozen=True)
class VisitWish:
    """When the customer wants us, from `start` to `end` (aware, in the customer's zone).

    `precise`: a clock time was said. `flexible`: any time will do, or as soon as possible. `shift`: the wish only moves
    an agreed time (later is positive); `start` and `end` are then the moment of speaking.
    """

    start: datetime
    end: datetime
    raw: str
    precise: bool
    flexible: bool
    shift: timedelta | None = None


_Dates = tuple[date, date, str]


@dataclass(frozen=True)
class _Day:
    first: date
    last: date
    start: int
    end: int
    repeats: str


@dataclass(frozen=True)
class _Hours:
    first: float
    last: float
    start: int
    end: int
    precise: bool = False
    guessed: bool = False


def parse_visit(s: str, now: datetime, zone: tzinfo = CHINA) -> VisitWish | None:
    """The time that `s` wishes for, seen from `now` (aware). None when it names none.

    A time that is turned down (周六不行) is passed over. What is already past moves on: 周六 on Saturday evening is the
    next Saturday, 三点 after three is tomorrow.
    """
    chinese, begin, stop = english.to_chinese(s)
    if stop:
        wish = _parse(chinese, now, zone)
        return wish and replace(wish, raw=s[begin:stop])
    return _parse(s, now, zone)


def _parse(s: str, now: datetime, zone: tzinfo) -> VisitWish | None:
    local = now.astimezone(zone).replace(tzinfo=None)
    words = _REFUSED.sub(lambda found: _HIDDEN * len(found.group()), half_width(plain(s)))
    wish = (
        _shift(s, words, local) or _relative(s, words, local) or _appointed(s, words, local) or _vague(s, words, local)
    )
    return wish and replace(wish, start=wish.start.replace(tzinfo=zone), end=wish.end.replace(tzinfo=zone))


_HIDDEN = "\x00"
_NO = r"不行|不可以|不方便|没空|没时间|没得空|不在|来不了|去不了|别来|不要来|不用来|上班|不得闲|唔得|太晚|太早|有事"
_REFUSED = re.compile(
    rf"[^，,。；;！!？?\s]*?(?:{_NO})(?![吗么嘛])(?!后|之|以|前|时)了?|(?:不急着?|不急在|除了"
    rf"|(?<!要)不要|别(?!的))[^，,。；;！!？?\s]*|不是[^，,。；;！!\s]{{2,6}}(?=[，,\s]*是)"
)

_AMOUNT = rf"(?:{NUMBER})(?:个半|个)?(?:小时|钟头|分钟|刻钟|天|周|礼拜|星期)半?"
_MINUTES = {"分钟": 1, "刻钟": 15, "小时": 60, "钟头": 60, "天": 1440, "周": 10080, "礼拜": 10080, "星期": 10080}


def _amount(words: str) -> timedelta:
    match = re.fullmatch(rf"({NUMBER})(个半|个)?({'|'.join(_MINUTES)})(半)?", words)
    if not match:
        return timedelta(0)
    number, middle, unit, after = match.groups()
    halves = (middle == "个半") + bool(after)
    return timedelta(minutes=(float(value(number) or 0) + halves / 2) * _MINUTES[unit])


_EARLIER = ("提前", "往前", "提早", "早")
_SHIFT = re.compile(
    rf"(?P<way>往后|推后|推迟|延后|延迟|顺延|延|晚|迟|推|提前|往前|提早|早)(?:一?点|推|挪|移|提|来"
    rf"|到)*(?P<amount>{_AMOUNT})(?!后|以后|之后)"
)


def _shift(s: str, words: str, now: datetime) -> VisitWish | None:
    match = _SHIFT.search(words)
    if not match:
        return None
    amount = _amount(match["amount"])
    shift = -amount if match["way"] in _EARLIER else amount
    return VisitWish(now, now, s[match.start() : match.end()], False, False, shift)


def _relative(s: str, words: str, now: datetime) -> VisitWish | None:
    within = re.search(rf"(?P<amount>{_AMOUNT})(?:之内|以内|内|里)", words)
    if within:
        return VisitWish(now, now + _amount(within["amount"]), s[within.start() : within.end()], False, False)
    later = re.search(
        rf"(?:再过|过|等)(?P<one>{_AMOUNT})(?:以后|之后|后)?(?!了|还)|(?P<two>{_AMOUNT})(?:以后|之后|过后"
        rf"|后)",
        words,
    )
    if not later:
        return None
    amount = _amount(later["one"] or later["two"])
    start = now + amount
    if amount >= timedelta(days=1):
        hours = _hours(words, later.end(), False) or _Hours(*_WHOLE_DAY, later.end(), later.end())
        return _wish(s, start.date(), start.date(), hours, later.start(), max(later.end(), hours.end))
    return VisitWish(start, start + timedelta(hours=1), s[later.start() : later.end()], True, False)


def _vague(s: str, words: str, now: datetime) -> VisitWish | None:
    match = _FLEXIBLE.search(words)
    if match:
        return VisitWish(now, now + timedelta(days=7), s[match.start() : match.end()], False, True)
    match = _SOON.search(words)
    return VisitWish(now, now + timedelta(hours=2), s[match.start() : match.end()], False, True) if match else None


def _appointed(s: str, words: str, now: datetime) -> VisitWish | None:
    """A day, a part of it, a clock time, or several of them."""
    day = _day(words, now.date())
    hours = _hours(words, day.end, True) if day else None
    hours = hours or _hours(words, 0, False)
    if not day and not hours:
        return None
    said = [part for part in (day, hours) if part]
    begin, stop = min(part.start for part in said), max(part.end for part in said)
    hours = hours or _Hours(*_WHOLE_DAY, stop, stop)
    day = day or _Day(now.date(), now.date(), begin, begin, "day")
    hours = _evening_if_past(hours, day, now)
    wish = _wish(s, day.first, day.last, hours, begin, stop)
    if _past(wish, hours, day, now):
        wish = _wish(s, *_next(day, now.date()), hours, begin, stop)
    elif wish.start < now and not hours.precise:
        wish = replace(wish, start=now, end=max(wish.end, now + timedelta(hours=1)))
    return replace(wish, flexible=bool(_FLEXIBLE.search(words)) and not hours.precise)


def _evening_if_past(hours: _Hours, day: _Day, now: datetime) -> _Hours:
    """八点 said at noon is eight in the evening."""
    if (
        hours.guessed
        and day.first == now.date()
        and _at(day.first, hours.first) <= now < _at(day.first, hours.first + 12)
        and hours.first + 12 <= 21
    ):
        return replace(hours, first=hours.first + 12, last=max(hours.first + 13, min(hours.last + 12, 21)))
    return hours


def _past(wish: VisitWish, hours: _Hours, day: _Day, now: datetime) -> bool:
    whole_day = (hours.first, hours.last) == _WHOLE_DAY
    if day.repeats == "today" and whole_day:
        return False
    if hours.precise and wish.end - wish.start <= timedelta(hours=1):
        return wish.start <= now
    if whole_day and wish.end.date() == now.date():
        return now.hour >= _WORK_ENDS
    return wish.end <= now


def _next(day: _Day, today: date) -> tuple[date, date]:
    """The next days of the same name."""
    if day.repeats in ("month", "year"):
        months = 1 if day.repeats == "month" else 12
        return plus_months(day.first, months), plus_months(day.last, months)
    if day.repeats == "workday":
        return (_workday(today + timedelta(days=1)),) * 2
    step = timedelta(days=7 if day.repeats == "week" else 1)
    first, last = day.first + step, day.last + step
    while last < today:
        first, last = first + step, last + step
    return first, last


def _wish(s: str, first: date, last: date, hours: _Hours, begin: int, stop: int) -> VisitWish:
    return VisitWish(_at(first, hours.first), _at(last, hours.last), s[begin:stop], hours.precise, False)


def _at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time()) + timedelta(hours=hour)


# --- days


def _day(words: str, today: date) -> _Day | None:
    for pattern, read in _DAY_RULES:
        match = pattern.search(words)
        found = match and read(match, today)
        if match and found:
            return _Day(found[0], found[1], match.start(), match.end(), found[2])
    return None


def _workday(day: date) -> date:
    return day if day.weekday() < 5 else day + timedelta(days=7 - day.weekday())


def _number(words: str) -> int:
    return int(value(words) or 0)


def _month_day(match: re.Match[str], today: date) -> _Dates | None:
    year = match["year"]
    try:
        day = date(_number(year) if year else today.year, _number(match["month"]), _number(match["day"]))
    except ValueError:
        return None
    if not year and day < today:
        day = plus_months(day, 12)
    return day, day, "year"


def _day_of_month(match: re.Match[str], today: date) -> _Dates | None:
    ahead = (match["ahead"] or "").count("下")
    month = plus_months(today.replace(day=1), ahead)
    try:
        day = month.replace(day=_number(match["day"]))
    except ValueError:
        return None
    if not ahead and day < today:
        day = plus_months(day, 1)
    return day, day, "month"


def _part_of_month(match: re.Match[str], today: date) -> _Dates | None:
    ahead = (match["ahead"] or "").count("下")
    part = match["part"] or ""
    month = plus_months(today.replace(day=1), ahead)
    first, last = month_of(month.year, month.month)
    spans = {"初": (1, 5), "中": (11, 20), "底": (26, last.day), "末": (26, last.day)}
    low, high = spans.get(part[:1], (1, last.day))
    return first.replace(day=low), first.replace(day=high), "month"


def _weekday(match: re.Match[str], today: date) -> _Dates:
    ahead = (match["ahead"] or "").count("下")
    name = match["weekday"]
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * ahead)
    first = monday + timedelta(days=WEEKDAYS[name])
    last = monday + timedelta(days=6) if name == "末" or match["both"] else first
    if not ahead and last < today:
        first, last = first + timedelta(days=7), last + timedelta(days=7)
    return max(first, today), last, "week"


def _week(match: re.Match[str], today: date) -> _Dates:
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * match["ahead"].count("下"))
    part = (match["part"] or "")[:1]
    low, high = {"初": (0, 1), "末": (5, 6), "前": (0, 2), "后": (3, 5)}.get(part, (0, 6))
    return max(monday + timedelta(days=low), today), monday + timedelta(days=high), "week"


def _named(match: re.Match[str], today: date) -> _Dates:
    day = today + timedelta(days=_DAYS[match.group()])
    return day, day, "today" if day == today else "day"


def _single(match: re.Match[str], today: date) -> _Dates:
    day = today + timedelta(days="今明后".index(match.group()))
    return day, day, "day"


def _work(match: re.Match[str], today: date) -> _Dates:
    return _workday(today), _workday(today), "workday"


def _few_days(match: re.Match[str], today: date) -> _Dates:
    return today + timedelta(days=1), today + timedelta(days=3), "day"


_DAY_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], _Dates | None]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (
            r"(?:(?P<year>20\d\d)[年./-])?(?<!\d)(?P<month>1[0-2]|0?[1-9]|十[一二]?"
            r"|[一二三四五六七八九])[月./](?P<day>\d{1,2}|[一二三四五六七八九十廿]{1,3})[号日]?(?!个"
            r"|点|\d|分|小时|块)",
            _month_day,
        ),
        (
            r"(?:(?P<ahead>下+|这|本)个?月)?(?<![\d第周期拜])(?P<day>\d{1,2}"
            r"|[一二三四五六七八九十廿]{1,3})[号日](?!楼|线|院|门|机|[一-龥]?单元)",
            _day_of_month,
        ),
        (r"(?P<ahead>下+|这|本)?个?月(?P<part>初|中旬?|底|末)", _part_of_month),
        (r"(?P<ahead>下+)个?月(?P<part>)", _part_of_month),
        (r"工作日|上班日|周一到周五|周一至周五|礼拜一到礼拜五|平日", _work),
        (
            r"(?P<ahead>下+|这|本)?个?(?:周|礼拜"
            r"|星期)(?P<weekday>[一二三四五六日天末1-6])(?P<both>(?<=六)(?:或|和|、|跟)?(?:周|礼拜"
            r"|星期)?[日天](?!气)|两天)?",
            _weekday,
        ),
        (r"(?P<ahead>下+)个?(?:周|礼拜|星期)(?P<part>初|末|前半周?|后半周?)?", _week),
        (r"大后[天儿]|今天|今日|今儿|当天|明天|明日|明儿|听日(?![语本剧文])|后天(?!性)|后日|后儿", _named),
        (r"[今明后](?=[早晚](?!点))", _single),
        (r"这几天|这两天|过两天|过几天|这一两天|近几天|近两天", _few_days),
    )
)


# --- hours


def _hours(words: str, at: int, near: bool) -> _Hours | None:
    """The hours that are said from place `at` on; `near`: only right behind it."""
    gap = r"(?:[\s,，的]|大概|大约|差不多|最好|能|或者){0,4}" if near else ""
    short = r"|早(?!点|些|一)|晚(?!点|些|一)" if near or re.search("[今明后周一二三四五六日天]$", words[:at]) else ""
    part = rf"(?P<part>{_PART_WORDS}{short})"
    tail = rf"(?P<tail>{_AFTER}|{_BEFORE}|左右|前后)?"
    clock = rf"(?:{_FROM_TO}|{_FEW}|{_CLOCK})"
    for pattern in (rf"{part}(?:[\s,，的]|大概|大约|差不多){{0,3}}{clock}{tail}", rf"{clock}{tail}", rf"{part}{tail}"):
        compiled = re.compile(gap + f"(?P<all>{pattern})")
        match = compiled.match(words, at) if near else compiled.search(words, at)
        if match:
            return _read_hours(match)
    return None


def _read_hours(match: re.Match[str]) -> _Hours | None:
    groups = match.groupdict()
    start, end = match.span("all")
    part = groups.get("part")
    window = _PARTS[part] if part else None
    tail = groups.get("tail") or ""
    if groups.get("h2"):
        last = _clock(groups, "2")
        first = (
            _clock(groups, "1")
            if groups.get("h1")
            else _number(groups["from"]) + (0.5 if groups.get("fromhalf") else 0)
        )
        first, last = _in_part(first, window), _in_part(last, window)
        return _Hours(first, last if last > first else last + 12, start, end, True)
    if groups.get("few"):
        low = _in_part(_number(groups["few"][0]), window)
        return _Hours(low, low + 2, start, end)
    if not groups.get("h"):
        return _part_only(window or _WHOLE_DAY, tail, start, end)
    hour = _in_part(_clock(groups, ""), window)
    if hour > 24:
        return None
    guessed = window is None and 8 <= hour < 10
    if re.fullmatch(_AFTER, tail):
        return _Hours(
            hour,
            max(_EVENING_END, hour + 1) if not window or window[1] <= hour + 1 or hour >= 17 else window[1],
            start,
            end,
            True,
            guessed,
        )
    if re.fullmatch(_BEFORE, tail):
        return _Hours(min(window[0] if window else _WHOLE_DAY[0], hour - 1), hour, start, end, True)
    if tail:
        return _Hours(hour - 0.5, hour + 0.5, start, end, False, guessed)
    return _Hours(hour, hour + 1, start, end, True, guessed)


def _part_only(window: tuple[float, float], tail: str, start: int, end: int) -> _Hours:
    if re.fullmatch(_BEFORE, tail):
        return _Hours(min(8, window[0] - 1), window[0], start, end)
    if re.fullmatch(_AFTER, tail) and window[1] < _EVENING_END:
        return _Hours(window[0], _EVENING_END, start, end)
    return _Hours(window[0], window[1], start, end)


def _clock(groups: dict[str, str | None], suffix: str) -> float:
    minutes = groups.get(f"mm{suffix}") or groups.get(f"m{suffix}") or "0"
    fixed = {"半": 30, "一刻": 15, "三刻": 45}.get(minutes)
    return (
        _number(groups[f"h{suffix}"] or "0")
        + (fixed if fixed is not None else _number(minutes.replace("分钟", "").replace("分", ""))) / 60
    )


def _in_part(hour: float, window: tuple[float, float] | None) -> float:
    """The hour on the 24-hour clock: 三点 is 15, 晚上八点 is 20, 凌晨三点 is 3."""
    if hour >= 13:
        return hour
    if window is None:
        return hour + 12 if 0 < hour < 8 else hour
    if window[0] >= 17 and hour >= 12:
        return 24 + hour - 12
    if window[0] >= 11 and hour < 10:
        return hour + 12
    if window[0] >= 13 and hour < 12:
        return hour + 12
    return hour
