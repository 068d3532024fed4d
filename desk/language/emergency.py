"""Does a message sound like danger? Patterns over the words of `danger_words`, for the first guard of every channel."""

import re

from desk.language import danger_words
from desk.language.text import clean, plain

_KINDS = tuple(
    (kind, tuple(re.compile(pattern) for pattern in patterns)) for kind, patterns in danger_words.KINDS.items()
)
_HARMLESS = tuple(re.compile(pattern) for pattern in danger_words.HARMLESS)
_NEGATED = re.compile(danger_words.NEGATIONS)
_DOUBLE = re.compile(r"(?:不是(?=没|不)|不会不|没有?不)$")
_HIDDEN = "\x00"


def sounds_dangerous(s: str) -> str | None:
    """The kind of danger that `s` speaks of: gas, fire, smoke, shock, injury, trapped, brakes, flood or explosion.

    None for figures of speech (气得要爆炸了), denials (没有冒烟) and plain faults (跳闸). Made to miss nothing: ask the
    customer when the understanding disagrees.
    """
    words = plain(clean(s))
    for pattern in _HARMLESS:
        words = pattern.sub(lambda found: _HIDDEN * len(found.group()), words)
    for kind, patterns in _KINDS:
        for pattern in patterns:
            if any(not _denied(words, found.start()) for found in pattern.finditer(words)):
                return kind
    return None


def _denied(words: str, at: int) -> bool:
    before = words[max(0, at - 12) : at]
    clause = re.split(r"[,，。;；!！?？\s]", before)[-1] if not before.isascii() else before
    return bool(_NEGATED.search(clause)) and not _DOUBLE.search(clause)
