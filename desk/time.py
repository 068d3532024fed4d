"""The one clock: everything asks here for "now", so that a test or a demo can pin it.

A pinned clock that is moved moves for all processes of the run: they share a small file in its data folder.
"""

import os
import threading
import time as _time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHOWN_IN = ZoneInfo(os.environ.get("AFTERCARE_TIMEZONE", "Asia/Shanghai"))

_lock = threading.Lock()
_offset: timedelta | None = None
_read_at = 0  # when the shared file that `_offset` came from was written, in ns


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


def move(now: datetime) -> None:
    """As `pin`, for every process of this run."""
    pin(now)
    path = _shared()
    if path is not None and _offset is not None:
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(repr(_offset.total_seconds()))
        fresh.replace(path)


def unpin() -> None:
    """Forget `pin`: the real time again, or AFTERCARE_NOW from its start."""
    global _offset
    with _lock:
        _offset = None


def now() -> datetime:
    """The present instant, in UTC."""
    if pinned():
        _follow()
        if _offset is None:
            pin(datetime.fromisoformat(os.environ["AFTERCARE_NOW"]))
    return datetime.now(UTC) + (_offset or timedelta())


def _shared() -> Path | None:
    folder = os.environ.get("AFTERCARE_DATA_DIR")
    return Path(folder) / "test-clock" if folder and pinned() else None


def _follow() -> None:
    """Take over what another process moved the clock to."""
    global _offset, _read_at
    path = _shared()
    if path is None:
        return
    try:
        written = path.stat().st_mtime_ns
        if written != _read_at:
            _offset, _read_at = timedelta(seconds=float(path.read_text())), written
    except FileNotFoundError:
        return


def local(instant: datetime) -> datetime:
    """`instant` as people here read it."""
    return instant.astimezone(SHOWN_IN)


def today() -> date:
    """The present day where the company is."""
    return local(now()).date()


def monotonic() -> float:
    """Seconds for measuring; unrelated to `now`."""
    return _time.monotonic()
