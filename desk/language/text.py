"""Cleaning of customers' texts: widths, invisible characters, traditional characters, common typos."""

import re
import unicodedata
from functools import lru_cache, partial

from desk.language import traditional, typos

_HALVED = dict(
    zip(map(ord, "＃＄％＆＊＋－．／＝＠＿～｛｝［］＜＞｜＼＂＇＾｀"), "#$%&*+-./=@_~{}[]<>|\\\"'^`", strict=True)
)
_JOINER = "\u200d"

_CHARACTERS = {ord(pair[0]): pair[1] for pair in traditional.PAIRS.split()}
_CHARACTERS.update({ord(a): b for a, b in ("後后", "於于", "徵征", "菸烟", "夥伙", "摺折", "醣糖")})
# Characters that only written Cantonese uses; each has one plain meaning.
_CHARACTERS.update(
    {ord(a): b for a, b in ("嘅的", "咗了", "唔不", "冇没", "嚟来", "喺在", "佢他", "哋们", "畀给", "俾给")}
)
_CHARACTERS.update(
    {ord(a): b for a, b in ("嗰那", "啲些", "睇看", "嘢物", "攞拿", "搵找", "揾找", "瞓睡", "攰累", "啱刚", "咁这")}
)

# Characters whose simplified form depends on their neighbours.
_IN_CONTEXT = (
    (re.compile("乾(?![隆坤])"), "干"),
    (re.compile("(?<![显名编原专巨土论译遗])著(?![名作称者述])"), "着"),
    (re.compile("甚(?=[麼么])"), "什"),
    (re.compile("(?<=[計计規规企])[畫画](?![画面])"), "划"),
    (re.compile("(?<![關关聯联])係(?![統统数數列])"), "是"),
    (re.compile("唔該"), "麻烦"),
    (re.compile("唔该"), "麻烦"),
)


def clean(s: str) -> str:
    """Text in half-width letters and digits, without invisible characters, with single spaces.

    Full-width Chinese punctuation (，。：（）！？) stays as it is, emoji stay whole.
    """
    kept: list[str] = []
    for char in s:
        for plain in _narrow(char):
            if plain == _JOINER:
                if kept and _is_emoji(kept[-1]):
                    kept.append(plain)
            elif plain.isspace():
                kept.append(" ")
            elif unicodedata.category(plain) not in {"Cc", "Cf", "Cs", "Co", "Cn"}:
                kept.append(plain)
    return re.sub(" +", " ", "".join(kept)).strip().rstrip(_JOINER)


def half_width(s: str) -> str:
    """The same text with full-width letters, digits and signs made half width, character by character (same length)."""
    return "".join(_narrow(char) if len(_narrow(char)) == 1 else char for char in s)


def _narrow(char: str) -> str:
    if char in "\u3000\u00a0":
        return " "
    if ord(char) in _HALVED:
        return _HALVED[ord(char)]
    if char.isascii():
        return char
    composed = unicodedata.normalize("NFKC", char)
    return composed if composed.isalnum() else char


def _is_emoji(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk", "Mn"}


def to_simplified(s: str) -> str:
    """Simplified characters for traditional, Hong Kong and Cantonese ones. Same length as `s`, so offsets survive."""
    for pattern, plain in _IN_CONTEXT:
        s = pattern.sub(plain, s)
    return s.translate(_CHARACTERS)


def _compile(pairs: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(wrong), right) for wrong, right in (line.split("→") for line in pairs.split())]


_TYPOS = _compile(typos.PAIRS)


def fix_homophones(s: str) -> str:
    """Right spelling for common typos of product, symptom and service words. Same length as `s`.

    Knows simplified characters only: call `to_simplified` first.
    """
    for pattern, right in _TYPOS:
        s = pattern.sub(partial(_correct, right=right), s)
    return s


def _correct(found: re.Match[str], right: str) -> str:
    """`right` with its `?` replaced by the character that stands in that place, or in the pattern's group."""
    wrong = found.group()
    kept = found.group(1) if found.re.groups else None
    fixed = "".join((kept or wrong[i]) if char == "?" else char for i, char in enumerate(right))
    return fixed if len(fixed) == len(wrong) else wrong


@lru_cache(maxsize=256)  # one message is looked at from a dozen sides
def plain(s: str) -> str:
    """Half width, simplified, typos repaired, lower case: the form in which words are looked up. Same length as `s`."""
    lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in half_width(s))
    return fix_homophones(to_simplified(lowered))
