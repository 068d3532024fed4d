"""Addresses: spoken numbers to digits, without harming names such as 二七区 or 五一路."""

import re

from desk.language.digits import DIGITS, value
from desk.language.places import CITIES, PROVINCES
from desk.language.text import clean, half_width, to_simplified

_WORDS = "".join(char for char in DIGITS if not char.isdecimal())
_NUMERAL = f"[{_WORDS}十百千]"
_AFTER_NUMBER = (
    r"号院|号楼|号库|号门|号|单元|栋|幢|座|楼(?!下|上|梯|道)|层|室|弄|门洞|门(?!口|外|头|市)|房(?!间|东)"
    r"|户|组(?!团)|排|梯"
)
_NAME_AFTER_NUMBER = r"(?!大街|街|路|线|桥|公路|闸|井|码头|矿|国道|省道|大道|广场|村|镇|公馆|工厂|院线)"
_NUMBERED = re.compile(rf"({_NUMERAL}+)(?=(?:{_AFTER_NUMBER}){_NAME_AFTER_NUMBER})")
_DASHED = re.compile(rf"({_NUMERAL}+|\d+)(?:杠|-|之)(?=(?:{_NUMERAL}|\d))")
_NAMED = (
    r"国道|省道|县道|路|街|大道|巷|桥|广场|厂|村|镇|乡|区|公园|商场|大厦|小区|医院|中学|小学|学校|便利"
    r"|部队|里|屯|堡|坊|坡|号线|期|环"
)
_ROOM = re.compile(rf"(?<![{_WORDS}十])({_NUMERAL}{{3,6}})(?!{_NUMERAL}|{_NAMED})")

_LEAD = re.compile(
    r"^(?:(?:好的?|嗯|哦|那个|那|就|呃|对|行|你好|您好)[,，。\s]*)*"
    r"(?:(?:我们?|咱们?|俺|他|她)?(?:家里?|公司|单位|厂里?|店里?|这边|这里|这儿|的)?(?:的|是)?(?:收货"
    r"|上门|详细|家庭|联系|安装|维修|新|取件)?(?:地址|住址|位置)(?:是在|就是|就在|是|在|为|呢|改成"
    r"|改为|换成|：|:|\s)*"
    r"|(?:我们?|咱们?|俺)?(?:家|公司|单位|厂|店|人)?(?:就|是)?(?:住在|住|在|位于)|(?:麻烦)?(?:送到"
    r"|寄到|寄往|寄给|送去|上门到|到|来|改成|改到|换成|搬到)(?:了)?)(?:的|是|：|:|,|，|\s)*"
)
_END = re.compile(r"(?:(?:[,，。.!！\s]|这里|这边|这儿|那里|那边|就行|谢谢|麻烦了?|吧|啊|哈|呢|的)+)$")

_PLACE = "|".join(sorted({*PROVINCES, *CITIES}, key=len, reverse=True))
_CHAR = r"[一-龥A-Za-z0-9·\-#]"
_UNIT = (
    r"(?:特别行政区|自治[区州县]|省|市|区|县|旗|镇|乡|街道|村|社区|大道|大街|路|街|巷|弄|胡同|国道|工业园"
    r"|科技园|产业园|开发区|花园|家园|小区|公寓|大厦|广场|新村|新城|苑|园|庄|屯|湾|城|府|邸|院|厂|里|段)"
)
_HOUSE = (
    r"(?:[0-9A-Za-z一二三四五六七八九十百零〇两幺\-]{1,8}(?:号院|号楼|号|栋|幢|座|单元|楼|层|室|弄|门|房"
    r"|户|组|期|区)(?:[0-9零〇一二三四五六七八九十两幺]{2,5}(?!\d)室?)?)"
)
_STREET = rf"(?:{_CHAR}{{1,8}}?{_UNIT})"
_ADDRESS = re.compile(
    rf"(?:(?:{_PLACE})(?:省|市|区|县)?(?:{_STREET}|{_HOUSE}|(?:{_PLACE})(?:市|区|县)?|[\s,，]){{0,14}}"
    rf"|{_STREET}(?:{_STREET}|{_HOUSE}){{0,10}}|{_HOUSE}{{2,}})"
)
_STRONG_UNIT = re.compile(r"[市区县镇乡村路街巷弄]|街道|大道|小区|花园|胡同|大厦|公寓|广场|园|苑|城|庄|里|府")
_STRONG_HOUSE = re.compile(
    rf"(?:\d|{_NUMERAL})\s*(?:{_AFTER_NUMBER})|(?:号|单元|栋|幢|座)(?:\d|{_NUMERAL}){{2,5}}|[A-Z]座|\d-\d"
)
_CITY = re.compile(f"(?:{_PLACE})")


def normalise(s: str) -> str:
    """The address with spoken numbers as digits, without words around it (地址是, 我住在, 送到).

    南京南街二十八号三单元五零二 becomes 南京南街28号3单元502; names keep their characters: 二七区, 五一路, 三里屯.
    """
    s = clean(s)
    if re.search(f"{_NUMERAL}\\s{_NUMERAL}", s) or not re.search("[A-Za-z]", s):
        s = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", s)
    s = _END.sub("", _LEAD.sub("", s, count=1))
    s = _DASHED.sub(lambda found: f"{_digits(found.group(1))}-", s)
    s = _NUMBERED.sub(lambda found: _digits(found.group(1)), s)
    s = re.sub(rf"(?<=-)({_NUMERAL}+)", lambda found: _digits(found.group(1)), s)
    s = re.sub(rf"(?<=号|座|栋|幢|楼|室|弄)({_NUMERAL}{{2}})$", lambda found: _digits(found.group(1)), s)
    return _ROOM.sub(lambda found: _digits(found.group(1)), s)


def looks_like(s: str) -> bool:
    """Whether `s` holds an address to which somebody can be sent: street and house, city and house or street."""
    words = to_simplified(clean(s))
    if not re.search(r"[一-龥]", words):
        return False
    city, unit, house = _CITY.search(words), _STRONG_UNIT.search(words), _STRONG_HOUSE.search(words)
    if len(_STRONG_HOUSE.findall(words)) >= 2:
        return True
    return bool((unit and house) or (city and house) or (city and unit and len(words) >= 6))


def find(s: str) -> tuple[int, int] | None:
    """Start and end of the address in `s`: the longest stretch that looks like one. None when there is none."""
    words = half_width(to_simplified(s))
    best: tuple[int, int] | None = None
    for clause in re.finditer(r"[^,，。；;！!？?\n]+", words):
        lead = _LEAD.match(clause.group())
        offset = clause.start() + (lead.end() if lead else 0)
        city = _CITY.search(words, offset, clause.end())
        offset = city.start() if city else offset
        for match in _ADDRESS.finditer(words, offset, clause.end()):
            start, end = match.start(), match.start() + len(match.group().rstrip())
            if looks_like(words[start:end]) and (best is None or end - start > best[1] - best[0]):
                best = (start, end)
    return best


def _digits(words: str) -> str:
    """二十八 is 28, 五零二 is 502, 十二零一 is 1201; what is no number stays."""
    mixed = re.fullmatch(r"(.*十.?)(零.)", words)
    if mixed:
        return _digits(mixed.group(1)) + _digits(mixed.group(2))
    if words[0] in DIGITS and not re.search("[十百千]", words):
        return "".join(DIGITS[char] for char in words)
    number = value(words)
    return words if number is None else str(number)
