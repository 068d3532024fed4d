"""Cells into values. Each function takes a trimmed, non-empty cell and raises Wrong with words for the office."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal, InvalidOperation
from typing import Any

from desk import time
from desk.language import phones

BLANKS = frozenset({"", "-", "--", "—", "/", "无", "NULL", "null", "None", "N/A", "n/a"})

_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：]\d{2}(?:\.\d+)?)?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
_EXCEL_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)")
_EXCEL_DAY_ONE = date(1899, 12, 30)
_YES = frozenset({"是", "1", "true", "yes", "y", "真", "对", "有", "√"})
_NO = frozenset({"否", "0", "false", "no", "n", "假", "错", "没有", "×"})
_HALF_DAYS = {"上午": (8, 12), "早上": (8, 12), "中午": (12, 14), "下午": (12, 18), "晚上": (18, 20), "全天": (8, 18)}

Convert = Callable[[str], Any]


class Wrong(ValueError):
    """A cell that cannot be taken; the message says why and how to write it."""


def trimmed(cell: object) -> str:
    """The cell as text without outer blanks and invisible characters; empty for the signs that mean nothing."""
    text = "".join(char for char in str(cell) if unicodedata.category(char) != "Cf").strip()
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        text = text[1:]  # our own export guards such cells against being run as formulas
    return "" if text in BLANKS else text


def text(cell: str) -> str:
    """Any text."""
    if _EXCEL_ERROR.fullmatch(cell):
        raise Wrong("这是 Excel 的出错值，请改成真正的内容")
    if any(unicodedata.category(char) == "Cc" and char not in "\n\r\t" for char in cell):
        raise Wrong("含有看不见的控制字符，请重新输入这一格")
    return cell.replace("\r\n", "\n")


def code(cell: str) -> str:
    """A number or name that things are known by: half-width, on one line."""
    if _SCIENTIFIC.fullmatch(cell):
        raise Wrong("Excel 把长数字变成了科学计数，后面几位已经丢失；请把这一列设为“文本”后重新填写")
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text(cell)))


def day(cell: str) -> date:
    """2025-06-10, 2025/6/10, 2025.6.10, 20250610, 2025年6月10日, with or without a time, or Excel's day number."""
    plain = unicodedata.normalize("NFKC", cell)
    found = _DATE.match(plain)
    if found:
        rest = plain[found.end() :]
        if rest and not re.fullmatch(r"[T\s]\s*\d{1,2}:\d{2}\S*", rest):
            raise Wrong("看不懂这个日期，请写成 2025-06-10")
        return _real_day(*map(int, found.groups()))
    compact = _COMPACT.fullmatch(plain)
    if compact:
        return _real_day(*map(int, compact.groups()))
    if re.fullmatch(r"[2-7]\d{4}(?:\.\d+)?", plain):
        return _EXCEL_DAY_ONE + timedelta(days=int(float(plain)))
    raise Wrong("看不懂这个日期，请写成 2025-06-10")


def instant(cell: str) -> datetime:
    """A day, with a time if known (else 09:00), in the company's zone unless it names its own."""
    plain = unicodedata.normalize("NFKC", cell)
    try:
        written = datetime.fromisoformat(plain)
    except ValueError:
        written = None
    if written is not None and written.tzinfo is not None:
        return written
    on = day(plain)
    found = _DATE.match(plain)
    clock = _CLOCK.search(plain, found.end()) if found else None
    return datetime.combine(on, _real_time(*map(int, clock.groups())) if clock else clock_time(9), tzinfo=time.SHOWN_IN)


def span(cell: str) -> tuple[datetime, datetime] | None:
    """When a visit is: a day with hours, one hour (two hours are taken) or half a day; None when it names no day."""
    plain = unicodedata.normalize("NFKC", cell)
    found = _DATE.match(plain)
    if not found:
        return None
    on, rest = _real_day(*map(int, found.groups())), plain[found.end() :]
    clocks = [_real_time(*map(int, one.groups())) for one in _CLOCK.finditer(re.sub(r"\+\d{2}:\d{2}$", "", rest))]
    if clocks:
        start = datetime.combine(on, clocks[0], tzinfo=time.SHOWN_IN)
        end = datetime.combine(on, clocks[1], tzinfo=time.SHOWN_IN) if len(clocks) > 1 else start + timedelta(hours=2)
        if end < start:
            raise Wrong("结束时间早于开始时间")
        return start, end
    first, last = next((hours for word, hours in _HALF_DAYS.items() if word in rest), _HALF_DAYS["全天"])
    return (
        datetime.combine(on, clock_time(first), tzinfo=time.SHOWN_IN),
        datetime.combine(on, clock_time(last), tzinfo=time.SHOWN_IN),
    )


