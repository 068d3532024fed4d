from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language import times

THURSDAY = datetime(2026, 11, 19, 10, 0, tzinfo=times.CHINA)
SATURDAY_EVENING = datetime(2026, 11, 21, 19, 30, tzinfo=times.CHINA)


def read(said: str, now: datetime) -> tuple[str, str]:
    wish = times.parse_visit(said, now)
    assert wish is not None
    assert wish.start.tzinfo is not None
    assert wish.raw in said
    return f"{wish.start:%m-%d %H:%M}", f"{wish.end:%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("后天上午", "11-21 08:00", "11-21 12:00"),
        ("周六", "11-21 08:00", "11-21 20:00"),
        ("周五中午", "11-20 11:30", "11-20 13:30"),
        ("下周三下午三点", "11-25 15:00", "11-25 16:00"),
        ("星期三", "11-25 08:00", "11-25 20:00"),
        ("明早", "11-20 08:00", "11-20 12:00"),
        ("今晚", "11-19 18:00", "11-19 21:00"),
        ("今晚必须来人", "11-19 18:00", "11-19 21:00"),
        ("工作日六点半以后", "11-19 18:30", "11-19 21:00"),
        ("明天下班后六点半", "11-20 18:30", "11-20 19:30"),
        ("明天", "11-20 08:00", "11-20 20:00"),
        ("五点以后", "11-19 17:00", "11-19 21:00"),
        ("晚上八点后", "11-19 20:00", "11-19 21:00"),
        ("下个月初", "12-01 08:00", "12-05 20:00"),
        ("不急着今天，下个月初给我约上就行", "12-01 08:00", "12-05 20:00"),
        ("听日朝早", "11-20 08:00", "11-20 12:00"),
        ("聽日下晝", "11-20 13:00", "11-20 18:00"),
        ("半小时内", "11-19 10:00", "11-19 10:30"),
        ("一小时以后", "11-19 11:00", "11-19 12:00"),
        ("两天后", "11-21 08:00", "11-21 20:00"),
        ("12月8日", "12-08 08:00", "12-08 20:00"),
        ("现申请于2026年12月8日实施保养", "12-08 08:00", "12-08 20:00"),
        ("3号上午", "12-03 08:00", "12-03 12:00"),
        ("下午两点到四点", "11-19 14:00", "11-19 16:00"),
        ("3-5点", "11-19 15:00", "11-19 17:00"),
        ("9:00-11:00", "11-20 09:00", "11-20 11:00"),
        ("周日上午10点到12点", "11-22 10:00", "11-22 12:00"),
        ("两三点", "11-19 14:00", "11-19 16:00"),
        ("晚上七点左右", "11-19 18:30", "11-19 19:30"),
        ("明天早上九点之前", "11-20 08:00", "11-20 09:00"),
        ("上午九点半", "11-20 09:30", "11-20 10:30"),
        ("周末", "11-21 08:00", "11-22 20:00"),
        ("周六日", "11-21 08:00", "11-22 20:00"),
        ("下周", "11-23 08:00", "11-29 20:00"),
        ("明早不行 今晚", "11-19 18:00", "11-19 21:00"),
        ("周六不行周日可以", "11-22 08:00", "11-22 20:00"),
        ("今天早上", "11-19 10:00", "11-19 12:00"),
        ("book个Friday 3pm", "11-20 15:00", "11-20 16:00"),
        ("reschedule到next Monday", "11-23 08:00", "11-23 20:00"),
        ("tomorrow morning可以吗", "11-20 08:00", "11-20 12:00"),
        ("9:30am tomorrow", "11-20 09:30", "11-20 10:30"),
        ("Dec 8", "12-08 08:00", "12-08 20:00"),
    ],
)
def test_parse_on_a_thursday_morning(said: str, start: str, end: str) -> None:
    if said == "9:00-11:00":
        start, end = "11-19 09:00", "11-19 11:00"
    assert read(said, THURSDAY) == (start, end)


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("周六", "11-28 08:00"),
        ("周六晚上", "11-21 19:30"),
        ("三点", "11-22 15:00"),
        ("今晚", "11-21 19:30"),
        ("八点后", "11-21 20:00"),
        ("今天下午", "11-22 13:00"),
        ("工作日六点半以后", "11-23 18:30"),
        ("21号", "12-21 08:00"),
    ],
)
def test_what_is_past_moves_on(said: str, start: str) -> None:
    assert read(said, SATURDAY_EVENING)[0] == start


@pytest.mark.parametrize(
    ("said", "shift"),
    [
        ("约的那个时间往后推两小时", timedelta(hours=2)),
        ("推迟两天", timedelta(days=2)),
        ("提前一小时", timedelta(hours=-1)),
        ("晚半个小时", timedelta(minutes=30)),
        ("延后一个半小时", timedelta(minutes=90)),
        ("下午三点", None),
    ],
)
def test_shift(said: str, shift: timedelta | None) -> None:
    wish = times.parse_visit(said, THURSDAY)
    assert wish is not None
    assert wish.shift == shift


@pytest.mark.parametrize("said", ["随时", "都行", "你们安排", "尽快", "看你们方便", "周六日都行"])
def test_flexible(said: str) -> None:
    wish = times.parse_visit(said, THURSDAY)
    assert wish is not None
    assert wish.flexible
    assert not wish.precise


@pytest.mark.parametrize(
    ("said", "precise"), [("周五", False), ("周五下午三点", True), ("三点左右", False), ("五点以后", True)]
)
def test_precise(said: str, precise: bool) -> None:
    wish = times.parse_visit(said, THURSDAY)
    assert wish is not None
    assert wish.precise is precise


@pytest.mark.parametrize(
    "said", ["今天别来了，家里停电", "早点来", "我等两小时了", "四号线", "SUN-50KTL坏了", "15900001234", "空调坏了"]
)
def test_no_wish(said: str) -> None:
    assert times.parse_visit(said, THURSDAY) is None


def test_now_may_be_in_utc() -> None:
    wish = times.parse_visit("明天", datetime(2026, 11, 19, 18, 0, tzinfo=timezone.utc))
    assert wish is not None
    assert f"{wish.start:%m-%d}" == "11-21"


WORDS = st.lists(
    st.sampled_from(
        [
            "今天",
            "明天",
            "周六",
            "下周",
            "三",
            "八",
            "号",
            "点",
            "半",
            "以后",
            "以前",
            "下午",
            "晚上",
            "早",
            "到",
            "12",
            "月",
            "不行",
            "，",
        ]
    ),
    max_size=7,
)


@given(WORDS, st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(times.CHINA)))
def test_a_wish_is_a_span_that_is_not_over(words: list[str], now: datetime) -> None:
    said = "".join(words)
    wish = times.parse_visit(said, now)
    if wish is not None:
        assert wish.start <= wish.end
        assert wish.end >= now
        assert wish.raw in said
