"""Cells as offices write them, and what is refused with which words."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from desk.imports import shifts, values
from desk.imports.values import Wrong

READ: list[tuple[Callable[[str], Any], str, Any]] = [
    (values.day, "2025-06-10", date(2025, 6, 10)),
    (values.day, "2025/6/10", date(2025, 6, 10)),
    (values.day, "2025.6.10", date(2025, 6, 10)),
    (values.day, "20250610", date(2025, 6, 10)),
    (values.day, "2025年6月10日", date(2025, 6, 10)),
    (values.day, "２０２５年６月１０日", date(2025, 6, 10)),
    (values.day, "2025-06-10 08:30:00", date(2025, 6, 10)),
    (values.day, "2025-06-10T08:30:00", date(2025, 6, 10)),
    (values.day, "45818", date(2025, 6, 10)),
    (values.day, "2024-02-29", date(2024, 2, 29)),
    (values.instant, "2025-06-10", datetime(2025, 6, 10, 1, 0, tzinfo=UTC)),
    (values.instant, "2025/6/10 14:05", datetime(2025, 6, 10, 6, 5, tzinfo=UTC)),
    (values.instant, "2025-06-10T14:05:00+08:00", datetime(2025, 6, 10, 6, 5, tzinfo=UTC)),
    (values.fen, "120", 12000),
    (values.fen, "1,280.50", 128050),
    (values.fen, "¥1280.5", 128050),
    (values.fen, "￥35元", 3500),
    (values.fen, "0", 0),
    (values.whole, "12", 12),
    (values.whole, "36个月", 36),
    (values.whole, "24.0", 24),
    (values.yes_or_no, "是", True),
    (values.yes_or_no, "TRUE", True),
    (values.yes_or_no, "1", True),
    (values.yes_or_no, "否", False),
    (values.yes_or_no, "0", False),
    (values.many, "压缩机、电机;主板，风扇|阀", ["压缩机", "电机", "主板", "风扇", "阀"]),
    (values.steps, "1. 关机|2、拔插头|③等 3 分钟", ["关机", "拔插头", "等 3 分钟"]),
    (values.steps, "15 分钟后再看；还不行就报修", ["15 分钟后再看", "还不行就报修"]),
    (values.steps, "发烫就停；放凉再试|鼓包不要用", ["发烫就停；放凉再试", "鼓包不要用"]),
    (values.phone, "13800002020", "13800002020"),
    (values.phone, "138-0000-2020", "13800002020"),
    (values.phone, "+86 138 0000 2020", "13800002020"),
    (values.phone, "0512-66554433", "0512-66554433"),
    (values.phone, "051266554433", "0512-66554433"),
    (values.code, "ＳＮ－００１", "SN-001"),
    (shifts.read, "周一至周六 09:00-18:00", {"days": [1, 2, 3, 4, 5, 6], "from": "09:00", "to": "18:00"}),
    (shifts.read, "周一、周三，周日 9:00~17:30", {"days": [1, 3, 7], "from": "09:00", "to": "17:30"}),
    (shifts.read, "每天 08:00-20:00", {"days": [1, 2, 3, 4, 5, 6, 7], "from": "08:00", "to": "20:00"}),
    (shifts.read, "工作日", {"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "18:00"}),
]

REFUSED: list[tuple[Callable[[str], Any], str, str]] = [
    (values.day, "2025-02-30", "没有这一天"),
    (values.day, "2025-13-01", "没有这一天"),
    (values.day, "20250631", "没有这一天"),
    (values.day, "0025-06-10", "年份"),
    (values.day, "10/6/2025", "看不懂"),
    (values.day, "去年六月", "看不懂"),
    (values.day, "2025-06-10x", "看不懂"),
    (values.instant, "2025-06-10 25:00", "没有这个钟点"),
    (values.fen, "一百", "看不懂"),
    (values.fen, "-5", "小于零"),
    (values.fen, "1.005", "两位小数"),
    (values.fen, "NaN", "小于零"),
    (values.fen, "999999999", "太大"),
    (values.whole, "0", "大于零"),
    (values.whole, "1.5", "大于零"),
    (values.yes_or_no, "大概", "是 或 否"),
    (values.phone, "1380000202", "10 位"),
    (values.phone, "138000020201", "12 位"),
    (values.phone, "66554433", "区号"),
    (values.phone, "1.38E+10", "科学计数"),
    (values.code, "8.61234E+14", "科学计数"),
    (values.text, "#N/A", "Excel"),
    (values.text, "坏\x07字", "控制字符"),
    (shifts.read, "有空就来", "看不懂"),
    (shifts.read, "周一 18:00-09:00", "看不懂"),
]


@pytest.mark.parametrize(("read", "cell", "value"), READ)
def test_read(read: Callable[[str], Any], cell: str, value: Any) -> None:
    assert read(cell) == value


@pytest.mark.parametrize(("read", "cell", "words"), REFUSED)
def test_refused(read: Callable[[str], Any], cell: str, words: str) -> None:
    with pytest.raises(Wrong, match=words):
        read(cell)


@pytest.mark.parametrize("cell", ["", "  ", "-", "/", "无", "NULL", "\u200b"])
def test_signs_that_mean_nothing(cell: str) -> None:
    assert values.trimmed(cell) == ""


@pytest.mark.parametrize("words", ["周一至周六 09:00-18:00", "周一、周三、周日 09:00-17:30", "周六、周日 10:00-16:00"])
def test_shifts_are_written_as_they_are_read(words: str) -> None:
    assert shifts.written(shifts.read(words)) == words


def test_a_visit_of_half_a_day() -> None:
    start, end = values.span("2026-11-22 下午") or (None, None)
    assert start and end
    assert (start.hour, end.hour) == (12, 18)
    assert values.span("2026-11-22 14:00-16:30") == (
        datetime.fromisoformat("2026-11-22T14:00:00+08:00"),
        datetime.fromisoformat("2026-11-22T16:30:00+08:00"),
    )
    assert values.span("明天上午") is None
    with pytest.raises(Wrong, match="早于"):
        values.span("2026-11-22 16:00-14:00")
