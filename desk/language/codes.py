"""Fault codes that a display shows: E24, F30005, ALM 403, P0300, 0x0000007B."""

import re
from dataclasses import dataclass

from desk.language import spelling
from desk.language.text import plain

_LEAD = (
    r"(?:显示屏?(?:上)?|故障代?码|错误代?码|代码|报警|报错|报了?|蹦(?:出)?|闪(?:了|一下|着)*|提示|出现"
    r"|跳出|跳|故障|错误|error(?: code)?|code)"
)
_FILLER = r"(?:那个|一个|个|的|是|为|了|出|着|号|:|：|“|\"|\s)*"
_LED = re.compile(
    rf"{_LEAD}{_FILLER}(?P<code>0x[0-9a-f]{{2,10}}|(?:alm|err|error)[\s-]?\d{{1,5}}"
    rf"|[a-z]{{1,2}}[\s-]?\d(?:\s?\d){{0,5}}(?:-\d{{1,3}})?[a-z]?(?![a-z0-9]))"
)
_LED_NUMBER = re.compile(rf"(?:故障代?码|错误代?码|代码|报警号|error code){_FILLER}(?P<code>\d{{1,6}})(?!\d)")
_SHOWN_NUMBER = re.compile(
    rf"(?:提示|显示|报错?|报警|闪(?:了|一下|着)*){_FILLER}(?P<code>\d{{2,6}})(?!\d|[.:]|\s?(?:度|元|块"
    rf"|%|瓦|伏|v|w|转|小?时|天|年|月|号|个|台|次|点|分|格|公里|米))"
)
_KNOWN = re.compile(
    r"(?<![a-z0-9-])(?<![^a-z][a-z]\s)(?<!^[a-z]\s)(?P<code>e[\s-]?\d{1,3}(?!\s\d)|[pbcu]0\d{3}|(?:alm"
    r"|err)[\s-]?\d{1,5}"
    r"|0x[0-9a-f]{4,10})(?![a-z0-9-])(?!寸|级|款|型)"
)
_BEFORE_CODE = re.compile(r"(?<![a-z0-9-])(?P<code>[a-z]{1,2}\d{1,5})(?=(?:这个|的)?(?:故障|报警|错误|代码))")


@dataclass(frozen=True)
class FaultCode:
    """A fault code at `start:end`; `value` upper case, digits for digit words: F30005, ALM 403."""

    start: int
    end: int
    raw: str
    value: str


def find(s: str) -> list[FaultCode]:
    """All fault codes in `s`, in order: behind 显示, 报, 代码 and the like, or of a well-known shape."""
    spelled = spelling.read(s)
    words = plain(spelled.text)
    found: dict[int, FaultCode] = {}
    for pattern in (_LED, _LED_NUMBER, _SHOWN_NUMBER, _KNOWN, _BEFORE_CODE):
        for match in pattern.finditer(words):
            start, end = spelled.span(match, "code")
            # "E6 一放锅就叫": what follows a blank in Chinese digits is the next word.
            apart = re.search(r"(?<=\d)\s+(?=[〇零一二两三四五六七八九])", s[start:end])
            if apart:
                found[start] = FaultCode(
                    start,
                    start + apart.start(),
                    s[start : start + apart.start()],
                    _canonical(plain(s[start : start + apart.start()])),
                )
                continue
            if not any(other.start < end and start < other.end for other in found.values()):
                found[start] = FaultCode(start, end, s[start:end], _canonical(match.group("code")))
    return [found[at] for at in sorted(found)]


def _canonical(code: str) -> str:
    if code.startswith("0x"):
        return "0x" + code[2:].upper()
    code = code.upper()
    return re.sub(r"\s+", " ", code) if re.match(r"[A-Z]{3}", code) else re.sub(r"\s", "", code)
