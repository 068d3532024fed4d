"""What a tokenizer makes of a text."""

from __future__ import annotations

from typing import NamedTuple


class Piece(NamedTuple):
    """A token: its id in the vocabulary, and which characters of the text it stands for."""

    id: int
    start: int
    end: int
