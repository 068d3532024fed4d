"""One running product for all end-to-end tests; each test empties it first."""

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.e2e.product import Product, running
from tests.fakes.receivers import WEBHOOK_SECRET, Receiver, receiver


@pytest.fixture(scope="session")
def colleagues() -> Iterator[Receiver]:
    """Where messages to colleagues arrive."""
    with receiver() as started:
        yield started


@pytest.fixture(scope="session")
def product(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, colleagues: Receiver
) -> Iterator[Product]:
    """The product with a clock that tests move."""
    settings = {
        "AFTERCARE_NOW": "2026-11-21T10:00:00+08:00", "AFTERCARE_NOTIFY_WEBHOOK_URL": colleagues.url("/hook"),
        "AFTERCARE_NOTIFY_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    if request.config.getoption("database") == "postgresql":
        with postgres.server() as server, postgres.own_database(server) as url:
            with running(tmp_path_factory.mktemp("product"), **settings, AFTERCARE_DATABASE_URL=url) as started:
                yield started
        return
    with running(tmp_path_factory.mktemp("product"), **settings) as started:
        yield started
