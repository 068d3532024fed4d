"""A small trained assistant, an action server under the test's control, and a Rasa server between them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from serving.actions import ActionServer
from serving.rasa_server import PROJECT, Rasa

_ASSISTANT = Path(__file__).parent / "assistant"
_numbers = count(1)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with the real domain, rules and policy that knows a few words."""
    path = tmp_path_factory.mktemp("model") / "model.tar.gz"
    data = ["--data", str(_ASSISTANT / "nlu.yml"), str(PROJECT / "data" / "rules")]
    command = [sys.executable, "-m", "bot.train", "--out", str(path), "--config", str(_ASSISTANT / "config.yml"), *data]
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)
    assert path.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    return path


@pytest.fixture(scope="session")
def action_server() -> Iterator[ActionServer]:
    server = ActionServer()
    yield server
    server.close()


@pytest.fixture
def actions(action_server: ActionServer) -> ActionServer:
    """The action server, fresh."""
    action_server.fresh()
    return action_server


@pytest.fixture(scope="session")
def _rasa(model: Path, action_server: ActionServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    folder = tmp_path_factory.mktemp("rasa")
    url = f"http://127.0.0.1:{action_server.port}/webhook"
    server = Rasa(model, folder, url, AFTERCARE_NOW="2026-02-17T03:00:00+08:00")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def rasa(_rasa: Rasa, actions: ActionServer) -> Rasa:
    """The Rasa server that most tests share; each test uses a sender of its own."""
    return _rasa


@pytest.fixture
def sender() -> str:
    """A conversation that no other test uses."""
    return f"conversation-{next(_numbers)}"
