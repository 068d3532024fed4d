import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language import digits


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("幺三九零零", "13900"),
        ("洞拐勾两", "0792"),
        ("一三八", "138"),
        ("一百零五", "105"),
        ("M D杠F B四零杠六", "M D-F B40-6"),
        ("二零二三斜杠五", "2023/5"),
        ("三点五", "3.5"),
        ("Ａ横杠９", "A-9"),
        ("十二", "12"),
    ],
)
def test_spoken_digits(said: str, written: str) -> None:
    assert digits.spoken_digits(said) == written


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("一百零五", 105),
        ("十三", 13),
        ("二十", 20),
        ("两千五", 2500),
        ("两千零五", 2005),
        ("两千零五十", 2050),
        ("一万两千三百", 12300),
        ("1万2", 12000),
        ("3万", 30000),
        ("半", 0.5),
        ("一个半", 1.5),
        ("三点五", 3.5),
        ("1.5k", 1500),
        ("1,299", 1299),
        ("八百五", 850),
        ("一百一十", 110),
        ("廿三", 23),
        ("一三八", 138),
        ("５００", 500),
        ("", None),
        ("空调", None),
        ("一百百一五", None),
    ],
)
def test_value(words: str, number: float | None) -> None:
    assert digits.value(words) == number


def in_words(number: int) -> str:
    names = "零一二三四五六七八九"
    if number < 10:
        return names[number]
    for unit, name in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            rest = number % unit
            gap = "零" if 0 < rest < unit // 10 else ""
            return in_words(number // unit) + name + gap + (in_words(rest) if rest else "")
    raise AssertionError(number)


@given(st.integers(0, 99_999_999))
def test_value_reads_what_is_written_in_words(number: int) -> None:
    assert digits.value(in_words(number)) == number


@given(st.text())
def test_value_never_fails(s: str) -> None:
    digits.value(s)
    digits.spoken_digits(s)
    assert len(digits.same_length_digits(s)) == len(s)
