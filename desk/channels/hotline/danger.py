"""Danger in what was heard: by the words, by how people say it on the telephone, and by the sound of the words."""

import re
from dataclasses import dataclass
from functools import cache

from pypinyin import lazy_pinyin

from desk import texts
from desk.cases import danger_kinds
from desk.language import danger_words

# Sounds that dialects and recognisers mix up.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))
_DENIED = ("mei", "meiyou", "bushi", "fan", "yufan", "buhui", "meiren", "bie")
_DENIED_WORDS = re.compile(r"(?:没有?|不是|不会|防止?|预防|别|并没|也没)[^，。]{0,4}$")
_HARMLESS = tuple(re.compile(pattern) for pattern in danger_words.HARMLESS)
_GAP = "|"


@dataclass(frozen=True)
class Danger:
    """A kind of danger; `word` is what it sounded like. `certain`: the very words were heard, and well."""

    kind: str
    word: str
    certain: bool


def heard(text: str, sure: bool) -> Danger | None:
    """The danger that `text` speaks of, if any. `sure`: the recogniser trusts its words."""
    kind = danger_kinds.kind_of(text)
    if kind is not None:
        return Danger(kind, text, certain=sure)
    return _said(text) or _sounding(_without_harmless(text))


def _said(text: str) -> Danger | None:
    harmless = [found.span() for pattern in _HARMLESS for found in pattern.finditer(text)]
    for kind, pattern in _patterns():
        for found in pattern.finditer(text):
            within = any(start <= found.start() and found.end() <= end for start, end in harmless)
            if not within and not _DENIED_WORDS.search(text[: found.start()]) and not _denies_itself(found.group()):
                return Danger(kind, found.group(), certain=False)
    return None


def _sounding(text: str) -> Danger | None:
    sounds = _sounds(text)
    for kind, word, sound in _words():
        at = _find(sounds, sound)
        if at >= 0 and not _denied(sounds, at):
            return Danger(kind, word, certain=False)
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    listed = texts.data("hotline.danger_patterns")
    return tuple((kind, re.compile(pattern)) for kind, patterns in listed.items() for pattern in patterns)


@cache
def _words() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    listed = texts.data("hotline.danger_words")
    pairs = [(kind, word) for kind, words in listed.items() for word in words]
    pairs.sort(key=lambda pair: -len(pair[1]))
    return tuple((kind, word, _sounds(word)) for kind, word in pairs)


def _without_harmless(text: str) -> str:
    for pattern in _HARMLESS:
        text = pattern.sub(_GAP, text)
    return text


def _denies_itself(found: str) -> bool:
    return bool(re.search(r"没(?:有|人)|不是|不会", found[1:]))


def _sounds(text: str) -> tuple[str, ...]:
    return tuple(_loose(sound) for sound in lazy_pinyin(text))


def _loose(sound: str) -> str:
    for one, other in _ALIKE:
        sound = sound.replace(one, other)
    return sound


def _find(sounds: tuple[str, ...], wanted: tuple[str, ...]) -> int:
    size = len(wanted)
    return next((at for at in range(len(sounds) - size + 1) if sounds[at : at + size] == wanted), -1)


def _denied(sounds: tuple[str, ...], at: int) -> bool:
    before = "".join(sounds[max(0, at - 2) : at])
    return any(before.endswith(word) for word in _DENIED)
