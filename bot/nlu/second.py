"""The second wish of a message, if it has one: learned from the examples with `metadata: {secondary: …}`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

_CANDIDATES = 4
_HARMLESS_PER_WISH = 6
_LEAST = -8.0
_SURE = -1.0


@dataclass(frozen=True)
class SecondWish:
    """A logistic regression over what the whole message and its clauses say of a candidate intent."""

    weights: np.ndarray
    bias: float

    @classmethod
    def fit(cls, whole: np.ndarray, clauses: Sequence[np.ndarray], first: np.ndarray, second: np.ndarray) -> SecondWish:
        """Train on messages of several clauses: log-probabilities of the whole (messages, labels) and of its clauses.

        `first`, `second` are columns of the true intents, -1 for none.
        """
        chance = np.random.default_rng(0)
        wishes = np.flatnonzero(second >= 0)
        alone = chance.permutation(np.flatnonzero(second < 0))[: _HARMLESS_PER_WISH * len(wishes)]
        features, truths = [], []
        for row in [*wishes, *alone]:
            for candidate in {*_candidates(whole[row], clauses[row], first[row]), second[row]} - {-1, first[row]}:
                features.append(_features(whole[row], clauses[row], first[row], candidate))
                truths.append(candidate == second[row])
        if not any(truths):
            return cls.never()
        model = LogisticRegression(C=1.0, max_iter=2000).fit(features, truths)
        return cls(model.coef_[0], float(model.intercept_[0]))

    @classmethod
    def never(cls) -> SecondWish:
        """One that finds no second wish."""
        return cls(np.zeros(0), -9.0)

    def find(self, whole: np.ndarray, clauses: np.ndarray, first: int) -> tuple[int, float]:
        """The likeliest second intent (a column) and its probability, for a message of two clauses or more."""
        candidates = _candidates(whole, clauses, first)
        if not len(self.weights):
            return candidates[0], 0.0
        features = np.array([_features(whole, clauses, first, each) for each in candidates])
        scores = features @ self.weights + self.bias
        best = int(scores.argmax())
        return candidates[best], float(1 / (1 + np.exp(-scores[best])))


def _candidates(whole: np.ndarray, clauses: np.ndarray, first: int) -> list[int]:
    ranked = [*np.argsort(-whole)[: _CANDIDATES + 1], *np.argsort(-clauses.max(axis=0))[:_CANDIDATES]]
    return [column for column in dict.fromkeys(map(int, ranked)) if column != first]


def _features(whole: np.ndarray, clauses: np.ndarray, first: int, candidate: int) -> list[float]:
    """A clause that is surely the candidate's and not the first intent's speaks for it; some intents are rarely second.

    Ends with one place for each label as candidate, and one for each as first intent.
    """
    mine = int(clauses[:, candidate].argmax())
    rival = np.delete(whole, first).max()
    elsewhere = np.delete(clauses, mine, axis=0)[:, first].max()
    chances = [whole[candidate], whole[first], whole[candidate] - rival, clauses[mine, candidate]]
    chances += [clauses[mine, first], elsewhere, clauses[mine].max()]
    places = np.zeros((2, len(whole)))
    places[0, candidate] = places[1, first] = 1
    return [
        *(max(float(each), _LEAST) for each in chances),
        float(candidate == clauses[mine].argmax()),
        float(clauses[mine, candidate] > _SURE),
        float(mine == len(clauses) - 1),
        float(len(clauses)),
        float(len(set(clauses.argmax(axis=1)))),
        *places.ravel(),
    ]


def columns(labels: Sequence[str], names: Sequence[str | None]) -> np.ndarray:
    """The column of each name; -1 for None and for what is no label."""
    places = {label: at for at, label in enumerate(labels)}
    return np.array([places.get(name, -1) if name else -1 for name in names])
