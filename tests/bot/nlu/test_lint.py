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


def test_a_part_that_is_changed_and_not_annotated_is_found():
    bare, annotated = Utterance("换了滤芯还漏", "report_unresolved"), (Span("part", 2, 4),)
    assert list(lint.bare_parts([bare], ROOT / "data/tables")) == [("换了滤芯还漏", "滤芯")]
    assert not list(lint.bare_parts([Utterance(bare.text, bare.intent, annotated)], ROOT / "data/tables"))


def test_a_word_that_is_nearly_always_annotated_is_shown_where_it_is_not():
    named = [Utterance(f"{lead}空调", "inform", (Span("product_type", 1, 3),)) for lead in "我他她你它"]
    assert list(lint.forgotten([*named, Utterance("空调", "inform")])) == ["product_type 空调: inform: 空调"]


def test_leaks_are_found():
    assert len(list(lint.leaks([Utterance("我家的空调不制冷", "x")], [Utterance("我家的空调不制冷！", "x")]))) == 1


def test_wrong_labels_are_found():
    wrong = [Utterance("空调", "no_intent", (Span("no_entity", 0, 9), Span("product_type", 1, 2)))]
    assert len(list(lint.wrong_labels(wrong, {"greet"}, {"product_type"}))) == 4


def test_our_training_data_are_sound(training):
    assert not list(lint.contradictions(training))
    assert not list(lint.wrong_labels(training, *lint.known_labels(ROOT / "domain.yml")))

    assert not list(lint.bare_parts(training, ROOT / "data/tables"))


@pytest.mark.parametrize("name", ["held_out", "held_out_2", "held_out_3"])
def test_our_training_data_hold_nothing_held_out(training, name):
    held_out = data.read_labelled(ROOT / f"tests/understanding/{name}.jsonl")
    assert len(list(lint.leaks(training, held_out))) <= 5, "short phrases that anybody says may coincide, sentences not"
