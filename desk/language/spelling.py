"""Codes as they are spelled aloud or typed carelessly, read into one plain line that remembers where each sign was."""

import re
from dataclasses import dataclass
from functools import lru_cache

from desk.language.digits import DIGITS
from desk.language.text import half_width

_DASHES = ("中横杠", "中划线", "短横线", "短横", "横杠", "横线", "减号", "杠", "－", "—", "–", "‐", "_")
_SLASHES = ("斜杠", "斜线")


@dataclass(frozen=True)
class Spelled:
    """`text`: upper case, digits for digit words, `-` and `/` for their names. `starts`, `ends`: place of each sign."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, found: re.Match[str], group: int | str = 0) -> tuple[int, int]:
        """Start and end in the original text of a group of a match in `text`."""
        return self.starts[found.start(group)], self.ends[found.end(group) - 1]


@lru_cache(maxsize=256)  # each finder reads the same message
def read(s: str) -> Spelled:
    """Read `s` sign by sign. Upper case keeps the length; only names of signs (横杠) become shorter."""
    narrow = half_width(s)
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(narrow):
        sign, width = _sign(narrow, at)
        signs.append(sign)
        starts.append(at)
        at += width
        ends.append(at)
    return Spelled("".join(signs), tuple(starts), tuple(ends))


def _sign(s: str, at: int) -> tuple[str, int]:
    for names, sign in ((_SLASHES, "/"), (_DASHES, "-")):
        for name in names:
            if s.startswith(name, at):
                return sign, len(name)
    char = s[at]
    upper = char.upper()
    return DIGITS.get(char, upper if len(upper) == 1 else char), 1
