"""Worked cases: every field of the answer that the case names."""

import json
from pathlib import Path
from typing import Any

import pytest

from desk.rules.calendars import default_calendar
from desk.rules.sla import answer_request
from desk.rules.warranty import decide, default_policy, parse_input

HERE = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [pytest.param(case, id=f"{case['id']} {case['title']}") for case in map(json.loads, lines)]


@pytest.mark.parametrize("case", cases("warranty.jsonl"))
def test_warranty(case: dict[str, Any]) -> None:
    answer = decide(parse_input(case["input"]), default_policy(), default_calendar()).to_dict()

    assert {name: answer.get(name) for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", cases("sla.jsonl"))
def test_deadlines(case: dict[str, Any]) -> None:
    answer = answer_request(case["request"])

    assert {name: answer.get(name) for name in case["expected"]} == case["expected"]
    assert case["after_breach"] is None or answer["after_breach"] == case["after_breach"]
