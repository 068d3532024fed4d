"""How fast WeChat is acknowledged: encrypted pushes at a steady rate into the running webhook. Prints one table.

    .venv/bin/python -m bench.channels [--rate 50] [--seconds 20] [--database sqlite:///… | postgresql+psycopg://…]

Desk runs in a process of its own with everything on disk. The assistant behind it answers at once, so what is timed
is what WeChat waits for: signature, decryption, storing, and `success`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from desk.demo_wechat.pushes import Sender
from desk.demo_wechat.server import Server
from desk.demo_wechat.world import World
from desk.records import schema
from tests.fakes.rasa_server import TOKEN as RASA_TOKEN
from tests.fakes.rasa_server import FakeRasa
from tests.wechat.conftest import APPID, KEY, SECRET, TOKEN
from tests.wechat.test_faults import free_port

_CUSTOMERS = 200


def main() -> None:
    """Run and print the table."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        database = arguments.database or f"sqlite:///{Path(folder) / 'aftercare.db'}"
        schema.upgrade(database)
        with _running(database, folder) as world:
            _push(world, arguments.rate, 3.0)
            world.pushes.log.clear()
            took = _push(world, arguments.rate, arguments.seconds)
            _print(world, took, database.split(":")[0].split("+")[0])


def _push(world: World, rate: float, seconds: float) -> float:
    started = time.monotonic()
    count = int(rate * seconds)
    for number in range(count):
        wait = started + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        world.say(f"o{number % _CUSTOMERS}", f"空调不制冷了，第 {number} 次")
    world.pushes.wait()
    return time.monotonic() - started


def _print(world: World, took: float, database: str) -> None:
    times = sorted(delivery.seconds * 1000 for delivery in world.pushes.log)
    bad = sum(delivery.outcome not in ("empty", "answered") for delivery in world.pushes.log)

    def at(share: float) -> str:
        return f"{times[min(len(times) - 1, int(len(times) * share))]:.0f}"

    print("| database | pushes | a second | p50 ms | p95 ms | p99 ms | worst ms | not acknowledged |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    cells = database, len(times), f"{len(times) / took:.0f}", at(0.5), at(0.95), at(0.99), f"{times[-1]:.0f}", bad
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


@contextmanager
def _running(database: str, folder: str) -> Iterator[World]:
    port = free_port()
    rasa = FakeRasa().start()
    world = World(Sender(f"http://127.0.0.1:{port}/wechat", TOKEN, APPID, KEY), SECRET)
    server = Server(world).start()
    told = {
        "AFTERCARE_DATABASE_URL": database,
        "AFTERCARE_DATA_DIR": folder,
        "AFTERCARE_RASA_PORT": str(rasa.port),
        "AFTERCARE_RASA_TOKEN": RASA_TOKEN,
        "AFTERCARE_WECHAT_APPID": APPID,
        "AFTERCARE_WECHAT_SECRET": SECRET,
        "AFTERCARE_WECHAT_TOKEN": TOKEN,
        "AFTERCARE_WECHAT_AES_KEY": KEY,
        "AFTERCARE_WECHAT_VERIFIED": "1",
        "AFTERCARE_WECHAT_BASE_URL": server.url,
        "AFTERCARE_WECHAT_ACCOUNTS": json.dumps({}),
    }
    command = [sys.executable, "-m", "tests.wechat.desk_process", str(port)]
    desk = subprocess.Popen(command, env=os.environ | told)
    try:
        _wait_for(port)
        yield world
    finally:
        desk.terminate()
        desk.wait(30)
        server.stop()
        rasa.stop()


def _wait_for(port: int) -> None:
    pause = threading.Event()
    for _ in range(600):
        try:
            if requests.get(f"http://127.0.0.1:{port}/wechat", timeout=1).status_code == 403:
                return
        except requests.RequestException:
            pause.wait(0.1)
    raise SystemExit("desk did not start")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--database", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
