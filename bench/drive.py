"""Customers who write one message after the other."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
import uuid

from bench.contenders import Running

# One conversation; none of it asks for a person, so the assistant answers all of it.
CONVERSATION = ("你好", "洗衣机不脱水了", "型号是XQG100", "保修期还有多久", "上门费怎么收", "去年双十一买的", "谢谢")


def talk(target: Running, clients: int, seconds: float) -> list[float]:
    """Seconds of each turn, with so many clients at once for so long."""
    took: list[list[float]] = [[] for _ in range(clients)]
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=_client, args=(target, end, times)) for times in took]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(took):
        raise SystemExit(f"{target.name}: a client got no answer")
    return sorted(itertools.chain.from_iterable(took))


def _client(target: Running, end: float, times: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=60)
    while time.monotonic() < end:
        sender = f"bench-{uuid.uuid4().hex}"
        for number, text in enumerate(CONVERSATION):
            began = time.monotonic()
            _ask(connection, target, sender, number, text)
            times.append(time.monotonic() - began)
            if time.monotonic() > end:
                break


def _ask(connection: http.client.HTTPConnection, target: Running, sender: str, number: int, text: str) -> None:
    body = json.dumps(target.body(sender, text, number))
    connection.request("POST", target.url_path(sender), body, target.headers)
    response = connection.getresponse()
    answer = json.loads(response.read() or "null")
    if response.status != 200 or not (answer if isinstance(answer, list) else answer.get("replies")):
        raise SystemExit(f"{target.name} answered {response.status} to {text}: {answer}")
