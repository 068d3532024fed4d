from pathlib import Path

import pytest

from bot.nlu import data, lint
from bot.nlu.data import Span, Utterance

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def training():
    return data.read_training(ROOT / "data/nlu")


def test_the_same_words_with_another_intent_are_a_contradiction():
    pair = [Utterance("取消吧", "cancel_ticket"), Utterance("取消吧！", "deny")]
    assert len(list(lint.contradictions(pair))) == 1
    assert not list(lint.contradictions(pair[:1] * 2))


def test_almost_the_same_is_a_near_duplicate():
    pair = [
        Utterance("我家的空调不制冷了怎么办", "report_fault"),
        Utterance("我家的空调不制冷了怎么办呀", "report_fault"),
    ]
    assert len(list(lint.near_duplicates(pair))) == 1


def test_leaks_are_found():
    assert len(list(lint.leaks([Utterance("我家的空调不制冷", "x")], [Utterance("我家的空调不制冷！", "x")]))) == 1


def test_wrong_labels_are_found():
    wrong = [Utterance("空调", "no_intent", (Span("no_entity", 0, 9), Span("product_type", 1, 2)))]
    assert len(list(lint.wrong_labels(wrong, {"greet"}, {"product_type"}))) == 4


def test_our_training_data_are_sound(training):
    assert not list(lint.contradictions(training))
    assert not list(lint.wrong_labels(training, *lint.known_labels(ROOT / "domain.yml")))


def test_our_training_data_hold_nothing_held_out(training):
    held_out = data.read_labelled(ROOT / "tests/understanding/held_out.jsonl")
    assert len(list(lint.leaks(training, held_out))) <= 5, "short phrases that anybody says may coincide, sentences not"
