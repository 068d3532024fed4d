"""The two Python environments, from hashed locks: `.venv` (everything but Rasa) and `.venv-rasa` (Rasa alone)."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher import pythons
from launcher.problem import Problem
from launcher.progress import step

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = PROJECT / "requirements"
_SHELL = "import bot.light; bot.light.where_tensorflow_is_missing()"
_LEAST_FREE = 3 * 1024**3


@dataclass(frozen=True)
class Environment:
    """A folder with an interpreter, made from a lock; the test lock holds all of the run lock and more."""

    folder: Path
    versions: tuple[tuple[int, int], ...]
    run_lock: Path
    test_lock: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def _stamp(self) -> Path:
        return self.folder / "installed-lock"

    def is_made_from(self, lock: Path) -> bool:
        """Whether it holds what `lock` names (or what the larger test lock names)."""
        if not self._stamp.exists() or not self.python.exists():
            return False
        return self._stamp.read_text() in {_digest(lock), _digest(self.test_lock)}

    def mark(self, lock: Path) -> None:
        """Remember that it was made from `lock`."""
        self._stamp.write_text(_digest(lock))


DESK = Environment(PROJECT / ".venv", pythons.DESK, LOCKS / "desk.txt", LOCKS / "dev.txt")
RASA = Environment(PROJECT / ".venv-rasa", pythons.RASA, LOCKS / "rasa.txt", LOCKS / "rasa-dev.txt")

NODE = Environment(PROJECT / ".venv-node", pythons.DESK, LOCKS / "node.txt", LOCKS / "node.txt")
VOICE = Environment(PROJECT / ".venv-voice", pythons.RASA, LOCKS / "voice.txt", LOCKS / "voice.txt")
STOCK = Environment(PROJECT / ".venv-stock", pythons.RASA, LOCKS / "stock.txt", LOCKS / "stock.txt")


def ensure(for_tests: bool = False) -> None:
    """Make both environments what their locks say. Does nothing when they are so already.

    Raises Problem when a Python is missing, the disk is full, or a package cannot be installed.
    """
    for environment in (DESK, RASA):
        lock = environment.test_lock if for_tests else environment.run_lock
        if not environment.is_made_from(lock):
            with step(f"安装 {environment.folder.name} installing {lock.name}（首次要几分钟 minutes the first time）"):
                _make(environment, lock)
    _link_project()


def ensure_stock() -> None:
    """Make the environment of stock Rasa, TensorFlow included, for benchmarks. Raises Problem."""
    if not STOCK.is_made_from(STOCK.run_lock):
        with step("安装 .venv-stock installing stock Rasa with TensorFlow, 3 GB"):
            _make(STOCK, STOCK.run_lock)


def ensure_voice() -> None:
    """Make the environment of the telephone tests: a voice, a recogniser, a SIP stack. Raises Problem."""
    if not VOICE.is_made_from(VOICE.run_lock):
        with step("安装 .venv-voice installing the telephone tests, 2 GB"):
            _make(VOICE, VOICE.run_lock)


def ensure_node() -> None:
    """Make the environment that holds nothing but Node.js, for machines without one. Raises Problem."""
    if not NODE.is_made_from(NODE.run_lock):
        with step("安装 Node.js（本机没有，约 60 MB） installing Node.js, 60 MB"):
            _make(NODE, NODE.run_lock)


def _make(environment: Environment, lock: Path) -> None:
    _check_disk()
    uv = shutil.which("uv")
    if not environment.python.exists():
        _create(environment, uv)
    _install(environment, lock, uv)
    environment.mark(lock)


def _create(environment: Environment, uv: str | None) -> None:
    python = pythons.find(environment.versions)
    command = [uv, "venv", "--quiet", "--python", str(python)] if uv else [str(python), "-m", "venv", "--clear"]
    _run([*command, str(environment.folder)], f"{environment.folder.name} 建不起来。could not be created")


def _install(environment: Environment, lock: Path, uv: str | None) -> None:
    # Locks are complete, so nothing is resolved here; Rasa's lock leaves TensorFlow out on purpose.
    python = str(environment.python)
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", python, "--compile-bytecode"]
    else:
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([*command, "--no-deps", "--require-hashes", "-r", str(lock)], f"{lock.name} 安装失败。could not be installed")


def _run(command: list[str], complaint: str) -> None:
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = (done.stderr or done.stdout).strip().splitlines()[-12:]
    if "No space left on device" in done.stderr:
        raise Problem(_disk_full())
    raise Problem("\n  ".join([f"{complaint}: {' '.join(command[:4])} …", *said]))


def _check_disk() -> None:
    if shutil.disk_usage(PROJECT).free < _LEAST_FREE:
        raise Problem(_disk_full())


def _disk_full() -> str:
    free = shutil.disk_usage(PROJECT).free / 1024**3
    return (
        f"磁盘空间不够：{PROJECT} 所在磁盘只剩 {free:.1f} GB，需要 3 GB。\n"
        f"  The disk is full: {free:.1f} GB are free where the project is, 3 GB are needed. Make room and run it again."
    )


def _link_project() -> None:
    """Let both environments import the project, and give `.venv` its command `aftercare`."""
    _write(_site_packages(DESK) / "aftercare.pth", f"{PROJECT}\n")
    _write(_site_packages(RASA) / "aftercare.pth", f"{PROJECT}\n{_SHELL}\n")
    command = DESK.folder / "bin" / "aftercare"
    _write(command, f"#!{DESK.python}\nimport sys\n\nfrom desk.cli.main import app\n\nsys.exit(app())\n")
    command.chmod(0o755)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _site_packages(environment: Environment) -> Path:
    return next((environment.folder / "lib").glob("python3.*/site-packages"))


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()
