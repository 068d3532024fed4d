"""Child processes: started, watched, started again when they die, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launcher.environments import PROJECT
from launcher.problem import Problem
from launcher.progress import say

STEADY_SECONDS = 60.0
GRACE_SECONDS = 8.0


@dataclass
class Child:
    """A program of this run; its output goes to `log`."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    again_at: float = 0.0

    def start(self) -> None:
        """Start it, its output added to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self.started = time.monotonic()

    @property
    def code(self) -> int | None:
        """Its exit status if it has ended."""
        return self.process.poll() if self.process else None

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])

    def signal(self, number: int) -> None:
        """Send it, and what it started, a signal."""
        if self.process and self.process.poll() is None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass


@dataclass
class Family:
    """All children of a run."""

    most_restarts: int = 5
    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, child: Child) -> None:
        """Start a child and watch it from now on."""
        child.start()
        self.children.append(child)

    def look_after(self) -> None:
        """Start those again that have died; call it about twice a second.

        Raises Problem when one has died too often in a row.
        """
        for child in self.children:
            if child.code is not None:
                self._revive(child)

    def stop(self) -> None:
        """Ask all to end, last started first; after eight seconds make them."""
        self.stopping.set()
        for child in reversed(self.children):
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            if child.process:
                try:
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.signal(signal.SIGKILL)
                    child.process.wait()

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.again_at == 0.0:
            self._plan(child, now)
        elif now >= child.again_at:
            child.again_at = 0.0
            child.start()

    def _plan(self, child: Child, now: float) -> None:
        if now - child.started > STEADY_SECONDS:
            child.restarts = 0
        child.restarts += 1
        if child.restarts > self.most_restarts:
            raise Problem(
                f"{child.name} 连续退出 {child.restarts} 次，日志在 {child.log}。 It keeps dying; its log ends so:\n"
                f"{child.last_words()}"
            )
        wait = 0.5 * 2 ** (child.restarts - 1)
        child.again_at = now + wait
        say(f"! {child.name} 退出了（{child.code}），{wait:g} 秒后重启。 It ended; starting it again. {child.log}")


def _die_with_parent() -> None:
    # If the launcher is killed outright, Linux ends its children too.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
