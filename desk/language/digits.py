"""Chinese and spoken digits. A string of digit words (一三八) is digits; with 十百千万 (一百零五) it is a value."""

import re

from desk.language.text import half_width

_GROUPS = (
    "零〇洞０",
    "幺一壹１",
    "二两贰貳兩２",
    "三叁參３",
    "四肆４",
    "五伍５",
    "六陆陸６",
    "七柒拐７",
    "八捌８",
    "九玖勾９",
)
DIGITS = {char: str(number) for number, group in enumerate(_GROUPS) for char in group}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_TABLE = {ord(char): digit for char, digit in DIGITS.items()}

_WORDS = "".join(DIGITS)
_VALUE_RUN = re.compile(f"[{_WORDS}]*[十拾百佰千仟万萬亿億][{_WORDS}十拾百佰千仟万萬亿億]*")
_DASH = re.compile("中横杠|中划线|短横线?|横杠|横线|减号|杠")
_SLASH = re.compile("斜杠|斜线")
_POINT = re.compile("(?<=[0-9A-Za-z])点(?=[0-9A-Za-z])")

# What a number may look like inside other patterns: digits with an optional fraction, or Chinese number words.
NUMBER = r"(?:\d{1,9}(?:\.\d{1,4})?|[零〇一二两俩仨三四五六七八九十百千万廿]{1,12}|半)"


def same_length_digits(s: str) -> str:
    """`s` in half width with every digit word replaced by its digit; other characters and the length stay."""
    return half_width(s).translate(_TABLE)


def spoken_digits(s: str) -> str:
    """A spoken code as it is written: digit words become digits, 杠 becomes -, 斜杠 /, 点 between digits a dot.

    Meant for a piece of text that is known to be a number or code; letters and everything else stay. Words that form a
    value are read as one: 一百零五 is 105.
    """
    s = _VALUE_RUN.sub(lambda found: _as_value(found.group()), half_width(s))
    s = _DASH.sub("-", _SLASH.sub("/", s)).translate(_TABLE)
    return _POINT.sub(".", s)


def _as_value(words: str) -> str:
    number = value(words)
    return words if number is None else str(number)


def value(s: str) -> int | float | None:
    """The number that `s` says: 一百零五, 十三, 两千五 (2500), 1万2 (12000), 1.5k, 三点五, 半 (0.5). None if none."""
    s = half_width(s).strip().lower().replace(",", "").replace("，", "")
    if not s:
        return None
    if s == "半":
        return 0.5
    half = re.fullmatch("(.+?)个?半", s)
    if half:
        whole = value(half.group(1))
        return None if whole is None else whole + 0.5
    if re.fullmatch(r"\d+(?:\.\d+)?", s):
        return float(s) if "." in s else int(s)
    thousands = re.fullmatch(r"(\d+(?:\.\d+)?)k", s)
    if thousands:
        return _whole(float(thousands.group(1)) * 1000)
    mixed = re.fullmatch(r"(\d+(?:\.\d+)?)([十百千万萬亿])(\d|[一二两三四五六七八九])?", s)
    if mixed:
        unit = {**_UNITS, **_MYRIADS}[mixed.group(2)]
        rest = int(_digit(mixed.group(3))) * unit // 10 if mixed.group(3) else 0
        return _whole(float(mixed.group(1)) * unit + rest)
    fraction = re.fullmatch(f"([{_WORDS}十百千万]+)点([{_WORDS}]+)", s)
    if fraction:
        whole = value(fraction.group(1))
        return None if whole is None else float(f"{int(whole)}.{fraction.group(2).translate(_TABLE)}")
    return _words_value(s)


def _digit(char: str) -> str:
    return DIGITS.get(char, char)


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _words_value(s: str) -> int | None:
    s = s.replace("俩", "二").replace("仨", "三").replace("廿", "二十")
    if not s or any(c not in DIGITS and c not in _UNITS and c not in _MYRIADS and not c.isdecimal() for c in s):
        return None
    if not any(c in _UNITS or c in _MYRIADS for c in s):
        return int("".join(_digit(c) for c in s))
    total = section = 0
    number: int | None = None
    last_unit = 1
    after_zero = False
    for char in s:
        if char in _UNITS:
            last_unit = _UNITS[char]
            section += (1 if number is None else number) * last_unit
            number, after_zero = None, False
        elif char in _MYRIADS:
            last_unit = _MYRIADS[char]
            total = (total + section + (number or 0)) * last_unit
            section, number, after_zero = 0, None, False
        else:
            digit = int(_digit(char))
            if number is not None and not (number == 0 and after_zero):
                return None
            number, after_zero = digit, digit == 0
    # 两千五 is 2500: a last digit straight after a unit above ten counts tenths of that unit.
    if number:
        zero_before = len(s) > 1 and s[-2] in "零〇洞0"
        number = number if zero_before or last_unit <= 10 else number * last_unit // 10
    return total + section + (number or 0)
