"""The held-out utterances are well formed: what is measured on them is only as good as their labels."""

import collections
import json
from pathlib import Path

import pytest

from desk.language.emergency import sounds_dangerous


def read(name: str) -> list[dict]:
    """The rows of a file beside this one."""
    return [json.loads(line) for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()]


FIRST, SECOND, THIRD = (read(f"held_out{number}.jsonl") for number in ("", "_2", "_3"))
ROWS = FIRST + SECOND + THIRD

INTENTS = set(
    "greet goodbye thank affirm deny bot_challenge ask_capabilities restart out_of_scope report_fault report_emergency "
    "ask_how_to ask_warranty ask_policy request_return_exchange ask_price ask_service_info book_visit change_visit "
    "check_ticket urge_ticket add_to_ticket cancel_ticket report_unresolved complain rate_service talk_to_human "
    "request_callback inform dont_know ask_why".split()
)
ENTITIES = set(
    "product_type brand product_model serial_number fault_symptom fault_code phone person_name address visit_time "
    "purchase_date ticket_number order_number part".split()
)
REGISTERS = set(
    "colloquial typo dialect traditional asr mixed_en emoji negation two_intent short long formal no_punct emotional "
    "attack".split()
)
KEYS = {"id", "text", "intent", "secondary_intent", "alt_intents", "register", "entities"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_row(row: dict) -> None:
    assert set(row) == KEYS
    assert row["text"] == row["text"].strip() != ""
    assert {row["intent"], *row["alt_intents"]} <= INTENTS
    assert row["secondary_intent"] is None or row["secondary_intent"] in INTENTS
    assert row["intent"] not in {row["secondary_intent"], *row["alt_intents"]}
    assert row["register"] in REGISTERS
    end = 0
    for entity in row["entities"]:
        assert entity["entity"] in ENTITIES
        assert row["text"][entity["start"] : entity["end"]] == entity["value"] != ""
        assert entity["start"] >= end, "entities are in order and do not overlap"
        end = entity["end"]
        assert entity["value"] not in {"机器", "东西", "设备"}


def test_utterances_are_all_different() -> None:
    assert len({row["id"] for row in ROWS}) == len({row["text"] for row in ROWS}) == len(ROWS)


def test_two_intents_have_two() -> None:
    assert all(row["secondary_intent"] for row in ROWS if row["register"] == "two_intent")


@pytest.mark.parametrize("rows", [FIRST, SECOND, THIRD], ids=["first", "second", "third"])
def test_every_intent_register_and_entity(rows: list[dict]) -> None:
    assert {row["intent"] for row in rows} == INTENTS
    assert {row["register"] for row in rows} == REGISTERS
    assert {entity["entity"] for row in rows for entity in row["entities"]} == ENTITIES


def test_counts() -> None:
    intents = collections.Counter(row["intent"] for row in FIRST)
    assert (len(FIRST), len(SECOND), len(THIRD)) == (500, 389, 333)
    assert min(intents.values()) >= 10
    assert (intents["report_fault"], intents["report_emergency"]) == (60, 40)
    assert (intents["inform"], intents["out_of_scope"]) == (35, 40)


def test_the_first_guard_hears_every_emergency() -> None:
    rows = FIRST + SECOND
    heard = {row["id"] for row in rows if sounds_dangerous(row["text"])}
    dangers = {row["id"] for row in rows if row["intent"] == "report_emergency"}
    assert dangers <= heard
    assert len(heard - dangers) <= 6
