"""The second wish of a message, if it has one: learned from the examples with `metadata: {secondary: …}`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

_CANDIDATES = 4
_HARMLESS_PER_WISH = 6


@dataclass(frozen=True)
class SecondWish:
    """A logistic regression over what the whole message and its clauses say of a candidate intent."""

    weights: np.ndarray
    bias: float

    @classmethod
    def fit(
        cls, whole: np.ndarray, clauses: np.ndarray, counts: np.ndarray, first: np.ndarray, second: np.ndarray
    ) -> SecondWish:
        """Train on log-probabilities (messages, labels) of the whole and of the best clause for each label.

        `counts` are numbers of clauses; `first`, `second` are columns of the true intents, -1 for none.
        """
        chance = np.random.default_rng(0)
        alone = np.flatnonzero((second < 0) & (counts > 1))
        chosen = chance.permutation(alone)[: _HARMLESS_PER_WISH * int((second >= 0).sum())]
        rows = np.concatenate([np.flatnonzero(second >= 0), chosen])
        features, truths = [], []
        for row in rows:
            for candidate in {*_candidates(whole[row], clauses[row], first[row]), second[row]} - {-1, first[row]}:
                features.append(_features(whole[row], clauses[row], counts[row], first[row], candidate))
                truths.append(candidate == second[row])
        if not any(truths):
            return cls.never()
        model = LogisticRegression(C=1.0).fit(features, truths)
        return cls(model.coef_[0], float(model.intercept_[0]))

    @classmethod
    def never(cls) -> SecondWish:
        """One that finds no second wish."""
        return cls(np.zeros(_SIZE), -9.0)

    def find(self, whole: np.ndarray, clauses: np.ndarray, count: int, first: int) -> tuple[int, float]:
        """The likeliest second intent (a column) and its probability; -1 and 0 for a message of one clause."""
        if count < 2:
            return -1, 0.0
        candidates = _candidates(whole, clauses, first)
        features = np.array([_features(whole, clauses, count, first, each) for each in candidates])
        scores = features @ self.weights + self.bias
        best = int(scores.argmax())
        return candidates[best], float(1 / (1 + np.exp(-scores[best])))


def _candidates(whole: np.ndarray, clauses: np.ndarray, first: int) -> list[int]:
    ranked = [*np.argsort(-whole)[: _CANDIDATES + 1], *np.argsort(-clauses)[:_CANDIDATES]]
    return [column for column in dict.fromkeys(map(int, ranked)) if column != first]


def _features(whole: np.ndarray, clauses: np.ndarray, count: int, first: int, candidate: int) -> list[float]:
    return [
        max(float(whole[candidate]), -12.0),
        float(whole[first]),
        max(float(clauses[candidate]), -12.0),
        float(clauses[first]),
        min(int(count), 4),
        float(candidate == np.argmax(clauses)),
    ]


_SIZE = len(_features(np.zeros(2), np.zeros(2), 0, 0, 1))


def columns(labels: Sequence[str], names: Sequence[str | None]) -> np.ndarray:
    """The column of each name; -1 for None and for what is no label."""
    places = {label: at for at, label in enumerate(labels)}
    return np.array([places.get(name, -1) if name else -1 for name in names])
