"""kill -9 of Rasa and of the desk in mid-conversation: nothing lost, nothing doubled."""

import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest
import requests

from tests.e2e.product import Product, running

pytestmark = pytest.mark.heavy
LINES = ("家里空调不制冷", "序列号{serial}", "{phone}", "杭州市余杭区文一西路998号3幢201", "明天下午", "对的")
CUSTOMERS = 6


def _world(product: Product) -> None:
    product.reset("2026-11-20T10:00:00+08:00")
    numbers = range(CUSTOMERS)
    product.fill(
        {
            "products": [{"model": "KFR", "name": "挂式空调", "product_type": "空调", "category": "home_appliance"}],
            "customers": [{"customer_no": f"C{n}", "name": "客户", "phone": f"1390000100{n}"} for n in numbers],
            "devices": [
                {"serial_number": f"KILL-{n}001", "model": "KFR", "customer_no": f"C{n}", "purchase_date": "2026-08-01"}
                for n in numbers
            ],
        }
    )


def _talk(product: Product, number: int) -> None:
    """A customer whose app sends the same message again until it is acknowledged and answered."""
    for step, line in enumerate(LINES):
        text = line.format(serial=f"KILL-{number}001", phone=f"1390000100{number}")
        until = time.monotonic() + 60
        while True:
            try:
                turn = product.say(f"kill-{number}", text, f"kill-{number}-{step}")
                if turn["asks"] or turn["tickets"]:
                    break
            except (requests.RequestException, AssertionError):
                pass
            assert time.monotonic() < until, f"no answer to {text}"
            time.sleep(0.4)


def _part(product: Product, word: str) -> psutil.Process:
    children = psutil.Process(product.process.pid).children(recursive=True)
    return next(child for child in children if word in " ".join(child.cmdline()))


@pytest.mark.parametrize("victim", ["desk.serve", "bot.serve"])
def test_killed_in_mid_turn(tmp_path: Path, victim: str) -> None:
    with running(tmp_path, AFTERCARE_NOW="2026-11-20T10:00:00+08:00") as product:
        _world(product)
        talks = [threading.Thread(target=_talk, args=(product, number)) for number in range(CUSTOMERS)]
        for talk in talks:
            talk.start()
        for _ in range(3):
            time.sleep(1.5)
            if any(talk.is_alive() for talk in talks):
                os.kill(_part(product, victim).pid, signal.SIGKILL)
                time.sleep(6)
        for talk in talks:
            talk.join(90)
        for number in range(CUSTOMERS):
            tickets = product.call("GET", f"/tickets?serial=KILL-{number}001")["items"]
            assert len(tickets) == 1, f"{len(tickets)} tickets of customer {number}"
            told = product.call("GET", f"/conversations/kill-{number}")
            mine = [line for line in told["transcript"] if line.get("author") == "customer"]
            assert len(mine) == len(LINES)
