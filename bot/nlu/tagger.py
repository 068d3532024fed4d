"""A conditional random field over characters, which sees what tables, finders and token vectors say of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from bot.nlu.data import Span, Utterance
from desk.language.text import plain

_OUTSIDE = "O"
# Below this probability of being nothing a character is taken for the likeliest entity.
_DOUBT = 0.8
_PASSES = 100


@dataclass(frozen=True)
class Evidence:
    """A text, the spans that tables and finders believe in, and the likely entities of each character by its vector."""

    text: str
    hints: Sequence[Span]
    likely: Sequence[dict[str, float]]


class Tagger:
    """Tags the characters of a text."""

    def __init__(self, path: Path) -> None:
        self._crf = pycrfsuite.Tagger()
        self._crf.open(str(path))
        self._known = set(self._crf.labels())
        self._entities = sorted({label[2:] for label in self._known} - {""})

    @classmethod
    def fit(cls, utterances: Sequence[Utterance], evidence: Sequence[Evidence], path: Path) -> Tagger:
        """Train on annotated utterances and what is known of each, and write the result to the file `path`."""
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params({"c1": 0.2, "c2": 0.05, "max_iterations": _PASSES, "feature.minfreq": 1})
        for each, known in zip(utterances, evidence, strict=True):
            if each.text:
                trainer.append(_features(known), _labels(each))
        trainer.train(str(path))
        return cls(path)

    def find(self, evidence: Evidence) -> list[Span]:
        """The entities of a text, in order."""
        if not evidence.text:
            return []
        self._crf.set(pycrfsuite.ItemSequence(_features(evidence)))
        labels = self._crf.tag()
        return list(_spans(self._recovered(labels)))

    def chance(self, span: Span) -> float:
        """How likely a character of `span` belongs to its entity, in the text that was tagged last."""
        return max(self._chance(span.entity, at) for at in range(span.start, span.end))

    def _recovered(self, labels: list[str]) -> list[str]:
        """Where the best reading sees nothing but an entity is likely all the same, take it."""
        recovered = list(labels)
        for at, label in enumerate(labels):
            if label == _OUTSIDE and self._crf.marginal(_OUTSIDE, at) < _DOUBT:
                chances = {entity: self._chance(entity, at) for entity in self._entities}
                likely = max(chances, key=lambda entity: chances[entity])
                before = recovered[at - 1] if at else _OUTSIDE
                recovered[at] = f"I-{likely}" if before[2:] == likely else f"B-{likely}"
        return recovered

    def _chance(self, entity: str, at: int) -> float:
        return sum(self._crf.marginal(f"{mark}-{entity}", at) for mark in "BI" if f"{mark}-{entity}" in self._known)


def _labels(utterance: Utterance) -> list[str]:
    labels = [_OUTSIDE] * len(utterance.text)
    for span in utterance.entities:
        labels[span.start : span.end] = _marks(span)
    return labels


def _marks(span: Span) -> list[str]:
    return [f"B-{span.entity}"] + [f"I-{span.entity}"] * (span.end - span.start - 1)


def _spans(labels: Sequence[str]) -> Iterator[Span]:
    start = 0
    for at in range(1, len(labels) + 1):
        if at == len(labels) or labels[at] != f"I-{labels[start][2:]}":
            if labels[start] != _OUTSIDE:
                yield Span(labels[start][2:], start, at)
            start = at


def _features(evidence: Evidence) -> list[dict[str, float]]:
    characters = ["<s>", "<s>", *plain(evidence.text), "</s>", "</s>"]
    kinds = [_kind(character) for character in characters]
    marks: list[list[str]] = [[] for _ in characters]
    for span in evidence.hints:
        for at, mark in enumerate(_marks(span), start=span.start + 2):
            marks[at].append(f"{mark}{'$' if at == span.end + 1 else ''}")
    likely = [{}, {}, *evidence.likely, {}, {}]
    found = []
    for at in range(2, len(characters) - 2):
        features = dict.fromkeys(_at(characters, kinds, marks, at), 1.0)
        for offset in (-1, 0, 1):
            features.update({f"v{offset}{entity}": chance for entity, chance in likely[at + offset].items()})
        found.append(features)
    return found


def _at(characters: list[str], kinds: list[str], marks: list[list[str]], at: int) -> list[str]:
    a, b, c, d, e = characters[at - 2 : at + 3]
    features = [
        f"c{c}", f"b{b}", f"d{d}", f"a{a}", f"e{e}",
        f"bc{b}{c}", f"cd{c}{d}", f"ab{a}{b}", f"de{d}{e}", f"bd{b}{d}",
        f"abc{a}{b}{c}", f"bcd{b}{c}{d}", f"cde{c}{d}{e}",
        "k" + "".join(kinds[at - 2 : at + 3]), "k3" + "".join(kinds[at - 1 : at + 2]),
    ]  # fmt: skip
    for offset in (-1, 0, 1):
        features += [f"h{offset}{mark}" for mark in marks[at + offset]]
    features += [f"hc{mark}{c}{d}" for mark in marks[at]]
    return features


def _kind(character: str) -> str:
    """One letter for the sort of a character: digit, latin, han, punctuation, other."""
    if len(character) > 1:
        return "^"
    if character.isdigit():
        return "0"
    if character.isascii() and character.isalpha():
        return "a"
    if "\u3400" <= character <= "\u9fff":
        return "h"
    return "." if unicodedata.category(character)[0] == "P" else "o"
