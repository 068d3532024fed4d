"""Agents' console: how fast words cross between agent and customer, and how fast the list opens. Prints one table.

    .venv/bin/python -m bench.console [--seconds 60]

20 agents and 40 customers hold their event streams; 200 chats are open. Each agent writes every ten seconds and the
customer answers. As the console's script does, each agent fetches the rows that changed and the chat that is open.
All of it, the callers too, runs on this machine. The list is then opened with 5,000 conversations.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from desk import time as clock
from desk.records import db, passwords
from desk.records.models import Conversation, Message, Staff
from tests.console.conftest import PASSWORD, Browser
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa

AGENTS, CHATS, WRITING, CONVERSATIONS, OPENED = 20, 200, 40, 5_000, 30
EVERY = 10.0  # seconds between an agent's messages
TOGETHER = 0.8  # seconds in which the console's script gathers rows that changed


class Crossing:
    """When words were sent, and how long they took to arrive."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}
        self.took: list[float] = []
        self._lock = threading.Lock()

    def sent(self, words: str) -> None:
        """They leave now."""
        with self._lock:
            self._sent[words] = time.perf_counter()

    def arrived(self, words: str) -> None:
        """They are seen now; what was not sent here or was seen before does not count."""
        with self._lock:
            began = self._sent.pop(words, None)
            if began is not None:
                self.took.append(time.perf_counter() - began)

    def lost(self) -> int:
        """How many have not arrived."""
        return len(self._sent)


