"""From a text to intents: the model's probabilities, the pending question, safety first, and a second wish."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu import clauses, context, finders, heads, sentences
from bot.nlu.data import Utterance
from bot.nlu.encoder import Encoder
from bot.nlu.intent_model import Inputs, IntentModel, fit_sharpness, inputs_of, out_of_fold, targets_of
from bot.nlu.normal import DANGER, for_ngrams
from bot.nlu.second import SecondWish, columns
from bot.nlu.sentences import Sentence
from desk.language.emergency import sounds_dangerous

EMERGENCY = "report_emergency"
_NEWS = "report_fault"
# So many clauses are read one by one: each costs as much as a message.
_CLAUSES = 5
_UNHEARD = 3
_QUESTIONS = {"ask_price", "ask_warranty", "ask_service_info", "ask_policy"}


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which a decision is taken.

    `emergency`: the message is one, however likely other intents are. `danger`: the same when its words sound
    dangerous. `second`: the message has a second wish.
    """

    emergency: float = 0.15
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
        """Train everything; confidences and the second wish on predictions for utterances not trained on."""
        encoded = sentences.read_all(encoder, [each.text for each in utterances])
        inputs = _less_certain(inputs_of(encoded))
        labels = sorted({each.intent for each in utterances})
        seconds = [each.secondary for each in utterances]
        targets = targets_of(labels, [each.intent for each in utterances], seconds)
        parts = [clauses.places(each.text) for each in utterances]
        several = [row for row, each in enumerate(parts) if len(each) > 1]
        clause_rows = np.array([row for row in several for _ in parts[row]], dtype=int)
        nothing = Inputs(np.zeros((0, encoder.size), np.float32), [])
        clause_inputs = _joined([nothing, *(_of_parts(encoder, encoded[row], parts[row]) for row in several)])
        whole, of_clauses = out_of_fold(inputs, targets, clause_inputs, clause_rows)
        first = targets.argmax(axis=1)
        sharpness = fit_sharpness(whole, first)
        model = IntentModel.fit_inputs(inputs, targets, labels, encoder, sharpness)
        second = SecondWish.fit(
            heads.log_softmax(sharpness * whole)[several],
            [heads.log_softmax(sharpness * of_clauses[clause_rows == row]) for row in several],
            first[several],
            columns(labels, seconds)[several],
        )
        return cls(model, second, thresholds)

    def read(self, sentence: Sentence, asks: str | None = None) -> Reading:
        """The intents of a text; `asks` is the question that is pending."""
        places = clauses.places(sentence.text)[:_CLAUSES]
        inputs = inputs_of([sentence])
        if len(places) > 1:
            inputs = _joined([inputs, _of_parts(self.model.encoder, sentence, places)])
        return self.decide(sentence.text, self.model.log_probabilities(inputs), asks)

    def decide(self, text: str, chances: np.ndarray, asks: str | None = None) -> Reading:
        """As `read`, from log-probabilities of the model for the whole text (first row) and for its clauses."""
        whole = chances[0]
        labels = self.model.labels
        shifted = whole + context.shift(labels, asks, _only_data(text)) if asks else whole
        likely = np.exp(heads.log_softmax(shifted[None])[0])
        order = list(np.argsort(-likely))
        if self._is_emergency(text, likely):
            danger = labels.index(EMERGENCY)
            order = [danger, *(each for each in order if each != danger)]
            likely = _at_least_half(likely, danger)
        ranking = [(labels[at], float(likely[at])) for at in order]
        return _news_first(Reading(ranking, self._second(chances, order)))

    def _is_emergency(self, text: str, likely: np.ndarray) -> bool:
        if EMERGENCY not in self.model.labels:
            return False
        chance = likely[self.model.labels.index(EMERGENCY)]
        limit = self.thresholds.emergency
        return bool(chance >= limit or (chance >= self.thresholds.danger and sounds_dangerous(text)))

    def _second(self, chances: np.ndarray, order: Sequence[int]) -> str | None:
        if len(chances) < 2:
            return None
        column, chance = self.second.find(chances[0], chances[1:], order[0])
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


def _of_parts(encoder: Encoder, sentence: Sentence, places: Sequence[tuple[int, int]]) -> Inputs:
    texts = [for_ngrams(sentence.text[start:end]) for start, end in places]
    return Inputs(sentences.parts(encoder, sentence, places), texts)


def _joined(inputs: Sequence[Inputs]) -> Inputs:
    vectors = np.concatenate([each.vectors for each in inputs])
    return Inputs(vectors, [text for each in inputs for text in each.texts])


def _less_certain(inputs: Inputs) -> Inputs:
    """Without the sign of danger in every third text that has it: the list of danger words knows our own utterances
    better than those to come, so the model must not lean on it."""
    texts = [text.removesuffix(DANGER) if zlib.crc32(text.encode()) % _UNHEARD == 0 else text for text in inputs.texts]
    return Inputs(inputs.vectors, texts)


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


def _only_data(text: str) -> bool:
    """Whether numbers and codes make up most of the text."""
    covered = sum(found.span.end - found.span.start for found in finders.find(text))
    return covered >= 0.6 * len(text.strip()) or text.strip().isdigit()