def fen(cell: str) -> int:
    """An amount in yuan, as fen: 1280, 1,280.50, ¥120, 120元."""
    plain = unicodedata.normalize("NFKC", cell)
    bare = re.sub(r"^(?:¥|￥|RMB|人民币)\s*|\s*元$|(?<=\d),(?=\d{3})", "", plain)
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        raise Wrong("看不懂这个金额，请只写元数，例如 120 或 120.50") from None
    if not amount.is_finite() or amount < 0:
        raise Wrong("金额不能小于零")
    if amount != amount.quantize(Decimal("0.01")):
        raise Wrong("金额最多两位小数")
    if amount > 20_000_000:
        raise Wrong("金额太大，请核对单位是不是元")
    return int(amount * 100)


def whole(cell: str) -> int:
    """A count above zero: 12, 12个月."""
    found = re.fullmatch(r"(\d{1,4})(?:\.0+)?\s*(?:个月|月)?", unicodedata.normalize("NFKC", cell))
    if not found or int(found.group(1)) < 1:
        raise Wrong("请写一个大于零的整数")
    return int(found.group(1))


def yes_or_no(cell: str) -> bool:
    """是 / 否, 1 / 0, true / false."""
    low = unicodedata.normalize("NFKC", cell).lower()
    if low in _YES or low in _NO:
        return low in _YES
    raise Wrong("请写 是 或 否")


def many(cell: str) -> list[str]:
    """A list, parted by 、 ; , or |."""
    return [part for part in (code(part.strip()) for part in re.split(r"[、;；,，|｜\n]", cell)) if part]


def steps(cell: str) -> list[str]:
    """Sentences one after the other, parted by | or new lines, else by ; — leading numbers are dropped."""
    parts = re.split(r"[|｜\n]", text(cell))
    if len(parts) == 1:
        parts = re.split(r"[;；]", cell)
    bare = (re.sub(r"^\s*(?:\d{1,2}\s*[.、)）．]|[①-⑳])\s*(?=\D)", "", part).strip() for part in parts)
    return [part for part in bare if part]


def phone(cell: str) -> str:
    """A whole phone number in its canonical form: 13800000000, 0512-66554433, 4001234567."""
    bare = code(cell)
    if re.fullmatch(r"1[3-9]\d{9}", bare):
        return bare  # nearly every cell; the reading of customers' spellings below is slower
    found = phones.find(f"电话 {bare}")
    if (
        len(found) == 1
        and found[0].problem is None
        and re.sub(r"\D", "", bare).endswith(found[0].number.replace("-", ""))
    ):
        return found[0].number
    digits = re.sub(r"\D", "", bare)
    if digits.startswith("1") and len(digits) != 11:
        raise Wrong(f"手机号应是 11 位，这里有 {len(digits)} 位")
    raise Wrong("不是完整的电话号码；手机写 11 位，座机要带区号，例如 0512-66554433")


def one_of(names: Mapping[str, str]) -> Convert:
    """One of a vocabulary: `names` maps every accepted spelling to the stored word, and shows them when none fits."""
    allowed = "、".join(dict.fromkeys(names.values()))

    def convert(cell: str) -> str:
        found = names.get(unicodedata.normalize("NFKC", cell).lower())
        if found is None:
            raise Wrong(f"只能是：{allowed}")
        return found

    return convert


def _real_day(year: int, month: int, number: int) -> date:
    try:
        found = date(year, month, number)
    except ValueError:
        raise Wrong("没有这一天") from None
    if not 1970 <= year <= 2100:
        raise Wrong("年份不对")
    return found


def _real_time(hour: int, minute: int) -> clock_time:
    try:
        return clock_time(hour, minute)
    except ValueError:
        raise Wrong("没有这个钟点") from None
