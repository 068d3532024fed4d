"""Scripted customers against the running product: what came of it is what should."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.player import check, play, transcript
from tests.e2e.product import Product

FOLDER = Path(__file__).parent / "scenarios"
BY_FILE = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yml"))]
SCENARIOS = [scenario for scenarios in BY_FILE for scenario in scenarios]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario["id"] for scenario in SCENARIOS])
def test_scenario(product: Product, scenario: dict[str, Any]) -> None:
    played = play(product, scenario)
    wrong = check(product, scenario, played)
    assert not wrong, f"{scenario['title']}: {'; '.join(wrong)}\n{transcript(played)}"


def test_scenarios_have_names_of_their_own() -> None:
    names = [scenario["id"] for scenario in SCENARIOS]
    assert len(names) == len(set(names))
