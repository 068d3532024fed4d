"""An emergency at night: the person on duty is told at once, the next one after a minute; one takes it by a link."""

import subprocess
import time
from collections.abc import Iterator

import pytest
import requests

from tests.e2e.product import PROJECT, Product
from tests.fakes.receivers import Receiver

CUSTOMER = "e2e-night"
SECONDS = 30.0


@pytest.fixture
def rota(product: Product) -> Iterator[None]:
    """王工, then 李工, every night."""
    product.reset("2026-11-21T23:00:00+08:00")
    aftercare(product, "oncall", "add", "王工", "--phone", "13800000001")
    aftercare(product, "oncall", "add", "李工", "--phone", "13800000002")
    aftercare(product, "oncall", "shift", "夜班", "--people", "王工,李工", "--from", "18:00", "--to", "09:00")
    yield
    aftercare(product, "oncall", "off", "王工")
    aftercare(product, "oncall", "off", "李工")


def aftercare(product: Product, *words: str) -> None:
    command = [str(PROJECT / ".venv" / "bin" / "aftercare"), *words]
    done = subprocess.run(command, cwd=PROJECT, env=product.environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def said_by_itself(product: Product, conversation_id: str, word: str) -> str:
    """The first line with `word` that came without being asked for, once it is there."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        conversation = product.call("GET", f"/conversations/{conversation_id}")
        for line in conversation["transcript"]:
            if line["author"] == "system" and word in line["text"]:
                return str(line["text"])
        time.sleep(0.3)
    raise AssertionError(f"never said: {word}")


def test_gas_at_eleven_at_night(product: Product, colleagues: Receiver, rota: None) -> None:
    before = len(colleagues.got)
    turn = product.say(CUSTOMER, "厨房煤气味好大 我头有点晕")
    said = "\n".join(reply["text"] for reply in turn["replies"])
    assert "119" in said and "正在通知值班人员" in said and "已通知" not in said
    assert turn["handoff"] == {"reason": "emergency"} and turn["asks"] == "phone"

    first = colleagues.wait_for(before + 1)[before]
    assert first["to"] == "王工" and "燃气泄漏" in first["title"] and "煤气味好大" in first["text"]
    assert "王工" in said_by_itself(product, turn["conversation"], "已通知值班的")

    product.call("PUT", "/test/clock", json={"now": "2026-11-21T23:01:01+08:00"})
    second = colleagues.wait_for(before + 2)[before + 1]
    assert second["to"] == "李工"

    assert "我来处理" in requests.get(second["link"], timeout=10).text
    taken = requests.post(second["link"], timeout=10)
    assert "您已接单" in taken.text
    assert "李工" in said_by_itself(product, turn["conversation"], "已经接手")
    assert "李工 已经接单" in requests.get(first["link"], timeout=10).text

    # The chain has ended; 王工 knows that there is nothing left to do.
    product.call("PUT", "/test/clock", json={"now": "2026-11-21T23:10:00+08:00"})
    third = colleagues.wait_for(before + 3)[before + 2]
    assert (third["to"], third["event"]) == ("王工", "alarm_taken")
    answer = product.say(CUSTOMER, "13900001111")
    assert answer["handled_by"] == "bot" and answer["asks"] == "address"
    [number] = turn["tickets"]
    kinds = [event["kind"] for event in product.call("GET", f"/tickets/{number}")["events"]]
    assert kinds.count("alarm_step") == 2 and "alarm_acknowledged" in kinds
