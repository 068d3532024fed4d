"""Of which danger a text speaks: the one answer for the dialogue, the desk, the clock and the hotline."""

import re

from desk import texts
from desk.language.emergency import sounds_dangerous
from desk.language.text import clean, plain

IN_A_LIFT = ("电梯", "轿厢", "扶梯")


def kind_of(text: str) -> str | None:
    """The kind of danger that `text` speaks of: by the words of all channels, or by those of the catalogue."""
    text = re.sub(texts.data("safety.likened"), " ", plain(clean(text)))
    for kind, patterns in texts.data("safety.more").items():
        if any(re.search(pattern, text) for pattern in patterns):
            return str(kind)
    kind = sounds_dangerous(text)
    return None if kind == "injury" and _only_things(text) else kind


def precise(kind: str, words: str) -> str:
    """`trapped` in a lift waits inside; a hand or a child that is caught elsewhere (`stuck`) is freed after cutting
    the power."""
    return "stuck" if kind == "trapped" and not any(word in words for word in IN_A_LIFT) else kind


def _only_things(text: str) -> bool:
    """地板砸了个坑: a thing was hurt, and nobody."""
    hurt = re.search(texts.data("safety.things_hurt"), text)
    return bool(hurt) and not re.search(texts.data("safety.somebody"), text)
