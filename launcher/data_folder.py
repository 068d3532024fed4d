"""The folder with all state of a run: for its owner only, and for one run at a time."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path
from typing import IO

from launcher.problem import Problem

LEAST_FREE = 300 * 1024**2


def check_room(folder: Path, least: int = LEAST_FREE) -> None:
    """Raise Problem when less than `least` bytes are free where the folder is."""
    free = shutil.disk_usage(folder).free
    if free < least:
        mega = 1024**2
        raise Problem(
            f"磁盘空间不够：数据目录 {folder} 所在磁盘只剩 {free // mega} MB，至少要 {least // mega} MB。\n"
            f"  The disk is full: {free // mega} MB are free where the data folder is, {least // mega} MB are needed.\n"
            f"  腾出空间，或换一个目录 (make room, or choose another):  AFTERCARE_DATA_DIR=… make run"
        )


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
