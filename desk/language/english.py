"""English words for days and hours inside Chinese messages (Friday 3pm, last Christmas), said in Chinese."""

import re

_WEEKDAYS = dict(zip("mon tue wed thu fri sat sun".split(), "一二三四五六日", strict=True))
_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_WEEKDAY = r"(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rsday|urday)?"
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?"

_PHRASES: tuple[tuple[str, str], ...] = (
    ("day after tomorrow", "后天"),
    ("tomorrow", "明天"),
    ("today", "今天"),
    ("tonight", "今晚"),
    ("yesterday", "昨天"),
    ("last (?:christmas|xmas)", "去年圣诞"),
    ("last month", "上个月"),
    ("last week", "上周"),
    ("last year", "去年"),
    ("this week", "这周"),
    ("next week", "下周"),
    ("weekends?", "周末"),
    ("(?:in the )?morning", "上午"),
    ("(?:at )?noon", "中午"),
    ("(?:in the )?afternoon", "下午"),
    ("(?:in the )?evening", "晚上"),
    ("any ?time|whenever", "随时"),
)


def to_chinese(s: str) -> tuple[str, int, int]:
    """`s` with its English times in Chinese, and where the English stretch began and ended in `s` (0, 0: nowhere)."""
    spans: list[tuple[int, int]] = []
    marked = s.lower() if len(s.lower()) == len(s) else s

    def say(pattern: str, words: str) -> None:
        nonlocal marked
        spans.extend(match.span() for match in re.finditer(pattern, s, re.I))
        marked = re.sub(pattern, words, marked, flags=re.I)

    for name, day in _WEEKDAYS.items():
        whole = _WEEKDAY.replace("mon|tue|wed|thu|fri|sat|sun", name)
        for ahead, weeks in ((r"next\s+", "下周"), (r"last\s+", "上周"), (r"(?:this\s+|on\s+)?", "周")):
            say(rf"(?<![a-z0-9-]){ahead}{whole}(?![a-z0-9-])", f"{weeks}{day}")
    for name, month in _MONTHS.items():
        whole = _MONTH.replace("jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", name)
        say(rf"(?<![a-z]){whole}\.?,?\s+(20\d\d)(?!\d)", rf"\g<2>年{month}月")
        say(rf"(?<![a-z]){whole}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)", rf"{month}月\g<2>日")
    say(r"(?<![\d:])(\d{1,2})(:\d\d)\s?pm(?![a-z])", r"下午\1\2")
    say(r"(?<![\d:])(\d{1,2})\s?pm(?![a-z])", r"下午\1点")
    say(r"(?<![\d:])(\d{1,2})(:\d\d)\s?am(?![a-z])", r"上午\1\2")
    say(r"(?<![\d:])(\d{1,2})\s?am(?![a-z])", r"上午\1点")
    say(r"(\d+)\s+years?(?:\s+ago)?(?![a-z])", r"\1年前")
    say(r"(\d+)\s+months?(?:\s+ago)?(?![a-z])", r"\1个月前")
    for english, chinese in _PHRASES:
        say(rf"(?<![a-z]){english}(?![a-z])", chinese)
    if not spans:
        return s, 0, 0
    chinese = re.sub(r"(?<=[一-龥])\s+(?=[一-龥])", "", marked)
    return chinese, min(start for start, _ in spans), max(end for _, end in spans)
