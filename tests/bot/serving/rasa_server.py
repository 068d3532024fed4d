"""A real Rasa server in a process of its own, and a client for its channel."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[3]
TOKEN = "the token of the channel"


class Rasa:
    """Started with `start`, it keeps its conversations in `folder`."""

    def __init__(self, model: Path, folder: Path, actions_url: str, **environ: str) -> None:
        self.port = free_port()
        self.log = folder / "rasa.log"
        self._command = [sys.executable, "-m", "bot.serve", "--model", str(model), "--port", str(self.port)]
        self._environ = {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "AFTERCARE_DATA_DIR": str(folder),
            "AFTERCARE_RASA_TOKEN": TOKEN,
            "AFTERCARE_ACTIONS_URL": actions_url,
            "AFTERCARE_ACTIONS_TOKEN": "the token of the actions",
            **environ,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=PROJECT, env=self._environ, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 120
        while not _listens(self.port):
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def cpu_seconds(self) -> float:
        """The processor time that the server has used so far."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, method: str, path: str, body: Any = None, token: str = TOKEN, limit: float = 30) -> tuple[int, Any]:
        """The status and the JSON of an answer of the channel."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}/webhooks/desk/{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=limit) as response:
                return response.status, json.loads(response.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or "null")

    def turn(self, sender: str, turn_id: str, text: str, **metadata: Any) -> tuple[int, Any]:
        """One customer message."""
        body = {"sender": sender, "turn_id": turn_id, "text": text, "metadata": metadata}
        return self.ask("POST", "turn", body)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
