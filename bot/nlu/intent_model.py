"""Intent probabilities of a text: linear heads on sentence vectors and on character n-grams, blended and calibrated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.model_selection import StratifiedKFold

from bot.nlu import encoder as encoders
from bot.nlu import heads
from bot.nlu.encoder import Encoder
from bot.nlu.heads import Head
from bot.nlu.ngrams import Ngrams
from bot.nlu.normal import for_encoder, for_ngrams

_FOLDS = 3


@dataclass(frozen=True)
class Inputs:
    """What the heads read of some texts: a vector and the n-gram form of each."""

    vectors: np.ndarray
    texts: list[str]

    def take(self, rows: np.ndarray) -> Inputs:
        return Inputs(self.vectors[rows], [self.texts[row] for row in rows])


@dataclass(frozen=True)
class IntentModel:
    """A trained model; `labels` name the columns of every array of probabilities.

    `blend` weighs the heads (vectors, n-grams). Its size also sets the temperature, so probabilities are calibrated.
    """

    labels: list[str]
    encoder: Encoder
    ngrams: Ngrams
    on_vectors: Head
    on_counts: Head
    blend: np.ndarray

    @classmethod
    def fit_inputs(cls, inputs: Inputs, intents: np.ndarray, encoder: Encoder, blend: np.ndarray) -> IntentModel:
        """Train the heads on what is already encoded."""
        ngrams = Ngrams.fit(inputs.texts)
        return cls(
            sorted(set(intents)),
            encoder,
            ngrams,
            heads.fit_on_vectors(inputs.vectors, intents),
            heads.fit_on_counts(ngrams.transform(inputs.texts), intents),
            np.asarray(blend, dtype=np.float64),
        )

    def log_probabilities(self, inputs: Inputs) -> np.ndarray:
        """Shape (texts, labels)."""
        on_vectors, on_counts = self.parts(inputs)
        return heads.log_softmax(self.blend[0] * on_vectors + self.blend[1] * on_counts)

    def parts(self, inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
        """Log-probabilities of each head alone."""
        counts = self.ngrams.transform(inputs.texts)
        return self.on_vectors.log_probabilities(inputs.vectors), self.on_counts.log_probabilities(counts)

    def clause_log_probabilities(self, clauses: Sequence[str]) -> np.ndarray:
        """For each label that of the clause which suits it best, by n-grams alone; shape (labels,)."""
        return self.on_counts.log_probabilities(self.ngrams.transform(clauses)).max(axis=0)

    def read(self, text: str) -> Inputs:
        """One text as the heads read it."""
        return Inputs(self.encoder.encode(for_encoder(text))[None], [for_ngrams(text)])

    def save(self, folder: Path) -> None:
        """Write the model as JSON and NumPy files, nothing that runs code when read."""
        facts = {"labels": self.labels, "encoder": self.encoder.name, "ngrams": list(self.ngrams.index)}
        (folder / "intents.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "intents.npz",
            idf=self.ngrams.idf,
            vector_weights=self.on_vectors.weights,
            vector_bias=self.on_vectors.bias,
            count_weights=self.on_counts.weights,
            count_bias=self.on_counts.bias,
            blend=self.blend,
        )

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote."""
        facts = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        with np.load(folder / "intents.npz", allow_pickle=False) as arrays:
            return cls(
                facts["labels"],
                encoders.named(facts["encoder"]),
                Ngrams({gram: at for at, gram in enumerate(facts["ngrams"])}, arrays["idf"]),
                Head(arrays["vector_weights"], arrays["vector_bias"]),
                Head(arrays["count_weights"], arrays["count_bias"]),
                arrays["blend"],
            )


def read(encoder: Encoder, texts: Sequence[str]) -> Inputs:
    """Encode many texts, on all cores."""
    with ThreadPoolExecutor(cpu_count()) as pool:
        vectors = np.array(list(pool.map(lambda text: encoder.encode(for_encoder(text)), texts)))
    return Inputs(vectors, [for_ngrams(text) for text in texts])


def out_of_fold(
    inputs: Inputs, intents: np.ndarray, clauses: Sequence[Sequence[str]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-probabilities by heads that were trained without the text.

    Three arrays of shape (texts, labels): of the head on vectors, of that on n-grams, and of the best clause.
    """
    shape = (len(intents), len(set(intents)))
    on_vectors, on_counts, on_clauses = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(inputs.vectors, intents):
        model = IntentModel.fit_inputs(inputs.take(seen), intents[seen], encoders.HashedEncoder(), np.ones(2))
        on_vectors[unseen], on_counts[unseen] = model.parts(inputs.take(unseen))
        on_clauses[unseen] = [model.clause_log_probabilities(clauses[row] or [""]) for row in unseen]
    return on_vectors, on_counts, on_clauses


def fit_blend(on_vectors: np.ndarray, on_counts: np.ndarray, intents: np.ndarray) -> np.ndarray:
    """The weights of the two heads that make the true intents most likely."""
    truth = np.searchsorted(sorted(set(intents)), intents)
    rows = np.arange(len(truth))

    def surprise(weights: np.ndarray) -> float:
        return -heads.log_softmax(weights[0] * on_vectors + weights[1] * on_counts)[rows, truth].mean()

    return minimize(surprise, np.array([0.3, 0.5]), method="Nelder-Mead").x
