"""The scripts of the website: built when their sources have changed, and a build that fails is told."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from launcher import environments, widget
from launcher.problem import Problem


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The widget's sources in a folder of their own, with the modules of the real one."""
    folder = tmp_path / "widget"
    shutil.copytree(widget.WIDGET, folder, ignore=shutil.ignore_patterns("node_modules", "dist", ".build-*"))
    (folder / "node_modules").symlink_to(widget.WIDGET / "node_modules")
    monkeypatch.setattr(widget, "WIDGET", folder)
    monkeypatch.setattr(widget, "DIST", folder / "dist")
    monkeypatch.setattr(widget, "_MODULES", folder / "node_modules")
    return folder


def test_it_is_built_once_for_the_same_sources(copy: Path) -> None:
    built = widget.ensure() / "aftercare-chat.js"
    first = built.stat().st_mtime_ns
    assert b"aftercare-chat" in built.read_bytes()
    widget.ensure()
    assert built.stat().st_mtime_ns == first
    source = copy / "src" / "chat" / "texts.ts"
    source.write_text(f"{source.read_text('utf-8')}// more\n", "utf-8")
    widget.ensure()
    assert built.stat().st_mtime_ns > first


def test_a_build_that_fails_is_told_and_leaves_the_old_one(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built = widget.ensure() / "aftercare-chat.js"
    before = built.read_bytes()
    (copy / "src" / "chat" / "main.ts").write_text("import './nowhere';\n")
    with pytest.raises(Problem, match="nowhere"):
        widget.ensure()
    widget.ensure_or_say()
    assert "其余功能照常启动" in capsys.readouterr().out
    assert built.read_bytes() == before


def test_an_old_node_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v16.20.2\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    def no_network() -> None:
        raise Problem("offline")

    monkeypatch.setattr(environments, "ensure_node", no_network)
    with pytest.raises(Problem, match="offline"):
        widget.find_node()
