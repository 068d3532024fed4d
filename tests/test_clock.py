"""The one clock: pinned, moved, shared by the processes of a run."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk import time

NEW_YEAR = datetime.fromisoformat("2027-01-01T09:00:00+08:00")
ASK_TWICE = "import sys; from desk import time\nfor _ in sys.stdin: print(time.now().isoformat(), flush=True)"


@pytest.fixture
def run_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("AFTERCARE_NOW", "2026-11-21T10:00:00+08:00")
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path))
    time.unpin()
    return tmp_path


def test_a_moved_clock_moves_for_every_process_of_the_run(run_folder: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", ASK_TWICE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )

    def asked() -> datetime:
        assert other.stdin is not None and other.stdout is not None
        other.stdin.write("\n")
        other.stdin.flush()
        return datetime.fromisoformat(other.stdout.readline().strip())

    try:
        assert abs(asked() - datetime.fromisoformat("2026-11-21T10:00:00+08:00")) < timedelta(seconds=30)
        time.move(NEW_YEAR)
        assert abs(asked() - NEW_YEAR) < timedelta(seconds=30)
        assert abs(time.now() - NEW_YEAR) < timedelta(seconds=30)
    finally:
        other.communicate(timeout=10)
        time.unpin()


def test_a_clock_that_is_not_pinned_follows_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("AFTERCARE_NOW", raising=False)
    time.unpin()
    (tmp_path / "test-clock").write_text("86400.0")

    assert abs(time.now() - datetime.now().astimezone()) < timedelta(seconds=5)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="时区"):
        time.pin(datetime(2026, 1, 1))
