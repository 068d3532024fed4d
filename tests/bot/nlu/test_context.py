import numpy as np

from bot.nlu import context

LABELS = ["affirm", "deny", "goodbye", "inform"]


def test_without_a_question_nothing_shifts():
    assert not context.shift(LABELS, None, True).any()


def test_an_open_question_expects_data():
    shift = context.shift(LABELS, "phone", True)
    assert LABELS[int(np.argmax(shift))] == "inform"
    assert shift[LABELS.index("goodbye")] == 0


def test_a_yes_or_no_question_expects_a_verdict():
    shift = context.shift(LABELS, "confirm", True)
    assert shift[0] == shift[1] > shift[3]
