from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language import dates, festivals

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("said", "start", "end", "precision"),
    [
        ("去年618", "2025-06-18", "2025-06-18", "day"),
        ("我的投影还在保吗 去年618买的", "2025-06-18", "2025-06-18", "day"),
        ("去年6.18", "2025-06-18", "2025-06-18", "day"),
        ("上个月", "2026-10-01", "2026-10-31", "month"),
        ("上上个月", "2026-09-01", "2026-09-30", "month"),
        ("上个月5号", "2026-10-05", "2026-10-05", "day"),
        ("上个月初", "2026-10-01", "2026-10-10", "approximate"),
        ("买了十三个月", "2025-09-22", "2025-10-21", "approximate"),
        ("前年双十一", "2024-11-11", "2024-11-11", "day"),
        ("2024年3月", "2024-03-01", "2024-03-31", "month"),
        ("24年6月份", "2024-06-01", "2024-06-30", "month"),
        ("二三年买的", "2023-01-01", "2023-12-31", "year"),
        ("大前年春节", "2023-01-22", "2023-01-22", "day"),
        ("去年中秋", "2025-10-06", "2025-10-06", "day"),
        ("去年雙11那會兒", "2025-11-04", "2025-11-18", "approximate"),
        ("国庆买的", "2026-10-01", "2026-10-01", "day"),
        ("双十二", "2025-12-12", "2025-12-12", "day"),
        ("三年多了", "2022-11-22", "2023-11-21", "approximate"),
        ("刚买一个礼拜", "2026-11-08", "2026-11-14", "approximate"),
        ("刚买三天", "2026-11-18", "2026-11-18", "day"),
        ("买了两年半", "2023-11-22", "2024-05-21", "approximate"),
        ("一年零三个月", "2025-07-22", "2025-08-21", "approximate"),
        ("不到一年", "2025-11-21", "2026-11-21", "approximate"),
        ("半年前", "2025-11-22", "2026-05-21", "approximate"),
        ("两三年了", "2022-11-22", "2024-11-21", "approximate"),
        ("昨天", "2026-11-20", "2026-11-20", "day"),
        ("今天早上刚买", "2026-11-21", "2026-11-21", "day"),
        ("上周三", "2026-11-11", "2026-11-11", "day"),
        ("周三买的", "2026-11-18", "2026-11-18", "day"),
        ("去年夏天", "2025-06-01", "2025-08-31", "approximate"),
        ("冬天买的", "2025-12-01", "2026-02-28", "approximate"),
        ("去年第三季度", "2025-07-01", "2025-09-30", "quarter"),
        ("23年底", "2023-11-01", "2023-12-31", "approximate"),
        ("5月1号", "2026-05-01", "2026-05-01", "day"),
        ("12月5号", "2025-12-05", "2025-12-05", "day"),
        ("2023.8.20", "2023-08-20", "2023-08-20", "day"),
        ("2023-08-20", "2023-08-20", "2023-08-20", "day"),
        ("２０２３／８／２０", "2023-08-20", "2023-08-20", "day"),
        ("20230820", "2023-08-20", "2023-08-20", "day"),
        ("2023-8", "2023-08-01", "2023-08-31", "month"),
        ("25.6.18", "2025-06-18", "2025-06-18", "day"),
        ("二零二三年八月二十", "2023-08-20", "2023-08-20", "day"),
        ("二零二四年十二月三十一号", "2024-12-31", "2024-12-31", "day"),
        ("去年", "2025-01-01", "2025-12-31", "year"),
        ("今年", "2026-01-01", "2026-11-21", "year"),
        ("bought in March 2024", "2024-03-01", "2024-03-31", "month"),
        ("last Christmas", "2025-12-25", "2025-12-25", "day"),
        ("2 years ago", "2023-11-22", "2024-11-21", "approximate"),
        ("刚过一周年", "2024-11-22", "2025-11-21", "approximate"),
        ("2月29号", "2024-02-29", "2024-02-29", "day"),
    ],
)
def test_parse(said: str, start: str, end: str, precision: str) -> None:
    span = dates.parse(said, TODAY)
    assert span is not None
    assert (str(span.start), str(span.end), span.precision) == (start, end, precision)
    assert span.raw in said


@pytest.mark.parametrize(
    "said", ["空调坏了", "保修三年吗", "不记得了", "13800002020", "TK20261116-0329", "住五一路", "买了没几天"]
)
def test_no_date(said: str) -> None:
    assert dates.parse(said, TODAY) is None


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("2月30号", "impossible"),
        ("2025年2月29日", "impossible"),
        ("2025年13月", "impossible"),
        ("明年3月", "future"),
        ("2027年1月1日", "future"),
    ],
)
def test_impossible_and_future_dates(said: str, kind: str) -> None:
    with pytest.raises(dates.DateError) as caught:
        dates.parse(said, TODAY)
    assert caught.value.kind == kind
    assert caught.value.raw in said
    assert caught.value.raw in str(caught.value)


@given(st.dates(date(2000, 1, 1), TODAY))
def test_any_past_day_is_read_however_written(day: date) -> None:
    for written in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
    ):
        span = dates.parse(f"{written}买的", TODAY)
        assert span is not None
        assert (span.start, span.end, span.precision) == (day, day, "day")


@given(st.integers(1, 60), st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_an_age_lies_in_the_past(months: int, today: date) -> None:
    span = dates.parse(f"买了{months}个月", today)
    assert span is not None
    assert span.start <= span.end < today
    assert (span.end - span.start).days <= 31
    assert timedelta(days=28 * months) <= today - span.end <= timedelta(days=31 * months)


@given(st.text(st.sampled_from("去前年上个月初一二三十12.-号日天买了多半双周末"), max_size=12))
def test_never_fails_otherwise(s: str) -> None:
    try:
        span = dates.parse(s, TODAY)
    except dates.DateError:
        return
    assert span is None or (span.start <= span.end <= TODAY and span.raw in s)


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("春节", 2026, date(2026, 2, 17)),
        ("除夕", 2025, date(2025, 1, 28)),
        ("元宵", 2024, date(2024, 2, 24)),
        ("端午", 2023, date(2023, 6, 22)),
        ("中秋", 2020, date(2020, 10, 1)),
        ("重阳", 2035, date(2035, 10, 9)),
        ("国庆", 1999, date(1999, 10, 1)),
        ("春节", 1999, None),
        ("无此节", 2020, None),
    ],
)
def test_festivals(name: str, year: int, day: date | None) -> None:
    assert festivals.day(name, year) == day
