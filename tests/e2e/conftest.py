"""One running product for all end-to-end tests; each test empties it first."""

from collections.abc import Iterator

import pytest

from tests.e2e.product import Product, running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with a clock that tests move."""
    with running(tmp_path_factory.mktemp("product"), AFTERCARE_NOW="2026-11-21T10:00:00+08:00") as started:
        yield started
