"""Secrets that a run makes for itself, kept in the data folder for its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from launcher.problem import Problem


def kept(data_dir: Path, name: str) -> str:
    """The secret called `name`: from the environment variable of that name, else made once and kept.

    Raises Problem when the data folder cannot be written.
    """
    given = os.environ.get(name)
    if given:
        return given
    path = data_dir / "secrets" / name.lower()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write_privately(path, secrets.token_urlsafe(32))
        return path.read_text().strip()
    except OSError as error:
        raise Problem(f"数据目录 {data_dir} 写不进去：{error}。 The data folder cannot be written.") from error


def _write_privately(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
