"""What the running product does by itself as days pass, and that a restart in between does nothing twice."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.product import Product, running
from tests.fakes.receivers import WEBHOOK_SECRET, Receiver, receiver

pytestmark = pytest.mark.heavy
SECONDS = 40.0
WORLD = {
    "customers": [
        {"customer_no": "C1", "name": "李敏", "phone": "15000009174", "address": "苏州市姑苏区观前街1号"},
        {"customer_no": "C2", "name": "周婷", "phone": "13900000005", "address": "苏州市姑苏区观前街2号"},
    ],
    "products": [{"model": "KFR", "name": "挂式空调", "product_type": "空调", "category": "home_appliance"}],
    "devices": [
        {"serial_number": "AC-1001", "model": "KFR", "customer_no": "C1", "purchase_date": "2026-08-01"},
        {"serial_number": "AC-1002", "model": "KFR", "customer_no": "C2", "purchase_date": "2026-08-01"},
    ],
    "engineers": [
        {
            "name": "陆志强", "phone": "13800000801", "skills": "空调", "regions": "苏州市",
            "shift": "周一至周五 08:30-17:30",
        }
    ],
    "maintenance": [
        {"serial_number": "AC-1001", "every_months": "6", "next_on": "2026-11-30"},
        {"serial_number": "AC-1002", "every_months": "6", "next_on": "2026-11-30"},
    ],
}


@pytest.fixture(scope="module")
def told() -> Iterator[Receiver]:
    with receiver() as started:
        yield started


class Days:
    """The product between two starts, on the same data."""

    def __init__(self, product: Product) -> None:
        self.product = product

    def to(self, moment: str) -> None:
        """Move the clock to a moment of November 2026."""
        self.product.call("PUT", "/test/clock", json={"now": f"2026-11-{moment}:00+08:00"})

    def talk(self, sender: str, *lines: str) -> str:
        """Say these lines; the conversation."""
        turns = [self.product.say(sender, line, channel="web") for line in lines]
        return str(turns[-1]["conversation"])

    def heard(self, conversation: str) -> list[str]:
        """What came without being asked for."""
        lines = self.product.call("GET", f"/conversations/{conversation}")["transcript"]
        return [line["text"] for line in lines if line["author"] == "system"]


def until(check: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not check():
        assert time.monotonic() < end, what
        time.sleep(0.4)


def counted(told: Receiver, event: str) -> int:
    return sum(body["event"] == event for body in told.of("/hook"))


def test_each_thing_in_its_time_and_once(tmp_path: Path, told: Receiver) -> None:
    settings = {
        "AFTERCARE_NOW": "2026-11-23T10:00:00+08:00", "AFTERCARE_NOTIFY_WEBHOOK_URL": told.url("/hook"),
        "AFTERCARE_NOTIFY_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    with running(tmp_path, **settings) as product:
        days = Days(product)
        product.reset("2026-11-23T10:00:00+08:00")
        product.fill(WORLD)
        visit = days.talk("days-a", "空调不制冷 序列号AC-1001 电话15000009174", "观前街1号就行", "周三上午", "对的")
        peace = days.talk("days-b", "空调不制冷 序列号AC-1002 电话13900000005", "退订")
        complaint = product.say("days-c", "我要投诉 师傅态度恶劣还乱收费 电话13900000006")
        [grievance] = complaint["tickets"]
        call = days.talk("days-d", "给我回个电话 13900000007", "今天下午三点")
        days.talk("days-e", "服务打1分", "师傅没修好就走了")
        until(lambda: counted(told, "complaint") >= 1, "the supervisor was not told of the complaint")

        days.to("23T15:16")
        until(lambda: counted(told, "rating") >= 2, "nobody was told of the low score that was not followed up")
        days.to("23T16:16")
        until(lambda: any("没有打到" in line for line in days.heard(call)), "no apology for the missed call")
        until(lambda: counted(told, "callback_missed") == 1, "nobody was told of the missed call")

        days.to("24T17:01")
        until(lambda: any("提醒您" in line and "陆师傅" in line for line in days.heard(visit)), "no word of the visit")
        until(lambda: counted(told, "plan_broken") >= 1, "nobody was told that the plan is late")

        days.to("25T04:30")
        until(lambda: "manager_told" in kinds(product, grievance), "the head was not told within two days")
        before = days.heard(visit)
        sent = counted(told, "complaint")

    with running(tmp_path, **settings) as product:
        days = Days(product)
        days.to("26T22:30")  # the time of the early reminder is past, but nobody is written to so late
        until(lambda: due_of(tmp_path, "maintenance:1:early:2026-11-30").startswith("2026-11-27 01:00"), "not put off")
        days.to("27T09:01")
        until(lambda: any("该做保养" in line for line in days.heard(visit)), "no reminder of the maintenance")
        days.to("29T10:01")
        until(lambda: any("再提醒一下" in line for line in days.heard(visit)), "no second reminder")
        after = days.heard(visit)
        assert after[: len(before)] == before and len(after) == len(set(after)), "something was said twice"
        assert [line for line in days.heard(peace) if "保养" in line] == [], "who wants none gets none"
        assert counted(told, "complaint") == sent and kinds(product, grievance).count("manager_told") == 1
        keys = [body["key"] for body in told.of("/hook")]
        assert len(keys) == len(set(keys)), "a colleague was told twice"
        lines = product.call("GET", f"/conversations/{visit}")["transcript"]
        at_night = [line for line in lines if line["author"] == "system" and not "09:00" <= local(line["at"]) < "21:00"]
        assert at_night == []


def due_of(folder: Path, key: str) -> str:
    """When a follow-up is due, in UTC as stored; empty when there is none."""
    with sqlite3.connect(folder / "aftercare.db") as database:
        row = database.execute("SELECT due_at FROM follow_ups WHERE key = ?", (key,)).fetchone()
    return row[0] if row else ""


def kinds(product: Product, number: str) -> list[str]:
    return [event["kind"] for event in product.call("GET", f"/tickets/{number}")["events"]]


def local(moment: str) -> str:
    """HH:MM where the company is."""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}"
