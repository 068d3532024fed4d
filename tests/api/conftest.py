"""One desk process for all API tests, over a fake Rasa; each test uses senders and numbers of its own, or resets."""

from collections.abc import Iterator

import pytest

from desk.records import db
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, FakeRasa]]:
    fake = FakeRasa().start()
    desk = Desk(tmp_path_factory.mktemp("desk"), fake.port, AFTERCARE_NOW="2026-11-21T10:00:00+08:00").start()
    yield desk, fake
    desk.stop()
    fake.stop()


@pytest.fixture
def assistant(_running: tuple[Desk, FakeRasa]) -> FakeRasa:
    """The fake Rasa behind `desk`."""
    _running[1].reset()
    return _running[1]


@pytest.fixture
def desk(_running: tuple[Desk, FakeRasa], assistant: FakeRasa) -> Iterator[Desk]:
    """The running desk, emptied; `db` of this process sees its database."""
    desk = _running[0]
    db.use(f"sqlite:///{desk.environment['AFTERCARE_DATA_DIR']}/aftercare.db")
    assert desk.call("POST", "/test/reset", json={}).json()["reset"]
    assert desk.call("PUT", "/test/clock", json={"now": "2026-11-21T10:00:00+08:00"}).ok
    yield desk
    db.use(None)
