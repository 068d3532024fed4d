"""Deliver what followers do to the product: signed, encrypted, up to three times, five seconds each."""

import hashlib
import queue
import secrets
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import requests

from desk.channels.wechat.crypto import Key
from desk.demo_wechat.phones import BROKEN, Phones

LONGEST_REPLY = 2048


@dataclass
class Mischief:
    """What goes wrong on the way, each with its share of deliveries (0 to 1). `lost`: the answer never comes back."""

    drop: float = 0.0
    lost: float = 0.0
    double: float = 0.0
    delay: float = 0.0
    longest_delay: float = 0.2
    seed: int = 1

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.lock = threading.Lock()

    def happens(self, share: float) -> bool:
        with self.lock:
            return self.random.random() < share


@dataclass
class Delivery:
    """One try: how it went (answered, empty, timeout, dropped, lost, http 500, broken), and the seconds it took."""

    openid: str
    body: str
    attempt: int
    outcome: str = ""
    seconds: float = 0.0


@dataclass
class Sender:
    """How this account's pushes are made."""

    url: str
    token: str
    appid: str
    key: str
    mode: str = "safe"
    deliveries: int = 3
    patience: float = 5.0
    mischief: Mischief = field(default_factory=Mischief)

    def address(self) -> str:
        """Where the next delivery goes."""
        return self.url


class Pushes:
    """Delivers in threads; `log` tells every try."""

    def __init__(self, sender: Sender, phones: Phones, clock: Callable[[], float], threads: int = 16) -> None:
        self.sender, self._phones, self._clock = sender, phones, clock
        self.log: list[Delivery] = []
        self._jobs: queue.Queue[tuple[str, str] | None] = queue.Queue()
        self._ids = count(7_250_021_412_600_020_992)
        self._local = threading.local()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def next_id(self) -> str:
        """A 64-bit message id."""
        return str(next(self._ids))

    def send(self, openid: str, body: str) -> None:
        """Deliver `body` soon."""
        self._jobs.put((openid, body))

    def backlog(self) -> int:
        """How many pushes nobody has begun to deliver."""
        return self._jobs.qsize()

    def wait(self) -> None:
        """Until everything is delivered or given up."""
        self._jobs.join()

    def stop(self) -> None:
        """End the threads."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(timeout=30)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                self.deliver(*job)
            finally:
                self._jobs.task_done()
        self._jobs.task_done()
        if hasattr(self._local, "http"):
            self._local.http.close()

    def deliver(self, openid: str, body: str) -> None:
        """All tries of one push, until one is answered."""
        trouble = self.sender.mischief
        if trouble.happens(trouble.double):
            self._jobs.put((openid, body))
        for attempt in range(1, self.sender.deliveries + 1):
            if trouble.happens(trouble.delay):
                time.sleep(trouble.random.uniform(0, trouble.longest_delay))
            started = time.monotonic()
            delivery = Delivery(openid, body, attempt)
            done = self._try(delivery)
            delivery.seconds = time.monotonic() - started
            self.log.append(delivery)
            if done:
                return
            # WeChat calls again five seconds after it called, however the call ended.
            time.sleep(max(0.0, self.sender.patience - delivery.seconds))
        self._phones.get(openid).show("system", "notice", text=BROKEN)

    def _try(self, delivery: Delivery) -> bool:
        trouble = self.sender.mischief
        # Some deliveries are lost, but not all of one push: that is not for the product to put right.
        last = delivery.attempt == self.sender.deliveries
        if not last and trouble.happens(trouble.drop):
            delivery.outcome = "dropped"
            return False
        try:
            answer = self._post(delivery.openid, delivery.body)
        except requests.RequestException:
            delivery.outcome = "timeout"
            return False
        if not last and trouble.happens(trouble.lost):
            delivery.outcome = "lost"
            return False
        if answer.status_code != 200:
            delivery.outcome = f"http {answer.status_code}"
            return False
        if answer.text in ("", "success"):
            delivery.outcome = "empty"
            return True
        return self._show(delivery, answer.text)

    def _post(self, openid: str, body: str) -> requests.Response:
        sender = self.sender
        stamp, nonce = str(int(self._clock())), secrets.token_hex(5)
        query = {"signature": _mark(sender.token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "openid": openid}
        if sender.mode != "plain":
            encrypted = Key(sender.key, sender.appid).encrypt(body)
            query |= {"encrypt_type": "aes", "msg_signature": _mark(sender.token, stamp, nonce, encrypted)}
            sealed = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
            body = body.removesuffix("</xml>") + sealed if sender.mode == "compatible" else f"<xml>{sealed}"
        if not hasattr(self._local, "http"):
            self._local.http = requests.Session()
            self._local.http.trust_env = False
        found: requests.Response = self._local.http.post(
            sender.address(), params=query, data=body.encode(), headers={"Content-Type": "text/xml"},
            timeout=(1.0, sender.patience),
        )
        return found

    def _show(self, delivery: Delivery, text: str) -> bool:
        """A passive reply: on the screen, if WeChat would take it."""
        try:
            reply = self._opened(text)
        except Exception as problem:
            delivery.outcome = f"broken: {type(problem).__name__} {problem}"[:200]
            self._phones.get(delivery.openid).show("system", "notice", text=BROKEN)
            return True
        if reply["ToUserName"] != delivery.openid or len(reply.get("Content", "").encode()) > LONGEST_REPLY:
            delivery.outcome = "broken: receiver or length"
            self._phones.get(delivery.openid).show("system", "notice", text=BROKEN)
            return True
        delivery.outcome = "answered"
        self._phones.get(delivery.openid).show("account", reply["MsgType"], text=reply.get("Content", ""), passive=True)
        return True

    def _opened(self, text: str) -> dict[str, str]:
        fields = {child.tag: child.text or "" for child in ET.fromstring(text)}
        if self.sender.mode == "safe" and "Encrypt" not in fields:
            raise ValueError("not encrypted")
        if "Encrypt" in fields:
            mark = _mark(self.sender.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
            if mark != fields["MsgSignature"]:
                raise ValueError("signature")
            plain = Key(self.sender.key, self.sender.appid).decrypt(fields["Encrypt"])
            fields = {child.tag: child.text or "" for child in ET.fromstring(plain)}
        return {**fields, "MsgType": fields["MsgType"]}


def body(fields: dict[str, Any]) -> str:
    """A push as WeChat writes it: CDATA for words, numbers bare, what is nested nested."""
    return f"<xml>{_elements(fields)}</xml>"


def _elements(fields: dict[str, Any]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return _elements(value)
    if isinstance(value, int):
        return str(value)
    # Not split where a person typed ]]>: as far as is known WeChat does not either.
    return f"<![CDATA[{value}]]>"


def _mark(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()
