"""A desk as a process of its own, as the launcher starts it: to call over HTTP, and to kill."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from tests.fakes.rasa_server import TOKEN

KEY = "test-key-of-the-desk-process"
PROJECT = Path(__file__).parents[2]


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Desk:
    """One process over `data_dir` (or the database of `environment`), asking the Rasa on `rasa_port`."""

    def __init__(self, data_dir: Path, rasa_port: int, **environment: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AFTERCARE_")},
            "PORT": str(self.port), "AFTERCARE_DATA_DIR": str(data_dir), "AFTERCARE_RASA_PORT": str(rasa_port),
            "AFTERCARE_RASA_TOKEN": TOKEN, "AFTERCARE_ACTIONS_PORT": str(free_port()), "AFTERCARE_API_KEY": KEY,
            "AFTERCARE_DEMO": "0", "AFTERCARE_RASA_TIMEOUT": "1.0", **environment,
        }
        self.log = data_dir / "desk.log"
        self.http = requests.Session()
        self.http.trust_env = False
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Desk":
        """Start it and wait until it answers."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "desk.serve"], cwd=PROJECT, env=self.environment, stderr=log, stdout=log
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.http.get(f"{self.base}/healthz", timeout=2).ok:
                    return self
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(f"the desk did not start: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """As the power going off."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator stops it."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(30)
            self.process = None
        self.http.close()

    def call(
        self, method: str, path: str, *, key: str | None = KEY, timeout: float = 30, **more: Any
    ) -> requests.Response:
        """One call of the API; `path` after /api/v1, or a whole one that begins with //."""
        headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **more.pop("headers", {})}
        address = self.base + (path[1:] if path.startswith("//") else f"/api/v1{path}")
        return self.http.request(method, address, headers=headers, timeout=timeout, **more)

    def say(self, sender: str, text: str, message_id: str | None = None, **more: Any) -> dict[str, Any]:
        """A customer's message; the turn."""
        body = {"text": text, **({"message_id": message_id} if message_id else {}), **more}
        answer = self.call("POST", f"/conversations/{sender}/messages", json=body)
        assert answer.status_code == 200, answer.text
        turn: dict[str, Any] = answer.json()
        return turn
