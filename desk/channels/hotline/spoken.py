"""A written answer as it is read aloud: numbers in groups, no list of more than three, nothing for the eye."""

import re

from desk import texts
from desk.language import phones

_DIGITS = str.maketrans("0123456789", "零幺二三四五六七八九")
_PLAIN = "零一二三四五六七八九"
_URL = re.compile(r"https?://\S+|www\.\S+")
_TICKET = re.compile(r"(工单号?[：:是]*\s*|单号[：:是]*\s*)?TK(\d{4})(\d{4})-(\d{4})")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})(?=日|号)")
_MASKED = re.compile(r"\d{3}\*{2,}(\d{4})")
_TAIL = re.compile(r"(尾号|后四位|末四位)(是|为|：|:)?\s*(\d{4})(?!\d)")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[–—~-]\s*(\d{1,2}):(\d{2})")
_CLOCK = re.compile(r"(上午|下午|晚上|中午|凌晨)?\s*(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_HOTLINE = re.compile(r"(?<![\dA-Za-z:/-])(1(?:19|20|10|22)|12356|12315)(?!\d)")
_SHORT = re.compile(r"(?<!\d)(?:400|800)-?\d{3}-?\d{4}(?!\d)")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9/-]*\d)(?=[A-Za-z0-9/-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9/-]{3,}")
_LIST = re.compile(r"((?:[^、，。：；！？\s]{1,20}、){3,}[^、，。：；！？\s]{1,20})")
_STEP = re.compile(r"^\s*(\d{1,2})[.．、]\s*(.+)$")
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_FOR_THE_EYE = (
    (re.compile(r"[，。；]?[^，。；]*(?:点|按)?下面的按钮[^，。；]*"), ""),
    (re.compile(r"[，；]?(?:拍照|拍张照|照片|截图)[^，。；]*"), ""),
    (re.compile(r"回复[“\"]?([^”\"，。]{1,8})[”\"]?"), r"说\1"),
    (re.compile(r"发[“\"]([^”\"]{1,8})[”\"]给我"), r"说\1"),
    (re.compile(r"(?:发给我|发我一下|发我|发过来|发一下)"), "告诉我"),
    (re.compile(r"[“”\"‘’]"), ""),
)
LISTED = 3
_ORDER = ("第一", "第二", "第三")


def of(text: str) -> str:
    """`text` for the ear."""
    for sentence in texts.data("hotline.left_out"):
        text = text.replace(sentence, "")
    text = _URL.sub("", text)
    for pattern, instead in _FOR_THE_EYE:
        text = pattern.sub(instead, text)
    parts = _steps([line.strip() for line in text.splitlines() if line.strip()])
    text = "".join(part if part[-1] in "，。！？；：" else f"{part}。" for part in parts)
    text = _BRACKETS.sub(r"，\1，", text)
    text = _LIST.sub(lambda found: _first_three(found.group()), text)
    text = _numbers(text)
    text = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s+(?=[\u3000-\u9fff\uff00-\uffef])", "", text)
    text = re.sub(r"[，。；]*([，。！？；：])", r"\1", text).strip("，；： ")
    return text if not text or text[-1] in "。！？" else f"{text}。"


def lines(written: list[str]) -> list[str]:
    """The lines of an answer for the ear; its steps are counted through, and no more than three are read."""
    return [text for text in map(of, _steps(written)) if text]


def number(digits: str) -> str:
    """A number digit by digit, 幺 for one: a mobile 3-4-4, anything else in fours from the end."""
    digits = re.sub(r"\D", "", digits)
    return "，".join(group.translate(_DIGITS) for group in groups(digits))


def groups(digits: str) -> list[str]:
    """3-4-4 for eleven digits, 3-3-4 for a 400 number, else fours from the end."""
    if len(digits) == 11:
        return [digits[:3], digits[3:7], digits[7:]]
    if len(digits) == 10 and digits.startswith(("400", "800")):
        return [digits[:3], digits[3:6], digits[6:]]
    if len(digits) <= 4:
        return [digits]
    head = len(digits) % 4
    return [part for part in (digits[:head], *(digits[at : at + 4] for at in range(head, len(digits), 4))) if part]


def code(value: str) -> str:
    """A serial number or model: letters one by one, digits as a number."""
    parts = re.findall(r"[A-Za-z]|\d+|[-/]", value)
    return " ".join(
        part.upper() if part.isalpha() else "杠" if part in "-/" else number(part) for part in parts
    )


def clock(hour: int, minute: int) -> str:
    """上午九点, 下午两点半, 晚上八点十五分."""
    part = "凌晨" if hour < 6 else "上午" if hour < 12 else "中午" if hour == 12 else "下午" if hour < 18 else "晚上"
    shown = hour - 12 if hour > 12 else hour
    rest = "" if minute == 0 else "半" if minute == 30 else f"{_value(minute)}分"
    return f"{part}{'两' if shown == 2 else _value(shown)}点{rest}"


def span(first: str, last: str) -> str:
    """From one time to another: 下午两点半到四点半."""
    return f"{first}到{last[2:] if first[:2] == last[:2] else last}"


def without_list(text: str, items: tuple[str, ...]) -> str:
    """`text` without the list of `items`, which is read out after it. Unchanged where it does not name all of them."""
    if not items or not all(item in text for item in items):
        return text
    first, last = min(map(text.find, items)), max(text.rfind(item) + len(item) for item in items)
    return f"{text[:first].rstrip('：:，')}{text[last:]}" if first else text


def _value(amount: int) -> str:
    tens, ones = divmod(amount, 10)
    if tens == 0:
        return _PLAIN[ones]
    return ("" if tens == 1 else _PLAIN[tens]) + "十" + (_PLAIN[ones] if ones else "")


def _steps(lines: list[str]) -> list[str]:
    kept, count = [], 0
    for line in lines:
        step = _STEP.match(line)
        if step is None:
            kept.append(line)
        elif count < LISTED:
            kept.append(f"{_ORDER[count]}，{step.group(2)}")
            count += 1
    return kept


def _ticket(found: re.Match[str]) -> str:
    named = found.group(1) or "工单号"
    return named + "，".join(part.translate(_DIGITS) for part in found.groups()[1:])


def _first_three(listed: str) -> str:
    items = listed.split("、")
    return "、".join(items[:LISTED]) + "等"


def _numbers(text: str) -> str:
    text = _TICKET.sub(_ticket, text)
    text = _YEAR.sub(lambda found: "".join(_PLAIN[int(digit)] for digit in found.group()), text)
    text = _DAY.sub(lambda found: f"{_value(int(found[1]))}月{_value(int(found[2]))}", text)
    text = _MASKED.sub(lambda found: f"尾号{found.group(1).translate(_DIGITS)}", text)
    text = _TAIL.sub(lambda found: f"{found.group(1)}{found.group(3).translate(_DIGITS)}", text)
    text = _SPAN.sub(
        lambda found: span(clock(int(found[1]), int(found[2])), clock(int(found[3]), int(found[4]))), text
    )
    text = _CLOCK.sub(lambda found: clock(int(found[2]), int(found[3])), text)
    for phone in reversed(phones.find(text)):
        if phone.problem is None:
            text = text[: phone.start] + number(phone.number) + text[phone.end :]
    text = _SHORT.sub(lambda found: number(found.group()), text)
    text = _HOTLINE.sub(lambda found: found.group().translate(_DIGITS), text)
    return _CODE.sub(lambda found: code(found.group()), text)
