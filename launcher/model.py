"""The trained model: trained when its inputs have changed, kept by their hash, shared by all runs."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from launcher.environments import PROJECT, RASA
from launcher.problem import Problem
from launcher.progress import say, step
from launcher.settings import cache_dir, data_dir

_FILES = ("config.yml", "domain.yml", "requirements/rasa.txt")
_FOLDERS = ("data", "bot/nlu", "desk/language")
_OTHER = ("bot/policy.py", "bot/train.py")
_KEPT = 8


def ensure() -> Path:
    """The model that AFTERCARE_MODEL names, else that of the present inputs, trained if it is not there.

    Raises Problem when there is no such file or training fails.
    """
    chosen = os.environ.get("AFTERCARE_MODEL")
    if chosen:
        return _existing(Path(chosen).expanduser().absolute())
    path = location()
    if path.exists():
        os.utime(path)
        return path
    with step("训练模型（内容有变化，约一到三分钟） training the model, one to three minutes"):
        _train(path)
    _drop_old(path.parent)
    return path


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise Problem(f"AFTERCARE_MODEL={path} 不存在。 There is no such model.")
    return path


def location() -> Path:
    """Where the model of the present inputs is, or will be."""
    return cache_dir() / "models" / f"{fingerprint()}.tar.gz"


def fingerprint() -> str:
    """A hash of everything that training reads."""
    digest = hashlib.sha256()
    for path in _inputs():
        digest.update(f"{path.relative_to(PROJECT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    for path in _reviewed():
        digest.update(f"reviewed\0{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def reviewed_folder() -> Path:
    """Training data of this company: messages that its people labelled. It need not be there."""
    return data_dir() / "nlu"


def _reviewed() -> list[Path]:
    return sorted(reviewed_folder().glob("*.yml"))


def _inputs() -> Iterator[Path]:
    for name in (*_FILES, *_OTHER):
        yield PROJECT / name
    for folder in _FOLDERS:
        yield from sorted(path for path in (PROJECT / folder).rglob("*") if _counts(path))


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".md", ".pyc"}


def _train(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    log = path.parent / "training.log"
    command = [str(RASA.python), "-m", "bot.train", "--out", str(path), "--data", str(PROJECT / "data")]
    if _reviewed():
        command.append(str(reviewed_folder()))
    with log.open("wb") as output:
        code = subprocess.run(
            command, cwd=PROJECT, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False
        ).returncode
    if code or not path.exists():
        last = "\n  ".join(log.read_text(errors="replace").strip().splitlines()[-15:])
        raise Problem(f"训练失败，完整输出在 {log}。 Training failed; the whole output is there.\n  {last}")


def _drop_old(folder: Path) -> None:
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in models[_KEPT:]:
        say(f"  删除旧模型 dropping an old model {path.name}")
        path.unlink(missing_ok=True)
