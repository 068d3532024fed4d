"""The command line of the launcher, as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from launcher.environments import PROJECT


def _launcher(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "launcher", *words]
    told = {**os.environ, **environ}
    return subprocess.run(command, cwd=PROJECT, env=told, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_ends_the_run_with_a_message(taken_port: int, tmp_path: Path) -> None:
    done = _launcher("run", PORT=str(taken_port), AFTERCARE_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert f"PORT={taken_port + 1} make run" in done.stderr and "Traceback" not in done.stderr


def test_a_model_of_ones_own_is_used_as_it_is(tmp_path: Path) -> None:
    own = tmp_path / "own.tar.gz"
    own.write_bytes(b"a model")
    assert _launcher("train", AFTERCARE_MODEL=str(own)).stdout.strip() == str(own)
    missing = _launcher("train", AFTERCARE_MODEL=str(tmp_path / "none.tar.gz"))
    assert missing.returncode == 1 and "AFTERCARE_MODEL" in missing.stderr


def test_make_help_lists_every_target() -> None:
    told = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "train", "install", "test", "test-heavy", "lint", "nlu", "bench", "locks"):
        assert f"make {target} " in told
