"""Ours and stock Rasa: trained on the same examples, started, and asked over HTTP."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from bench import corpus, stock
from bench.corpus import PROJECT
from launcher.environments import RASA, STOCK
from launcher.ports import answers
from launcher.settings import cache_dir

_START_SECONDS = 300.0
# What a process is by a word of its command line; the rest is looking after them.
_ROLES = {
    "bot.serve": "rasa", "rasa run": "rasa", "desk.serve": "desk", "actions.server": "actions", "rasa_sdk": "actions"
}


@dataclass(frozen=True)
class Running:
    """A contender that answers: how to ask it, and its processes."""

    name: str
    port: int
    path: str  # {sender} is put in
    headers: dict[str, str]
    process: subprocess.Popen[bytes]
    training_seconds: float
    beside: tuple[subprocess.Popen[bytes], ...] = ()
    only_questions: bool = False  # its customers report nothing, they only ask

    def body(self, sender: str, text: str, number: int) -> dict[str, Any]:
        """The request for one message."""
        if "{sender}" in self.path:
            return {"text": text, "message_id": str(number)}
        return {"sender": sender, "message": text}

    def url_path(self, sender: str) -> str:
        """The path for one conversation."""
        return self.path.replace("{sender}", quote(sender, safe=""))

    def memory(self) -> int:
        """Bytes of memory of all its processes, shared pages counted once."""
        return sum(member.memory_full_info().pss for member in self._family())

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time (user and system) that its processes have used, by what they are."""
        used: dict[str, float] = {}
        for member in self._family():
            role = _role(" ".join(member.cmdline()))
            times = member.cpu_times()
            used[role] = used.get(role, 0.0) + times.user + times.system
        return used

    def _family(self) -> list[psutil.Process]:
        parents = [psutil.Process(process.pid) for process in (self.process, *self.beside)]
        return [member for parent in parents for member in (parent, *parent.children(recursive=True))]


def _role(command: str) -> str:
    return next((role for word, role in _ROLES.items() if word in command), "launcher")


@contextmanager
def ours(folder: Path) -> Iterator[Running]:
    """The whole product as `make run` starts it, on SQLite: the API, desk, actions, Rasa."""
    training = corpus.training_data()
    inputs = [str(PROJECT / name) for name in ("config.yml", "domain.yml")]
    home = _home("ours", training, *inputs, *map(str, sorted((PROJECT / "bot").rglob("*.py"))))
    data = home / "nlu.yml"
    data.write_text(training, encoding="utf-8")
    model = home / "model.tar.gz"
    command = [str(RASA.python), "-m", "bot.train", "--out", str(model)]
    seconds = _trained(model, [*command, "--data", str(data), str(PROJECT / "data" / "rules")], PROJECT)
    with _launched("ours", folder, seconds, AFTERCARE_MODEL=str(model)) as running:
        yield running


@contextmanager
def product(folder: Path) -> Iterator[Running]:
    """The product with its own model, without demo data, in a data folder of its own."""
    with _launched("product", folder, 0.0) as running:
        yield running


@contextmanager
def _launched(name: str, folder: Path, seconds: float, **more: str) -> Iterator[Running]:
    port, key = _free_port(), secrets.token_urlsafe(16)
    settings = {
        "PORT": str(port),
        "AFTERCARE_RASA_PORT": str(_free_port()),
        "AFTERCARE_ACTIONS_PORT": str(_free_port()),
        "AFTERCARE_DATA_DIR": str(folder / "var"),
        "AFTERCARE_API_KEY": key,
        "AFTERCARE_DEMO": "0",
        **more,
    }
    command = [sys.executable, "-m", "launcher", "run"]
    with _started(command, PROJECT, settings, folder / f"{name}.log", f"http://127.0.0.1:{port}/readyz") as process:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        yield Running(name, port, "/api/v1/conversations/{sender}/messages", headers, process, seconds)


@contextmanager
def stock_rasa(folder: Path) -> Iterator[Running]:
    """Stock Rasa with its REST channel, a form and an action server; conversations and tickets in memory."""
    training = corpus.training_data()
    home = _home("stock", training, str(PROJECT / "bench" / "stock.py"), str(STOCK.run_lock))
    port, actions_port = _free_port(), _free_port()
    stock.write(home, training, corpus.intents(), actions_port)
    rasa = str(STOCK.folder / "bin" / "rasa")
    model = home / "models" / "model.tar.gz"
    train = [rasa, "train", "--fixed-model-name", "model", "--out", str(model.parent)]
    seconds = _trained(model, train, home)
    act = [str(STOCK.python), "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions_port)]
    run = [rasa, "run", "--model", str(model), "--port", str(port), "--interface", "127.0.0.1"]
    with ExitStack() as both:
        health = f"http://127.0.0.1:{actions_port}/health"
        actions = both.enter_context(_started(act, home, {}, folder / "actions.log", health))
        serving = both.enter_context(_started(run, home, {}, folder / "stock.log", f"http://127.0.0.1:{port}/"))
        headers = {"Content-Type": "application/json"}
        yield Running("stock", port, "/webhooks/rest/webhook", headers, serving, seconds, (actions,))


@contextmanager
def stock_fixed_answers(folder: Path) -> Iterator[Running]:
    """The same server and model, asked only what it answers by a fixed text: no form, no action, no slot."""
    with stock_rasa(folder) as running:
        yield replace(running, name="stock, fixed answers", only_questions=True)


def _home(name: str, training: str, *inputs: str) -> Path:
    digest = hashlib.sha256(training.encode())
    for path in inputs:
        digest.update(Path(path).read_bytes())
    home = cache_dir() / "bench" / f"{name}-{digest.hexdigest()[:16]}"
    home.mkdir(parents=True, exist_ok=True)
    return home


def _trained(model: Path, command: list[str], where: Path) -> float:
    """How long the training took, now or when the kept model was trained."""
    note = model.with_name("training.json")
    if not (model.exists() and note.exists()):
        print(f"  training {model.parent.name} …", flush=True)
        began = time.monotonic()
        with (where / "training.log" if where != PROJECT else model.with_name("training.log")).open("wb") as log:
            subprocess.run(command, cwd=where, env=_environ({}), stdout=log, stderr=log, check=True)
        note.write_text(json.dumps({"seconds": time.monotonic() - began}))
    return float(json.loads(note.read_text())["seconds"])


@contextmanager
def _started(
    command: list[str], where: Path, settings: dict[str, str], log: Path, ready: str
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=where, env=_environ(settings), stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not answers(ready):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[:4]} did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.3)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _environ(settings: dict[str, str]) -> dict[str, str]:
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    return {**os.environ, **quiet, **settings}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
