"""Order and contract numbers, which only their lead word (订单号, 合同编号, #) tells from other codes."""

import re
from dataclasses import dataclass

from desk.language import spelling
from desk.language.text import plain

_LEAD = re.compile(
    r"(?:订单(?:编号|号码?)?|定单号|单号|合同(?:编号|号码?)?|采购单号?|交易号|order(?: ?(?:no\.?"
    r"|number|id))?|po|contract(?: ?(?:no\.?|number))?)"
    r"(?:是|为|就是|应该是|给你|发你|给您|在这|呢|:|：|,|，|\s)*(?=[#a-z0-9])"
)
_CODE = r"[A-Z0-9]+(?:\s?[-/]\s?[A-Z0-9]+)*"
_BODY = re.compile(rf"#?(?:[A-Z]\s)*({_CODE})")
_HASHED = re.compile(rf"#\s?({_CODE})")


@dataclass(frozen=True)
class OrderNumber:
    """An order or contract number at `start:end` (with its # if written); `value` without # and spaces, upper case."""

    start: int
    end: int
    raw: str
    value: str


def find(s: str) -> list[OrderNumber]:
    """All order and contract numbers in `s`, in order; ticket numbers are none of them."""
    spelled = spelling.read(s)
    words = plain(spelled.text)
    found: dict[int, OrderNumber] = {}
    places = [(_BODY, lead.end()) for lead in _LEAD.finditer(words)]
    places += [(_HASHED, match.start()) for match in _HASHED.finditer(spelled.text)]
    for pattern, at in places:
        match = pattern.match(spelled.text, at)
        if not match:
            continue
        value = re.sub(r"[\s#]", "", match.group())
        if len(re.sub(r"\W", "", value)) >= 4 and re.search(r"\d{2}|\d-", value) and not value.startswith("TK20"):
            start, end = spelled.span(match)
            found.setdefault(start, OrderNumber(start, end, s[start:end], value))
    return [found[at] for at in sorted(found)]
