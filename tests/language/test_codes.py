"""Serial numbers, ticket numbers, order numbers and fault codes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language import codes, orders, serials, tickets


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("F D 0112 杠 004417", ["FD0112-004417"]),
        ("H三C杠N X三零杠五五幺", ["H3C-NX30-551"]),
        ("老花眼看不见啊孙子念 M D杠F B四零杠六", ["MD-FB40-6"]),
        ("G M V杠二零二四杠幺", ["GMV-2024-1"]),
        ("Y D杠D E三杠八八幺", ["YD-DE3-881"]),
        ("机身号是 l b 二零零 横杠 四四一零", ["LB200-4410"]),
        ("pf3kd92l", ["PF3KD92L"]),
        ("ＦＤ０１１２－００４４１７", ["FD0112-004417"]),
        ("我的是 AJ-Y2-101 谢谢", ["AJ-Y2-101"]),
        ("XX400-8", ["XX400-8"]),
        ("续列号VBX9-4410-2C", ["VBX9-4410-2C"]),
        ("S/N是CN-0D4K-7428", ["CN-0D4K-7428"]),
        ("sn xgm h6 20451", ["XGMH620451"]),
        ("序列号XGM-H6-20451 电话13800001111", ["XGM-H6-20451"]),
        ("车架号LSVAM4187C2184841", ["LSVAM4187C2184841"]),
        ("買的二手車，LSVAM4187C2184841", ["LSVAM4187C2184841"]),
        ("序列号123456", ["123456"]),
        ("S N 一二三四五六七八", ["12345678"]),
        ("123456", []),
        ("TK20261116-0329", []),
        ("订单编号M2209-114378", []),
        ("合同编号CG-2025-1183", []),
        ("13800002020", []),
        ("贵司CK6140车床", []),
        ("奥迪A4L天窗关不上", []),
        ("型号是XQB80-Z1269", []),
        ("电压220V，功率1500W", []),
        ("报那个F三零零零五", []),
        ("就这个啊 VNC-?-88", []),
    ],
)
def test_serials(said: str, values: list[str]) -> None:
    assert [serial.value for serial in serials.find(said)] == values


@pytest.mark.parametrize(
    ("said", "values"),
    [("123456", ["123456"]), ("是 00000", ["00000"]), ("cx88", ["CX88"]), ("我晚点看看", []), ("220V", [])],
)
def test_serials_when_asked(said: str, values: list[str]) -> None:
    assert [serial.value for serial in serials.find(said, asked=True)] == values


def test_serial_keys() -> None:
    assert serials.key("md-fb40 杠六") == "MDFB406"
    assert serials.key("O0I1") == "O0I1"
    assert serials.loose_key("XO-L1i") == "X0111"


@given(
    st.builds(
        "{}{:04}-{:04}".format,
        st.text("ABCDEGKMXZ", min_size=2, max_size=3),
        st.integers(0, 9999),
        st.integers(0, 9999),
    ),
    st.sampled_from(["", "序列号", "SN：", "机身号是"]),
)
def test_any_serial_is_found_as_written_and_as_spelled(value: str, lead: str) -> None:
    spelled = " ".join(value).translate(str.maketrans("0123456789-", "零幺二三四五六七八九杠"))
    for said in (lead + value, lead + value.lower(), f"{lead} {spelled}"):
        (serial,) = serials.find(said)
        assert serial.value == value
        assert said[serial.start : serial.end] == serial.raw


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("TK20261116-0329", ["TK20261116-0329"]),
        ("tk202611160329", ["TK20261116-0329"]),
        ("tk 20261116 0329", ["TK20261116-0329"]),
        ("ＴＫ２０２６１１１６－０３２９", ["TK20261116-0329"]),
        ("T K 二零二六一一一六杠零三二九", ["TK20261116-0329"]),
        ("單號20261116-0329", ["TK20261116-0329"]),
        ("查TK20261116-0329和TK20261117-0001", ["TK20261116-0329", "TK20261117-0001"]),
        ("TK20261316-0329", []),
        ("20261116", []),
    ],
)
def test_tickets(said: str, values: list[str]) -> None:
    assert [ticket.value for ticket in tickets.find(said)] == values


def test_opened_on() -> None:
    assert tickets.opened_on("TK20261116-0329") == date(2026, 11, 16)
    assert tickets.opened_on("TK20260230-0329") is None
    assert tickets.opened_on("hello") is None


@pytest.mark.parametrize(
    ("said", "raws", "values"),
    [
        ("訂單編號M2209-114378，發票", ["M2209-114378"], ["M2209-114378"]),
        ("合同编号CG-2025-1183，最终用户", ["CG-2025-1183"], ["CG-2025-1183"]),
        ("order #EC-88120-3，收到", ["#EC-88120-3"], ["EC-88120-3"]),
        ("订单号是 20261118000123", ["20261118000123"], ["20261118000123"]),
        ("查订单TK20261116-0329", [], []),
        ("我的订单还没到", [], []),
        ("订单号给你8806-5590127", ["8806-5590127"], ["8806-5590127"]),
    ],
)
def test_orders(said: str, raws: list[str], values: list[str]) -> None:
    found = orders.find(said)
    assert [order.raw for order in found] == raws
    assert [order.value for order in found] == values


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("洗碗机显示E24 洗完底下有水", ["E24"]),
        ("变频器报那个F三零零零五然后", ["F30005"]),
        ("ALM 403报警复现", ["ALM 403"]),
        ("故障码 12", ["12"]),
        ("報了個e 2 4", ["E24"]),
        ("发动机灯亮 P0300", ["P0300"]),
        ("蓝屏代码0x0000007b", ["0x0000007B"]),
        ("E1和E6交替", ["E1", "E6"]),
        ("代码是四零三", ["403"]),
        ("H6投影", []),
        ("显示器坏了", []),
        ("机身码A1234567", []),
        ("WiFi6连不上", []),
        ("App提示40021", ["40021"]),
        ("屏幕上蹦F28", ["F28"]),
        ("显示25度", []),
    ],
)
def test_fault_codes(said: str, values: list[str]) -> None:
    assert [code.value for code in codes.find(said)] == values


@given(st.text(st.sampled_from("TKSN杠-/ 0189一二Aa#订单号序列号报E"), max_size=30))
def test_raw_is_where_it_says(s: str) -> None:
    for found in (*serials.find(s), *serials.find(s, asked=True), *tickets.find(s), *orders.find(s), *codes.find(s)):
        assert s[found.start : found.end] == found.raw
