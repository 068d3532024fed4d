import numpy as np
import pytest

from bot.nlu.ngrams import Ngrams


def test_keeps_what_occurs_in_two_texts():
    ngrams = Ngrams.fit(["空调坏", "空调漏水"])
    assert "空调" in ngrams.index
    assert "^空调" in ngrams.index
    assert "漏水" not in ngrams.index


def test_rows_have_length_one_and_unknown_texts_none():
    ngrams = Ngrams.fit(["空调坏", "空调漏水"])
    known, unknown = ngrams.transform(["空调", "xyz"]).toarray()
    assert np.linalg.norm(known) == pytest.approx(1)
    assert np.linalg.norm(unknown) < 1.001
