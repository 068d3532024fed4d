"""Which of the offered options a customer means: 第二个, 2, 后面那个, or a piece of its name."""

import re

from desk.language.digits import value
from desk.language.text import clean, plain

_ORDINAL = re.compile(r"第\s?([一二两三四五六七八九十]|\d{1,2})")
_NUMBER = re.compile(
    r"^\W*(?:选|要|就|我选|选择|是|我要)*\s?([一二两三四五六七八九]|\d{1,2})\s?(?:号|个|吧|那个|这个|\.|、"
    r"|\)|）)*\W*$"
)
_LETTER = re.compile(r"^\W*(?:选|要|就|我选|选择)*\s?([a-h])\W*(?:吧|那个|项)?\W*$")
_LAST = re.compile(r"最后(?:面)?(?:一?个|那个|一?项)?|末尾|最下面|最底下")
_FIRST = re.compile(r"最前面|最上面|头一个|前面(?:那|的|一)|上面(?:那|的|一)|前者|最早的")
_LATER = re.compile(r"后面(?:那|的|一)|下面(?:那|的|一)|后者|另一个|另外(?:一|那)")
_MIDDLE = re.compile(r"中间")


def pick(s: str, options: list[str]) -> int | None:
    """The index in `options` that the answer names. None when it names none, or more than one."""
    words = plain(clean(s))
    for found in (
        _by_name(words, options),
        _by_number(words, options),
        _by_place(words, options),
        _by_fragment(words, options),
    ):
        if found is not None and 0 <= found < len(options):
            return found
    return None


def _by_name(words: str, options: list[str]) -> int | None:
    named = [index for index, option in enumerate(options) if option and plain(clean(option)) in words]
    if len(named) > 1:
        longest = max(named, key=lambda index: len(options[index]))
        rest = words.replace(plain(clean(options[longest])), "")
        named = [index for index in named if index == longest or plain(clean(options[index])) in rest]
    return named[0] if len(named) == 1 else None


def _by_number(words: str, options: list[str]) -> int | None:
    for pattern in (_ORDINAL, _NUMBER):
        match = pattern.search(words)
        if match:
            return int(value(match.group(1)) or 0) - 1
    match = _LETTER.search(words)
    return ord(match.group(1)) - ord("a") if match else None


def _by_place(words: str, options: list[str]) -> int | None:
    if _LAST.search(words):
        return len(options) - 1
    if _FIRST.search(words):
        return 0
    if _LATER.search(words):
        return len(options) - 1 if len(options) == 2 else None
    return len(options) // 2 if _MIDDLE.search(words) and len(options) % 2 else None


def _by_fragment(words: str, options: list[str]) -> int | None:
    """The one option that shares the longest piece of two or more signs with the answer."""
    lengths = [_shared(words, plain(clean(option))) for option in options]
    best = max(lengths, default=0)
    return lengths.index(best) if best >= 2 and lengths.count(best) == 1 else None


def _shared(one: str, other: str) -> int:
    for size in range(min(len(one), len(other)), 1, -1):
        pieces = {other[i : i + size] for i in range(len(other) - size + 1)}
        if any(
            re.search(r"\w", one[i : i + size].strip()) and one[i : i + size] in pieces
            for i in range(len(one) - size + 1)
        ):
            return size
    return 0
