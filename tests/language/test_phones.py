import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language import phones


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("13800002020", ["13800002020"]),
        ("手机号给你：188 0000 4471", ["18800004471"]),
        ("138-0000-2020", ["13800002020"]),
        ("+86 138 0000 2020", ["13800002020"]),
        ("008613800002020", ["13800002020"]),
        ("1795113800002020", ["13800002020"]),
        ("１３８００００２０２０", ["13800002020"]),
        ("电话是幺三九零零零零六六八二", ["13900006682"]),
        ("幺三八，零零零零，二零二零", ["13800002020"]),
        ("我电话一三八零零零零二零二零家住三楼", ["13800002020"]),
        ("tel 13300005590", ["13300005590"]),
        ("手机13800001111，13900002222", ["13800001111", "13900002222"]),
        ("幺三九零零哎不对不对幺三八零零零零二零二零", ["13800002020"]),
        ("13800001111不对，是13800002222", ["13800002222"]),
        ("13800001818不用了，换成13800001919", ["13800001919"]),
        ("不是13800001818，是13800001919", ["13800001919"]),
        ("13800001919，别打13800001818", ["13800001919"]),
        ("之前那个号不用了 换成13800001919", ["13800001919"]),
        ("座机010-66554433", ["010-66554433"]),
        ("0512 66554433", ["0512-66554433"]),
        ("(021)66554433", ["021-66554433"]),
        ("0451-8765432", ["0451-8765432"]),
        ("打400-880-1234没人接", ["4008801234"]),
        ("TK20261116-0329", []),
        ("车架号LSVAM4187C2184841", []),
        ("订单M2209-114378", []),
        ("序列号13800002020", []),
        ("身份证号110101199003071234", []),
        ("20230820", []),
        ("工号好像是1027", []),
        ("洗衣机一直报E13", []),
    ],
)
def test_find(said: str, numbers: list[str]) -> None:
    assert [phone.number for phone in phones.find(said)] == numbers


@pytest.mark.parametrize(
    ("said", "kind", "problem"),
    [
        ("13800002020", "mobile", None),
        ("010-66554433", "landline", None),
        ("400 880 1234", "service", None),
        ("给我打电话 1590000123", "mobile", "too_short"),
        ("159000012345", "mobile", "too_long"),
        ("电话12345678901", "mobile", "unknown"),
        ("座机66554433", "landline", "unknown"),
    ],
)
def test_kind_and_problem(said: str, kind: str, problem: str | None) -> None:
    (phone,) = phones.find(said)
    assert (phone.kind, phone.problem) == (kind, problem)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("13800001111和13900002222", "13900002222"),
        ("少按了一位 15900001234", "15900001234"),
        ("1590000123，15900001234", "15900001234"),
        ("1590000123", "1590000123"),
    ],
)
def test_last(said: str, number: str) -> None:
    phone = phones.last(said)
    assert phone is not None
    assert phone.number == number


def test_last_of_nothing() -> None:
    assert phones.last("没有电话") is None


@pytest.mark.parametrize(
    ("number", "masked"), [("13800002020", "138****2020"), ("010-66554433", "010****4433"), ("110", "***")]
)
def test_mask(number: str, masked: str) -> None:
    assert phones.mask(number) == masked


@pytest.mark.parametrize(
    ("said", "tail"),
    [("尾号1818", "1818"), ("后四位是幺八幺八", "1818"), ("手机尾号 18 18 的", "1818"), ("没有尾号", None)],
)
def test_tail(said: str, tail: str | None) -> None:
    assert phones.tail(said) == tail


MOBILES = st.integers(13_000_000_000, 19_999_999_999).map(str)
SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")


@given(MOBILES, st.sampled_from(["", "电话", "打我 ", "我叫陈静，"]), st.sampled_from(["", " ", "，谢谢", "家里没人"]))
def test_any_mobile_is_found_where_it_stands(number: str, before: str, after: str) -> None:
    for written in (number, number.translate(SPOKEN), f"{number[:3]} {number[3:7]} {number[7:]}"):
        (phone,) = phones.find(before + written + after)
        assert (phone.number, phone.raw, phone.problem) == (number, written, None)
        assert phone.start == len(before)


@given(st.text())
def test_never_fails(s: str) -> None:
    assert all(s[phone.start : phone.end] == phone.raw for phone in phones.find(s))
    phones.tail(s)
