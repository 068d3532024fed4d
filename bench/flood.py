"""What others feel of one sender's flood: their waiting without it and with it, on the website and on WeChat.

    .venv/bin/python -m bench.flood [--seconds 20] [--turn 0.3]

Forty customers write five messages a second between them. Then the same, while one sender writes as fast as eight
threads can. Prints how long the others wait until a message is safe, and until it is answered (a burst's settle time
included).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import requests

from bench import channels
from desk.demo_wechat.world import World
from desk.records import db
from desk.records.models import Conversation, Message
from tests.fakes.desk_process import Desk

_OTHERS, _RATE, _THREADS = 40, 5.0, 8


def main() -> None:
    """Run and print the table."""
    arguments = _arguments()
    print(f"load {' '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} cores\n")
    print("| channel | one sender | others: safe p50 ms | p99 ms | answered p50 ms | p99 ms | flood: sent | refused |")
    print("| --- " * 8 + "|")
    for channel, begin in (("website", _website), ("WeChat", _wechat)):
        for flooding in (False, True):
            with tempfile.TemporaryDirectory() as folder, channels.desk(Path(folder), arguments) as (desk, world):
                _row(channel, flooding, arguments.seconds, *begin(desk, world))


Say = Callable[[int, int], bool]
"""Customer `who` says message `number`; whether it was taken."""


def _website(desk: Desk, world: World) -> tuple[Say, Say]:
    visitors = [channels.visitor(desk, number) for number in range(_OTHERS)]
    flooder = [channels.visitor(desk, 9000)] * _THREADS

    def say(http: requests.Session, number: int) -> bool:
        body = {"id": f"message-{number:06}", "text": f"空调不制冷了，第 {number} 次"}
        return http.post(f"{desk.base}/chat/messages", json=body, timeout=30).status_code == 202

    return lambda who, number: say(visitors[who], number), lambda who, number: say(flooder[who], number)


def _wechat(desk: Desk, world: World) -> tuple[Say, Say]:
    def say(openid: str, number: int) -> bool:
        xml = channels.push(openid, world.pushes.next_id(), f"空调不制冷了，第 {number} 次")
        world.phones.get(openid).follows = True
        world.phones.acted(openid, (5, 48 * 3600.0))
        world.pushes.deliver(openid, xml)
        return True

    return lambda who, number: say(f"o{who}", number), lambda who, number: say("oFLOOD", number)


def _row(channel: str, flooding: bool, seconds: float, say: Say, flood: Say) -> None:
    safe: list[float] = []

    def one(number: int) -> None:
        began = time.monotonic()
        assert say(number % _OTHERS, number)
        safe.append(time.monotonic() - began)

    with _flood(flood if flooding else None) as counts, ThreadPoolExecutor(16) as pool:
        channels.steadily(_RATE, seconds, lambda number: pool.submit(one, number))
    channels.worked_off()
    cells = [channel, "floods" if flooding else "quiet", *_shares(safe), *_shares(_answered()), *counts]
    print("| " + " | ".join(map(str, cells)) + " |")


@contextmanager
def _flood(say: Say | None) -> Iterator[list[int]]:
    """[sent, refused], counted while it goes on."""
    counts, over, lock = [0, 0], threading.Event(), threading.Lock()

    def work(thread: int) -> None:
        number = 1_000_000 * (thread + 1)
        while say is not None and not over.is_set():
            number += 1
            taken = say(thread, number)
            with lock:
                counts[0] += 1
                counts[1] += not taken

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(_THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _answered() -> list[float]:
    """Seconds from a message of the others to its answer."""
    with db.reading() as session:
        crowded = session.query(Message.conversation_id).filter(Message.text.like("%第 _0000__ 次%")).distinct()
        conversations = session.query(Conversation.id).filter(Conversation.id.not_in(crowded))
        rows = session.query(Message).filter(Message.conversation_id.in_(conversations), Message.turn_id.is_not(None))
        lines = rows.order_by(Message.conversation_id, Message.seq).all()
    answers = {line.turn_id: line.created_at for line in lines if line.author == "bot"}
    return [(answers[line.turn_id] - line.created_at).total_seconds() for line in lines if line.author == "customer"]


def _shares(times: list[float]) -> list[str]:
    cuts = quantiles(times, n=100, method="inclusive")
    return [f"{1000 * cuts[49]:.0f}", f"{1000 * cuts[98]:.0f}"]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.flood", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--turn", type=float, default=0.3, help="seconds that the assistant takes for a turn")
    parser.add_argument("--database", default="", help="an empty database; a SQLite file of its own where not given")
    return parser.parse_args()


if __name__ == "__main__":
    main()