class Customer(threading.Thread):
    """A visitor of the website who listens to the stream and writes when told to."""

    def __init__(self, base: str, crossing: Crossing) -> None:
        super().__init__(daemon=True)
        self.base, self.crossing, self.number = base, crossing, 0
        self.http = requests.Session()
        self.http.trust_env = False
        token = self.http.post(f"{base}/chat/session", json={}, timeout=30).json()["token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def write(self, words: str) -> None:
        """Send a message."""
        self.number += 1
        body = {"text": words, "id": f"bench-{self.number:06}"}
        answer = self.http.post(f"{self.base}/chat/messages", json=body, headers=self.headers, timeout=30)
        answer.raise_for_status()

    def run(self) -> None:
        """Listen until the process ends."""
        with requests.Session() as http:
            http.trust_env = False
            stream = http.get(f"{self.base}/chat/events", headers=self.headers, stream=True, timeout=120)
            for data in events(stream):
                if isinstance(data, dict) and data.get("author") == "agent":
                    self.crossing.arrived(data["text"])


class Agent(threading.Thread):
    """A colleague with one chat open and the list beside it."""

    def __init__(self, browser: Browser, crossing: Crossing) -> None:
        super().__init__(daemon=True)
        self.browser, self.crossing, self.chat, self.after, self.version = browser, crossing, "", 0, 0
        self.changed: set[str] = set()

    def look(self) -> None:
        """Fetch what is new in the open chat."""
        found = self.browser.get(f"/console/api/chats/{self.chat}?after={self.after}").json()
        self.version = found["version"]
        for line in found["lines"]:
            self.after = max(self.after, line["seq"])
            self.crossing.arrived(line["text"])

    def run(self) -> None:
        """Listen until the process ends."""
        threading.Thread(target=self._rows, daemon=True).start()
        for topics in events(self.browser.get("/console/api/events", stream=True)):
            self.changed.update(topic for topic in topics if topic.startswith("cv-"))
            if self.chat in topics:
                self.look()

    def _rows(self) -> None:
        rows = Browser(self.browser.base, csrf=self.browser.csrf)
        rows.http.cookies = self.browser.http.cookies
        while True:
            time.sleep(TOGETHER)
            ids, self.changed = self.changed, set()
            if ids:
                with suppress(requests.exceptions.ConnectionError):  # the desk has stopped
                    rows.get("/console/api/list", params={"ids": sorted(ids)[:100]})


def events(stream: requests.Response) -> Iterator[object]:
    """The data of each event."""
    with suppress(requests.exceptions.ChunkedEncodingError):  # the desk has stopped
        for line in stream.iter_lines(chunk_size=1):
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


@contextmanager
def running() -> Iterator[Desk]:
    """A desk over a fake assistant, with the agents."""
    with tempfile.TemporaryDirectory() as folder:
        rasa = FakeRasa().start()
        desk = Desk(Path(folder), rasa.port).start()
        db.use(f"sqlite:///{folder}/aftercare.db")
        try:
            with db.transaction() as session:
                hashed = passwords.hashed(PASSWORD)
                for number in range(1, AGENTS + 1):
                    session.add(
                        Staff(id=number, login=f"a{number}", name=f"客服{number}", password_hash=hashed, chat_limit=50)
                    )
            yield desk
        finally:
            desk.stop()
            rasa.stop()
            db.use(None)


def fill(count: int, prefix: str, open_chats: bool) -> None:
    """So many conversations of five lines each; open ones are shared among the agents."""
    now = clock.now()
    with db.transaction() as session:
        for number in range(count):
            state = "agent" if open_chats else ("bot", "closed")[number % 2]
            made = Conversation(
                id=f"cv-{prefix}{number}", channel="web", sender=f"{prefix}{number}", state=state, created_at=now,
                last_message_at=now, last_seq=5, agent_id=number % AGENTS + 1 if open_chats else None,
            )
            session.add(made)
            session.flush()
            for seq in range(1, 6):
                line = {"author": "customer" if seq % 2 else "bot", "text": f"第 {seq} 句", "created_at": now}
                session.add(Message(conversation_id=made.id, seq=seq, **line))


def talk(desk: Desk, seconds: float) -> tuple[Crossing, Crossing, float]:
    """To the customer, to the agent, and the processor time of desk in seconds a second."""
    out, back = Crossing(), Crossing()
    customers = [Customer(desk.base, out) for _ in range(WRITING)]
    agents = [Agent(Browser(desk.base).sign_in(f"a{number}"), back) for number in range(1, AGENTS + 1)]
    for number, customer in enumerate(customers):
        customer.write("我要找人工")
        customer.start()
        if number < AGENTS:
            _give(agents[number], _newest(number + 1))
    for agent in agents:
        agent.start()
    time.sleep(3)
    began, before, step = time.perf_counter(), _cpu(desk), 0
    while time.perf_counter() - began < seconds:
        number = step % AGENTS
        agent, customer = agents[number], customers[number]
        threading.Thread(target=_exchange, args=(agent, customer, step, out, back), daemon=True).start()
        step += 1
        time.sleep(max(0.0, began + step * EVERY / AGENTS - time.perf_counter()))
    time.sleep(3)
    return out, back, (_cpu(desk) - before) / (time.perf_counter() - began)


def _exchange(agent: Agent, customer: Customer, step: int, out: Crossing, back: Crossing) -> None:
    words = f"您好，这是第 {step} 条"
    out.sent(words)
    call = {"text": words, "key": f"bench-{step:06}", "version": agent.version}
    try:
        agent.browser.call(f"/chats/{agent.chat}/messages", **call).raise_for_status()
    except requests.exceptions.ConnectionError:
        # The server closed a connection that had been idle; as the script does, the same message goes again.
        agent.browser.call(f"/chats/{agent.chat}/messages", **call).raise_for_status()
    time.sleep(EVERY / 4)
    answer = f"收到，第 {step} 条"
    back.sent(answer)
    customer.write(answer)


def _newest(count: int) -> str:
    for _ in range(100):
        with db.reading() as session:
            found = session.query(Conversation.id).filter(Conversation.sender.startswith("web-")).all()
        if len(found) >= count:
            with db.reading() as session:
                query = session.query(Conversation.id).filter(Conversation.sender.startswith("web-"))
                return str(query.order_by(Conversation.created_at.desc()).first()[0])
        time.sleep(0.1)
    raise RuntimeError("the customer's conversation did not come")


def _give(agent: Agent, conversation_id: str) -> None:
    agent.chat = conversation_id
    agent.look()
    taken = agent.browser.call(f"/chats/{conversation_id}/take", version=agent.version)
    taken.raise_for_status()
    agent.look()


def _cpu(desk: Desk) -> float:
    assert desk.process is not None
    ticks = Path(f"/proc/{desk.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / 100


def opening(browser: Browser, path: str) -> list[float]:
    """Seconds for each time that the page was opened."""
    took = []
    for _ in range(OPENED):
        began = time.perf_counter()
        browser.get(path).raise_for_status()
        took.append(time.perf_counter() - began)
    return took


def p(took: list[float], share: float) -> str:
    """A percentile in milliseconds."""
    return f"{1000 * sorted(took)[min(len(took) - 1, int(share * len(took)))]:.0f}" if took else "–"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    with running() as desk:
        fill(CHATS - AGENTS, "open", open_chats=True)
        out, back, cpu = talk(desk, seconds)
        fill(CONVERSATIONS, "more", open_chats=False)
        browser = Browser(desk.base).sign_in("a1")
        page, rows = opening(browser, "/console"), opening(browser, "/console/api/list")
    print(f"{AGENTS} agents, {CHATS} open chats, {WRITING} customers listening, {seconds:.0f} s")
    print(f"{'':34}{'p50 ms':>8}{'p95 ms':>8}{'count':>8}{'lost':>6}")
    table = [
        ("agent → customer", out.took, out.lost()), ("customer → agent", back.took, back.lost()),
        (f"page, {CONVERSATIONS} conversations", page, 0), (f"list, {CONVERSATIONS} conversations", rows, 0),
    ]
    for name, took, lost in table:
        print(f"{name:34}{p(took, .5):>8}{p(took, .95):>8}{len(took):>8}{lost:>6}")
    print(f"processor time of desk: {cpu:.2f} s a second; of the callers: "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} s in all")


if __name__ == "__main__":
    main()
