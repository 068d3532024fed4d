"""The WordPiece tokenizer, as BERT uses it: every Han character is a word of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_]+?(?=[\u3400-\u9fff\uf900-\ufaff])|[^\W_]+|[^\w\s]|_")
_LONGEST = 100


class WordPiece:
    """Splits words into the longest known pieces, from left to right."""

    def __init__(self, pieces: Mapping[str, int], unknown: int, lowercase: bool) -> None:
        self._pieces = pieces
        self._unknown = unknown
        self._lowercase = lowercase

    def ids(self, text: str) -> list[int]:
        """The ids of the pieces of `text`, without special tokens."""
        if self._lowercase:
            text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
        return [piece for word in _WORD.findall(text) for piece in self._word(word)]

    def _word(self, word: str) -> list[int]:
        ids: list[int] = []
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + _LONGEST), start, -1):
                piece = self._pieces.get(("##" if start else "") + word[start:end])
                if piece is not None:
                    break
            else:
                return [self._unknown]
            ids.append(piece)
            start = end
        return ids
