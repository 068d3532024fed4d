"""Customers who write one message after the other."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import threading
import time
import uuid

from bench import corpus
from bench.contenders import Running

# One conversation, told by each customer with other words in it (what was said before might be remembered); none of it
# asks for a person, so the assistant answers all of it.
CONVERSATION = ("你好", "{fault}", "型号是{model}{digits}", "保修期还有多久", "上门费怎么收", "{bought}买的", "谢谢")
# Of the examples that both were trained on: a fault that is not understood opens no form, and costs stock half as much.
_FAULTS = ("洗衣机不脱水了", "洗衣几不脱水", "会议音响啸叫", "电子秤不回零", "三明治机合不拢", "孵化机翻蛋不翻")
_MODELS = ("XQG", "BCD", "KFR", "HX", "JSQ", "CXW")
_ANSWERED = ("greet", "ask_policy", "ask_price", "ask_service_info", "bot_challenge", "ask_capabilities", "thank")
_BOUGHT = ("去年双十一", "前年国庆", "今年三月", "去年618", "2024年5月", "前年春节")


def conversation(chosen: random.Random) -> list[str]:
    """The lines of one customer."""
    words = {
        "fault": chosen.choice(_FAULTS), "model": chosen.choice(_MODELS), "digits": chosen.randrange(100, 10_000),
        "bought": chosen.choice(_BOUGHT),
    }
    return [line.format(**words) for line in CONVERSATION]


def questions(chosen: random.Random) -> list[str]:
    """As many lines of a customer who only asks: examples of intents that stock answers by a text."""
    return [chosen.choice(corpus.examples(intent)) for intent in _ANSWERED]


def talk(target: Running, clients: int, seconds: float) -> list[float]:
    """Seconds of each turn, with so many clients at once for so long."""
    took: list[list[float]] = [[] for _ in range(clients)]
    end = time.monotonic() + seconds
    chosen = random.Random(0)
    threads = [threading.Thread(target=_client, args=(target, end, times, chosen)) for times in took]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(took):
        raise SystemExit(f"{target.name}: a client got no answer")
    return sorted(itertools.chain.from_iterable(took))


def _client(target: Running, end: float, times: list[float], chosen: random.Random) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=60)
    while time.monotonic() < end:
        sender = f"bench-{uuid.uuid4().hex}"
        for number, text in enumerate((questions if target.only_questions else conversation)(chosen)):
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
