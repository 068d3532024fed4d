"""Danger in what was heard: by the words, and by their sound, since a telephone mishears."""

from dataclasses import dataclass
from functools import cache

from pypinyin import lazy_pinyin

from desk import texts
from desk.language.emergency import sounds_dangerous

# Sounds that dialects and recognisers mix up.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))
_DENIED = ("mei", "meiyou", "bushi", "fang", "yufang")


@dataclass(frozen=True)
class Danger:
    """A kind of danger; `word` is what it sounded like. `certain`: the very words were heard, and well."""

    kind: str
    word: str
    certain: bool


def heard(text: str, sure: bool) -> Danger | None:
    """The danger that `text` speaks of, if any. `sure`: the recogniser trusts its words."""
    kind = sounds_dangerous(text)
    if kind is not None:
        return Danger(kind, text, certain=sure)
    sounds = _sounds(text)
    for kind, word, sound in _words():
        # The word itself, where the patterns saw a denial or a plain fault, is no danger.
        if word in text:
            continue
        at = _find(sounds, sound)
        if at >= 0 and not _denied(sounds, at):
            return Danger(kind, word, certain=False)
    return None


@cache
def _words() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    listed = texts.data("hotline.danger_words")
    pairs = [(kind, word) for kind, words in listed.items() for word in words]
    pairs.sort(key=lambda pair: -len(pair[1]))
    return tuple((kind, word, _sounds(word)) for kind, word in pairs)


def _sounds(text: str) -> tuple[str, ...]:
    return tuple(_loose(sound) for sound in lazy_pinyin(text, errors="ignore"))


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
