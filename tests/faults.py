"""What was done to a flood of messages, and what came of it: counted, and shown as one table."""

import threading
from collections import Counter


class Tally:
    """Counts by name, from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, name: str, times: int = 1) -> None:
        with self._lock:
            self._counts[name] += times

    def __getitem__(self, name: str) -> int:
        return self._counts[name]

    def table(self, title: str) -> str:
        """In the order in which the names first came."""
        rows = [f"| {name} | {times:,} |" for name, times in self._counts.items()]
        return "\n".join([f"\n| {title} | times |", "| --- | ---: |", *rows])
