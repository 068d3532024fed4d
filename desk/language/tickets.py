"""Ticket numbers (TK20261116-0329) in any spelling."""

import re
from dataclasses import dataclass
from datetime import date

from desk.language import spelling
from desk.language.text import to_simplified

_DIGIT = r"\d[ ]?"
_NUMBER = re.compile(
    rf"(?<![A-Z])T\s?K\s?(?:号|[-#:：]|是)?\s?((?:{_DIGIT}){{7}}\d)\s?-?\s?((?:{_DIGIT}){{3}}\d)(?!\d)"
)
_WITHOUT_LETTERS = re.compile(
    rf"(?:工单|单子?)(?:编?号码?|號碼?)?(?:是|为|:|："
    rf"|\s)*(20(?:{_DIGIT}){{5}}\d)\s?-?\s?((?:{_DIGIT}){{3}}\d)(?!\d)"
)


@dataclass(frozen=True)
class TicketNumber:
    """A ticket number at `start:end`; `value` is its canonical form, TK20261116-0329."""

    start: int
    end: int
    raw: str
    value: str


def find(s: str) -> list[TicketNumber]:
    """All ticket numbers in `s`, in order: lower case, without the dash, with spaces, full width or spoken."""
    spelled = spelling.read(s)
    found: dict[int, TicketNumber] = {}
    for pattern in (_NUMBER, _WITHOUT_LETTERS):
        for match in pattern.finditer(to_simplified(spelled.text)):
            value = f"TK{_compact(match.group(1))}-{_compact(match.group(2))}"
            start = match.start() if pattern is _NUMBER else match.start(1)
            begin, end = spelled.starts[start], spelled.ends[match.end() - 1]
            if opened_on(value):
                found.setdefault(begin, TicketNumber(begin, end, s[begin:end], value))
    return [found[at] for at in sorted(found)]


def opened_on(number: str) -> date | None:
    """The day in a canonical ticket number. None when it is no ticket number or no day."""
    match = re.fullmatch(r"TK(\d{4})(\d{2})(\d{2})-\d{4}", number)
    if not match:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def _compact(digits: str) -> str:
    return digits.replace(" ", "")
