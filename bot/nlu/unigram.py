"""The SentencePiece unigram tokenizer, as XLM-RoBERTa uses it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.nlu.pieces import Piece

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
        self._replacements = dict(replacements)
        self._longest: dict[str, int] = {}
        for piece in pieces:
            self._longest[piece[0]] = max(len(piece), self._longest.get(piece[0], 0))

    def split(self, text: str) -> list[Piece]:
        """The pieces of `text`, without special tokens."""
        signs, places = self._spaced(text)
        if not signs:
            return []
        return [Piece(each.id, places[each.start], places[each.end - 1] + 1) for each in self._best("".join(signs))]

    def ids(self, text: str) -> list[int]:
        """The ids of the pieces of `text`, without special tokens."""
        return [piece.id for piece in self.split(text)]

    def _spaced(self, text: str) -> tuple[list[str], list[int]]:
        """The signs to be split and the place of each in `text`: one space before each word, none at the end."""
        signs: list[str] = []
        places: list[int] = []
        space = True
        for at, char in enumerate(text):
            for sign in self._replacements.get(char, char):
                if sign != " ":
                    if space:
                        signs.append(_SPACE)
                        places.append(at)
                    signs.append(sign)
                    places.append(at)
                space = sign == " "
        return signs, places

    def _best(self, text: str) -> list[Piece]:
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
        found: list[Piece] = []
        end = size
        while end:
            start, piece_id = came[end]
            found.append(Piece(piece_id, start, end))
            end = start
        return found[::-1]
