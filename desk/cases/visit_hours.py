"""The hours in which someone comes, or a customer can drop in, where no engineer has a calendar here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time

from desk import time
from desk.cases import branches, hours, words
from desk.records.models import Branch
from desk.rules import visits

LOOK_AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be promised for a wish: the span, or None with the next possible one."""

    start: datetime | None
    end: datetime | None
    next_start: datetime
    next_end: datetime


def check(start: datetime, end: datetime, mode: str, shop: Branch | None = None) -> Offer:
    """`start`–`end` cut to the hours of visits, which need notice, or of `shop` when the customer comes."""
    soonest = _soonest(mode)
    following = next_slot(mode, shop)
    day = time.local(start).date()
    while day <= time.local(end).date():
        for first, last in _hours(day, mode, shop):
            opens, closes = max(start, first, soonest), min(end, last)
            # A wish for one instant is a wish to be visited from then on.
            if opens < closes or (start == end and first <= start < last and start >= soonest):
                return Offer(opens, max(closes, opens), *following)
        day += timedelta(days=1)
    return Offer(None, None, *following)


def next_slot(mode: str = "on_site", shop: Branch | None = None) -> tuple[datetime, datetime]:
    """The first half day with enough notice."""
    soonest = _soonest(mode)
    day = time.local(soonest).date()
    for _ in range(LOOK_AHEAD_DAYS):
        for opens, closes in _halves(day, _hours(day, mode, shop)):
            if max(opens, soonest) + timedelta(hours=1) <= closes:
                return max(opens, _rounded(soonest)), closes
        day += timedelta(days=1)
    if shop is not None:
        return next_slot(mode)
    opens = hours.next_opening(soonest, _name(mode))
    return opens, opens + timedelta(hours=2)


def in_words(mode: str, shop: Branch | None = None) -> dict[str, str]:
    """For the catalogue: `hours` in which people come or may come, and the `notice` that a visit needs."""
    own = shop.hours if shop is not None and mode == "carry_in" and shop.hours else hours.in_words(_name(mode))
    return {"hours": own, "notice": words.waiting(visits.rules().notice)}


def _name(mode: str) -> str:
    return hours.SHOPS if mode == "carry_in" else hours.VISITS


def _soonest(mode: str) -> datetime:
    return time.now() + (timedelta() if mode == "carry_in" else visits.rules().notice)


def _hours(day: date, mode: str, shop: Branch | None) -> list[tuple[datetime, datetime]]:
    """The spans of a day in which people come or may come."""
    own = branches.spans_on(shop, day) if shop is not None and mode == "carry_in" else None
    if own is None:
        return hours.spans_on(_name(mode), day)
    return [(_at(day, first), _at(day, last)) for first, last in own]


def _halves(day: date, spans: list[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    noon = _at(day, clock_time(12, 0))
    for first, last in spans:
        if first < noon < last:
            yield first, noon
        yield max(first, noon) if last > noon else first, last


def _rounded(moment: datetime) -> datetime:
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole if moment - whole < timedelta(minutes=5) else whole + timedelta(hours=1)


def _at(day: date, moment: clock_time) -> datetime:
    return datetime.combine(day, moment, tzinfo=time.SHOWN_IN)
