"""The whole product on PostgreSQL, with processes of their own for actions and clock: one customer of each kind."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.player import check, play, transcript
from tests.e2e.product import Product, running
from tests.e2e.test_scenarios import BY_FILE

ONE_OF_EACH = [scenarios[0] for scenarios in BY_FILE]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Product]:
    settings = {"AFTERCARE_NOW": "2026-11-21T10:00:00+08:00", "AFTERCARE_DATABASE_URL": postgres_url}
    with running(tmp_path_factory.mktemp("product"), **settings) as started:
        yield started


@pytest.mark.parametrize("scenario", ONE_OF_EACH, ids=[scenario["id"] for scenario in ONE_OF_EACH])
def test_scenario(product: Product, scenario: dict[str, Any]) -> None:
    played = play(product, scenario)
    wrong = check(product, scenario, played)
    assert not wrong, f"{scenario['title']}: {'; '.join(wrong)}\n{transcript(played)}"
