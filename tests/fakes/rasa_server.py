"""A small server that speaks the assistant's turn protocol; tests script what it answers and how it fails."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

TOKEN = "fake-rasa-token"


@dataclass
class Said:
    """What a scripted answer may be: replies, or a failure."""

    replies: list[dict[str, Any]] = field(default_factory=list)
    parse: dict[str, Any] = field(default_factory=lambda: {"intent": {"name": "inform", "confidence": 0.9}})
    status: int = 200
    seconds: float = 0.0
    hang_up: bool = False  # close the connection instead of answering; the turn is kept as if all had gone well
    forgotten: bool = False  # keep nothing of the turn


Script = Callable[[dict[str, Any]], Said]


def echo(turn: dict[str, Any]) -> Said:
    """The plainest script: say what was heard."""
    return Said([{"text": f"收到：{turn['text']}"}])


class FakeRasa:
    """Start with `start`, stop with `stop`; `script` decides, `asked` tells every turn that was really played."""

    def __init__(self, port: int = 0) -> None:
        self.script: Script = echo
        self.asked: list[dict[str, Any]] = []
        self.looked_up: list[str] = []
        self.restored: list[dict[str, Any]] = []
        self.forgotten_all = 0
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}
        self.in_work: set[str] = set()
        self.most_at_once = 0
        self.overlaps: list[str] = []
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "FakeRasa":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._server.cut_all()
        self._thread.join()

    def reset(self) -> None:
        """As new, for the next test."""
        self.script = echo
        for memory in (self.asked, self.looked_up, self.restored, self.kept, self.in_work, self.overlaps):
            memory.clear()
        self.forgotten_all = self.most_at_once = 0

    def texts(self, sender: str | None = None) -> list[str]:
        """What was asked, in order."""
        return [turn["text"] for turn in self.asked if sender in (None, turn["sender"])]

    def play(self, turn: dict[str, Any]) -> Said:
        key = (turn["sender"], turn["turn_id"])
        with self.lock:
            if key in self.kept:
                return Said(**self.kept[key])
            if turn["sender"] in self.in_work:
                self.overlaps.append(turn["sender"])
            self.in_work.add(turn["sender"])
            self.most_at_once = max(self.most_at_once, len(self.in_work))
            self.asked.append(turn)
        try:
            said = self.script(turn)
            time.sleep(said.seconds)
        finally:
            with self.lock:
                self.in_work.discard(turn["sender"])
        if said.status == 200 and not said.forgotten:
            self.kept[key] = {"replies": said.replies, "parse": said.parse}
        return said


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *args: Any) -> None:
        self._open: set[Any] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news here."""

    def cut_all(self) -> None:
        for request in list(self._open):
            self.shutdown_request(request)


def _handler(fake: FakeRasa) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            if not self._allowed():
                return
            if self.path == "/webhooks/desk/restore":
                fake.restored.append(body)
                return self._send(204)
            said = fake.play(body)
            if said.hang_up:
                self.close_connection = True
                return None
            self._answer(said, body["turn_id"])

        def do_GET(self) -> None:
            if not self._allowed():
                return
            if self.path == "/webhooks/desk/ready":
                return self._send(200, {"ready": True, "actions": True})
            *_, sender, turn_id = self.path.split("/")
            fake.looked_up.append(unquote(turn_id))
            kept = fake.kept.get((unquote(sender), unquote(turn_id)))
            if kept is None:
                return self._send(404, {"error": "unknown_turn"})
            self._answer(Said(**kept), unquote(turn_id))

        def do_DELETE(self) -> None:
            if self._allowed():
                fake.forgotten_all += self.path == "/webhooks/desk/conversations"
                fake.kept.clear()
                self._send(204)

        def _allowed(self) -> bool:
            if self.headers.get("Authorization") == f"Bearer {TOKEN}":
                return True
            self._send(401, {"error": "unauthorized"})
            return False

        def _answer(self, said: Said, turn_id: str) -> None:
            body = {"turn_id": turn_id, "replies": said.replies, "parse": said.parse}
            self._send(said.status, body if said.status == 200 else {"error": "internal_error"})

        def _send(self, status: int, body: Any = None) -> None:
            data = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler
