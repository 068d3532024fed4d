"""Amounts of money in customers' words, in fen: 两百块, 一千二, 1.5k, 超过500就不修了."""

import re
from dataclasses import dataclass

from desk.language.digits import NUMBER, value
from desk.language.text import half_width, to_simplified


@dataclass(frozen=True)
class Money:
    """An amount at `start:end`; `fen` is an integer of fen."""

    start: int
    end: int
    raw: str
    fen: int


_PLAIN = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9}(?:\.\d{1,4})?[十百千万]?\d?|[零〇一二两三四五六七八九十百千万]{1,12})"
_YUAN = r"(?:块|元|圆|塊|人民币|rmb|大洋|蚊|yuan)"
_OTHER_THING = (
    r"(?!\d|\.\d|[零〇一二两三四五六七八九十百千万亿]|多?(?:天|年|个|次|台|小时|分|度|公里|里|米|人|位"
    r"|号|岁|斤|楼|层|件|张|页|瓦|伏|毫|平|升|条|套|把|遍|点|月|周|秒|转|寸|家|名|字|组|部|只|户|种|步"
    r"|兆|[a-z%]))"
)
_COST = (
    r"(?:超过|超出|超了?|不超过|低于|高于|少于|多于|最多|顶多|至多|预算|要我|收我?|收费|花了?|要价|报价"
    r"|便宜|贵|才|只要|得|给|赔我?|退我?|以|押金|定金|检测费|上门费|总共|一共|要|[¥￥$])"
)

_PATTERNS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"[¥￥]\s?(?P<n>{_PLAIN})(?P<k>k|万)?(?:{_YUAN})?",
        rf"(?P<n>{_PLAIN})(?P<k>k|w|千|万)?(?:来|多"
        rf"|几)?个?{_YUAN}(?P<jiao>[一二三四五六七八九半\d])?(?!{_YUAN})(?:[毛角钱]|(?!\d))?",
        rf"(?P<mao>{NUMBER})[毛角](?!病|巾|衣|发|度|落|钢)(?:钱)?",
        rf"(?:(?<=^)|(?<={'|'.join(sorted({'超过'}))}))(?P<n>\d+)(?P<k>)(?=就|以内|以上|以下|之内)",
        r"(?P<n>\d+(?:\.\d+)?)(?P<k>k)(?!\w|屏|电视|分辨率|显示|画质|高清)",
    )
)
_AFTER_COST = re.compile(
    rf"{_COST}(?:个|大概|大约|差不多|了|是|\s)*(?P<n>\d+(?:\.\d+)?"
    rf"|[零〇一二两三四五六七八九]?[十百千万][零〇一二两三四五六七八九十百千万]*){_OTHER_THING}",
    re.I,
)
_BEFORE_LIMIT = re.compile(rf"(?<![\d.])(?P<n>{NUMBER})(?=以内|之内|以下|以上|封顶)")
_ROUND = re.compile(
    rf"(?<![零〇一二两三四五六七八九十百千万第\d])(?P<n>[一二两三四五六七八九][百千万][零一二两三四五六七八九十百千]*){_OTHER_THING}(?!年"
    rf"|货)"
)


def find(s: str) -> list[Money]:
    """All amounts in `s`, in order. An approximate one (两百来块) gives its base."""
    words = half_width(to_simplified(s))
    found: dict[int, Money] = {}
    for pattern in (*_PATTERNS, _AFTER_COST, _BEFORE_LIMIT, _ROUND):
        for match in pattern.finditer(words):
            fen = _fen(match.groupdict())
            start, end = _span(match)
            if fen is not None and not any(other.start < end and start < other.end for other in found.values()):
                found[start] = Money(start, end, s[start:end], fen)
    return [found[at] for at in sorted(found)]


def _span(match: re.Match[str]) -> tuple[int, int]:
    return match.span("n") if match.re in (_AFTER_COST, _BEFORE_LIMIT) else match.span()


def _fen(groups: dict[str, str | None]) -> int | None:
    if groups.get("mao"):
        mao = value(groups["mao"] or "")
        return None if mao is None else round(mao * 10)
    number = value(groups["n"] or "")
    if number is None:
        return None
    factor = {"k": 1000, "千": 1000, "w": 10_000, "万": 10_000}.get((groups.get("k") or "").lower(), 1)
    jiao = groups.get("jiao")
    tenths = 5 if jiao == "半" else int(value(jiao) or 0) if jiao else 0
    return round(number * factor * 100) + tenths * 10
