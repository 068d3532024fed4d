"""How fast messages are acknowledged, and how the backlog is worked off: a steady rate into each channel.

    .venv/bin/python -m bench.channels [--rate 50] [--seconds 60] [--turn 0.3] [--database postgresql+psycopg://…]

The whole desk runs in a process of its own, everything on disk. The assistant behind it takes `--turn` seconds for a
turn, eight at once, so that a backlog builds up. WeChat's pushes are signed and encrypted; visitors of the website call
as the widget does. Prints one table: what a sender waits for until the message is safe, how long the backlog took, and
how many conversations were answered out of order or sent to the people's queue (there should be none).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import requests

from desk.demo_wechat import pushes
from desk.demo_wechat.server import Server
from desk.demo_wechat.world import World
from desk.records import db, schema
from desk.records.models import Conversation, Message, Turn
from desk.talk.view import UNFINISHED
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa, Said
from tests.wechat.conftest import APPID, KEY, SECRET, TOKEN

_CUSTOMERS = 300
_PATIENCE = 900.0
T = TypeVar("T")
_NUMBER = re.compile(r"第 (\d+) 次")


@dataclass
class Result:
    """Seconds of each acknowledgement, how many were missing, and seconds until the last answer was there."""

    channel: str
    rate: float
    times: list[float]
    missing: int
    backlog: float


def main() -> None:
    """Run and print the table."""
    arguments = _arguments()
    print(f"load {' '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} cores\n")
    found = []
    for channel, measure in (("website", _website), ("WeChat", _wechat)):
        with tempfile.TemporaryDirectory() as folder, desk(Path(folder), arguments) as (running, world):
            found.append((measure(running, world, arguments.rate, arguments.seconds), *_after(channel)))
    _print(found)


def _website(desk: Desk, world: World, rate: float, seconds: float) -> Result:
    visitors = [visitor(desk, number) for number in range(_CUSTOMERS)]

    def say(number: int) -> float | None:
        body = {"id": f"message-{number:06}", "text": _words(number)}
        began = time.monotonic()
        answer = visitors[number % _CUSTOMERS].post(f"{desk.base}/chat/messages", json=body, timeout=30)
        return time.monotonic() - began if answer.status_code == 202 else None

    with ThreadPoolExecutor(32) as pool:
        took, sending = steadily(rate, seconds, lambda number: pool.submit(say, number))
        times = [future.result() for future in sending]
    return Result("website", len(times) / took, [t for t in times if t is not None], times.count(None), worked_off())


def visitor(desk: Desk, number: int) -> requests.Session:
    """A visitor of the website, with an address of its own."""
    http = requests.Session()
    http.trust_env = False
    http.headers["X-Forwarded-For"] = f"10.0.{number // 250}.{number % 250}"
    token = http.post(f"{desk.base}/chat/session", json={}, timeout=30).json()["token"]
    http.headers["Authorization"] = f"Bearer {token}"
    return http


def _wechat(desk: Desk, world: World, rate: float, seconds: float) -> Result:
    took, _ = steadily(rate, seconds, lambda number: world.say(f"o{number % _CUSTOMERS}", _words(number)))
    world.pushes.wait()
    log = world.pushes.log
    bad = sum(delivery.outcome not in ("empty", "answered") for delivery in log)
    return Result("WeChat", len(log) / took, [delivery.seconds for delivery in log], bad, worked_off())


def steadily(rate: float, seconds: float, say: Callable[[int], T]) -> tuple[float, list[T]]:
    """`say` number after number, so many a second; the seconds it took, and what `say` gave."""
    started, said = time.monotonic(), []
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        said.append(say(number))
    return time.monotonic() - started, said


def _words(number: int) -> str:
    return f"空调不制冷了，第 {number} 次"


def worked_off() -> float:
    """Wait until every message is answered; the seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        with db.reading() as session:
            if session.query(Turn).filter(Turn.state.in_(UNFINISHED)).count() == 0:
                break
        time.sleep(0.5)
    return time.monotonic() - began


def _after(channel: str) -> tuple[int, int]:
    """How many conversations were not answered in order, and how many are in the people's queue."""
    heard: dict[tuple[str, str], list[int]] = defaultdict(list)
    with db.reading() as session:
        for line in session.query(Message).order_by(Message.conversation_id, Message.seq):
            heard[line.conversation_id, line.author] += [int(number) for number in _NUMBER.findall(line.text)]
        waiting = session.query(Conversation).filter(Conversation.state != "bot").count()
        ids = [row.id for row in session.query(Conversation)]
    wrong = sum(not heard[one, "customer"] == heard[one, "bot"] == sorted(heard[one, "customer"]) for one in ids)
    return wrong, waiting


def _print(found: list[tuple[Result, int, int]]) -> None:
    print("| channel | messages | a second | p50 ms | p95 ms | p99 ms | worst ms | not acknowledged "
          "| backlog s | out of order | in the queue |")
    print("| --- " * 11 + "|")
    for result, wrong, waiting in found:
        times = sorted(1000 * seconds for seconds in result.times)
        shares = [f"{times[min(len(times) - 1, int(len(times) * share))]:.0f}" for share in (0.5, 0.95, 0.99, 1)]
        cells = (result.channel, len(times), f"{result.rate:.0f}", *shares, result.missing, f"{result.backlog:.0f}",
                 wrong, waiting)
        print("| " + " | ".join(map(str, cells)) + " |")


def push(openid: str, message_id: str, text: str) -> str:
    """A text as WeChat pushes it."""
    return pushes.body({
        "ToUserName": "gh_demo", "FromUserName": openid, "CreateTime": int(time.time()), "MsgType": "text",
        "Content": text, "MsgId": int(message_id),
    })


@contextmanager
def desk(folder: Path, arguments: argparse.Namespace) -> Iterator[tuple[Desk, World]]:
    """A whole desk on a database of its own, its assistant, and a WeChat in front of it."""
    database = arguments.database or f"sqlite:///{folder / 'aftercare.db'}"
    schema.upgrade(database)
    db.use(database)
    rasa = FakeRasa().start()
    rasa.script = lambda turn: Said([{"text": f"收到：{turn['text']}"}], seconds=arguments.turn)
    world = World(pushes.Sender("", TOKEN, APPID, KEY), SECRET)
    server = Server(world).start()
    running = Desk(
        folder, rasa.port, AFTERCARE_DATABASE_URL=database, AFTERCARE_RASA_TIMEOUT="20",
        AFTERCARE_TRUSTED_PROXIES=json.dumps(["127.0.0.1"]), AFTERCARE_WECHAT_APPID=APPID,
        AFTERCARE_WECHAT_SECRET=SECRET, AFTERCARE_WECHAT_TOKEN=TOKEN, AFTERCARE_WECHAT_AES_KEY=KEY,
        AFTERCARE_WECHAT_VERIFIED="1", AFTERCARE_WECHAT_BASE_URL=server.url,
    )
    world.pushes.sender.url = f"{running.base}/wechat"
    try:
        yield running.start(), world
    finally:
        running.stop()
        server.stop()
        rasa.stop()
        db.use(None)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.channels", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--turn", type=float, default=0.3, help="seconds that the assistant takes for a turn")
    parser.add_argument("--database", default="", help="an empty database; a SQLite file of its own where not given")
    return parser.parse_args()


if __name__ == "__main__":
    main()
