"""What colleagues' messages go to, on loopback: group robots, webhooks and a text-message service over HTTP, and mail.

Each checks what its real counterpart checks, and answers in its words.
"""

import base64
import hashlib
import hmac
import json
import socketserver
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from desk import time
from desk.notify.settings import settings

DINGTALK_SECRET = "SECtest-of-dingtalk"
WEBHOOK_SECRET = "webhook-secret"


@dataclass
class Receiver:
    """`got` are the bodies taken, by path; `answers` overrides what a path answers: (status, body)."""

    port: int = 0
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    answers: dict[str, Callable[[], tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def settings(self) -> dict[str, str]:
        """The settings that point every way here."""
        return {
            "AFTERCARE_NOTIFY_WECOM_ROBOT": self.url("/cgi-bin/webhook/send?key=k"),
            "AFTERCARE_NOTIFY_DINGTALK_ROBOT": self.url("/robot/send?access_token=t"),
            "AFTERCARE_NOTIFY_DINGTALK_SECRET": DINGTALK_SECRET,
            "AFTERCARE_NOTIFY_WEBHOOK_URL": self.url("/hook"), "AFTERCARE_NOTIFY_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "AFTERCARE_NOTIFY_SMS_URL": self.url("/sms"), "AFTERCARE_NOTIFY_SMS_SECRET": WEBHOOK_SECRET,
        }

    def of(self, path: str) -> list[dict[str, Any]]:
        with self.arrived:
            return [body for where, body in self.got if where == path]

    def wait_for(self, count: int, seconds: float = 30.0) -> list[dict[str, Any]]:
        """The bodies, once there are `count` of them; fails when there are not in `seconds`."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= count, seconds), f"{len(self.got)} of {count} came"
            return [body for _, body in self.got]

    def wait_until(self, check: Callable[[list[dict[str, Any]]], bool], seconds: float = 30.0) -> list[dict[str, Any]]:
        """The bodies, once `check` of them is true; fails when it is not in `seconds`."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: check([body for _, body in self.got]), seconds), self.got
            return [body for _, body in self.got]

    def take(self, handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, Any]]:
        where = urllib.parse.urlsplit(handler.path)
        data = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        query = dict(urllib.parse.parse_qsl(where.query))
        override = self.answers.get(where.path)
        if override is not None:
            answer = override()
            if answer[0] != 200 or answer[1].get("errcode"):
                return answer
        check = {"/cgi-bin/webhook/send": _wecom, "/robot/send": _dingtalk, "/hook": _signed, "/sms": _signed}
        status, answer_body = check[where.path](query, handler, data)
        if status == 200 and not answer_body.get("errcode"):
            with self.arrived:
                self.got.append((where.path, json.loads(data)))
                self.keys.append(handler.headers.get("Idempotency-Key", ""))
                self.arrived.notify_all()
        return status, answer_body


def _wecom(query: dict[str, str], handler: BaseHTTPRequestHandler, data: bytes) -> tuple[int, dict[str, Any]]:
    body = json.loads(data)
    if query.get("key") != "k":
        return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
    if body.get("msgtype") != "text" or len(body["text"]["content"].encode()) > 2048:
        return 200, {"errcode": 40058, "errmsg": "invalid Request Parameter"}
    return 200, {"errcode": 0, "errmsg": "ok"}


def _dingtalk(query: dict[str, str], handler: BaseHTTPRequestHandler, data: bytes) -> tuple[int, dict[str, Any]]:
    stamp = query.get("timestamp", "0")
    text = f"{stamp}\n{DINGTALK_SECRET}".encode()
    right = base64.b64encode(hmac.new(DINGTALK_SECRET.encode(), text, hashlib.sha256).digest()).decode()
    fresh = abs(int(stamp) / 1000 - time.now().timestamp()) < 3600
    if query.get("access_token") != "t":
        return 200, {"errcode": 300001, "errmsg": "token is not exist"}
    if query.get("sign") != right or not fresh:
        return 200, {"errcode": 310000, "errmsg": "sign not match"}
    if json.loads(data).get("msgtype") != "text":
        return 200, {"errcode": 40035, "errmsg": "缺少参数 json"}
    return 200, {"errcode": 0, "errmsg": "ok"}


def _signed(query: dict[str, str], handler: BaseHTTPRequestHandler, data: bytes) -> tuple[int, dict[str, Any]]:
    stamp = handler.headers.get("X-Aftercare-Timestamp", "")
    right = hmac.new(WEBHOOK_SECRET.encode(), stamp.encode() + b"." + data, hashlib.sha256).hexdigest()
    if handler.headers.get("X-Aftercare-Signature") != f"sha256={right}":
        return 401, {}
    return 200, {}


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def reached() -> Iterator[Receiver]:
    """A running receiver that the messages of this process go to."""
    with receiver() as found, pytest.MonkeyPatch.context() as environment:
        for name, value in found.settings().items():
            environment.setenv(name, value)
        settings.cache_clear()
        yield found
    settings.cache_clear()


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A running receiver."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, answer = found.take(self)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_port
    with _serving(server):
        yield found


@dataclass
class Post:
    """A mail server's letters: (recipients, message)."""

    port: int = 0
    got: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


@contextmanager
def post_office(user: str = "desk@firm.test", password: str = "secret") -> Iterator[Post]:
    """A server that speaks SMTP (RFC 5321) with AUTH PLAIN and LOGIN."""
    found = Post()

    class Handler(socketserver.StreamRequestHandler):
        def answer(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def line(self) -> str:
            return self.rfile.readline().decode().rstrip("\r\n")

        def handle(self) -> None:
            recipients: list[str] = []
            known = False
            self.answer("220 post.test ESMTP")
            while line := self.line():
                verb = line.split(" ")[0].upper()
                if verb == "EHLO":
                    self.answer("250-post.test\r\n250 AUTH PLAIN LOGIN")
                elif verb == "AUTH":
                    parts = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                    known = parts[1:] == [user, password]
                    self.answer("235 2.7.0 ok" if known else "535 5.7.8 bad credentials")
                elif verb == "MAIL":
                    self.answer("250 ok" if known else "530 5.7.0 authentication required")
                elif verb == "RCPT":
                    to = line[line.index("<") + 1 : line.index(">")]
                    if to in found.refused:
                        self.answer("550 5.1.1 no such user")
                    else:
                        recipients.append(to)
                        self.answer("250 ok")
                elif verb == "DATA":
                    self.answer("354 go on")
                    lines = []
                    while (raw := self.rfile.readline()) != b".\r\n":
                        lines.append(raw[1:] if raw.startswith(b"..") else raw)
                    message = message_from_bytes(b"".join(lines), policy=policy.default)
                    assert isinstance(message, EmailMessage)
                    found.got.append((recipients, message))
                    recipients = []
                    self.answer("250 queued")
                elif verb == "QUIT":
                    self.answer("221 bye")
                    return
                else:
                    recipients = [] if verb == "RSET" else recipients
                    self.answer("250 ok")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_address[1]
    with _serving(server):
        yield found
