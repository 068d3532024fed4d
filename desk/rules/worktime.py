"""Working days and working time: Chinese public holidays, 调休 working weekends, opening hours.

All arithmetic on time is in whole microseconds of Beijing wall time (UTC+8, no summer time).
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

from desk.rules import lunar

BEIJING = timezone(timedelta(hours=8))
SECOND = 1_000_000
DAY = 86_400 * SECOND

_FIRST = date(1980, 1, 1).toordinal()
_LAST = date(2299, 12, 31).toordinal()
_OFF, _WORKING, _HOLIDAY, _UNKNOWN = 0, 1, 2, 255
_ZERO = datetime.combine(date.fromordinal(_FIRST), time(), BEIJING)
_SPRING_FESTIVAL_EVE_TO_3RD = range(-1, 3)


@dataclass(frozen=True, slots=True)
class Year:
    """The published arrangement of one year."""

    holidays: frozenset[int]
    workdays: frozenset[int]


def statutory_days(year: int) -> frozenset[int]:
    """The statutory holidays themselves of a year without a published arrangement, as ordinals."""
    fixed = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    days = {date(year, month, day).toordinal() for month, day in fixed}
    if lunar.FIRST_YEAR <= year <= lunar.LAST_YEAR:
        new_year = lunar.solar(year, 1, 1).toordinal()
        days |= {new_year + offset for offset in _SPRING_FESTIVAL_EVE_TO_3RD}
        days |= {lunar.solar(year, 5, 5).toordinal(), lunar.solar(year, 8, 15).toordinal()}
        days.add(lunar.qingming(year).toordinal())
    return frozenset(days)


class Calendar:
    """Which days people work. Years that were not published are computed and called provisional."""

    __slots__ = ("_days", "_hours", "_published", "_years", "hours")

    def __init__(self, years: Mapping[int, Year], hours: "Mapping[str, Hours] | None" = None) -> None:
        self._years = dict(years)
        self._days = bytearray([_UNKNOWN]) * (_LAST - _FIRST + 1)
        self._published = bytearray(_LAST - _FIRST + 1)
        self.hours = dict(hours or {})
        self._hours: dict[str, WorkingTime] = {}

    def kind(self, ordinal: int) -> int:
        """0 a weekend, 1 a working day, 2 a holiday."""
        if not _FIRST <= ordinal <= _LAST:
            raise ValueError("日期超出 1980 至 2299 年的范围")
        value = self._days[ordinal - _FIRST]
        if value == _UNKNOWN:
            self._fill(date.fromordinal(ordinal).year)
            value = self._days[ordinal - _FIRST]
        return value

    def _fill(self, year: int) -> None:
        published = self._years.get(year)
        holidays = published.holidays if published else statutory_days(year)
        workdays = published.workdays if published else frozenset()
        for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
            if ordinal in holidays:
                value = _HOLIDAY
            elif ordinal in workdays or (ordinal + 6) % 7 < 5:
                value = _WORKING
            else:
                value = _OFF
            self._published[ordinal - _FIRST] = published is not None
            self._days[ordinal - _FIRST] = value

    def works(self, ordinal: int) -> bool:
        """Whether the day is a working day."""
        return self.kind(ordinal) == _WORKING

    def roll(self, ordinal: int) -> int:
        """The day itself when people work on it, else the next working day."""
        while self.kind(ordinal) != _WORKING:
            ordinal += 1
        return ordinal

    def add_working_days(self, ordinal: int, days: int) -> int:
        """The `days`-th working day after the day."""
        while days > 0:
            ordinal += 1
            if self.kind(ordinal) == _WORKING:
                days -= 1
        return ordinal

    def working_days_between(self, start: int, end: int) -> int:
        """How many working days lie after `start` up to and with `end`."""
        return sum(self.kind(ordinal) == _WORKING for ordinal in range(start + 1, end + 1))

    def provisional(self, ordinal: int) -> bool:
        """Whether the arrangement of that day's year has not been published (or imported) yet."""
        self.kind(ordinal)
        return self._published[ordinal - _FIRST] == 0

    def working_time(self, name: str) -> "WorkingTime":
        """The clock that runs only in the opening hours `name`."""
        found = self._hours.get(name)
        if found is None:
            if name not in self.hours:
                raise KeyError(f"没有叫“{name}”的营业时间")
            found = self._hours[name] = WorkingTime(self, self.hours[name])
        return found


Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: spans of a day in microseconds after midnight, and the days they are kept.

    `later`: how they are from a day (ordinal) on, the latest first.
    """

    name: str
    every_day: bool
    on_holidays: bool
    spans: Spans
    weekdays: Mapping[int, Spans] = field(default_factory=dict)
    dates: Mapping[int, Spans] = field(default_factory=dict)
    later: "tuple[tuple[int, Hours], ...]" = ()

    def on(self, ordinal: int) -> "Hours":
        """The rule that holds on a day."""
        return next((hours for since, hours in self.later if since <= ordinal), self)

    def of(self, ordinal: int, kind: int) -> Spans:
        """The spans of a day of that kind; a day named by its date goes before every rule."""
        if ordinal in self.dates:
            return self.dates[ordinal]
        return self.on(ordinal)._by_kind(ordinal, kind)

    def _by_kind(self, ordinal: int, kind: int) -> Spans:
        if kind == _HOLIDAY and not self.on_holidays:
            return ()
        weekday = (ordinal + 6) % 7
        if kind == _WORKING and weekday >= 5:
            return self.spans
        if kind != _WORKING and not self.every_day:
            return ()
        return self.weekdays.get(weekday, self.spans)


class _Table:
    """The open time before each day from `first` on, and the spans of the days. Never changed once made."""

    __slots__ = ("before", "first", "spans")

    def __init__(self, first: int, before: list[int], spans: list[Spans]) -> None:
        self.first = first
        self.before = before
        self.spans = spans

    def elapsed(self, at: int) -> int:
        """Open time from the table's first day to `at`, which it must reach."""
        day, moment = divmod(at, DAY)
        index = day + _FIRST - self.first
        done = self.before[index]
        for start, end in self.spans[index]:
            if moment <= start:
                break
            done += min(moment, end) - start
        return done


