"""Phone numbers in customers' words: typed, spoken, corrected half way, a digit short or long."""

import re
from dataclasses import dataclass
from typing import Literal

from desk.language.digits import DIGITS, same_length_digits
from desk.language.text import plain

Kind = Literal["mobile", "landline", "service"]
Problem = Literal["too_short", "too_long", "unknown"]


@dataclass(frozen=True)
class Phone:
    """A phone number at `start:end`. `number`: digits only, landlines as 0512-66554433; `problem`: why it is wrong."""

    start: int
    end: int
    raw: str
    number: str
    kind: Kind
    problem: Problem | None = None


@dataclass(frozen=True)
class _Group:
    start: int
    end: int
    digits: str


_MOBILE = re.compile(r"(?:0086|86|17951|0)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:0086|86)?(0?(?:10|2\d)|0[3-9]\d{2})(\d{7,8})")
_SERVICE = re.compile(r"(?:400|800)\d{7}")

_JOINS = re.compile(r"(?:[\s\-–—_.·()（）+,，、]|杠|横杠|呃|嗯|然后){1,3}")
_FIRM_BREAK = re.compile(r"[,，、;；]")
_CORRECTION = re.compile(
    r"不对|错了|说错|不是|哎呀?|更正|重新|重来|应该是|改成|换成|少.{0,2}一位|多.{0,2}一位|漏.{0,2}一位"
)
_NEGATED_BEFORE = re.compile(
    r"(?:不是|不要打|别打|别用|旧号码?|老号码?|以前的号码?|原来的?(?:手机|电话)?号码?)(?:是|我?的|这个"
    r"|那个|[:：\s])*$"
)
_NEGATED_AFTER = re.compile(
    r"^(?:这个|那个|的|号码?|[,，\s])*(?:已经)?(?:不用了|作废|停机|停用|注销|打不通|不通|不对|错了|写错"
    r"|是错的|换掉了|没用了)"
)
_LEAD = re.compile(
    r"(?:电话|手机|号码|手机号|联系方式|座机|固话|打给我|打我|打到|回电|回我|拨|tel|phone|mobile|call"
    r"|cell)[^\d]{0,8}$"
)
_OTHER_LEAD = re.compile(
    r"(?:序列号|序号|s/?n|sn码|机身号|机身码|编号|订单号?|合同号?|工单号?|单号|运单号?|快递号?"
    r"|身份证号?|发票号码?|车架号?|imei|条码|卡号|账号|尾号|后四位|qq)"
    r"(?:是|为|:|：|#|号|码|就是|\s)*$"
)
_LOCAL = re.compile(r"(?:座机|固话|固定电话)(?:是|号|码|:|：|\s)*$")


def find(s: str) -> list[Phone]:
    """All phone numbers in `s`, in order. One that the customer takes back is left out when a good one is there."""
    digits = same_length_digits(s)
    words = plain(s)
    phones = _scan(s, digits, words)
    return [phone for phone in phones if not _withdrawn(phone, phones, words)]


def last(s: str) -> Phone | None:
    """The number that counts: the last complete one, else the last faulty one."""
    phones = find(s)
    good = [phone for phone in phones if phone.problem is None]
    return good[-1] if good else phones[-1] if phones else None


