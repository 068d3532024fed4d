"""An action server that does what the test tells it, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "the token of the actions"


def says(*texts: str, slots: dict[str, Any] | None = None, events: list[dict[str, Any]] | None = None) -> dict:
    """An answer of an action: what it says, which slots it sets, and other events before these."""
    set_slots = [{"event": "slot", "name": name, "value": value} for name, value in (slots or {}).items()]
    return {"responses": [{"text": text} for text in texts], "events": [*(events or []), *set_slots]}


OPEN_FORM = {"event": "active_loop", "name": "case_form"}


class ActionServer:
    """Answers `next_action` from `answers`; an action that is not there says its own name."""

    def __init__(self, port: int = 0) -> None:
        self.answers: dict[str, Any] = {}
        self.calls: list[dict[str, Any]] = []
        self.connections: set[Any] = set()
        self.delay = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def asked(self) -> list[str]:
        """The names of the actions that were called, in order."""
        return [call["next_action"] for call in self.calls]

    def answer(self, call: dict[str, Any]) -> tuple[int, Any]:
        """The status and the body for one call."""
        self.calls.append(call)
        time.sleep(self.delay)
        answer = self.answers.get(call["next_action"], says(call["next_action"]))
        return answer if isinstance(answer, tuple) else (200, answer)

    def fresh(self) -> None:
        """Forget answers and calls."""
        self.answers, self.calls, self.delay = {}, [], 0.0

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def _handler(actions: ActionServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            actions.connections.add(self.client_address)
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
            status, answer = actions.answer(call) if allowed else (401, {})
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # the caller has given up
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
