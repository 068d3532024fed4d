"""From a text to intents: the model's probabilities, the pending question, safety first, and a second wish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu import clauses, context, finders, heads
from bot.nlu.data import Utterance
from bot.nlu.encoder import Encoder
from bot.nlu.intent_model import IntentModel, fit_blend, out_of_fold, read
from bot.nlu.normal import for_ngrams
from bot.nlu.second import SecondWish, columns
from desk.language.emergency import sounds_dangerous

EMERGENCY = "report_emergency"
_NEWS = "report_fault"
_QUESTIONS = {"ask_price", "ask_warranty", "ask_service_info", "ask_policy"}


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which a decision is taken.

    `emergency`: the message is one, however likely other intents are. `danger`: the same when its words sound
    dangerous. `second`: the message has a second wish.
    """

    emergency: float = 0.2
    danger: float = 0.02
    second: float = 0.3


@dataclass(frozen=True)
class Reading:
    """Intents with their confidences, the likeliest first, and the second wish, if any."""

    ranking: list[tuple[str, float]]
    second: str | None


@dataclass(frozen=True)
class Understanding:
    """A trained intent model and a trained finder of second wishes."""

    model: IntentModel
    second: SecondWish
    thresholds: Thresholds = Thresholds()

    @classmethod
    def fit(cls, utterances: Sequence[Utterance], encoder: Encoder, thresholds: Thresholds) -> Understanding:
        """Train everything; the blend and the second wish on predictions for utterances not trained on."""
        inputs = read(encoder, [each.text for each in utterances])
        intents = np.array([each.intent for each in utterances])
        parts = [clause_texts(each.text) for each in utterances]
        on_vectors, on_counts, on_clauses = out_of_fold(inputs, intents, parts)
        blend = fit_blend(on_vectors, on_counts, intents)
        model = IntentModel.fit_inputs(inputs, intents, encoder, blend)
        second = SecondWish.fit(
            heads.log_softmax(blend[0] * on_vectors + blend[1] * on_counts),
            on_clauses,
            np.array([len(each) for each in parts]),
            columns(model.labels, list(intents)),
            columns(model.labels, [each.secondary for each in utterances]),
        )
        return cls(model, second, thresholds)

    def read(self, text: str, asks: str | None = None) -> Reading:
        """The intents of `text`; `asks` is the question that is pending."""
        inputs = self.model.read(text)
        whole = self.model.log_probabilities(inputs)[0]
        return self.decide(text, whole, asks)

    def decide(self, text: str, whole: np.ndarray, asks: str | None = None) -> Reading:
        """As `read`, from log-probabilities of the model for the whole text."""
        labels = self.model.labels
        shifted = whole + context.shift(labels, asks, _only_data(text)) if asks else whole
        likely = np.exp(heads.log_softmax(shifted[None])[0])
        order = list(np.argsort(-likely))
        if self._is_emergency(text, likely):
            danger = labels.index(EMERGENCY)
            order = [danger, *(each for each in order if each != danger)]
            likely = _at_least_half(likely, danger)
        ranking = [(labels[at], float(likely[at])) for at in order]
        return _news_first(Reading(ranking, self._second(text, whole, order)))

    def _is_emergency(self, text: str, likely: np.ndarray) -> bool:
        if EMERGENCY not in self.model.labels:
            return False
        chance = likely[self.model.labels.index(EMERGENCY)]
        limit = self.thresholds.emergency
        return bool(chance >= limit or (chance >= self.thresholds.danger and sounds_dangerous(text)))

    def _second(self, text: str, whole: np.ndarray, order: Sequence[int]) -> str | None:
        parts = clause_texts(text)
        if len(parts) < 2:
            return None
        best = self.model.clause_log_probabilities(parts)
        column, chance = self.second.find(whole, best, len(parts), order[0])
        return self.model.labels[column] if chance >= self.thresholds.second else None

    def save(self, folder: Path) -> None:
        """Write everything but the thresholds, which are configuration."""
        self.model.save(folder)
        np.savez(folder / "second.npz", weights=self.second.weights, bias=self.second.bias)

    @classmethod
    def load(cls, folder: Path, thresholds: Thresholds) -> Understanding:
        """Read what `save` wrote."""
        with np.load(folder / "second.npz", allow_pickle=False) as arrays:
            second = SecondWish(arrays["weights"], float(arrays["bias"]))
        return cls(IntentModel.load(folder), second, thresholds)


def _at_least_half(likely: np.ndarray, chosen: int) -> np.ndarray:
    """Probabilities with `chosen` in front: what it gains, the others lose in proportion."""
    if likely[chosen] >= 0.5:
        return likely
    scaled = likely * (0.5 / (1.0 - likely[chosen]))
    scaled[chosen] = 0.5
    return scaled


def _news_first(reading: Reading) -> Reading:
    """A fault that is told together with a question about it comes first: it decides what the answer is."""
    first = reading.ranking[0]
    if reading.second != _NEWS or first[0] not in _QUESTIONS:
        return reading
    fault = next(each for each in reading.ranking if each[0] == _NEWS)
    others = [each for each in reading.ranking if each is not fault]
    return Reading([(_NEWS, first[1]), (first[0], fault[1]), *others[1:]], first[0])


def clause_texts(text: str) -> list[str]:
    """The clauses of a text as the n-gram head reads them."""
    return [for_ngrams(clause) for clause in clauses.split(text)]


def _only_data(text: str) -> bool:
    """Whether numbers and codes make up most of the text."""
    covered = sum(found.span.end - found.span.start for found in finders.find(text))
    return covered >= 0.6 * len(text.strip()) or text.strip().isdigit()
