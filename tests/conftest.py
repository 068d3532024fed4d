"""What all tests share: a migrated database of each kind, and a clock that stands where the test wants it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from desk import time
from desk.records import clear, db, schema
from desk.talk import engine
from tests import postgres
from tests.fakes.desk import pointed_at, running_engine
from tests.fakes.rasa_server import FakeRasa


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of this test session, dropped at its end."""
    with postgres.server() as server, postgres.own_database(server) as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def _migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'aftercare.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    schema.upgrade(url)
    return url


@pytest.fixture
def database(_migrated: str) -> Iterator[str]:
    """The URL of a migrated, empty database that desk.records.db uses; each test runs once on each kind."""
    db.use(_migrated)
    with db.transaction() as session:
        clear.everything(session)
    yield _migrated
    db.use(None)


@pytest.fixture(scope="session")
def _empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, to be copied: migrating takes far longer."""
    path = tmp_path_factory.mktemp("empty") / "aftercare.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def clean_database(tmp_path: Path, _empty_file: Path) -> Iterator[str]:
    """As `database`, on SQLite only: for tests whose subject is not the database."""
    url = f"sqlite:///{shutil.copy(_empty_file, tmp_path / 'aftercare.db')}"
    db.use(url)
    yield url
    db.use(None)


@pytest.fixture
def pinned_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], datetime]]:
    """Set the clock: `pinned_clock("2026-11-21T10:00:00+08:00")`. It starts at that instant and runs on from there."""
    monkeypatch.setenv("AFTERCARE_NOW", "2026-11-21T10:00:00+08:00")

    def to(instant: str) -> datetime:
        time.pin(datetime.fromisoformat(instant))
        return time.now()

    to("2026-11-21T10:00:00+08:00")
    yield to
    time.unpin()


@pytest.fixture(scope="session")
def _fake_rasa() -> Iterator[FakeRasa]:
    fake = FakeRasa().start()
    yield fake
    fake.stop()


@pytest.fixture
def assistant(_fake_rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRasa]:
    """The fake Rasa that this process asks."""
    _fake_rasa.reset()
    with pointed_at(_fake_rasa, monkeypatch):
        yield _fake_rasa


@pytest.fixture
def talk(clean_database: str, assistant: FakeRasa) -> Iterator[engine.Engine]:
    """A running engine over SQLite."""
    with running_engine() as started:
        yield started
