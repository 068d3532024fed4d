"""Intent probabilities of a text: one head on its sentence vector and its character n-grams, calibrated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.model_selection import StratifiedKFold

from bot.nlu import encoder as encoders
from bot.nlu.encoder import Encoder
from bot.nlu.heads import USUAL, Head, Shares, log_softmax
from bot.nlu.ngrams import Ngrams
from bot.nlu.normal import for_ngrams
from bot.nlu.sentences import Sentence

_FOLDS = 3
_SHARPEST = 40.0
# How much of a label the second wish of a message is.
_SECOND = 0.4


@dataclass(frozen=True)
class Inputs:
    """What the head reads of some texts: a vector and the n-gram form of each."""

    vectors: np.ndarray
    texts: list[str]

    def take(self, rows: Sequence[int] | np.ndarray) -> Inputs:
        return Inputs(self.vectors[rows], [self.texts[row] for row in rows])


@dataclass(frozen=True)
class IntentModel:
    """A trained model; `labels` name the columns of every array of probabilities.

    `sharpness` turns scores into calibrated log-probabilities.
    """

    labels: list[str]
    encoder: Encoder
    ngrams: Ngrams
    head: Head
    sharpness: float

    @classmethod
    def fit_inputs(
        cls,
        inputs: Inputs,
        targets: np.ndarray,
        labels: list[str],
        encoder: Encoder,
        sharpness: float,
        shares: Shares = USUAL,
    ) -> IntentModel:
        """Train the head on what is already encoded; `targets` as `targets_of` gives them."""
        ngrams = Ngrams.fit(inputs.texts)
        head = Head.fit(inputs.vectors, ngrams.transform(inputs.texts), targets, shares)
        return cls(labels, encoder, ngrams, head, sharpness)

    def scores(self, inputs: Inputs) -> np.ndarray:
        """Shape (texts, labels)."""
        return self.head.scores(inputs.vectors, self.ngrams.transform(inputs.texts))

    def log_probabilities(self, inputs: Inputs) -> np.ndarray:
        """Shape (texts, labels)."""
        return log_softmax(self.sharpness * self.scores(inputs))

    def save(self, folder: Path) -> None:
        """Write the model as JSON and NumPy files, nothing that runs code when read."""
        facts = {"labels": self.labels, "encoder": self.encoder.name, "ngrams": list(self.ngrams.index)}
        (folder / "intents.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "intents.npz", idf=self.ngrams.idf, sharpness=self.sharpness, **vars(self.head))

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote."""
        facts = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        with np.load(folder / "intents.npz", allow_pickle=False) as kept:
            arrays = dict(kept)
        ngrams = Ngrams({gram: at for at, gram in enumerate(facts["ngrams"])}, arrays.pop("idf"))
        sharpness = float(arrays.pop("sharpness"))
        return cls(facts["labels"], encoders.named(facts["encoder"]), ngrams, Head(**arrays), sharpness)


def inputs_of(sentences: Sequence[Sentence]) -> Inputs:
    """Encoded texts as the head reads them."""
    return Inputs(np.array([each.vector for each in sentences]), [for_ngrams(each.text) for each in sentences])


def targets_of(labels: list[str], intents: Sequence[str], seconds: Sequence[str | None]) -> np.ndarray:
    """What the head is to say of each text: 1 for its intent, less for its second wish, a little below 0 for others."""
    targets = np.full((len(intents), len(labels)), -1 / max(1, len(labels) - 1), dtype=np.float32)
    places = {label: at for at, label in enumerate(labels)}
    for row, (intent, second) in enumerate(zip(intents, seconds, strict=True)):
        if second in places:
            targets[row, places[second]] = _SECOND
        targets[row, places[intent]] = 1.0
    return targets


def out_of_fold(
    inputs: Inputs, targets: np.ndarray, clauses: Inputs, clause_rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scores by models that were trained without the text: of each text, and of each clause.

    `clause_rows` says to which text a clause belongs.
    """
    firsts = targets.argmax(axis=1)
    whole = np.zeros(targets.shape)
    parts = np.zeros((len(clause_rows), targets.shape[1]))
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(inputs.vectors, firsts):
        model = IntentModel.fit_inputs(inputs.take(seen), targets[seen], [], encoders.HashedEncoder(), 1.0)
        whole[unseen] = model.scores(inputs.take(unseen))
        rows = np.flatnonzero(np.isin(clause_rows, unseen))
        if len(rows):
            parts[rows] = model.scores(clauses.take(rows))
    return whole, parts


def fit_sharpness(scores: np.ndarray, truth: np.ndarray) -> float:
    """The factor that makes the true columns most likely."""
    rows = np.arange(len(truth))

    def surprise(sharpness: float) -> float:
        return float(-log_softmax(sharpness * scores)[rows, truth].mean())

    return float(minimize_scalar(surprise, bounds=(1.0, _SHARPEST), method="bounded").x)
