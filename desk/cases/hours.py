"""Opening hours: the agents', of visits, of shops; when somebody is there, when next, and in words."""

from datetime import date, datetime, timedelta
from datetime import time as clock_time

from desk import texts, time
from desk.cases import words
from desk.rules import calendars

AGENTS, VISITS, SHOPS = "agents", "visits", "shops"
_MIDNIGHT = clock_time()


def open_now(at: datetime | None = None) -> bool:
    """Whether agents answer at `at` (default now)."""
    return calendars.is_open(AGENTS, time.local(at or time.now()))


def next_opening(at: datetime | None = None, name: str = AGENTS) -> datetime:
    """The next instant at which agents answer (or the opening hours `name` are open), in UTC."""
    return calendars.next_opening(name, time.local(at or time.now()))


def spans_on(name: str, day: date) -> list[tuple[datetime, datetime]]:
    """The spans of `day` in which the opening hours `name` are open, holidays considered."""
    calendar, ordinal = calendars.default_calendar(), day.toordinal()
    kept = calendar.working_time(name).hours.of(ordinal, calendar.kind(ordinal))
    begin = datetime.combine(day, _MIDNIGHT, tzinfo=time.SHOWN_IN)
    return [(begin + _after(first), begin + _after(last)) for first, last in kept]


def in_words(name: str) -> str:
    """每天 9:00–18:00（法定节假日休息）: the rule that holds today."""
    rule = calendars.default_calendar().working_time(name).hours.on(time.today().toordinal())
    days = texts.render("service.every_day" if rule.every_day else "service.workdays")
    others = [
        f"周{words.WEEKDAYS[day]}{_spans(spans) if spans else texts.render('service.day_off')}"
        for day, spans in sorted(rule.weekdays.items())
    ]
    closed = "" if rule.on_holidays else texts.render("service.not_on_holidays")
    return "，".join([f"{days} {_spans(rule.spans)}", *others]) + closed


def _spans(spans: calendars.Spans) -> str:
    return "、".join(f"{_clock(first)}–{_clock(last)}" for first, last in spans)


def _clock(ticks: int) -> str:
    minutes = ticks // (60 * calendars.SECOND)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _after(ticks: int) -> timedelta:
    return timedelta(microseconds=ticks)
