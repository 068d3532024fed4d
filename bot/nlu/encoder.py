"""Vectors of sentences and of their tokens: a text in, a fixed number of floats out.

Which encoder: the folder in `AFTERCARE_ENCODER_DIR`, else the one that `build_encoder` makes, else hashed n-grams.
"""

from __future__ import annotations

import os
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime

from bot.nlu import build_encoder, tokenizers

HASHED = "hashed"


@dataclass(frozen=True)
class Encoded:
    """The vector of a text, and one for each of its tokens: `spans` are the characters a token stands for.

    Tokens that the model adds of itself have an empty span. An encoder without tokens gives none.
    """

    vector: np.ndarray
    tokens: np.ndarray
    spans: Sequence[tuple[int, int]] = ()


class Encoder(Protocol):
    """Turns a text into vectors of `size` floats; `name` tells encoders apart whose vectors differ."""

    name: str
    size: int

    def encode(self, text: str) -> Encoded: ...


class OnnxEncoder:
    """An ONNX model in a folder with `model.onnx` and a tokenizer.

    The tokenizer is our own `encoder.json`, or the `tokenizer.json` of a model as it is published (Unigram or
    WordPiece). A model that gives one vector a token is pooled: `encoder_options.json` may say
    `{"prefix": "query: ", "pooling": "mean" or "first", "max_tokens": 256}`.
    """

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._tokenizer = tokenizers.read(folder)
        options = self._tokenizer.options
        self._prefix = options.get("prefix", "")
        self._max_tokens = options.get("max_tokens", 256)
        self._first = options.get("pooling") == "first"
        self._session = _session(folder / "model.onnx")
        self._inputs = {each.name for each in self._session.get_inputs()}
        self.size = len(self.encode("一").vector)

    def encode(self, text: str) -> Encoded:
        pieces = self._tokenizer.split(self._prefix, text, self._max_tokens)
        tokens = np.array([[piece.id for piece in pieces]], dtype=np.int64)
        feed = {"input_ids": tokens}
        if "attention_mask" in self._inputs:
            feed["attention_mask"] = np.ones_like(tokens)
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(tokens)
        output = self._session.run(None, feed)[0][0]
        if output.ndim == 1:
            return Encoded(output, np.zeros((0, len(output)), np.float32))
        vector = output[0] if self._first else output.mean(axis=0)
        return Encoded(vector, output, [(piece.start, piece.end) for piece in pieces])


class HashedEncoder:
    """Needs no model: counts of characters, pairs and triples, each hashed to one of `size` signed places."""

    name = HASHED
    size = 1024

    def encode(self, text: str) -> Encoded:
        vector = np.zeros(self.size, dtype=np.float32)
        marked = f"^{text}$"
        for length in (1, 2, 3):
            for start in range(len(marked) - length + 1):
                code = zlib.crc32(marked[start : start + length].encode())
                vector[code % self.size] += 1 if code & 0x80000000 else -1
        return Encoded(vector / (np.linalg.norm(vector) or 1), np.zeros((0, self.size), np.float32))


def best() -> Encoder:
    """The best encoder there is, built now if need be; warns when only hashed n-grams are left."""
    chosen = os.environ.get("AFTERCARE_ENCODER_DIR")
    if chosen:
        return _opened(Path(chosen))
    try:
        return _opened(build_encoder.build())
    except (ImportError, FileNotFoundError) as missing:
        warnings.warn(f"understanding will be weaker, without a sentence encoder: {missing}", stacklevel=2)
        return HashedEncoder()


def named(name: str) -> Encoder:
    """The encoder that a model was trained with.

    Raises LookupError when another one is configured now: its vectors would mean nothing to the model.
    """
    encoder = HashedEncoder() if name == HASHED else best()
    if encoder.name != name:
        raise LookupError(f"the model was trained with the encoder {name}, here is {encoder.name}: train again")
    return encoder


@lru_cache(maxsize=1)
def _opened(folder: Path) -> OnnxEncoder:
    """One for all components of a process."""
    return OnnxEncoder(folder)


def _session(path: Path) -> onnxruntime.InferenceSession:
    """One thread: a message is short, and a server answers many at once."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
