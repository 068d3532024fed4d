"""The WordPiece tokenizer, as BERT uses it: every Han character is a word of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.nlu.pieces import Piece

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_]+?(?=[\u3400-\u9fff\uf900-\ufaff])|[^\W_]+|[^\w\s]|_")
_LONGEST = 100


class WordPiece:
    """Splits words into the longest known pieces, from left to right."""

    def __init__(self, pieces: Mapping[str, int], unknown: int, lowercase: bool) -> None:
        self._pieces = pieces
        self._unknown = unknown
        self._lowercase = lowercase

    def split(self, text: str) -> list[Piece]:
        """The pieces of `text`, without special tokens."""
        signs, places = self._signs(text)
        found = [piece for word in _WORD.finditer(signs) for piece in self._word(word.group(), word.start())]
        return [Piece(each.id, places[each.start], places[each.end - 1] + 1) for each in found]

    def ids(self, text: str) -> list[int]:
        """The ids of the pieces of `text`, without special tokens."""
        return [piece.id for piece in self.split(text)]

    def _signs(self, text: str) -> tuple[str, list[int]]:
        """The text in lower case without accents, if so wanted, and the place of each of its characters in `text`."""
        if not self._lowercase:
            return text, list(range(len(text)))
        signs = [(sign, at) for at, char in enumerate(text) for sign in unicodedata.normalize("NFD", char.lower())]
        kept = [(sign, at) for sign, at in signs if unicodedata.category(sign) != "Mn"]
        return "".join(sign for sign, _ in kept), [at for _, at in kept]

    def _word(self, word: str, at: int) -> list[Piece]:
        found: list[Piece] = []
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + _LONGEST), start, -1):
                piece = self._pieces.get(("##" if start else "") + word[start:end])
                if piece is not None:
                    break
            else:
                return [Piece(self._unknown, at, at + len(word))]
            found.append(Piece(piece, at + start, at + end))
            start = end
        return found
