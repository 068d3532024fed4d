"""When someone can come, or a customer can drop in: the wish against what is possible."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time

from desk import time

FIRST, LAST = clock_time(8, 0), clock_time(18, 0)
SHOP_FIRST, SHOP_LAST = clock_time(9, 0), clock_time(18, 0)
NOTICE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be promised for a wish: the span, or None with the next possible one."""

    start: datetime | None
    end: datetime | None
    next_start: datetime
    next_end: datetime


def check(start: datetime, end: datetime, mode: str) -> Offer:
    """`start`–`end` cut to the hours of visits (or of the shop when the customer comes), from NOTICE on."""
    first, last = (SHOP_FIRST, SHOP_LAST) if mode == "carry_in" else (FIRST, LAST)
    notice = timedelta() if mode == "carry_in" else NOTICE
    soonest = time.now() + notice
    following = next_slot(mode)
    day = time.local(start).date()
    while day <= time.local(end).date():
        opens = max(start, _at(day, first), soonest)
        closes = min(end, _at(day, last))
        # A wish for one instant is a wish to be visited from then on.
        if opens < closes or (start == end and _at(day, first) <= start < _at(day, last) and start >= soonest):
            return Offer(opens, max(closes, opens), *following)
        day += timedelta(days=1)
    return Offer(None, None, *following)


def next_slot(mode: str = "on_site") -> tuple[datetime, datetime]:
    """The first half day with enough notice."""
    first, last = (SHOP_FIRST, SHOP_LAST) if mode == "carry_in" else (FIRST, LAST)
    noon = clock_time(12, 0)
    soonest = time.now() + (timedelta() if mode == "carry_in" else NOTICE)
    day = time.local(soonest).date()
    while True:
        for opens, closes in ((_at(day, first), _at(day, noon)), (_at(day, noon), _at(day, last))):
            if max(opens, soonest) + timedelta(hours=1) <= closes:
                return max(opens, _rounded(soonest)), closes
        day += timedelta(days=1)


def _rounded(moment: datetime) -> datetime:
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole if moment - whole < timedelta(minutes=5) else whole + timedelta(hours=1)


def _at(day, moment: clock_time) -> datetime:  # type: ignore[no-untyped-def]
    return datetime.combine(day, moment, tzinfo=time.SHOWN_IN)
