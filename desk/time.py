"""The one clock: everything asks here for "now", so that a test or a demo can pin it."""

import os
import threading
import time as _time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHOWN_IN = ZoneInfo(os.environ.get("AFTERCARE_TIMEZONE", "Asia/Shanghai"))

_lock = threading.Lock()
_offset: timedelta | None = None


def pinned() -> bool:
    """Whether this run started with AFTERCARE_NOW, so that its clock may be moved."""
    return bool(os.environ.get("AFTERCARE_NOW"))


def pin(now: datetime) -> None:
    """Make `now` (aware) the present; the clock runs on from there.

    Raises ValueError for a naive time.
    """
    global _offset
    if now.tzinfo is None:
        raise ValueError("时间要带时区，例如 2026-02-17T03:00:00+08:00")
    with _lock:
        _offset = now - datetime.now(UTC)


def unpin() -> None:
    """Forget `pin`: the real time again, or AFTERCARE_NOW from its start."""
    global _offset
    with _lock:
        _offset = None


def now() -> datetime:
    """The present instant, in UTC."""
    global _offset
    if _offset is None and pinned():
        pin(datetime.fromisoformat(os.environ["AFTERCARE_NOW"]))
    return datetime.now(UTC) + (_offset or timedelta())


def local(instant: datetime) -> datetime:
    """`instant` as people here read it."""
    return instant.astimezone(SHOWN_IN)


def today() -> date:
    """The present day where the company is."""
    return local(now()).date()


def monotonic() -> float:
    """Seconds for measuring; unrelated to `now`."""
    return _time.monotonic()
