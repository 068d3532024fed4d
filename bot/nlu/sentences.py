"""A text as the encoder sees it, with places in the text as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np

from bot.nlu.encoder import Encoder
from bot.nlu.normal import for_encoder


@dataclass(frozen=True)
class Sentence:
    """The vector of `text` and those of its tokens; `spans` are the characters a token stands for, none if empty."""

    text: str
    vector: np.ndarray
    tokens: np.ndarray
    spans: Sequence[tuple[int, int]] = ()

    def part(self, start: int, end: int) -> np.ndarray:
        """The vector of `text[start:end]`, read in its context: the mean of its tokens and of those that mark ends."""
        within = [at for at, (first, last) in enumerate(self.spans) if first == last or start <= first < end]
        return self.tokens[within].mean(axis=0)


def read(encoder: Encoder, text: str) -> Sentence:
    """Encode one text."""
    words, places = for_encoder(text)
    encoded = encoder.encode(words)
    spans = [(places[start], places[end - 1] + 1) if start < end else (0, 0) for start, end in encoded.spans]
    return Sentence(text, encoded.vector, encoded.tokens, spans)


def read_all(encoder: Encoder, texts: Sequence[str]) -> list[Sentence]:
    """Encode many texts, on all cores."""
    with ThreadPoolExecutor(cpu_count()) as pool:
        return list(pool.map(lambda text: read(encoder, text), texts))


def parts(encoder: Encoder, sentence: Sentence, places: Sequence[tuple[int, int]]) -> np.ndarray:
    """The vectors of some stretches of a sentence; an encoder without tokens reads each by itself."""
    if len(sentence.tokens):
        return np.array([sentence.part(start, end) for start, end in places])
    return np.array([read(encoder, sentence.text[start:end]).vector for start, end in places])
