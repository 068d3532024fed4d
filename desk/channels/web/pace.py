"""How fast one sender and one address may go: token buckets in the memory of a process, for those seen last.

Each process counts by itself, so that N processes let through up to N times as much; that is enough against a flood.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from desk import time
from desk.settings import settings

_REMEMBERED = 20_000


class Buckets:
    """`burst` at once, then `a_minute` each minute, for each key by itself."""

    def __init__(self, burst: float, a_minute: float) -> None:
        self._burst, self._rate = burst, a_minute / 60
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Take one; 0 when it was there, else the seconds until it will be."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.pop(key, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._rate)
            wait = 0.0 if left >= 1 else (1 - left) / self._rate
            self._left[key] = (left - 1 if left >= 1 else left, now)
            while len(self._left) > _REMEMBERED:
                self._left.popitem(last=False)
        return wait


class AtOnce:
    """At most so many at the same time, for each key by itself."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def full(self, key: str) -> bool:
        """Whether no more may be held."""
        return self._open[key] >= self._most

    @contextmanager
    def one(self, key: str) -> Iterator[None]:
        """Hold one of them. For use in one event loop."""
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


def address(request: Request) -> str:
    """Where a request comes from: behind one of our own proxies, what that proxy says."""
    peer = request.client.host if request.client else ""
    if peer in settings().trusted_proxies:
        forwarded = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
        return forwarded or peer
    return peer
