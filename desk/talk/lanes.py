"""Work by key: each key once at a time, many keys side by side."""

import heapq
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from desk import time

_AFTER_ERROR = 2.0

log = logging.getLogger(__name__)


class Lane:
    """Runs `work(key)` for keys, each key once at a time, again for as long as `work` says so.

    `work` returns the seconds after which there is more to do, or None; at most `workers` keys are in work at once.
    `planned` is called when something is planned for later: `wake_due` is to be called at `next_due`.
    """

    def __init__(
        self, name: str, workers: int, work: Callable[[str], float | None], planned: Callable[[], None]
    ) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._workers, self._places = workers, threading.Semaphore(workers)
        self._work, self._on_planned = work, planned
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._again: set[str] = set()
        self._later: list[tuple[float, int, str]] = []
        self._planned: dict[str, float] = {}
        self._order = count()
        self._open = True

    def wake(self, key: str, delay: float = 0.0) -> None:
        """There is work for `key`, now or in `delay` seconds."""
        if delay > 0:
            self._plan(key, time.monotonic() + delay)
        elif self._taken(key):
            with self._lock:
                if self._open:
                    self._pool.submit(self._run_in_place, key)

    def wake_here(self, key: str) -> None:
        """As `wake`, but done in this thread if there is a free place: one thread less to change to."""
        if not self._places.acquire(blocking=False):
            self.wake(key)
            return
        try:
            if self._taken(key):
                self._run(key)
        finally:
            self._places.release()

    def wake_due(self) -> None:
        """Begin what was planned for a time that has come."""
        ready = []
        with self._lock:
            while self._later and self._later[0][0] <= time.monotonic():
                at, _, key = heapq.heappop(self._later)
                if self._planned.get(key) == at:
                    del self._planned[key]
                ready.append(key)
        for key in ready:
            self.wake(key)

    def next_due(self) -> float | None:
        """The time.monotonic() of what is planned next."""
        with self._lock:
            return self._later[0][0] if self._later else None

    def clear(self) -> None:
        """Forget what is planned."""
        with self._lock:
            self._later.clear()
            self._planned.clear()
            self._again.clear()

    def idle(self) -> bool:
        """Whether nothing is in work."""
        with self._lock:
            return not self._busy

    def close(self) -> None:
        """Finish what is in work and take nothing new."""
        with self._lock:
            self._open = False
        self._pool.shutdown(wait=True, cancel_futures=True)
        for _ in range(self._workers):
            self._places.acquire()
        self._places.release(self._workers)

    def _plan(self, key: str, at: float) -> None:
        with self._lock:
            if not self._open or self._planned.get(key, at + 1) <= at:
                return
            self._planned[key] = at
            heapq.heappush(self._later, (at, next(self._order), key))
            first = self._later[0][0] == at
        if first:
            self._on_planned()

    def _taken(self, key: str) -> bool:
        with self._lock:
            if not self._open:
                return False
            if key in self._busy:
                self._again.add(key)
                return False
            self._busy.add(key)
            return True

    def _run_in_place(self, key: str) -> None:
        with self._places:
            self._run(key)

    def _run(self, key: str) -> None:
        try:
            delay = self._work(key)
        except Exception:
            log.exception("work_failed", extra={"key": key})
            delay = _AFTER_ERROR
        with self._lock:
            self._busy.discard(key)
            again = key in self._again
            self._again.discard(key)
        if again or delay == 0:
            self.wake(key)
        elif delay is not None:
            self.wake(key, delay)
