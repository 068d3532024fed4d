"""The classifier: kernel ridge regression, kept as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve
from scipy.sparse import csr_matrix

_AXES = 256
_RIDGE = 0.2


@dataclass(frozen=True)
class Shares:
    """What each kind of likeness counts: of sentence vectors (0 to 1 a pair) and of n-grams (cosine)."""

    vectors: float = 1.0
    ngrams: float = 0.5


USUAL = Shares()


@dataclass(frozen=True)
class Head:
    """Scores a text by its likeness to every training text (the anchors).

    Vectors are alike by a Gaussian of their distance along the main axes of the training vectors; n-grams by their
    cosine, which makes that part linear.
    """

    axes: np.ndarray
    origin: np.ndarray
    anchors: np.ndarray
    anchor_sizes: np.ndarray
    anchor_weights: np.ndarray
    ngram_weights: np.ndarray

    @classmethod
    def fit(cls, vectors: np.ndarray, counts: csr_matrix, targets: np.ndarray, shares: Shares = USUAL) -> Head:
        """Train on texts (rows) whose `targets` are about 1 for what a text means and 0 for what not."""
        axes, origin = _main_axes(vectors)
        anchors = (vectors @ axes - origin).astype(np.float32)
        sizes = (anchors**2).sum(axis=1)
        likeness = _gaussian(anchors, anchors, sizes)
        likeness *= shares.vectors
        likeness += shares.ngrams * (counts @ counts.T).toarray()
        likeness[np.diag_indices_from(likeness)] += _RIDGE
        weights = solve(likeness, targets.astype(np.float32), assume_a="pos", overwrite_a=True)
        return cls(axes, origin, anchors, sizes, shares.vectors * weights, shares.ngrams * (counts.T @ weights))

    def scores(self, vectors: np.ndarray, counts: csr_matrix) -> np.ndarray:
        """Shape (texts, labels); like the targets."""
        near = _gaussian(vectors @ self.axes - self.origin, self.anchors, self.anchor_sizes)
        return near @ self.anchor_weights + counts @ self.ngram_weights


def _main_axes(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A projection to the main axes of the standardised vectors, scaled so that distances do not depend on size."""
    spread = vectors.std(axis=0)
    spread = np.maximum(spread, 0.1 * spread.mean() + 1e-9)
    standard = (vectors - vectors.mean(axis=0)) / spread
    _, directions = np.linalg.eigh(standard.T @ standard / len(standard))
    axes = directions[:, ::-1][:, :_AXES] / spread[:, None] / np.sqrt(vectors.shape[1])
    return axes.astype(np.float32), (vectors.mean(axis=0) @ axes).astype(np.float32)


def _gaussian(ones: np.ndarray, others: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """exp(-distance²) of each pair; `sizes` are the squared lengths of `others`."""
    distances = ones @ others.T
    distances *= -2
    distances += (ones**2).sum(axis=1)[:, None]
    distances += sizes
    np.maximum(distances, 0, out=distances)
    np.negative(distances, out=distances)
    return np.exp(distances, out=distances)


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Row-wise, without overflow."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