def mask(number: str) -> str:
    """The number with its middle hidden: 138****2020."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 7:
        return "*" * len(digits)
    return (
        digits[:3] + "*" * (len(digits) - 7) + digits[-4:] if len(digits) > 8 else "*" * (len(digits) - 4) + digits[-4:]
    )


def tail(s: str) -> str | None:
    """The last four digits that a customer names: 尾号1818, 后四位是幺八幺八. None if none."""
    found = re.search(
        r"(?:尾号|(?:后|末|最后|末尾)(?:四|4)(?:位数?|个数字?|个)|last four"
        r"|last 4)[^\d零〇洞幺一二两三四五六七拐八九勾]{0,4}(.{4,12})",
        s,
        re.I,
    )
    if not found:
        return None
    digits = re.match(r"\d(?:[\s-]?\d){3}", same_length_digits(found.group(1)))
    return re.sub(r"\D", "", digits.group()) if digits else None


def _scan(s: str, digits: str, words: str) -> list[Phone]:
    groups = [_Group(m.start(), m.end(), m.group()) for m in re.finditer(r"\d+", digits)]
    phones: list[Phone] = []
    at = 0
    while at < len(groups):
        taken, phone = _at(s, digits, words, groups, at)
        if phone:
            phones.append(phone)
        at += taken
    return phones


def _at(s: str, digits: str, words: str, groups: list[_Group], first: int) -> tuple[int, Phone | None]:
    """The phone that begins with group `first`, and how many groups it takes."""
    joined = _joined(digits, groups, first)
    before = words[max(0, groups[first].start - 14) : groups[first].start]
    if _OTHER_LEAD.search(before) or _inside_code(digits, groups, first, len(joined)):
        return 1 if _inside_code(digits, groups, first, 1) else len(joined), None
    for count in range(len(joined), 0, -1):
        text = "".join(group.digits for group in joined[:count])
        number = _number(text)
        if number and not _inside_code(digits, groups, first, count):
            return count, _phone(s, joined[:count], number[0], number[1], None)
    return _faulty(s, digits, before, joined)


def _joined(digits: str, groups: list[_Group], first: int) -> list[_Group]:
    """The groups that may belong to one number: near each other, with nothing but separators between."""
    joined = [groups[first]]
    for group in groups[first + 1 : first + 8]:
        between = digits[joined[-1].end : group.start]
        so_far = sum(len(part.digits) for part in joined)
        if not _JOINS.fullmatch(between) or so_far + len(group.digits) > 16:
            break
        if _FIRM_BREAK.search(between) and (so_far >= 10 or len(group.digits) >= 10):
            break
        joined.append(group)
    return joined


def _number(text: str) -> tuple[str, Kind] | None:
    mobile = _MOBILE.fullmatch(text)
    if mobile:
        return mobile.group(1), "mobile"
    if _SERVICE.fullmatch(text):
        return text, "service"
    landline = _LANDLINE.fullmatch(text)
    if landline and (text.startswith("0") or text.startswith("86")):
        area, local = landline.groups()
        area = area if area.startswith("0") else f"0{area}"
        if local[0] not in "01" and (len(area) == 4 or len(local) == 8):
            return f"{area}-{local}", "landline"
    return None


def _faulty(s: str, digits: str, before: str, joined: list[_Group]) -> tuple[int, Phone | None]:
    """A number that was meant as a phone but has a digit too few or too many."""
    led = bool(_LEAD.search(before))
    if _LOCAL.search(before) and len(joined[0].digits) in (7, 8):
        return 1, _phone(s, joined[:1], joined[0].digits, "landline", "unknown")
    for count in range(len(joined), 0, -1):
        text = "".join(group.digits for group in joined[:count])
        spoken = any(char in DIGITS and not char.isascii() for char in s[joined[0].start : joined[count - 1].end])
        problem = _problem(re.sub("^(?:0086|17951)", "", text), led, spoken)
        if problem:
            return count, _phone(s, joined[:count], text, "mobile", problem)
    return 1, None


def _problem(text: str, led: bool, spoken: bool) -> Problem | None:
    like_mobile = re.match("1[3-9]", text)
    if like_mobile and (len(text) == 10 or (len(text) in (8, 9) and (led or spoken))):
        return "too_short"
    if like_mobile and (len(text) == 12 or (len(text) in (13, 14) and (led or spoken))):
        return "too_long"
    if led and len(text) in (9, 10) and not like_mobile:
        return "unknown"
    if led and len(text) == 11:
        return "unknown"
    if led and 5 <= len(text) <= 8 and like_mobile:
        return "too_short"
    return None


def _phone(s: str, groups: list[_Group], number: str, kind: Kind, problem: Problem | None) -> Phone:
    start, end = groups[0].start, groups[-1].end
    if start and s[start - 1] in "+＋（(":
        start -= 1
    return Phone(start, end, s[start:end], number, kind, problem)


def _inside_code(digits: str, groups: list[_Group], first: int, count: int) -> bool:
    """Whether the digits are glued to Latin letters, as in a serial number or a ticket number."""
    before = digits[: groups[first].start]
    after = digits[groups[first + count - 1].end :]
    if re.search(r"(?<![A-Za-z])[A-Za-z]\s$", before):
        return True
    word = re.search(r"([A-Za-z]+)[-_/#:]?$", before)
    if word and word.group(1).lower() not in {
        "tel",
        "phone",
        "mobile",
        "call",
        "cell",
        "me",
        "at",
        "number",
        "no",
        "is",
        "dial",
        "ph",
        "mob",
    }:
        return True
    return bool(re.match(r"[-_/]?[A-Za-z](?![A-Za-z]{2})", after)) or bool(
        re.match(r"-\d", after) and re.search(r"\d-$", before)
    )


def _withdrawn(phone: Phone, phones: list[Phone], words: str) -> bool:
    """Whether the customer took this number back: a good one follows a correction, or it is named as the wrong one."""
    good = [other for other in phones if other.problem is None and other != phone]
    if not good:
        return False
    following = next((other for other in good if other.start > phone.start), None)
    if following and _CORRECTION.search(words[phone.end : following.start]):
        return True
    if following and phone.problem is not None and following.start - phone.end <= 12:
        return True
    return bool(_NEGATED_BEFORE.search(words[: phone.start]) or _NEGATED_AFTER.match(words[phone.end :]))
