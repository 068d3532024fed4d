"""When customers are written to without having asked: not in the quiet hours, and at a friendly time of the day."""

from datetime import date, datetime, timedelta
from datetime import time as clock_time

from desk import time
from desk.settings import settings

FRIENDLY = clock_time(10, 0)


def quiet(at: datetime) -> bool:
    """Whether customers are left in peace at `at`."""
    start, end, now = _of(settings().quiet_from), _of(settings().quiet_to), time.local(at).time()
    return start <= now < end if start <= end else now >= start or now < end


def allowed_from(at: datetime) -> datetime:
    """`at`, or the end of the quiet hours that it lies in."""
    if not quiet(at):
        return at
    local, end = time.local(at), _of(settings().quiet_to)
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=time.SHOWN_IN)


def friendly(day: date) -> datetime:
    """A good time to write on `day`."""
    return allowed_from(datetime.combine(day, FRIENDLY, tzinfo=time.SHOWN_IN))


def end_of(day: date) -> datetime:
    """The end of `day`."""
    return datetime.combine(day + timedelta(days=1), clock_time(0), tzinfo=time.SHOWN_IN)


def _of(text: str) -> clock_time:
    return clock_time.fromisoformat(text)
