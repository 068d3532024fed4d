"""The sentences that are the same in every call: rendered once, so that they are heard also when synthesis is down."""

import re
from functools import cache

from desk import texts
from desk.channels.hotline import spoken
from desk.settings import settings

SHORTEST = 8
_SENTENCE = re.compile(r"[^。！？；]+[。！？；]*")


def fixed() -> list[str]:
    """Those of the telephone itself, rendered before the first call; the recording notice first."""
    found = [_ready(key) for key in texts.catalogue() if key.startswith(("hotline.", "emergency."))]
    names = texts.data("hotline.danger.names").values()
    found += [spoken.of(texts.render("hotline.danger.check", "phone", what=name)) for name in names]
    return list(dict.fromkeys(text for text in found if text))


@cache
def standing() -> frozenset[str]:
    """Every sentence of the assistant's texts without blanks: it names nobody, so its sound may be kept."""
    found = (_ready(key) for key in texts.catalogue() if not key.startswith(("console.", "hotline.", "ear.")))
    return frozenset(sentence for text in found for sentence in sentences(text))


def sentences(text: str) -> list[str]:
    """`text` in parts that can be spoken one after the other; very short ones go with the next."""
    parts: list[str] = []
    for sentence in _SENTENCE.findall(text):
        if parts and len(parts[-1]) < SHORTEST:
            parts[-1] += sentence
        else:
            parts.append(sentence)
    return parts


def _ready(key: str) -> str:
    if key.startswith(("hotline.records.", "hotline.danger.phrases", "hotline.danger.names", "hotline.danger_words")):
        return ""
    if not isinstance(texts.catalogue()[key], str | dict):
        return ""
    chosen = settings()
    try:
        return spoken.of(texts.render(key, "phone", company=chosen.company, bot=chosen.brand_name))
    except (KeyError, IndexError, ValueError):
        return ""  # it has blanks that differ from call to call, or is no text
