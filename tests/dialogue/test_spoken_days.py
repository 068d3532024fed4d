"""Lunar days and house numbers in what customers say of a time."""

from datetime import date

import pytest

from desk.cases.dialogue.spoken_days import plainly

AT_NEW_YEAR = date(2026, 2, 18)  # 正月初二


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("初五上午", "2月21日上午"),
        ("大年初六下午", "2月22日下午"),
        ("正月初八", "2月24日"),
        ("年初七上午", "2月23日上午"),
        ("元宵节以后", "3月3日以后"),
        ("下月初再说", "下月初再说"),
        ("观前街1号就行", "观前街就行"),
        ("12月1号上午", "12月1号上午"),
        ("1号上午", "1号上午"),
    ],
)
def test_around_the_spring_festival(said: str, plain: str) -> None:
    assert plainly(said, AT_NEW_YEAR) == plain


def test_before_it() -> None:
    assert plainly("除夕能来吗", date(2026, 2, 10)) == "2月16日能来吗"
    assert plainly("腊月二十八", date(2026, 2, 10)) == "2月15日"


def test_in_summer_a_bare_day_means_no_new_year() -> None:
    assert plainly("初五上午", date(2026, 7, 1)) == "初五上午"
    assert plainly("正月初五", date(2026, 7, 1)) == "2月10日"


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("中秋节那天上午", "9月25日上午"), ("国庆当天", "10月1日"), ("元旦上午", "1月1日上午"),
        ("国庆以后", "国庆以后"), ("中秋期间都在家", "中秋期间都在家"),
    ],
)
def test_on_a_feast(said: str, plain: str) -> None:
    assert plainly(said, date(2026, 9, 24)) == plain
