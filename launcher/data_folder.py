"""The folder with all state of a run: for its owner only, and for one run at a time."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from launcher.problem import Problem


def hold(folder: Path) -> IO[str]:
    """Make the folder if need be and keep it for this run, until the returned file is closed.

    Raises Problem when it cannot be written, or when another run has it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "run.lock").open("w")
    except OSError as error:
        raise Problem(f"数据目录 {folder} 写不进去：{error}。 The data folder cannot be written.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise Problem(
            f"数据目录 {folder} 正被另一个运行使用。 Another run uses this data folder.\n"
            f"  换一个目录再运行 (choose another):  AFTERCARE_DATA_DIR=… make run"
        ) from error
    return lock
