"""Character n-gram tf-idf that persists as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

_LONGEST = 4


@dataclass(frozen=True)
class Ngrams:
    """The n-grams known from training, in a fixed order, and the inverse document frequency of each."""

    index: dict[str, int]
    idf: np.ndarray

    @classmethod
    def fit(cls, texts: Sequence[str], min_count: int = 2) -> Ngrams:
        """Learn the n-grams that occur in at least `min_count` texts."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(_grams(text)))
        kept = sorted(gram for gram, count in counts.items() if count >= min_count)
        idf = np.array([np.log((1 + len(texts)) / (1 + counts[gram])) + 1 for gram in kept], dtype=np.float32)
        return cls({gram: position for position, gram in enumerate(kept)}, idf)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """One row a text: sublinear tf times idf, of length 1."""
        indices: list[int] = []
        values: list[float] = []
        ends = [0]
        for text in texts:
            counts = Counter(self.index[gram] for gram in _grams(text) if gram in self.index)
            columns = sorted(counts)
            row = self.idf[columns] * (1 + np.log([counts[column] for column in columns])) if columns else []
            length = float(np.linalg.norm(row)) or 1.0
            indices += columns
            values += [float(value) / length for value in row]
            ends.append(len(indices))
        return csr_matrix((np.array(values, dtype=np.float32), indices, ends), shape=(len(texts), len(self.index)))


def _grams(text: str) -> Iterator[str]:
    marked = f"^{text}$"
    for length in range(1, _LONGEST + 1):
        for start in range(len(marked) - length + 1):
            yield marked[start : start + length]
