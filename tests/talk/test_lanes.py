"""Work by key: once at a time, in the caller's thread or another's, now or later."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from desk import time
from desk.talk.lanes import Lane


class _Work:
    """Work that waits until it is let go on; remembers which threads did it."""

    def __init__(self, *delays: float | None, held: bool = False) -> None:
        self.done: list[tuple[str, str]] = []
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()
        self._delays = list(delays)
        if not held:
            self.go_on.set()

    def __call__(self, key: str) -> float | None:
        self.begun.release()
        assert self.go_on.wait(10)
        self.done.append((key, threading.current_thread().name))
        return self._delays.pop(0) if self._delays else None


@contextmanager
def _lane(work: _Work, workers: int = 2, planned: threading.Event | None = None) -> Iterator[Lane]:
    lane = Lane("test", workers, work, (planned or threading.Event()).set)
    try:
        yield lane
    finally:
        work.go_on.set()
        lane.close()


def test_with_a_free_place_the_caller_does_it() -> None:
    work = _Work()
    with _lane(work) as lane:
        lane.wake_here("a")
        assert work.done == [("a", threading.current_thread().name)]
        assert lane.idle()


def test_without_a_free_place_it_waits_for_one() -> None:
    work = _Work(held=True)
    with _lane(work, workers=1) as lane:
        lane.wake("a")
        assert work.begun.acquire(timeout=10)
        lane.wake_here("b")
        assert work.done == []
        work.go_on.set()
        assert work.begun.acquire(timeout=10)
    assert [key for key, _ in work.done] == ["a", "b"]


def test_a_key_in_work_is_done_again_and_never_twice_at_once() -> None:
    work = _Work(held=True)
    with _lane(work) as lane:
        lane.wake("a")
        assert work.begun.acquire(timeout=10)
        lane.wake_here("a")
        lane.wake("a")
        work.go_on.set()
        assert work.begun.acquire(timeout=10)
    assert [key for key, _ in work.done] == ["a", "a"]


def test_no_more_at_once_than_there_are_places() -> None:
    work = _Work(held=True)
    with _lane(work, workers=2) as lane:
        callers = [threading.Thread(target=lane.wake_here, args=(key,)) for key in "ab"]
        for caller in callers:
            caller.start()
        for _ in callers:
            assert work.begun.acquire(timeout=10)
        lane.wake("c")
        assert not work.begun.acquire(timeout=0.1)
        work.go_on.set()
        assert work.begun.acquire(timeout=10)
        for caller in callers:
            caller.join()


def test_what_is_planned_rings_and_is_begun_when_due() -> None:
    work, rings = _Work(0.05), threading.Event()
    with _lane(work, planned=rings) as lane:
        before = time.monotonic()
        lane.wake_here("a")
        assert rings.is_set()
        due = lane.next_due()
        assert due is not None and 0 < due - before
        lane.wake_due()
        assert work.done[1:] == []
        while lane.next_due() is not None:
            lane.wake_due()
        assert work.begun.acquire(timeout=10) and work.begun.acquire(timeout=10)


def test_closing_waits_for_what_callers_do() -> None:
    work = _Work(held=True)
    with _lane(work) as lane:
        caller = threading.Thread(target=lane.wake_here, args=("a",))
        caller.start()
        assert work.begun.acquire(timeout=10)
        closing = threading.Thread(target=lane.close)
        closing.start()
        closing.join(0.1)
        assert closing.is_alive()
        work.go_on.set()
        closing.join(10)
        caller.join(10)
        assert work.done
        lane.wake_here("b")
        assert len(work.done) == 1
