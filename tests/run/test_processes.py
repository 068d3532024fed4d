"""Children are watched, started again with patience, and stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher import processes
from launcher.environments import PROJECT
from launcher.problem import Problem
from launcher.processes import Child, Family

_SLEEPS = "import time; print('here', flush=True); time.sleep(60)"
_DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"
_DIES = "import sys; print('it hurts', flush=True); sys.exit(3)"


@pytest.fixture
def family() -> Iterator[Family]:
    family = Family()
    yield family
    family.stop()


@pytest.fixture
def child(tmp_path: Path) -> Callable[[str], Child]:
    return lambda code: Child("worker", [sys.executable, "-c", code], os.environ, tmp_path / "logs" / "worker.log")


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _speaks(child: Child) -> bool:
    return child.log.exists() and "here" in child.log.read_text()


def test_a_dead_child_is_started_again(family: Family, child: Callable[[str], Child]) -> None:
    worker = child(_SLEEPS)
    family.start(worker)
    assert worker.process is not None
    first = worker.process.pid
    worker.process.kill()
    worker.process.wait()
    family.look_after()
    assert worker.code is not None, "it waits before the next try"
    _until(lambda: (family.look_after() or worker.code) is None)
    assert worker.process.pid != first


def test_a_child_that_keeps_dying_ends_the_run_with_its_last_words(
    family: Family, child: Callable[[str], Child]
) -> None:
    family.most_restarts = 1
    family.start(child(_DIES))
    with pytest.raises(Problem, match="it hurts"):
        _until(lambda: bool(family.look_after()))


def test_a_steady_child_gets_its_restarts_back(
    family: Family, child: Callable[[str], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STEADY_SECONDS", 0.0)
    worker = child(_DIES)
    worker.restarts = family.most_restarts
    family.start(worker)
    _until(lambda: worker.code is not None)
    family.look_after()
    assert worker.restarts == 1


def test_stop_ends_even_a_child_that_does_not_listen(
    child: Callable[[str], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.5)
    family, polite, deaf = Family(), child(_SLEEPS), child(_DEAF)
    deaf.log = deaf.log.with_name("deaf.log")
    family.start(polite)
    family.start(deaf)
    _until(lambda: _speaks(polite) and _speaks(deaf))
    family.stop()
    assert (polite.code, deaf.code) == (-signal.SIGTERM, -signal.SIGKILL)


def test_children_end_when_the_launcher_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path; from launcher.processes import Child\n"
        f"child = Child('x', [sys.executable, '-c', {_SLEEPS!r}], os.environ, Path({str(tmp_path / 'x.log')!r}))\n"
        "child.start(); print(child.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        pid = int(launcher.stdout.readline())
        launcher.kill()
    _until(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