class WorkingTime:
    """A clock that stands still outside opening hours. Instants are microseconds after 1980, Beijing time.

    The open time before each day is kept, so that a deadline far away costs a binary search and not a walk over
    the days. Tables are replaced whole: several threads may ask at once.
    """

    __slots__ = ("_calendar", "_table", "hours")

    def __init__(self, calendar: Calendar, hours: Hours) -> None:
        self._calendar = calendar
        self._table = _Table(0, [0], [])
        self.hours = hours

    def _reaching(self, at: int) -> _Table:
        """A table that has the day of `at`."""
        table, ordinal = self._table, at // DAY + _FIRST
        if 0 <= ordinal - table.first < len(table.spans):
            return table
        if not table.spans or ordinal < table.first:
            year = max(date.fromordinal(ordinal).year - 1, date.fromordinal(_FIRST).year)
            table = _Table(date(year, 1, 1).toordinal(), [0], [])
        while ordinal - table.first >= len(table.spans):
            table = self._longer(table)
        return table

    def _longer(self, table: _Table) -> _Table:
        """The table with a year more."""
        before, spans = list(table.before), list(table.spans)
        begin = table.first + len(spans)
        for ordinal in range(begin, begin + 366):
            day = self.hours.of(ordinal, self._calendar.kind(ordinal))
            spans.append(day)
            before.append(before[-1] + sum(end - start for start, end in day))
        self._table = _Table(table.first, before, spans)
        return self._table

    def add(self, at: int, duration: int) -> int:
        """The moment when `duration` of open time has passed since `at`; for 0 the next open moment."""
        if duration <= 0:
            return self.opening(at)
        table = self._reaching(at)
        target = table.elapsed(at) + duration
        while table.before[-1] < target:
            table = self._longer(table)
        index = bisect_left(table.before, target) - 1
        rest, spans, number = target - table.before[index], table.spans[index], 0
        while rest > spans[number][1] - spans[number][0]:
            rest -= spans[number][1] - spans[number][0]
            number += 1
        return (table.first + index - _FIRST) * DAY + spans[number][0] + rest

    def between(self, start: int, end: int) -> int:
        """Open time from `start` to `end`, which is not earlier."""
        table = self._reaching(start)
        while end // DAY + _FIRST - table.first >= len(table.spans):
            table = self._longer(table)
        return table.elapsed(end) - table.elapsed(start)

    def is_open(self, at: int) -> bool:
        """Whether `at` lies in opening hours."""
        day, moment = divmod(at, DAY)
        ordinal = day + _FIRST
        return any(start <= moment < end for start, end in self.hours.of(ordinal, self._calendar.kind(ordinal)))

    def opening(self, at: int) -> int:
        """`at` when it is open then, else the next moment of opening."""
        day, moment = divmod(at, DAY)
        ordinal = day + _FIRST
        while True:
            for start, end in self.hours.of(ordinal, self._calendar.kind(ordinal)):
                if moment < end:
                    return (ordinal - _FIRST) * DAY + max(moment, start)
            ordinal, moment = ordinal + 1, 0


def to_ticks(at: datetime) -> int:
    """An aware instant as microseconds of Beijing time after 1980."""
    if at.tzinfo is None:
        raise ValueError("时间要带时区")
    gap = at - _ZERO
    return (gap.days * 86_400 + gap.seconds) * SECOND + gap.microseconds


def from_ticks(ticks: int) -> datetime:
    """The instant in UTC."""
    return _ZERO_UTC + timedelta(microseconds=ticks)


_ZERO_UTC = _ZERO.astimezone(UTC)


def ordinal_of(ticks: int) -> int:
    """The Beijing day of a moment."""
    return ticks // DAY + _FIRST
