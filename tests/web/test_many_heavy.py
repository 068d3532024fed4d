"""Many visitors on a bad network and a desk that is killed: nothing lost, nothing doubled, each in order."""

import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from desk.records import db
from desk.records.models import Conversation, Message
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa

pytestmark = pytest.mark.heavy
VISITORS, EACH, AT_ONCE = 100, 20, 12
PATIENCE = 240.0


class Lossy:
    """A visitor whose requests are sometimes doubled, and whose answers are sometimes lost."""

    def __init__(self, base: str, number: int) -> None:
        self.base, self.number, self.chance = base, number, random.Random(number)
        self.address = f"10.0.{number // 250}.{number % 250}"
        self.token = ""

    def run(self) -> None:
        self.token = self._until_taken("session", {}).json()["token"]
        for line in range(EACH):
            body = {"id": f"{self.number:04}-{line:04}", "text": self.text(line)}
            if self.chance.random() < 0.15:
                self._lost("messages", body)
            if self.chance.random() < 0.15:
                self._until_taken("messages", body)
            self._until_taken("messages", body)

    def text(self, line: int) -> str:
        return f"{self.number} 号第 {line} 句"

    def _post(self, path: str, body: dict[str, str], timeout: float) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", "X-Forwarded-For": self.address}
        return requests.post(f"{self.base}/chat/{path}", json=body, headers=headers, timeout=timeout)

    def _lost(self, path: str, body: dict[str, str]) -> None:
        try:
            self._post(path, body, timeout=0.005)
        except requests.RequestException:
            pass

    def _until_taken(self, path: str, body: dict[str, str]) -> requests.Response:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = self._post(path, body, timeout=20)
            except requests.RequestException:
                time.sleep(0.2)
                continue
            if answer.status_code < 300:
                return answer
            assert answer.status_code == 429 or answer.status_code >= 500, answer.text
            time.sleep(min(2.0, float(answer.headers.get("Retry-After", 1))))
        raise AssertionError("not taken in time")


def test_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    fake = FakeRasa().start()
    desk = Desk(tmp_path / "desk", fake.port, AFTERCARE_TRUSTED_PROXIES=json.dumps(["127.0.0.1"])).start()
    visitors = [Lossy(desk.base, number) for number in range(VISITORS)]
    done = threading.Event()

    def fell_over() -> None:
        for _ in range(2):
            if done.wait(8):
                return
            desk.kill()
            desk.start()

    trouble = threading.Thread(target=fell_over)
    trouble.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Lossy.run, visitors))
    done.set()
    trouble.join()
    expected = sorted([visitor.text(line) for line in range(EACH)] for visitor in visitors)
    db.use(f"sqlite:///{tmp_path / 'desk' / 'aftercare.db'}")
    try:
        assert sorted(_stored().values()) == expected
        _wait(lambda: sorted(_asked(fake).values()) == expected)
        assert fake.overlaps == []
    finally:
        db.use(None)
        desk.stop()
        fake.stop()


def _stored() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    with db.reading() as session:
        rows = session.query(Message).filter_by(author="customer").order_by(Message.conversation_id, Message.seq)
        for row in rows:
            found[row.conversation_id].append(row.text)
        assert session.query(Conversation).count() == VISITORS
    return found


def _asked(fake: FakeRasa) -> dict[str, list[str]]:
    """What the assistant was asked of each conversation, a turn that was asked again after a crash once."""
    found: dict[str, list[str]] = defaultdict(list)
    seen = set()
    for turn in list(fake.asked):
        if turn["turn_id"] not in seen:
            seen.add(turn["turn_id"])
            found[turn["sender"]].extend(turn["text"].split("\n"))
    return found


def _wait(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "the backlog was not worked off"
        time.sleep(1)
