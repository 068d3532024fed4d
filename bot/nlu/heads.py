"""Linear classifiers that persist as plain arrays."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

_ROUNDS = 60


@dataclass(frozen=True)
class Head:
    """Scores are `features @ weights + bias`, a column for each label in sorted order."""

    weights: np.ndarray
    bias: np.ndarray

    def log_probabilities(self, features: np.ndarray | csr_matrix) -> np.ndarray:
        """Shape (rows, labels); the exponentials of each row sum to 1."""
        return log_softmax(features @ self.weights + self.bias)


def fit_on_vectors(vectors: np.ndarray, labels: Sequence[str]) -> Head:
    """Multinomial logistic regression on standardised vectors."""
    centre, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-9
    model = LogisticRegression(C=0.01, max_iter=_ROUNDS, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last rounds change nothing that matters
        model.fit(((vectors - centre) / spread).astype(np.float32), labels)
    weights = model.coef_.T / spread[:, None]
    return Head(weights.astype(np.float32), (model.intercept_ - centre @ weights).astype(np.float32))


def fit_on_counts(counts: csr_matrix, labels: Sequence[str], strength: float = 0.3) -> Head:
    """A linear support vector machine for sparse n-grams. Its margins are tripled to resemble log-probabilities."""
    model = LinearSVC(C=strength, random_state=0).fit(counts, labels)
    return Head((3 * model.coef_.T).astype(np.float32), (3 * model.intercept_).astype(np.float32))


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Row-wise, without overflow."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
