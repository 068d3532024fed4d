"""The forms of a text that the intent classifier reads."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.nlu import finders
from desk.language.emergency import sounds_dangerous
from desk.language.text import clean, plain

_LONG_NUMBER = re.compile(r"\d{5,}")
_PUNCTUATION = re.compile(r"[\s,.;:~…—、，。；：'\"“”‘’()（）【】\[\]-]+")
_SIGNS = {"phone": "☎", "ticket_number": "№", "order_number": "＃", "serial_number": "￥", "fault_code": "￡"}
DANGER = "⚠"


def for_encoder(text: str) -> tuple[str, list[int]]:
    """Simplified, half-width, lower case, common typos repaired; a number of five or more digits becomes `00000`.

    With the place of each of its characters in `text`.
    """
    signs: list[str] = []
    places: list[int] = []
    for at, char in enumerate(plain(text)):
        for sign in _visible(char):
            if sign != " " or (signs and signs[-1] != " "):
                signs.append(sign)
                places.append(at)
    joined = "".join(signs)
    for number in reversed(list(_LONG_NUMBER.finditer(joined))):
        del places[number.start() + 5 : number.end()]
    return _LONG_NUMBER.sub("00000", joined), places


@lru_cache(maxsize=8192)
def _visible(char: str) -> str:
    return " " if char.isspace() else clean(char)


def for_ngrams(text: str) -> str:
    """As for the encoder, without pauses; one sign for each phone, ticket, order, serial number and fault code.

    A text that sounds dangerous ends with a warning sign.
    """
    words = list(plain(text))
    for found in finders.find(text):
        blank = len(words[found.span.start : found.span.end]) - 1
        words[found.span.start : found.span.end] = [_SIGNS[found.span.entity], *[""] * blank]
    folded = _PUNCTUATION.sub(" ", _LONG_NUMBER.sub("00000", "".join(words))).strip()
    return folded + DANGER if sounds_dangerous(text) else folded
