"""What all tests share: a migrated database of each kind, and a clock that stands where the test wants it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from desk import time
from desk.cases import signing_keys
from desk.records import clear, db, schema
from desk.talk import engine
from tests import postgres
from tests.fakes.desk import pointed_at, running_engine
from tests.fakes.rasa_server import FakeRasa


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database postgresql`: every test that needs a database runs on PostgreSQL, not only those that run on each."""
    parser.addoption("--database", choices=["each", "postgresql"], default="each", help="which database tests run on")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of this test session, dropped at its end."""
    with postgres.server() as server, postgres.own_database(server) as url:
        yield url


_NUMBER_FROM_ONE = text("SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def _migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("_migrated_postgres"))
    url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'aftercare.db'}"
    schema.upgrade(url)
    return url


@pytest.fixture
def database(_migrated: str) -> Iterator[str]:
    """The URL of a migrated, empty database that desk.records.db uses; each test runs once on each kind."""
    yield from _emptied(_migrated)


def _emptied(url: str) -> Iterator[str]:
    db.use(url)
    with db.transaction() as session:
        clear.everything(session)
        if session.get_bind().dialect.name == "postgresql":
            session.execute(_NUMBER_FROM_ONE)
    signing_keys._key.cache_clear()  # remembered by the database's address
    yield url
    db.use(None)


@pytest.fixture(scope="session")
def _empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, to be copied: migrating takes far longer."""
    path = tmp_path_factory.mktemp("empty") / "aftercare.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _migrated_postgres(postgres_url: str) -> str:
    schema.upgrade(postgres_url)
    return postgres_url


@pytest.fixture
def clean_database(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """As `database`, on SQLite unless asked otherwise (`--database`): for tests whose subject is not the database."""
    if request.config.getoption("database") == "postgresql":
        yield from _emptied(request.getfixturevalue("_migrated_postgres"))
    else:
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('_empty_file'), tmp_path / 'aftercare.db')}"
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
