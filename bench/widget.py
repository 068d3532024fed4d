"""How long a visitor waits beyond the bot's own turn: from sending to the answer on the event stream. Prints one table.

    .venv/bin/python -m bench.widget [--messages 60] [--product http://127.0.0.1:8080 --key KEY]

Desk runs in a process of its own over an assistant that answers at once, or is the running product with its real one.
Each message goes alternately by the widget's calls and by the API, which waits for the turn itself; a burst's settle
time is taken off the widget's.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

import requests

from desk.talk.inbox import SETTLE
from tests.fakes.desk_process import KEY, Desk
from tests.fakes.rasa_server import FakeRasa

_A_VISITOR = 15  # messages, fewer than the pace allows at once


def main() -> None:
    """Run and print the table."""
    arguments = _arguments()
    print(f"load {' '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} cores\n")
    if arguments.product:
        _print(*_measure(arguments.product, arguments.key, arguments.messages))
        return
    fake = FakeRasa().start()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), fake.port).start()
        try:
            found = _measure(desk.base, KEY, arguments.messages)
        finally:
            desk.stop()
            fake.stop()
    _print(*found)


def _measure(base: str, key: str, count: int) -> tuple[list[float], list[float]]:
    """Seconds of each turn by the API, and from sending to seeing by the widget, without the settle time."""
    turns, seen = [], []
    api = requests.Session()
    api.headers["Authorization"] = f"Bearer {key}"
    for first in range(0, count, _A_VISITOR):
        visitor, sender = _Visitor(base), f"bench-{secrets.token_hex(8)}"
        for number in range(first, min(first + _A_VISITOR, count)):
            words = f"空调不制冷，第 {number} 次"
            began = time.perf_counter()
            answer = api.post(f"{base}/api/v1/conversations/{sender}/messages", json={"text": words}, timeout=30)
            answer.raise_for_status()
            turns.append(time.perf_counter() - began)
            seen.append(visitor.ask(words) - SETTLE)
    return turns, seen


class _Visitor:
    """A widget with its stream open."""

    def __init__(self, base: str) -> None:
        self._base, self._http, self._sent = base, requests.Session(), 0
        token = self._http.post(f"{base}/chat/session", json={}, timeout=10).json()["token"]
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._stream = self._events()

    def ask(self, text: str) -> float:
        self._sent += 1
        began = time.perf_counter()
        body = {"text": text, "id": f"message-{self._sent:04}"}
        taken = self._http.post(f"{self._base}/chat/messages", json=body, timeout=10)
        assert taken.status_code == 202, taken.text
        asked = taken.json()["seq"]
        next(line for line in self._stream if line["author"] == "bot" and line["seq"] > asked)
        return time.perf_counter() - began

    def _events(self) -> Iterator[dict[str, Any]]:
        headers = dict(self._http.headers)
        with requests.get(f"{self._base}/chat/events", headers=headers, stream=True, timeout=60) as stream:
            kind = ""
            for row in stream.iter_lines(chunk_size=1):
                name, _, value = row.decode().partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind == "line":
                    yield json.loads(value)


def _print(turns: list[float], seen: list[float]) -> None:
    print("| milliseconds | p50 | p90 | p99 |\n| --- | --- | --- | --- |")
    for name, times in (("the turn itself (API)", turns), ("widget, without settling", seen)):
        cuts = quantiles(times, n=100, method="inclusive")
        print(f"| {name} | " + " | ".join(f"{cuts[share - 1] * 1000:.0f}" for share in (50, 90, 99)) + " |")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.widget", description=__doc__)
    parser.add_argument("--messages", type=int, default=60)
    parser.add_argument("--product", default="", help="the address of a running product, instead of one of its own")
    parser.add_argument("--key", default="", help="an API key of that product")
    return parser.parse_args()


if __name__ == "__main__":
    main()
