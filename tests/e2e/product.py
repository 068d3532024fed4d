"""The running product, as `make run` starts it, on ports and a data folder of its own."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

PROJECT = Path(__file__).parents[2]
READY_SECONDS = 240.0


class Product:
    """Talks to the API of a running product."""

    def __init__(self, base: str, key: str, environ: dict[str, str], process: subprocess.Popen[bytes]) -> None:
        self.base, self.key, self.environ, self.process = base, key, environ, process
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {key}"

    def call(self, method: str, path: str, expect: int | None = None, **more: Any) -> Any:
        """One API call; the JSON of its answer. Fails on an unexpected status."""
        answer = self.http.request(method, f"{self.base}/api/v1{path}", timeout=30, **more)
        if expect is not None:
            assert answer.status_code == expect, answer.text
        else:
            assert answer.ok, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    def say(self, sender: str, text: str, message_id: str | None = None, channel: str = "rest") -> dict[str, Any]:
        """A customer's message; the turn."""
        body = {"text": text, "channel": channel, **({"message_id": message_id} if message_id else {})}
        turn: dict[str, Any] = self.call("POST", f"/conversations/{sender}/messages", json=body)
        return turn

    def reset(self, now: str) -> None:
        """An empty service database at this time."""
        self.call("POST", "/test/reset", json={})
        self.call("PUT", "/test/clock", json={"now": now})

    def fill(self, sheets: dict[str, list[dict[str, Any]]]) -> None:
        """Import rows, sheet by sheet."""
        files = [("files", (f"{name}.csv", _csv(rows), "text/csv")) for name, rows in sheets.items() if rows]
        if files:
            report = self.call("POST", "/import", files=files)
            assert report["ok"], report


def _csv(rows: list[dict[str, Any]]) -> bytes:
    import csv
    import io

    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data_dir: Path, **settings: str) -> Iterator[Product]:
    """Start the product, wait until it is ready, stop it at the end."""
    key = secrets.token_hex(16)
    port = free_port()
    environ = {
        **os.environ,
        "PORT": str(port),
        "AFTERCARE_RASA_PORT": str(free_port()),
        "AFTERCARE_ACTIONS_PORT": str(free_port()),
        "AFTERCARE_DATA_DIR": str(data_dir),
        "AFTERCARE_API_KEY": key,
        "AFTERCARE_DEMO": "0",
        **settings,
    }
    log = (data_dir / "run.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "launcher", "run"],
        cwd=PROJECT,
        env=environ,
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, process, data_dir / "run.log")
        yield Product(base, key, environ, process)
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _wait(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"the product stopped at its start:\n{log.read_text()}")
        try:
            if requests.get(f"{base}/readyz", timeout=2).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"not ready in {READY_SECONDS:g} s:\n{log.read_text()}")
