import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.nlu.heads import Head, Shares
from bot.nlu.intent_model import fit_sharpness, targets_of

LABELS = ["ask_price", "complain", "report_fault"]


@pytest.fixture(scope="module")
def clouds():
    """Two clouds of vectors, each with an n-gram of its own."""
    chance = np.random.default_rng(0)
    vectors = np.concatenate([chance.normal(-1, 0.5, (20, 8)), chance.normal(1, 0.5, (20, 8))]).astype(np.float32)
    counts = csr_matrix(np.repeat(np.eye(2, dtype=np.float32), 20, axis=0))
    return vectors, counts


@pytest.mark.parametrize("shares", [Shares(), Shares(1.0, 0.0), Shares(0.0, 1.0)])
def test_each_part_tells_the_clouds_apart(clouds, shares):
    vectors, counts = clouds
    targets = np.repeat(np.array([[1, -1], [-1, 1]], dtype=np.float32), 20, axis=0)
    scores = Head.fit(vectors, counts, targets, shares).scores(vectors, counts)
    assert (scores.argmax(axis=1) == targets.argmax(axis=1)).all()


def test_what_is_like_nothing_known_scores_low(clouds):
    vectors, counts = clouds
    targets = np.repeat(np.array([[1, -1], [-1, 1]], dtype=np.float32), 20, axis=0)
    head = Head.fit(vectors, counts, targets)
    strange = head.scores(np.full((1, 8), 100, dtype=np.float32), csr_matrix((1, 2), dtype=np.float32))
    assert np.abs(strange).max() < 0.01


def test_targets_name_the_second_wish(clouds):
    targets = targets_of(LABELS, ["report_fault", "complain"], ["ask_price", None])
    assert targets.argmax(axis=1).tolist() == [2, 1]
    assert 0 < targets[0, 0] < 1 and targets[0, 1] < 0 and (targets[1, [0, 2]] < 0).all()


def test_sharpness_is_low_where_scores_often_err():
    chance = np.random.default_rng(0)
    truth = chance.integers(0, 3, 300)
    sure = np.eye(3)[truth]
    wrong = np.where(chance.random(300) < 0.4, chance.integers(0, 3, 300), truth)
    assert fit_sharpness(np.eye(3)[wrong], truth) < fit_sharpness(sure, truth)
