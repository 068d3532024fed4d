"""Serial numbers in any spelling: typed, spelled letter by letter, with 杠 for the dash."""

import re
from dataclasses import dataclass

from desk.language import codes, orders, phones, spelling, tickets
from desk.language.digits import DIGITS
from desk.language.text import plain

_LEAD = re.compile(
    r"(?:序列号|序列|序号|机身号码?|机身编?码|机器编?号|机号|出厂编?号|产品编号|设备编号|产品序号"
    r"|条形?码|车架号?|vin码?|imei|(?<![a-z])s\s?[/.]?\s?n(?![a-z])\.?码?"
    r"|serial(?: ?(?:number|no\.?|num))?)"
    r"(?:号|码|是|为|就是|应该是|好像是|呢|嘛|啊|那个|给你|发你|给您|is|#|=|:|：|，|,|\s)*"
)
_GROUPED = re.compile(r"[A-Z0-9]+(?:\s?[-/]\s?[A-Z0-9]+|\s[A-Z0-9]+)*")
_VIN = re.compile(r"(?=[A-HJ-NPR-Z]*\d)(?=\d*[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}")
_MEASURE = re.compile(r"^\d+(?:[A-Z]{1,3}|-\d+[A-Z]{0,3})$")
_MODEL_LEAD = re.compile(r"(?:型号|model(?: number| no\.?)?)[^0-9a-z]{0,8}(?=[0-9a-z])")
_HIDDEN = "\x00"


@dataclass(frozen=True)
class Serial:
    """A serial number at `start:end`; `value` upper case, digits for digit words, dashes kept, spaces dropped."""

    start: int
    end: int
    raw: str
    value: str


def find(s: str, asked: bool = False) -> list[Serial]:
    """All serial numbers in `s`, in order; not phones, tickets or orders.

    `asked`: the customer was just asked for it, so a plain number or a short code counts also without 序列号 before it.
    """
    spelled = spelling.read(s)
    line = _hide_others(s, spelled)
    words = plain(spelled.text)
    models = {match.end() for match in _MODEL_LEAD.finditer(words)}
    led = {match.end() for match in _LEAD.finditer(words)}
    found = []
    for match in _GROUPED.finditer(line):
        start, end, is_led = _after_lead(match, led)
        for begin, stop in _parts(spelled, s, line, start, end, is_led or asked):
            value = re.sub(r"\s", "", line[begin:stop])
            if begin in models:
                continue
            if _is_serial(
                value,
                is_led and begin == start,
                asked,
                _alone(words, begin, stop),
                _is_spelled(s, spelled, begin, stop),
            ):
                a, z = spelled.starts[begin], spelled.ends[stop - 1]
                found.append(Serial(a, z, s[a:z], value))
    return found


def key(s: str) -> str:
    """For comparing serial numbers: upper case, letters and digits only; O and 0, I and 1 stay apart."""
    return re.sub(r"[^A-Z0-9]", "", spelling.read(s).text)


def loose_key(s: str) -> str:
    """For finding likely readings: like `key`, with O read as 0, and I and L as 1."""
    return key(s).translate(str.maketrans("OIL", "011"))


def _hide_others(s: str, spelled: spelling.Spelled) -> str:
    """The spelled line with phones, ticket and order numbers and fault codes blotted out."""
    found = (phones.find(s), tickets.find(s), orders.find(s), codes.find(s))
    others = [(other.start, other.end) for kind in found for other in kind]
    return "".join(
        _HIDDEN if any(first <= start < last for first, last in others) else sign
        for sign, start in zip(spelled.text, spelled.starts, strict=True)
    )


def _after_lead(match: re.Match[str], led: set[int]) -> tuple[int, int, bool]:
    """Start and end of the code, behind a lead word (SN, VIN) that the pattern took in."""
    inside = [at for at in led if match.start() <= at < match.end()]
    return (max(inside), match.end(), True) if inside else (match.start(), match.end(), False)


def _parts(spelled: spelling.Spelled, s: str, line: str, start: int, end: int, join: bool) -> list[tuple[int, int]]:
    """The codes between start and end. Spaces split them, but for letters spelled one by one, and after 序列号."""
    pieces = [
        (start + m.start(), start + m.end()) for m in re.finditer(r"[A-Z0-9]+(?:\s?[-/]\s?[A-Z0-9]+)*", line[start:end])
    ]
    if not pieces:
        return []
    parts = [pieces[0]]
    for piece in pieces[1:]:
        before, after = line[slice(*parts[-1])], line[slice(*piece)]
        if _belong_together(before, after, join, s[spelled.starts[piece[0]] : spelled.ends[piece[1] - 1]]):
            parts[-1] = (parts[-1][0], piece[1])
        else:
            parts.append(piece)
    return parts


def _belong_together(before: str, after: str, join: bool, written: str) -> bool:
    last = re.split(r"[\s/-]", before)[-1]
    first = re.split(r"[\s/-]", after)[0]
    if (len(last) == 1 and last.isalpha()) or (len(first) == 1 and first.isalpha()):
        return True
    if last.isdigit() and first.isdigit() and min(len(last), len(first)) == 1:
        return True
    if len(last) > 3 and last.isalpha():
        return False
    return join and (any(c.isdigit() for c in after) or (len(written) <= 3 and written.isupper()))


def _is_serial(value: str, led: bool, asked: bool, alone: bool, is_spelled: bool) -> bool:
    signs = re.sub(r"[^A-Z0-9]", "", value)
    digits, letters = sum(c.isdigit() for c in signs), sum(c.isalpha() for c in signs)
    if not digits or value.startswith("TK20"):
        return False
    if led:
        return len(signs) >= 4 or (len(signs) >= 3 and letters > 0)
    if _VIN.fullmatch(value) and digits >= 3:
        return True
    if asked and (len(signs) >= 4 and (letters or alone)) and not _MEASURE.match(value):
        return True
    if not letters or _MEASURE.match(value) or not value[0].isalnum():
        return False
    groups = re.split("[-/]", value)
    if len(groups) >= 3 and len(signs) >= 5:
        return True
    if len(groups) == 2:
        return (len(signs) >= 7 and any(re.search(r"\d{4}", group) for group in groups)) or (
            (alone or is_spelled) and len(signs) >= 5
        )
    return (len(signs) >= 8 and digits >= 3 and letters >= 2) or (
        (alone or is_spelled) and len(signs) >= 6 and digits >= 3
    )


def _is_spelled(s: str, spelled: spelling.Spelled, begin: int, stop: int) -> bool:
    """Whether digits or the dash were said as words."""
    return any(
        (c in DIGITS and not c.isdecimal()) or c == "杠" for c in s[spelled.starts[begin] : spelled.ends[stop - 1]]
    )


def _alone(words: str, begin: int, stop: int) -> bool:
    """Whether the message is the code and little else."""
    rest = re.sub(r"[^\w]|[的是这个就那喏给你好了啊吧嗯哦]", "", words[:begin] + words[stop:])
    return not rest
