"""The command line on a data folder of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from desk.cli.main import app
from desk.records import db
from desk.settings import settings

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder that commands use."""
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("AFTERCARE_DATABASE_URL", raising=False)
    settings.cache_clear()
    db.use(None)
    yield tmp_path / "var"
    db.use(None)
    settings.cache_clear()


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command: `run("staff", "list")`; what it printed is in `output`."""
    runner = CliRunner()
    return lambda *words, **more: runner.invoke(app, list(words), **more)
