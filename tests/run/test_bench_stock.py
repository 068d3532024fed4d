"""The stock project that the benchmark compares with: complete, and the same kind of work as ours."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import corpus, drive, stock

Project = dict[str, Any]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Its files, by name."""
    folder = tmp_path_factory.mktemp("stock")
    stock.write(folder, corpus.training_data(), corpus.intents(), actions_port=1)
    assert (folder / "actions.py").is_file()
    return {str(path.relative_to(folder)): yaml.safe_load(path.read_text()) for path in folder.rglob("*.yml")}


def test_rules_and_stories_name_what_the_domain_knows(project: Project) -> None:
    domain = project["domain.yml"]
    known = {*domain["responses"], *domain["actions"], *domain["forms"]}
    steps = list(_steps(project))
    assert {step["action"] for step in steps if "action" in step} <= known
    assert {step["intent"] for step in steps if "intent" in step} <= {*domain["intents"], "nlu_fallback"}


def test_every_intent_is_answered(project: Project) -> None:
    begun = {rule["steps"][0].get("intent") for rule in project["data/rules.yml"]["rules"]}
    assert begun >= {*corpus.intents(), "nlu_fallback"} - {"restart"}


def test_the_fault_opens_a_form_with_actions(project: Project) -> None:
    assert project["domain.yml"]["forms"][stock.FORM]["required_slots"] == list(stock.ASKED)
    actions = Path(stock.ACTIONS).read_text()
    assert all(f'"{name}"' in actions for name in project["domain.yml"]["actions"])
    assert project["endpoints.yml"]["action_endpoint"]["url"] == "http://127.0.0.1:1/webhook"
    assert "tracker_store" not in project["endpoints.yml"]


def test_customers_use_other_words_but_tell_the_same() -> None:
    told = [drive.conversation(random.Random(number)) for number in range(20)]
    assert len({tuple(lines) for lines in told}) > 15
    assert {len(lines) for lines in told} == {len(drive.CONVERSATION)}
    assert not any("{" in line for lines in told for line in lines)


def test_customers_who_only_ask_are_answered_by_texts_alone(project: Project) -> None:
    asked = drive.questions(random.Random(1))
    assert len(asked) == len(drive.CONVERSATION)
    rules = {
        rule["steps"][0].get("intent"): rule["steps"][1]["action"]
        for rule in project["data/rules.yml"]["rules"]
        if "condition" not in rule
    }
    assert all(rules[intent] == f"utter_{intent}" for intent in drive._ANSWERED)


def _steps(project: Project) -> Iterator[dict[str, Any]]:
    for part in (*project["data/rules.yml"]["rules"], *project["data/stories.yml"]["stories"]):
        yield from part["steps"]
