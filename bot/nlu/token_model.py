"""What the vectors of a token, its neighbours and its sentence say of the entity it belongs to: a small neural net."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from bot.nlu.data import Utterance
from bot.nlu.sentences import Sentence

OUTSIDE = "O"
_TOKEN_AXES = 256
_SENTENCE_AXES = 64
_UNITS = 256
_PASSES = 8
_AXES = ("tokens", "sentences")
_FOLDS = 3


@dataclass(frozen=True)
class Axes:
    """A projection of vectors to their main axes, along which all of them spread alike."""

    directions: np.ndarray
    origin: np.ndarray

    @classmethod
    def fit(cls, vectors: np.ndarray, count: int) -> Axes:
        """The `count` main axes of the standardised vectors."""
        spread = vectors.std(axis=0) + 1e-6
        standard = (vectors - vectors.mean(axis=0)) / spread
        variances, directions = np.linalg.eigh(standard.T @ standard / len(standard))
        chosen = slice(None, -count - 1, -1)
        scaled = directions[:, chosen] / spread[:, None] / np.sqrt(np.maximum(variances[chosen], 1e-6))
        return cls(scaled.astype(np.float32), (vectors.mean(axis=0) @ scaled).astype(np.float32))

    def of(self, vectors: np.ndarray) -> np.ndarray:
        """Each vector along the axes."""
        return vectors @ self.directions - self.origin


@dataclass(frozen=True)
class TokenModel:
    """Trained by `fit`; `labels` name the columns of `chances`."""

    labels: list[str]
    tokens: Axes
    sentences: Axes
    hidden: np.ndarray
    hidden_bias: np.ndarray
    output: np.ndarray
    output_bias: np.ndarray

    @classmethod
    def fit(cls, sentences: Sequence[Sentence], utterances: Sequence[Utterance]) -> TokenModel:
        """Train on annotated utterances, encoded as `sentences`."""
        of_tokens = Axes.fit(np.concatenate([each.tokens for each in sentences]), _TOKEN_AXES)
        of_sentences = Axes.fit(np.array([each.vector for each in sentences]), _SENTENCE_AXES)
        inputs = np.concatenate([_inputs(each, of_tokens, of_sentences) for each in sentences])
        truths = [label for pair in zip(sentences, utterances, strict=True) for label in _token_labels(*pair)]
        net = MLPClassifier((_UNITS,), max_iter=_PASSES, batch_size=256, alpha=1e-3, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            net.fit(inputs, truths)
        layers = [each.astype(np.float32) for pair in zip(net.coefs_, net.intercepts_, strict=True) for each in pair]
        return cls(list(net.classes_), of_tokens, of_sentences, *layers)

    def chances(self, sentence: Sentence) -> np.ndarray:
        """How likely each character of the text belongs to each label; shape (characters, labels)."""
        found = np.zeros((len(sentence.text), len(self.labels)), dtype=np.float32)
        found[:, self.labels.index(OUTSIDE)] = 1
        inner = np.maximum(_inputs(sentence, self.tokens, self.sentences) @ self.hidden + self.hidden_bias, 0)
        scores = inner @ self.output + self.output_bias
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        for (start, end), row in zip(sentence.spans, likely, strict=True):
            found[start:end] = row
        return found

    def save(self, path: Path) -> None:
        """Write the model as NumPy arrays."""
        arrays = {name: value for name, value in vars(self).items() if not isinstance(value, Axes)}
        axes = {f"{name}_{part}": value for name in _AXES for part, value in vars(getattr(self, name)).items()}
        np.savez(path, **arrays, **axes)

    @classmethod
    def load(cls, path: Path) -> TokenModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            arrays = dict(kept)
        axes = {name: Axes(arrays.pop(f"{name}_directions"), arrays.pop(f"{name}_origin")) for name in _AXES}
        return cls([str(label) for label in arrays.pop("labels")], **axes, **arrays)


def unseen_chances(
    sentences: Sequence[Sentence], utterances: Sequence[Utterance], labels: Sequence[str]
) -> list[np.ndarray]:
    """The chances of each sentence by a model that was trained without it, in the columns of `labels`."""
    found: list[np.ndarray] = [np.zeros(0)] * len(sentences)
    fold = np.random.default_rng(0).permutation(len(sentences)) % _FOLDS
    for left_out in range(_FOLDS):
        seen = np.flatnonzero(fold != left_out)
        model = TokenModel.fit([sentences[at] for at in seen], [utterances[at] for at in seen])
        columns = [labels.index(label) for label in model.labels]
        for at in np.flatnonzero(fold == left_out):
            found[at] = np.zeros((len(sentences[at].text), len(labels)), dtype=np.float32)
            found[at][:, columns] = model.chances(sentences[at])
    return found


def _token_labels(sentence: Sentence, utterance: Utterance) -> list[str]:
    return [_label(span, utterance) for span in sentence.spans]


def _label(span: tuple[int, int], utterance: Utterance) -> str:
    start, end = span
    return next((each.entity for each in utterance.entities if each.start < end and start < each.end), OUTSIDE)


def _inputs(sentence: Sentence, of_tokens: Axes, of_sentences: Axes) -> np.ndarray:
    windows = _windows(of_tokens.of(sentence.tokens))
    whole = np.broadcast_to(of_sentences.of(sentence.vector), (len(windows), of_sentences.origin.size))
    return np.concatenate([windows, whole], axis=1, dtype=np.float32)


def _windows(tokens: np.ndarray) -> np.ndarray:
    """Each token with the one before and the one after it."""
    padded = np.pad(tokens, ((1, 1), (0, 0)))
    return np.concatenate([padded[:-2], tokens, padded[2:]], axis=1)
