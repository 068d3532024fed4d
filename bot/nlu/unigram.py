"""The SentencePiece unigram tokenizer, as XLM-RoBERTa uses it."""

from __future__ import annotations

from collections.abc import Mapping

_SPACE = "▁"
_IMPOSSIBLE = float("-inf")


class Unigram:
    """Splits text into the pieces with the highest total score (Viterbi)."""

    def __init__(
        self,
        pieces: Mapping[str, tuple[int, float]],
        unknown: int,
        unknown_score: float,
        replacements: Mapping[str, str],
    ) -> None:
        """`pieces` gives id and score; `replacements` maps single characters, as in NFKC."""
        self._pieces = pieces
        self._unknown = (unknown, unknown_score)
        self._replacements = str.maketrans(dict(replacements))
        self._longest: dict[str, int] = {}
        for piece in pieces:
            self._longest[piece[0]] = max(len(piece), self._longest.get(piece[0], 0))

    def ids(self, text: str) -> list[int]:
        """The ids of the pieces of `text`, without special tokens."""
        text = " ".join(part for part in text.translate(self._replacements).split(" ") if part)
        return self._best(_SPACE + text.replace(" ", _SPACE)) if text else []

    def _best(self, text: str) -> list[int]:
        size = len(text)
        score = [0.0] + [_IMPOSSIBLE] * size
        came = [(0, 0)] * (size + 1)
        unknown, unknown_score = self._unknown
        for start in range(size):
            here = score[start]
            if here + unknown_score > score[start + 1]:
                score[start + 1] = here + unknown_score
                came[start + 1] = (start, unknown)
            for end in range(start + 1, min(size, start + self._longest.get(text[start], 0)) + 1):
                piece = self._pieces.get(text[start:end])
                if piece is not None and here + piece[1] > score[end]:
                    score[end] = here + piece[1]
                    came[end] = (start, piece[0])
        ids: list[int] = []
        at = size
        while at:
            at, piece_id = came[at]
            ids.append(piece_id)
        return ids[::-1]
