"""Long answers in parts that WeChat takes, cut where a reader would pause."""

import re
import unicodedata

LONGEST_BYTES = 2000

_PAUSES = tuple(re.compile(pause) for pause in (r"\n\s*\n", r"\n", r"[。！？!?；;…]+[”’」』）)]*", r"[，,、\s]"))
_LINK = re.compile(r"<a\s[^>]*>.*?</a>", re.DOTALL)
_JOINS_BEFORE = "\u200d\ufe0f\u20e3"


def size(text: str) -> int:
    """Bytes, as WeChat counts."""
    return len(text.encode())


def parts(text: str, longest: int = LONGEST_BYTES) -> list[str]:
    """`text` in parts of at most `longest` bytes, none empty; no character and no link is cut in two."""
    found = []
    rest = text.strip()
    while size(rest) > longest:
        cut = _cut(rest, longest)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest else found


def _cut(text: str, longest: int) -> int:
    most = _characters(text, longest)
    for pause in _PAUSES:
        ends = [match.end() for match in pause.finditer(text, 0, most) if not _in_link(text, match.end())]
        # A pause near the beginning would waste one of the few messages WeChat allows.
        if ends and ends[-1] >= most // 2:
            return ends[-1]
    return _whole(text, most)


def _characters(text: str, longest: int) -> int:
    return len(text.encode()[:longest].decode("utf-8", "ignore"))


def _in_link(text: str, at: int) -> bool:
    return any(match.start() < at < match.end() for match in _LINK.finditer(text))


def _whole(text: str, at: int) -> int:
    """The last place at or before `at` that is not inside a link or a composed character."""
    for link in _LINK.finditer(text):
        if link.start() < at < link.end() and link.start() > 0:
            return link.start()
    lowest = max(1, at - 16)
    while at > lowest and (text[at] in _JOINS_BEFORE or text[at - 1] == "\u200d" or unicodedata.combining(text[at])):
        at -= 1
    return at
