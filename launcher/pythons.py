"""Find the Python interpreters that the two environments need."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from launcher.problem import Problem

RASA = ((3, 10),)
DESK = ((3, 11), (3, 12), (3, 13))

_ASK_VERSION = "import sys; print(sys.executable, *sys.version_info[:2])"


def find(versions: tuple[tuple[int, int], ...]) -> Path:
    """The interpreter of the first of `versions` that this machine has. Raises Problem if it has none."""
    for version in versions:
        for candidate in _candidates(version):
            if _version_of(candidate) == version:
                return candidate
    raise Problem(_advice(versions[0]))


def _candidates(version: tuple[int, int]) -> Iterator[Path]:
    name = f"python{version[0]}.{version[1]}"
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    if pyenv.is_dir():
        yield from sorted(pyenv.glob(f"{version[0]}.{version[1]}.*/bin/python"), reverse=True)
    from_uv = _uv_find(version)
    if from_uv:
        yield from_uv
    current = shutil.which("python3")
    if current:
        yield Path(current)


def _uv_find(version: tuple[int, int]) -> Path | None:
    uv = shutil.which("uv")
    if not uv:
        return None
    command = [uv, "python", "find", "--no-project", f"{version[0]}.{version[1]}"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return Path(found.stdout.strip()) if found.returncode == 0 and found.stdout.strip() else None


def _version_of(python: Path) -> tuple[int, int] | None:
    try:
        told = subprocess.run([str(python), "-c", _ASK_VERSION], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    words = told.stdout.split()
    return (int(words[-2]), int(words[-1]))


def _advice(version: tuple[int, int]) -> str:
    wanted = f"{version[0]}.{version[1]}"
    return (
        f"没有找到 Python {wanted}。 Python {wanted} was not found.\n"
        f"  任选一种安装方式，再重新运行 (install it in one of these ways, then run the command again):\n"
        f"    uv python install {wanted}\n"
        f"    pyenv install {wanted}\n"
        f"    sudo apt-get install python{wanted} python{wanted}-venv"
    )
